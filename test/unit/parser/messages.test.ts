import { describe, expect, it } from 'vitest';
import { parseScript } from '../../../src/parser/parse.ts';
import { errorOf } from './parse-support.ts';

/** Text → code, line:column, [what is underlined], message / hint. */
const mistakes: readonly (readonly [string, string])[] = [
  ['SELCT a FROM t', 'PARSE_SYNTAX 1:1 [SELCT] "SELCT" does not begin a statement / Did you mean "SELECT"?'],
  ['FROM t SELECT a', 'PARSE_SYNTAX 1:1 [FROM] "FROM" does not begin a statement'],
  ['42', 'PARSE_SYNTAX 1:1 [42] expected a statement but found "42"'],
  [
    'UPDATE t SET a = 1',
    'PARSE_SYNTAX 1:1 [UPDATE] UPDATE statements are not supported / A table is a stream: write a query that computes the new rows, and INSERT it into another table.',
  ],
  [
    "COMPILE PLAN 'p.json' FOR INSERT INTO o SELECT 1",
    'PARSE_SYNTAX 1:1 [COMPILE] COMPILE statements are not supported / A job is planned when it starts: keep its script. EXPLAIN shows the plan.',
  ],
  [
    "EXECUTE PLAN 'p.json'",
    'PARSE_SYNTAX 1:9 [PLAN] EXECUTE PLAN is not supported / A job is planned when it starts: keep its script. EXPLAIN shows the plan.',
  ],
  [
    'STATEMENT SET BEGIN INSERT INTO o SELECT 1; END',
    'PARSE_SYNTAX 1:1 [STATEMENT] STATEMENT statements are not supported / Write EXECUTE STATEMENT SET BEGIN …; END;.',
  ],
  [
    'SHOW CREATE MATERIALIZED TABLE m',
    'PARSE_SYNTAX 1:1 [SHOW CREATE MATERIALIZED] SHOW CREATE MATERIALIZED statements are not supported / Write INSERT INTO a table; CREATE VIEW gives a query a name.',
  ],
  [
    'SHOW JARS',
    "PARSE_SYNTAX 1:1 [SHOW JARS] SHOW JARS statements are not supported / Functions are JavaScript modules: CREATE FUNCTION f AS './f.js'; run: SHOW USER FUNCTIONS.",
  ],
  [
    'desc database d',
    'PARSE_SYNTAX 1:1 [desc database] DESCRIBE DATABASE statements are not supported / There is one catalog, default_catalog, with one database, default_database.',
  ],
  [
    'QUIT',
    'PARSE_SYNTAX 1:1 [QUIT] QUIT is not a statement / It is a command of the shell; a program calls engine.close().',
  ],
  ['BEGIN TRANSACTION', 'PARSE_SYNTAX 1:1 [BEGIN] BEGIN is not supported / Did you mean BEGIN STATEMENT SET; … END;?'],
  ['EXECUTE STATEMENT SET BEGIN END', 'PARSE_SYNTAX 1:29 [END] expected "INSERT" but found "END"'],
  [
    'EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; SELECT 2; END',
    'PARSE_SYNTAX 1:53 [SELECT] expected "INSERT" or "END" but found "SELECT"',
  ],
  ['EXECUTE SHOW TABLES', 'PARSE_SYNTAX 1:9 [SHOW] expected "STATEMENT SET", "INSERT" or a query but found "SHOW"'],
  [
    "STOP JOB 'a' WITH SAVEPOINT",
    'PARSE_SYNTAX 1:14 [WITH] STOP JOB … WITH is not supported / A stopped job writes and commits what it has read; write STOP JOB without WITH.',
  ],
  ['STOP JOB a', 'PARSE_SYNTAX 1:10 [a] expected the job\'s name in quotes but found "a"'],
  [
    'INSERT INTO t PARTITION (d = 1) SELECT 1',
    'PARSE_SYNTAX 1:15 [PARTITION] INSERT INTO … PARTITION is not supported / Tables have no partitions: write the value as a column of the query.',
  ],
  [
    'ALTER TABLE t ADD PARTITION (d = 1)',
    'PARSE_SYNTAX 1:19 [PARTITION] ALTER TABLE … PARTITION is not supported / Tables have no partitions.',
  ],
  [
    'ALTER TABLE t FOO a',
    'PARSE_SYNTAX 1:15 [FOO] expected "RENAME", "SET", "RESET", "ADD", "MODIFY" or "DROP" but found "FOO"',
  ],
  ['ALTER INDEX i', 'PARSE_SYNTAX 1:7 [INDEX] expected "TABLE", "VIEW" or "CONSUMER GROUP" but found "INDEX"'],
  [
    'CREATE TABLE t LIKE u (OVERWRITING ALL)',
    'PARSE_SYNTAX 1:36 [ALL] expected one of GENERATED, METADATA, OPTIONS, WATERMARKS but found "ALL"',
  ],
  [
    "CREATE TABLE t WITH (type = 'sls')",
    'PARSE_SYNTAX 1:1 [CREATE] table "t" is declared without columns / Write CREATE TABLE t (a INT, …) WITH (…).',
  ],
  [
    'EXPLAIN CHANGELOG_MODE, COSTS SELECT 1',
    'PARSE_SYNTAX 1:25 [COSTS] expected one of CHANGELOG_MODE, ESTIMATED_COST, JSON_EXECUTION_PLAN, PLAN_ADVICE but found "COSTS"',
  ],
  ['EXPLAIN FORMAT XML SELECT 1', 'PARSE_SYNTAX 1:16 [XML] expected "TEXT", "JSON" or "MERMAID" but found "XML"'],
  ['INSERT t SELECT a', 'PARSE_SYNTAX 1:8 [t] expected "INTO" but found "t"'],
  [
    'SELECT a,\n  b c d\nFROM t',
    'PARSE_SYNTAX 2:7 [d] expected ";" or the end of the text but found "d" / Is a comma missing before "d"?',
  ],
  [
    'SELECT a FORM t',
    'PARSE_SYNTAX 1:15 [t] expected ";" or the end of the text but found "t" / Did you mean "FROM" instead of "FORM"?',
  ],
  [
    'SELECT a FROM t WHER b = 1',
    'PARSE_SYNTAX 1:22 [b] expected ";" or the end of the text but found "b" / Did you mean "WHERE" instead of "WHER"?',
  ],
  ['SELECT a FROM t GROUP a', 'PARSE_SYNTAX 1:23 [a] expected "BY" but found "a"'],
  [
    'SELECT a, FROM t',
    'PARSE_SYNTAX 1:11 [FROM] expected one more item after "," but found "FROM" / Remove the comma before it.',
  ],
  [
    'SELECT a b, c d e FROM t',
    'PARSE_SYNTAX 1:17 [e] expected ";" or the end of the text but found "e" / Is a comma missing before "e"?',
  ],
  ['SELECT (a + b FROM t', 'PARSE_SYNTAX 1:15 [FROM] expected ")" but found "FROM"'],
  [
    'SELECT a FROM t WHERE b = "x"',
    'PARSE_SYNTAX 1:27 ["x"] expected an expression but found text in double quotes / Strings are written \'in single quotes\', names `in backticks`.',
  ],
  [
    'SELECT a FROM t WHERE b == 1',
    'PARSE_SYNTAX 1:25 [==] expected ";" or the end of the text but found "==" / Equality is written =.',
  ],
  [
    'SELECT a FROM t WHERE a && b',
    'PARSE_SYNTAX 1:25 [&&] expected ";" or the end of the text but found "&&" / Write AND.',
  ],
  ['SELECT a FROM t WHERE a =', 'PARSE_SYNTAX 1:26 [] expected an expression but found the end of the text'],
  ['SELECT a FROM', 'PARSE_SYNTAX 1:14 [] expected a table but found the end of the text'],
  ['SELECT', 'PARSE_SYNTAX 1:7 [] expected an expression but found the end of the text'],
  [
    'SELECT order FROM t',
    'PARSE_SYNTAX 1:8 [order] expected an expression but found the reserved word "ORDER" / Write `order` in backticks to use it as a name.',
  ],
  [
    'SELECT a AS group FROM t',
    'PARSE_SYNTAX 1:13 [group] expected an alias but found the reserved word "GROUP" / Write `group` in backticks to use it as a name.',
  ],
  ['SELECT a FROM t LIMIT', 'PARSE_SYNTAX 1:22 [] expected an expression but found the end of the text'],
  [
    "SELECT 'abc FROM t",
    "PARSE_UNTERMINATED 1:8 ['] the string that begins here is never closed / Close it with '; a quote inside a string is written ''.",
  ],
  [
    'SELECT `abc FROM t',
    'PARSE_UNTERMINATED 1:8 [`] the quoted name that begins here is never closed / Close it with `.',
  ],
  ['SELECT a /* open', 'PARSE_UNTERMINATED 1:10 [/*] the comment that begins here is never closed / Close it with */.'],
  [
    "SELECT x'0'",
    "PARSE_SYNTAX 1:8 [x'0'] a binary string holds pairs of hexadecimal digits / Write for example x'0c1f'.",
  ],
  [
    "SELECT x'zz'",
    "PARSE_SYNTAX 1:8 [x'zz'] a binary string holds pairs of hexadecimal digits / Write for example x'0c1f'.",
  ],
  ['SELECT CASE WHEN a THEN b FROM t', 'PARSE_SYNTAX 1:27 [FROM] expected "WHEN", "ELSE" or "END" but found "FROM"'],
  ['SELECT CASE a END', 'PARSE_SYNTAX 1:15 [END] expected "WHEN" but found "END"'],
  ['SELECT CAST(a) FROM t', 'PARSE_SYNTAX 1:14 [)] expected "AS" but found ")"'],
  ['SELECT CAST(a AS) FROM t', 'PARSE_SYNTAX 1:17 [)] expected a type but found ")"'],
  ['SELECT a FROM t JOIN u', 'PARSE_SYNTAX 1:23 [] expected "ON" or "USING" but found the end of the text'],
  ['SELECT a FROM t JOIN u WHERE a = 1', 'PARSE_SYNTAX 1:24 [WHERE] expected "ON" or "USING" but found "WHERE"'],
  ['SELECT a FROM (SELECT b FROM u', 'PARSE_SYNTAX 1:31 [] expected ")" but found the end of the text'],
  ['SELECT a FROM t; SELECT b FROM', 'PARSE_SYNTAX 1:31 [] expected a table but found the end of the text'],
  [
    'SELECT a FROM t SELECT b FROM u',
    'PARSE_SYNTAX 1:17 [SELECT] expected ";" or the end of the text but found "SELECT" / Is a semicolon missing before "SELECT"?',
  ],
  [
    'SELECT a，b FROM t',
    'PARSE_SYNTAX 1:9 [，] expected ";" or the end of the text but found "，" / "，" is a full-width sign; write ,.',
  ],
  ['SELECT 1abc FROM t', 'PARSE_SYNTAX 1:8 [1abc] name "1abc" begins with a digit / Write `1abc` in backticks.'],
  [
    'SELECT a FROM t // note',
    'PARSE_SYNTAX 1:17 [/] expected ";" or the end of the text but found "/" / Comments begin with --.',
  ],
  [
    'SELECT a # note',
    'PARSE_SYNTAX 1:10 [#] expected ";" or the end of the text but found "#" / Comments begin with --.',
  ],
  [
    'SELECT ${X}',
    'PARSE_SYNTAX 1:8 [$] expected an expression but found "$" / ${NAME} is replaced only inside string literals.',
  ],
  ['SELECT a FROM t WHERE a IN ()', 'PARSE_SYNTAX 1:29 [)] expected an expression but found ")"'],
  ['SELECT f(a, b', 'PARSE_SYNTAX 1:14 [] expected "," or ")" but found the end of the text'],
  ['SELECT f(a b)', 'PARSE_SYNTAX 1:12 [b] expected "," or ")" but found "b" / Is a comma missing before "b"?'],
  [
    "SELECT INTERVAL '1' FOO",
    'PARSE_SYNTAX 1:21 [FOO] expected a time unit but found "FOO" / Units are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND and MILLISECOND.',
  ],
  [
    "SELECT INTERVAL '1' MONTH TO DAY",
    'PARSE_SYNTAX 1:21 [MONTH TO DAY] an interval cannot range from MONTH to DAY / The second unit is the smaller one, as in DAY TO SECOND.',
  ],
  [
    'SELECT a IS 5',
    'PARSE_SYNTAX 1:13 [5] expected "NULL", "TRUE", "FALSE", "UNKNOWN" or "DISTINCT FROM" but found "5"',
  ],
  ['SELECT a BETWEEN 1', 'PARSE_SYNTAX 1:19 [] expected "AND" but found the end of the text'],
  [
    'SELECT sum(a) OVER (PARTITION a) FROM t',
    'PARSE_SYNTAX 1:21 [PARTITION] expected "PARTITION BY", "ORDER BY" or ")" but found "PARTITION"',
  ],
  [
    'SELECT a FROM t MATCH_RECOGNIZE (PATTERN (A || B))',
    'PARSE_SYNTAX 1:45 [||] an empty alternative is not supported in MATCH_RECOGNIZE / A pattern is a list of variables with quantifiers, such as PATTERN (A B+ C{2,4}? D).',
  ],
  [
    'SELECT a FROM TABLE(t)',
    'PARSE_SYNTAX 1:21 [t] TABLE ( ) takes the call of a table function / Write for example LATERAL TABLE(split(a, b)) AS t (c).',
  ],
  [
    'CREATE TABLE t (a INT b INT)',
    'PARSE_SYNTAX 1:23 [b] expected "," or ")" but found "b" / Is a comma missing before "b"?',
  ],
  [
    'CREATE TABLE t (a INT, WATERMARK FOR ts AS withOffset(ts))',
    'PARSE_SYNTAX 1:57 [)] withOffset takes a column and a number of milliseconds / Write for example withOffset(ts, 4000).',
  ],
  ['CREATE TABLE t (a)', 'PARSE_SYNTAX 1:18 [)] expected a type or "AS" after column "a" but found ")"'],
  ['CREATE TABLE (a INT)', 'PARSE_SYNTAX 1:14 [(] expected a table name but found "("'],
  [
    "CREATE TABLE t (a INT) WITH (type 'sls')",
    'PARSE_SYNTAX 1:35 [\'sls\'] expected "=" after option "type" but found a string / Write type = \'value\'.',
  ],
  [
    'CREATE TABLE t (a INT) WITH (type = sls)',
    'PARSE_SYNTAX 1:37 [sls] expected a string as the value of option "type" but found a value without quotes / Values are written in single quotes, numbers too.',
  ],
  [
    'CREATE TABLE t (a INT) WITH (batchGetSize = 100)',
    'PARSE_SYNTAX 1:45 [100] expected a string as the value of option "batchGetSize" but found a value without quotes / Values are written in single quotes, numbers too.',
  ],
  [
    'CREATE TABLE t (a INT) WITH (type = "sls")',
    'PARSE_SYNTAX 1:37 ["sls"] expected a string as the value of option "type" but found text in double quotes / Strings are written \'in single quotes\', names `in backticks`.',
  ],
  [
    "CREATE TABLE t (a INT) WITH (type = 'sls' project = 'p')",
    'PARSE_SYNTAX 1:43 [project] expected "," or ")" but found "project" / Is a comma missing before "project"?',
  ],
  [
    "CREATE TABLE t (a INT) WITH (type = 'sls',)",
    'PARSE_SYNTAX 1:43 [)] expected one more item after "," but found ")" / Remove the comma before it.',
  ],
  [
    'CREATE TABLE t (order INT)',
    'PARSE_SYNTAX 1:17 [order] expected a column but found the reserved word "ORDER" / Write `order` in backticks to use it as a name.',
  ],
  ['CREATE TABLE t (a INT', 'PARSE_SYNTAX 1:22 [] expected "," or ")" but found the end of the text'],
  [
    'CREATE TABEL t (a INT)',
    'PARSE_SYNTAX 1:8 [TABEL] expected "TABLE", "VIEW" or "FUNCTION" but found "TABEL" / Did you mean "TABLE" instead of "TABEL"?',
  ],
  ['CREATE VIEW v SELECT 1', 'PARSE_SYNTAX 1:15 [SELECT] expected "AS" but found "SELECT"'],
  ['CREATE TABLE t (a ARRAY<INT)', 'PARSE_SYNTAX 1:28 [)] expected "," or ">" but found ")"'],
  [
    'INSERT INTO t (a, b) VALUE (1, 2)',
    'PARSE_SYNTAX 1:22 [VALUE] expected "SELECT", "VALUES" or another query but found "VALUE" / Did you mean "VALUES" instead of "VALUE"?',
  ],
  [
    'SHOW TABLE',
    'PARSE_SYNTAX 1:6 [TABLE] expected "TABLES", "VIEWS", "FUNCTIONS", "CONNECTORS", "FORMATS", "JOBS", "SETTINGS" or "CREATE TABLE" but found "TABLE" / Did you mean "TABLES"?',
  ],
  [
    'ALTER CONSUMER GROUP g FOR t RESET TO start',
    'PARSE_SYNTAX 1:39 [start] expected "BEGIN", "END", TIMESTAMP \'yyyy-MM-dd HH:mm:ss\' or epoch seconds but found "start"',
  ],
  ['EXPLAIN', 'PARSE_SYNTAX 1:8 [] expected a statement but found the end of the text'],
  ['SET a.b 5', 'PARSE_SYNTAX 1:9 [5] expected "=" but found "5"'],
  ['SET a =', 'PARSE_SYNTAX 1:8 [] expected a value but found the end of the text'],
  ['DROP t', 'PARSE_SYNTAX 1:6 [t] expected "TABLE", "VIEW" or "FUNCTION" but found "t"'],
  ['(a, b) OVERLAPS (c)', 'PARSE_SYNTAX 1:2 [a] expected a query but found "a"'],
  ['SELECT (a, b) OVERLAPS c', 'PARSE_SYNTAX 1:15 [OVERLAPS] expected ";" or the end of the text but found "OVERLAPS"'],
  ["SELECT TRIM(BOTH 'a' b)", 'PARSE_SYNTAX 1:22 [b] expected "FROM" but found "b"'],
  ['SELECT EXTRACT(DAY a)', 'PARSE_SYNTAX 1:20 [a] expected "FROM" but found "a"'],
  ['SELECT a.1', 'PARSE_SYNTAX 1:9 [.1] expected ";" or the end of the text but found ".1"'],
  ['SELECT t. FROM t', 'PARSE_SYNTAX 1:11 [FROM] expected a name after "." but found "FROM"'],
  ['SELECT ‘a’', 'PARSE_SYNTAX 1:8 [‘] expected an expression but found "‘" / Quotes are written \' in SQL.'],
  [
    'SELECT a::INT',
    'PARSE_SYNTAX 1:9 [::] expected ";" or the end of the text but found "::" / Write CAST(x AS type).',
  ],
];

describe('the message of a mistake', () => {
  it.each(mistakes)('%j', (text, error) => {
    expect(errorOf(text, parseScript)).toBe(error);
  });

  it('counts lines and columns in a file of many statements', () => {
    const text = "CREATE TABLE t (a INT) WITH (type = 'sls');\n\n-- 日志\nINSERT INTO s\nSELECT a FORM t;\nSELECT 1;\n";
    expect(errorOf(text, parseScript)).toBe(
      'PARSE_SYNTAX 5:15 [t] expected ";" or the end of the text but found "t" / Did you mean "FROM" instead of "FORM"?',
    );
  });

  it('never repeats the value of an option', () => {
    for (const value of [
      'LTAI5secret',
      '12345secret',
      "'ab'LTAI5secret",
      '"LTAI5secret"',
      '`LTAI5secret`',
      "'a' 'LTAI5secret'",
    ]) {
      const text = `CREATE TABLE t (a INT) WITH (accessKey = ${value})`;
      const [, message] = errorOf(text, parseScript).split('] ');
      expect(message).toBeDefined();
      expect(message).not.toContain('secret');
    }
  });
});
