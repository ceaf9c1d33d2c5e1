import { describe, expect, it } from 'vitest';
import { parseScript, parseStatement } from '../../../../src/parser/parse.ts';
import { printStatement } from '../../../../src/parser/print.ts';
import { errorOf, source } from '../parse-support.ts';

const accessLog = `CREATE TABLE access_log (
  ip           VARCHAR COMMENT 'client',
  status       INT NOT NULL,
  \`time\`       BIGINT,
  __topic__    VARCHAR HEADER,
  \`__tag__:__hostname__\` VARCHAR HEADER,
  层级 VARCHAR,
  ts AS TO_TIMESTAMP(\`time\` * 1000),
  WATERMARK wk FOR ts AS withOffset(ts, 4000),
  PRIMARY KEY (ip, status) NOT ENFORCED,
  UNIQUE INDEX i (ip), INDEX (status), UNIQUE (ip), PERIOD FOR SYSTEM_TIME
) COMMENT 'requests' WITH ( type = 'sls', endPoint='it''s', bootstrap.servers = 'x', \`group.id\` = 'g', 'scan.mode' = '1', partition = 'p' )`;

describe('CREATE TABLE', () => {
  it('reads every element and option', () => {
    expect(printStatement(parseStatement(source(accessLog)))).toBe(`CREATE TABLE access_log (
  ip VARCHAR COMMENT 'client',
  status INT NOT NULL,
  \`time\` BIGINT,
  __topic__ VARCHAR HEADER,
  \`__tag__:__hostname__\` VARCHAR HEADER,
  层级 VARCHAR,
  ts AS TO_TIMESTAMP(\`time\` * 1000),
  WATERMARK wk FOR ts AS withOffset(ts, 4000),
  PRIMARY KEY (ip, status) NOT ENFORCED,
  UNIQUE INDEX i (ip),
  INDEX (status),
  UNIQUE (ip),
  PERIOD FOR SYSTEM_TIME
) COMMENT 'requests' WITH (
  type = 'sls',
  endPoint = 'it''s',
  bootstrap.servers = 'x',
  group.id = 'g',
  scan.mode = '1',
  partition = 'p'
)`);
  });

  it('keeps the place of keys and values', () => {
    const statement = parseStatement(source(accessLog));
    if (statement.kind !== 'create-table') throw new Error('expected a table');
    const option = statement.options[2];
    expect(accessLog.slice(option?.keySpan.start, option?.keySpan.end)).toBe('bootstrap.servers');
    expect(accessLog.slice(option?.value.span.start, option?.value.span.end)).toBe("'x'");
  });

  it('takes words that begin elements as columns where a type follows', () => {
    const statement = parseStatement(
      source('CREATE TABLE t (watermark INT, index VARCHAR(10), period INT, `primary` INT, unique VARCHAR)'),
    );
    expect(statement.kind === 'create-table' && statement.elements.map(({ kind }) => kind)).toEqual(
      Array(5).fill('physical-column'),
    );
  });

  it('reads the watermark of Flink as an expression', () => {
    const statement = parseStatement(
      source("CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND)"),
    );
    expect(statement).toMatchObject({
      elements: [{}, { kind: 'watermark', strategy: { kind: 'expression', expression: { kind: 'binary' } } }],
    });
  });

  it('hides values on request', () => {
    const statement = parseStatement(source("CREATE TABLE t (a INT) WITH (accessKey = 'secret')"));
    expect(printStatement(statement, { optionValue: () => '***' })).toContain("accessKey = '***'");
  });
});

