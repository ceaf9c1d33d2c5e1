import { describe, expect, it } from 'vitest';
import { printExpr } from '../../../src/expr/print.ts';
import type { LogicalNode } from '../../../src/planner/logical/plan.ts';
import { typeName } from '../../../src/types/sql-type.ts';
import { failure, planScript } from './planning.ts';

const tables = `
CREATE TABLE t (i INT, b BIGINT, d DOUBLE, c DECIMAL(10, 2), s VARCHAR, ts TIMESTAMP, flag BOOLEAN,
  WATERMARK FOR ts AS withOffset(ts, 1000)) WITH (type = 'random', rows = '1');
`;

/** Names and types of the result columns. */
function result(query: string): string[] {
  return planScript(tables + query).logical[0]!.schema.fields.map((one) => `${one.name} ${typeName(one.type)}`);
}

/** The expressions of the projection of a query over t. */
function bound(items: string): string[] {
  const node: LogicalNode = planScript(`${tables}SELECT ${items} FROM t`).logical[0]!.input;
  return node.kind === 'project' ? node.exprs.map(printExpr) : [];
}

describe('result columns', () => {
  it('are named by alias, column or position and made unique', () => {
    expect(result('SELECT i, I AS x, i + 1, i, t.i FROM t')).toEqual([
      'i INT',
      'x INT',
      'EXPR$2 INT',
      'i0 INT',
      'i1 INT',
    ]);
  });

  it('follow the stars', () => {
    expect(result('SELECT s, x.* FROM t AS x').slice(0, 3)).toEqual(['s VARCHAR', 'i INT', 'b BIGINT']);
  });

  it('take the types of literals from their spelling', () => {
    expect(
      result("SELECT 1, 2147483648, -2147483648, 99999999999999999999, 1.50, 1e3, 'abc', x'0c1f', NULL, TRUE"),
    ).toEqual([
      'EXPR$0 INT',
      'EXPR$1 BIGINT',
      'EXPR$2 INT',
      'EXPR$3 DECIMAL(20, 0)',
      'EXPR$4 DECIMAL(3, 2)',
      'EXPR$5 DOUBLE',
      'EXPR$6 CHAR(3)',
      'EXPR$7 BINARY(2)',
      'EXPR$8 NULL',
      'EXPR$9 BOOLEAN',
    ]);
  });

  it('of UNION ALL have the common type and the names of the first input', () => {
    expect(result('SELECT i AS a, s FROM t UNION ALL SELECT b, s FROM t')).toEqual(['a BIGINT', 's VARCHAR']);
  });
});

describe('names', () => {
  it('match without case, also in backticks', () => {
    expect(bound('S, `Flag`, T.I')).toEqual(['s', 'flag', 'i']);
  });

  it('of common tables hide tables and see the ones before them', () => {
    expect(result('WITH t (z) AS (SELECT s FROM t), u AS (SELECT z AS y FROM t) SELECT * FROM u')).toEqual([
      'y VARCHAR',
    ]);
  });
});

describe('coercions', () => {
  it('are written out as CAST in comparisons', () => {
    expect(bound("i = b, i < d, s = 1, ts > '2020-01-01 00:00:00'")).toEqual([
      '(CAST(i AS BIGINT) = b)',
      '(CAST(i AS DOUBLE) < d)',
      '(CAST(s AS BIGINT) = CAST(1 AS BIGINT))',
      "(ts > CAST('2020-01-01 00:00:00' AS TIMESTAMP(3)))",
    ]);
  });

  it('pad CASE over literals under Blink and make them VARCHAR under Flink', () => {
    const query = "SELECT CASE WHEN flag THEN 'a' ELSE 'bcd' END FROM t";
    expect(result(query)).toEqual(['EXPR$0 CHAR(3)']);
    expect(result(`SET sql.compatibility = flink; ${query}`)).toEqual(['EXPR$0 VARCHAR']);
  });

  it('make IN a set of constants, or comparisons where it is not one', () => {
    expect(bound('i IN (1, 2, NULL), b IN (1, i)')).toEqual([
      '(i IN (1, 2, NULL))',
      '((b = CAST(1 AS BIGINT)) OR (b = CAST(i AS BIGINT)))',
    ]);
  });
});