describe('other statements', () => {
  it.each([
    ['create or replace view v (a, b) as select 1, 2', 'CREATE OR REPLACE VIEW v (a, b) AS SELECT 1, 2'],
    ["CREATE FUNCTION f AS 'pkg.F'", "CREATE FUNCTION f AS 'pkg.F'"],
    [
      "create or replace temporary function if not exists f as './f.js' language javascript",
      "CREATE OR REPLACE TEMPORARY FUNCTION IF NOT EXISTS f AS './f.js' LANGUAGE javascript",
    ],
    ['DESC FUNCTION EXTENDED left', 'DESCRIBE FUNCTION `left`'],
    ['INSERT INTO t (a, b) VALUES (1, 2)', 'INSERT INTO t (a, b) VALUES (1, 2)'],
    ['INSERT INTO t (SELECT 1) UNION ALL SELECT 2', 'INSERT INTO t SELECT 1 UNION ALL SELECT 2'],
    [
      "INSERT INTO t SELECT 1 EMIT WITH DELAY '1' MINUTE BEFORE WATERMARK, WITHOUT DELAY AFTER WATERMARK",
      "INSERT INTO t SELECT 1 EMIT WITH DELAY INTERVAL '1' MINUTE BEFORE WATERMARK, WITHOUT DELAY AFTER WATERMARK",
    ],
    ['EXPLAIN PLAN FOR SELECT 1', 'EXPLAIN SELECT 1'],
    ['EXPLAIN PHYSICAL INSERT INTO t SELECT 1', 'EXPLAIN PHYSICAL INSERT INTO t SELECT 1'],
    ["SHOW TABLES LIKE 'a%'", "SHOW TABLES LIKE 'a%'"],
    ['SHOW CREATE TABLE t', 'SHOW CREATE TABLE t'],
    ['SHOW CONNECTOR sls', 'SHOW CONNECTOR sls'],
    ['DESC t', 'DESCRIBE t'],
    ['DESCRIBE consumer', 'DESCRIBE consumer'],
    ['SHOW CONSUMER GROUPS FROM t', 'SHOW CONSUMER GROUPS FOR t'],
    ['DESC CONSUMER GROUP g FOR t', 'DESCRIBE CONSUMER GROUP g FOR t'],
    ["DESCRIBE CONSUMER GROUP 'a-b' FOR t", 'DESCRIBE CONSUMER GROUP `a-b` FOR t'],
    ['DESCRIBE CONSUMER GROUP consumer FOR groups', 'DESCRIBE CONSUMER GROUP consumer FOR groups'],
    ['ALTER CONSUMER GROUP g FOR t RESET TO begin', 'ALTER CONSUMER GROUP g FOR t RESET TO BEGIN'],
    ['ALTER CONSUMER GROUP g FOR t RESET TO END', 'ALTER CONSUMER GROUP g FOR t RESET TO END'],
    [
      "ALTER CONSUMER GROUP g FROM t RESET TO TIMESTAMP '2024-05-01 00:00:00'",
      "ALTER CONSUMER GROUP g FOR t RESET TO TIMESTAMP '2024-05-01 00:00:00'",
    ],
    [
      "ALTER CONSUMER GROUP g FOR t RESET TO '2024-05-01'",
      "ALTER CONSUMER GROUP g FOR t RESET TO TIMESTAMP '2024-05-01'",
    ],
    ['ALTER CONSUMER GROUP g FOR t RESET TO 1714521600', 'ALTER CONSUMER GROUP g FOR t RESET TO 1714521600'],
    ['SELECT consumer, groups FROM t AS consumer', 'SELECT consumer, groups FROM t AS consumer'],
    ["SET 'k' = 'v'", "SET 'k' = 'v'"],
    ['SET blink.job.timeZone = Asia/Shanghai', "SET 'blink.job.timeZone' = 'Asia/Shanghai'"],
    ['SET a.2b-c = 10s', "SET 'a.2b-c' = '10s'"],
    ["SET 'k'", "SET 'k'"],
    ['SET', 'SET'],
    ['RESET', 'RESET'],
    ["RESET 'k'", "RESET 'k'"],
    ['DROP VIEW IF EXISTS v', 'DROP VIEW IF EXISTS v'],
    ['create table e like c.d.a', 'CREATE TABLE e LIKE c.d.a'],
    [
      "CREATE TABLE e (b INT) WITH (k = 'v') LIKE a (excluding options INCLUDING generated OVERWRITING WATERMARKS)",
      "CREATE TABLE e (\n  b INT\n) WITH (\n  k = 'v'\n) LIKE a (EXCLUDING OPTIONS INCLUDING GENERATED OVERWRITING WATERMARKS)",
    ],
    ["CREATE TABLE f WITH (k = 'v') AS SELECT 1", "CREATE TABLE f WITH (\n  k = 'v'\n) AS SELECT 1"],
    ['CREATE TABLE f (b, a) AS (SELECT 1)', 'CREATE TABLE f (\n  b,\n  a\n) AS SELECT 1'],
    [
      "CREATE TABLE p (a INT METADATA FROM 'x' VIRTUAL, b INT) COMMENT 'c' PARTITIONED BY (a, b)",
      "CREATE TABLE p (\n  a INT METADATA FROM 'x',\n  b INT\n) COMMENT 'c' PARTITIONED BY (a, b)",
    ],
    ['ALTER TABLE t RENAME TO u', 'ALTER TABLE t RENAME TO u'],
    ['ALTER TABLE IF EXISTS t RENAME COLUMN a TO b', 'ALTER TABLE IF EXISTS t RENAME a TO b'],
    ["ALTER TABLE t SET ('k'='v', l = 'w')", "ALTER TABLE t SET (k = 'v', l = 'w')"],
    ["ALTER TABLE t RESET ('k', l.m)", "ALTER TABLE t RESET ('k', 'l.m')"],
    ['ALTER TABLE t ADD a INT', 'ALTER TABLE t ADD (a INT)'],
    ['ALTER TABLE t ADD COLUMN a INT', 'ALTER TABLE t ADD (a INT)'],
    ['ALTER TABLE t ADD column INT', 'ALTER TABLE t ADD (column INT)'],
    ['ALTER TABLE t ADD columns (a INT)', 'ALTER TABLE t ADD (a INT)'],
    [
      'ALTER TABLE t ADD (a INT FIRST, b AS a + 1 AFTER c, PRIMARY KEY (a) NOT ENFORCED, WATERMARK FOR ts AS ts)',
      'ALTER TABLE t ADD (a INT FIRST, b AS a + 1 AFTER c, PRIMARY KEY (a) NOT ENFORCED, WATERMARK FOR ts AS ts)',
    ],
    ['ALTER TABLE t MODIFY a BIGINT AFTER b', 'ALTER TABLE t MODIFY (a BIGINT AFTER b)'],
    ['ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t DROP (a)'],
    ['ALTER TABLE t DROP column', 'ALTER TABLE t DROP (column)'],
    ['ALTER TABLE t DROP (a, b)', 'ALTER TABLE t DROP (a, b)'],
    ['ALTER TABLE t DROP WATERMARK', 'ALTER TABLE t DROP WATERMARK'],
    ['ALTER TABLE t DROP PRIMARY KEY', 'ALTER TABLE t DROP PRIMARY KEY'],
    ['ALTER TABLE t DROP CONSTRAINT k', 'ALTER TABLE t DROP CONSTRAINT k'],
    ['ALTER VIEW v RENAME TO w', 'ALTER VIEW v RENAME TO w'],
    ['ALTER VIEW v AS SELECT 1', 'ALTER VIEW v AS SELECT 1'],
    ['SHOW CURRENT CATALOG', 'SHOW CURRENT CATALOG'],
    ['SHOW CURRENT DATABASE', 'SHOW CURRENT DATABASE'],
    ['SHOW CATALOGS', 'SHOW CATALOGS'],
    ["SHOW DATABASES IN c NOT LIKE '%'", "SHOW DATABASES FROM c NOT LIKE '%'"],
    ["SHOW USER FUNCTIONS ILIKE 'a%'", "SHOW USER FUNCTIONS ILIKE 'a%'"],
    ['SHOW FULL MODULES', 'SHOW MODULES'],
    ['SHOW TABLES FROM default_database', 'SHOW TABLES FROM default_database'],
    ["SHOW COLUMNS IN t LIKE 'a%'", "SHOW COLUMNS FROM t LIKE 'a%'"],
    ['DESCRIBE EXTENDED t', 'DESCRIBE EXTENDED t'],
    ['DESCRIBE extended', 'DESCRIBE extended'],
    ["DESC JOB 'j'", "DESCRIBE JOB 'j'"],
    ["STOP JOB 'it''s'", "STOP JOB 'it''s'"],
    ['USE CATALOG c', 'USE CATALOG c'],
    ['USE c.d', 'USE c.d'],
    ['ANALYZE TABLE t COMPUTE STATISTICS', 'ANALYZE TABLE t COMPUTE STATISTICS'],
    ['ANALYZE TABLE t COMPUTE STATISTICS FOR ALL COLUMNS', 'ANALYZE TABLE t COMPUTE STATISTICS FOR ALL COLUMNS'],
    ['ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a, b', 'ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a, b'],
    ['EXECUTE INSERT INTO t SELECT 1', 'INSERT INTO t SELECT 1'],
    ['EXPLAIN CHANGELOG_MODE, estimated_cost SELECT 1', 'EXPLAIN CHANGELOG_MODE, ESTIMATED_COST SELECT 1'],
    ['EXPLAIN OPTIMIZED FORMAT = json PLAN FOR SELECT 1', 'EXPLAIN OPTIMIZED FORMAT JSON SELECT 1'],
    [
      'EXPLAIN JSON_EXECUTION_PLAN STATEMENT SET BEGIN INSERT INTO t SELECT 1; END',
      'EXPLAIN JSON_EXECUTION_PLAN STATEMENT SET BEGIN\n  INSERT INTO t SELECT 1;\nEND',
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO u SELECT CASE WHEN a THEN 1 END; END',
      'EXECUTE STATEMENT SET BEGIN\n  INSERT INTO t SELECT 1;\n  INSERT INTO u SELECT CASE WHEN a THEN 1 END;\nEND',
    ],
    ['BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END', 'EXECUTE STATEMENT SET BEGIN\n  INSERT INTO t SELECT 1;\nEND'],
    ['(SELECT 1)', 'SELECT 1'],
  ])('%s', (text, canonical) => {
    const statement = parseStatement(source(text));
    expect(printStatement(statement)).toBe(canonical);
    expect(printStatement(parseStatement(source(canonical)))).toBe(canonical);
    expect(text.slice(statement.span.start, statement.span.end)).toBe(text);
  });
});

describe('parseScript', () => {
  it('reads statements to the end, the last semicolon may be missing', () => {
    const text = ";;SELECT 1; -- one\n/* two */ SELECT ';' ;\n SELECT 3";
    expect(parseScript(source(text)).map(({ span }) => text.slice(span.start, span.end))).toEqual([
      'SELECT 1',
      "SELECT ';'",
      'SELECT 3',
    ]);
  });

  it('finds nothing in blanks and comments', () => {
    expect(parseScript(source(' -- nothing\n;'))).toEqual([]);
  });

  it('puts variables into strings, and only there', () => {
    const text = "CREATE TABLE t (a INT) WITH (k = 'it''s ${A}-${B.c}', l = '${missing')";
    const [statement] = parseScript(source(text), { variables: (name) => ({ A: "x'y", 'B.c': '' })[name] });
    expect(statement).toMatchObject({
      options: [{ value: { value: "it's x'y-" } }, { value: { value: '${missing' } }],
    });
  });

  it('leaves variables alone without a lookup', () => {
    expect(parseStatement(source("SET 'a' = '${A}'"))).toMatchObject({ value: '${A}' });
  });

  it('refuses a variable without value at its place', () => {
    const text = "SELECT 1;\nSELECT 'it''s ${HOME} ${NOPE}'";
    expect(
      errorOf(text, (from) => parseScript(from, { variables: (name) => (name === 'HOME' ? '/' : undefined) })),
    ).toBe(
      'PARSE_VARIABLE 2:23 [${NOPE}] variable "NOPE" has no value / Give it with --var NOPE=value or set it in the environment.',
    );
  });

  it('reads a megabyte well within a second of work', () => {
    const one = "INSERT INTO out SELECT a, count(*) AS c FROM t WHERE status >= 500 AND path LIKE '/api%' GROUP BY a; ";
    const text = one.repeat(Math.ceil(1_000_000 / one.length));
    const start = performance.now();
    expect(parseScript(source(text)).length).toBe(Math.ceil(1_000_000 / one.length));
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