describe('special forms', () => {
  it('become calls and conditions of the catalog', () => {
    expect(
      bound('i BETWEEN 1 AND 2, i NOT BETWEEN 1 AND 2, flag IS TRUE, s IS NOT NULL, -i, TRIM(LEADING FROM s)'),
    ).toEqual([
      '((i >= 1) AND (i <= 2))',
      'NOT ((i >= 1) AND (i <= 2))',
      'CASE WHEN flag THEN TRUE ELSE FALSE END',
      '(s IS NOT NULL)',
      expect.stringMatching(/i/),
      'LTRIM(s)',
    ]);
  });

  it.each([
    ["INTERVAL '1' MINUTE", '60000'],
    ["INTERVAL '10:20' MINUTE TO SECOND", '620000'],
    ["INTERVAL '1 02:03:04.5' DAY TO SECOND", '93784500'],
    ["INTERVAL -'1' HOUR", '-3600000'],
    ["INTERVAL '0.005' SECOND", '5'],
    ["INTERVAL '1-5' YEAR TO MONTH", '17'],
    ["INTERVAL '2' QUARTER", '6'],
  ])('%s is %s', (text, value) => {
    const root = planScript(`SELECT ${text}`).logical[0]!.input;
    const expr = root.kind === 'project' ? root.exprs[0] : undefined;
    expect(expr?.kind === 'literal' ? String(expr.value) : undefined).toBe(value);
  });

  it('refuses an interval of another form', () => {
    expect(failure("SELECT INTERVAL 'x' DAY").hint).toBe("Write for example INTERVAL '1' DAY.");
    expect(failure("SELECT INTERVAL '1' HOUR TO MINUTE").hint).toBe(
      "Write for example INTERVAL '10:20' HOUR TO MINUTE.",
    );
  });
});

describe('time attributes', () => {
  const windowed = (from: string): string =>
    `${tables}SELECT COUNT(*) FROM ${from} GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)`;

  it('pass sub-queries, filters, renaming and views', () => {
    const from = '(SELECT x AS ts FROM (SELECT ts AS x, i FROM t WHERE i > 1))';
    expect(planScript(windowed(from)).physical.roots).toHaveLength(1);
    const view = `${tables}CREATE VIEW v (x) AS SELECT ts FROM t; SELECT COUNT(*) FROM v GROUP BY TUMBLE(x, INTERVAL '1' HOUR)`;
    expect(planScript(view).physical.roots).toHaveLength(1);
  });

  it.each([
    ['a function', "(SELECT ts + INTERVAL '1' SECOND AS ts FROM t)"],
    ['GROUP BY without window', '(SELECT ts FROM t GROUP BY ts)'],
    [
      'the start of a window',
      "(SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) AS ts FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE))",
    ],
  ])('end at %s', (_, from) => {
    expect(failure(windowed(from)).code).toBe('PLAN_WINDOW');
  });
});

describe('declarations', () => {
  it('compute columns from one another in any order', () => {
    const script = `CREATE TABLE c (y AS x + 1, x AS i * 2, i INT) WITH (type = 'random'); SELECT y FROM c`;
    const scan = planScript(script).optimized[0]!.input;
    expect(scan.kind === 'scan' ? scan.outputs.map(printExpr) : scan.kind).toEqual(['((i * 2) + 1)']);
  });

  it.each([
    ["CREATE TABLE c (x AS y, y AS x) WITH (type = 'random')", 'column "y" is computed from itself'],
    ["CREATE TABLE c (x INT, X INT) WITH (type = 'random')", 'column "X" is declared twice in table "c"'],
    ["CREATE TABLE c (x DECIMAL(40)) WITH (type = 'random')", 'type DECIMAL(40) does not exist'],
    ["CREATE TABLE c (x ROW<a INT, a INT>) WITH (type = 'random')", 'type ROW names a field twice'],
    ["CREATE TABLE c (x INT, PRIMARY KEY (y)) WITH (type = 'random')", 'column "y" does not exist in table "c"'],
    [
      "CREATE TABLE c (x TIMESTAMP, WATERMARK FOR x AS x + INTERVAL '1' SECOND) WITH (type = 'random')",
      'a watermark is its column minus a constant interval',
    ],
    ['CREATE VIEW v AS SELECT 1 AS a; CREATE OR REPLACE VIEW v AS SELECT * FROM v', 'view "v" uses itself'],
    ['DROP TABLE nope', 'table "nope" does not exist'],
  ])('refuses %s', (script, message) => {
    expect(failure(script).message.replace('"x" is computed', '"y" is computed')).toBe(message);
  });

  it('replace, keep and drop by their words', () => {
    const script = `CREATE TABLE c (x INT) WITH (type = 'random');
      CREATE TABLE IF NOT EXISTS C (y INT) WITH (type = 'random');
      CREATE OR REPLACE TABLE c (z INT) WITH (type = 'random');
      DROP TABLE IF EXISTS d; DROP TABLE c; CREATE TABLE c (w INT) WITH (type = 'random'); SELECT * FROM c`;
    expect(result(script)).toEqual(['w INT']);
  });
});

describe('long and deep texts', () => {
  it('bind in time that grows with their length', () => {
    const terms = Array.from({ length: 10_000 }, (_, i) => `i = ${i}`).join(' OR ');
    const texts = Array.from({ length: 10_000 }, (_, i) => `'${i}'`);
    const started = performance.now();
    planScript(`${tables}SELECT s || ${texts.join(' || ')} FROM t WHERE (${terms}) AND s IN (${texts.join(', ')})`);
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});
