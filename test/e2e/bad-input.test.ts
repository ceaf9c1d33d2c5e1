import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessTable as access, failure } from '../support/bad-input.ts';
import { cliIsBuilt } from '../support/run-cli.ts';

// What a user reads of a mistake, whole: code, fact, place, advice, exit code.
describe.skipIf(!cliIsBuilt)('bad input on the command line (needs dist/cli/main.js: npm run build)', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-bad-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const query = (sql: string, ...more: readonly string[]): Promise<string> =>
    failure(['query', sql, ...more], {}, { FOLDER: folder });
  /** For texts that are longer than an argument may be. */
  const piped = (input: string): Promise<string> => failure(['query', '-'], { input });
  const run = (input: string): Promise<string> => failure(['run', '-'], { input });

  describe('names', () => {
    it('column', async () => {
      expect(await query(`${access()}SELECT stats FROM access`)).toMatchInlineSnapshot(`
        "error[PLAN_UNKNOWN_COLUMN]: column "stats" does not exist in table "access"
          --> <query>:12:8
         12 | SELECT stats FROM access
            |        ^^^^^
        note: table "access" is declared at <query>:1:14
        hint: Did you mean "status"?  Columns: status, path.
        exit 2"
      `);
    });

    it('table', async () => {
      expect(await query(`${access()}SELECT status FROM acess`)).toMatchInlineSnapshot(`
        "error[PLAN_UNKNOWN_TABLE]: table "acess" does not exist
          --> <query>:12:20
         12 | SELECT status FROM acess
            |                    ^^^^^
        hint: Did you mean "access"?  Tables: access.
        exit 2"
      `);
    });

    it('function', async () => {
      expect(await query(`SELECT UPER('a')`)).toMatchInlineSnapshot(`
        "error[PLAN_UNKNOWN_FUNCTION]: function "UPER" does not exist
          --> <query>:1:8
         1 | SELECT UPER('a')
           |        ^^^^
        hint: Did you mean "UPPER"?  Run: SHOW FUNCTIONS.
        exit 2"
      `);
    });

    it('option of a table', async () => {
      expect(await query(`${access({ logStroe: 'nginx' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_UNKNOWN_OPTION]: connector "sls" has no option "logStroe"
          --> <query>:11:3
         11 |   logStroe = 'nginx'
            |   ^^^^^^^^
        hint: Did you mean "logStore"?
        exit 2"
      `);
    });

    it('value of an option', async () => {
      expect(await query(`${access({ startupMode: 'Erliest' })}SELECT status FROM access`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_OPTION_VALUE]: option "startupMode" of connector "sls" takes one of 'TIMESTAMP', 'Earliest', 'Latest', 'Group_Offsets', not 'Erliest'
          --> <query>:11:17
         11 |   startupMode = 'Erliest'
            |                 ^^^^^^^^^
        hint: Did you mean 'Earliest'?
        exit 2"
      `);
    });

    it('option on the command line', async () => {
      expect(await query('SELECT 1', '--formt', 'csv')).toMatchInlineSnapshot(`
        "error[CLI_USAGE]: command "query" has no option "--formt"
        hint: Did you mean "--format"?
        exit 2"
      `);
    });

    it('command', async () => {
      expect(await failure(['qurey', 'SELECT 1'])).toMatchInlineSnapshot(`
        "error[CLI_USAGE]: command "qurey" does not exist
        hint: Did you mean "query"?
        exit 2"
      `);
    });

    it('connector', async () => {
      expect(await query(`CREATE TABLE t (a INT) WITH (type = 'slss'); SELECT a FROM t`)).toMatchInlineSnapshot(`
        "error[CONNECTOR_UNKNOWN]: connector "slss" does not exist
          --> <query>:1:37
         1 | CREATE TABLE t (a INT) WITH (type = 'slss'); SELECT a FROM t
           |                                     ^^^^^^
        hint: Did you mean "sls"?  Connectors: sls, file, random, print, blackhole.
        exit 2"
      `);
    });

    it('type', async () => {
      expect(await query(`CREATE TABLE t (a INTT) WITH (type = 'random'); SELECT a FROM t`)).toMatchInlineSnapshot(`
        "error[TYPE_UNKNOWN]: type "INTT" does not exist
          --> <query>:1:19
         1 | CREATE TABLE t (a INTT) WITH (type = 'random'); SELECT a FROM t
           |                   ^^^^
        hint: Did you mean "INT"?
        exit 2"
      `);
    });

    it('setting', async () => {
      expect(await query(`SET 'sql.compatibilty' = 'flink'; SELECT 1`)).toMatchInlineSnapshot(`
        "error[PLAN_SETTING]: setting "sql.compatibilty" does not exist
          --> <query>:1:5
         1 | SET 'sql.compatibilty' = 'flink'; SELECT 1
           |     ^^^^^^^^^^^^^^^^^^
        hint: Did you mean "sql.compatibility"?  Run: SHOW SETTINGS.
        exit 2"
      `);
    });

    it('file of a job', async () => {
      expect(await failure(['run', join(folder, 'none.sql')], {}, { FOLDER: folder })).toMatchInlineSnapshot(`
        "error[FILE_NOT_FOUND]: file "FOLDER/none.sql" does not exist
        exit 2"
      `);
    });

    it('file of a table', async () => {
      expect(
        await query(
          `CREATE TABLE t (a VARCHAR) WITH (type = 'file', path = '${folder}/none.txt', format = 'raw'); SELECT a FROM t`,
        ),
      ).toMatchInlineSnapshot(`
        "error[FILE_NOT_FOUND]: file "FOLDER/none.txt" of table "t" does not exist
        hint: Paths are relative to the working directory, ROOT.
          in query › scan/t
        exit 2"
      `);
    });

    it('Chinese names, with the caret in its place', async () => {
      expect(
        await query(`CREATE TABLE 日志 (状态 INT, 消息 VARCHAR) WITH (type = 'random'); SELECT 消息, 状太 FROM 日志`),
      ).toMatchInlineSnapshot(`
        "error[PLAN_UNKNOWN_COLUMN]: column "状太" does not exist in table "日志"
          --> <query>:1:73
         1 | CREATE TABLE 日志 (状态 INT, 消息 VARCHAR) WITH (type = 'random'); SELECT 消息, 状太 FROM 日志
           |                                                                                 ^^^^
        note: table "日志" is declared at <query>:1:14
        hint: Did you mean "状态"?  Columns: 状态, 消息.
        exit 2"
      `);
    });
  });

  describe('types', () => {
    it('arguments of a function', async () => {
      expect(await query(`${access()}SELECT SUBSTRING(status) FROM access`)).toMatchInlineSnapshot(`
        "error[PLAN_ARGUMENTS]: function "SUBSTRING" does not take (INT)
          --> <query>:12:8
         12 | SELECT SUBSTRING(status) FROM access
            |        ^^^^^^^^^^^^^^^^^
        hint: It is called as SUBSTRING(text, start [, length]) or SUBSTRING(text FROM start [FOR length]) or SUBSTR(…).
        exit 2"
      `);
    });

    it('operands', async () => {
      expect(await query(`${access()}SELECT status AND TRUE FROM access`)).toMatchInlineSnapshot(`
        "error[PLAN_TYPE]: AND takes a BOOLEAN, not INT
          --> <query>:12:8
         12 | SELECT status AND TRUE FROM access
            |        ^^^^^^
        exit 2"
      `);
    });

    it('a condition', async () => {
      expect(await query(`${access()}SELECT path FROM access WHERE status`)).toMatchInlineSnapshot(`
        "error[PLAN_TYPE]: WHERE takes a BOOLEAN, not INT
          --> <query>:12:31
         12 | SELECT path FROM access WHERE status
            |                               ^^^^^^
        exit 2"
      `);
    });

    it('a cast that cannot be', async () => {
      expect(await query(`SELECT CAST(DATE '2020-01-01' AS DOUBLE)`)).toMatchInlineSnapshot(`
        "error[PLAN_TYPE]: DATE cannot be cast to DOUBLE
          --> <query>:1:8
         1 | SELECT CAST(DATE '2020-01-01' AS DOUBLE)
           |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        exit 2"
      `);
    });

    it('a cast that fails under flink', async () => {
      expect(await query(`SET 'sql.compatibility' = 'flink'; SELECT CAST('abc' AS INT)`)).toMatchInlineSnapshot(`
        "error[VALUE_INVALID]: text 'abc' cannot be cast to INT
        hint: TRY_CAST gives NULL where CAST fails.
          in query › collect/calc-1 › expression
        exit 1"
      `);
    });

    it('columns of an INSERT', async () => {
      expect(
        await run(
          `CREATE TABLE n (a INT) WITH (type = 'random', rows = '1');\nCREATE TABLE o (a INT, b INT) WITH (type = 'print');\nINSERT INTO o SELECT a FROM n;`,
        ),
      ).toMatchInlineSnapshot(`
        "error[PLAN_INSERT]: the query has 1 column and table "o" takes 2
          --> <stdin>:3:15
         3 | INSERT INTO o SELECT a FROM n;
           |               ^^^^^^^^^^^^^^^
        note: table "o" is declared at <stdin>:2:14
        hint: The table takes: a, b.
        exit 2"
      `);
    });
  });

  describe('syntax', () => {
    it('at the begin', async () => {
      expect(await query('SELEC 1')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: "SELEC" does not begin a statement
          --> <query>:1:1
         1 | SELEC 1
           | ^^^^^
        hint: Did you mean "SELECT"?
        exit 2"
      `);
    });

    it('in the middle', async () => {
      expect(await query('SELECT a FROM t WHRE a = 1')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected ";" or the end of the text but found "a"
          --> <query>:1:22
         1 | SELECT a FROM t WHRE a = 1
           |                      ^
        hint: Did you mean "WHERE" instead of "WHRE"?
        exit 2"
      `);
    });

    it('a comma too many', async () => {
      expect(await query('SELECT 1,, 2')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected an expression but found ","
          --> <query>:1:10
         1 | SELECT 1,, 2
           |          ^
        exit 2"
      `);
    });

    it('at the end', async () => {
      expect(await query('SELECT 1 +')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected an expression but found the end of the text
          --> <query>:1:11
         1 | SELECT 1 +
           |           ^
        exit 2"
      `);
    });

    it('a parenthesis that is not closed', async () => {
      expect(await query('SELECT (1 + 2')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected ")" but found the end of the text
          --> <query>:1:14
         1 | SELECT (1 + 2
           |              ^
        exit 2"
      `);
    });

    it('a string that is not closed', async () => {
      expect(await query(`SELECT 'abc,\n  2\nFROM t`)).toMatchInlineSnapshot(`
        "error[PARSE_UNTERMINATED]: the string that begins here is never closed
          --> <query>:1:8
         1 | SELECT 'abc,
           |        ^
        hint: Close it with '; a quote inside a string is written ''.
        exit 2"
      `);
    });

    it('a comment that is not closed', async () => {
      expect(await query('SELECT 1 /* why\nnot')).toMatchInlineSnapshot(`
        "error[PARSE_UNTERMINATED]: the comment that begins here is never closed
          --> <query>:1:10
         1 | SELECT 1 /* why
           |          ^^
        hint: Close it with */.
        exit 2"
      `);
    });

    it('a quoted name that is not closed', async () => {
      expect(await query('SELECT `abc FROM t')).toMatchInlineSnapshot(`
        "error[PARSE_UNTERMINATED]: the quoted name that begins here is never closed
          --> <query>:1:8
         1 | SELECT \`abc FROM t
           |        ^
        hint: Close it with \`.
        exit 2"
      `);
    });

    it('text in double quotes', async () => {
      expect(await query('SELECT "abc"')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected an expression but found text in double quotes
          --> <query>:1:8
         1 | SELECT "abc"
           |        ^^^^^
        hint: Strings are written 'in single quotes', names \`in backticks\`.
        exit 2"
      `);
    });

    it('a full-width comma', async () => {
      expect(await query('SELECT 1，2')).toMatchInlineSnapshot(`
        "error[PARSE_SYNTAX]: expected ";" or the end of the text but found "，"
          --> <query>:1:9
         1 | SELECT 1，2
           |         ^^
        hint: "，" is a full-width sign; write ,.
        exit 2"
      `);
    });

    it('nothing', async () => {
      expect(await query('')).toMatchInlineSnapshot(`
        "error[CLI_USAGE]: the text has no query to print
        hint: Write a SELECT; INSERTs are run by: sluice run FILE
        exit 2"
      `);
    });

    it('two queries', async () => {
      expect(await query('SELECT 1; SELECT 2')).toMatchInlineSnapshot(`
        "error[CLI_USAGE]: the text has 2 queries and one is printed
          --> <query>:1:11
         1 | SELECT 1; SELECT 2
           |           ^^^^^^^^
        hint: Run them one by one.
        exit 2"
      `);
    });

    it('an INSERT', async () => {
      expect(await query(`CREATE TABLE o (a INT) WITH (type = 'print'); INSERT INTO o SELECT 1`))
        .toMatchInlineSnapshot(`
        "error[CLI_USAGE]: the text has no query to print
        hint: Write a SELECT; INSERTs are run by: sluice run FILE
        exit 2"
      `);
    });

    it('10,000 parentheses', async () => {
      expect(await piped(`SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`)).toMatchInlineSnapshot(`
        "error[PARSE_TOO_DEEP]: the text is nested deeper than 500 levels
          --> <stdin>:1:507
         1 | …(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
           |                                                                    ^
        hint: Split the query into views, or the long chain of operators into IN (…) or parenthesised groups.
        exit 2"
      `);
    });

    it('10,000 sub-queries', async () => {
      expect(await piped(`${'SELECT * FROM ('.repeat(10_000)}SELECT 1${')'.repeat(10_000)}`)).toMatchInlineSnapshot(`
        "error[PARSE_TOO_DEEP]: the text is nested deeper than 500 levels
          --> <stdin>:1:3751
         1 | …FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FRO…
           |                                                                    ^^^^^^
        hint: Split the query into views, or the long chain of operators into IN (…) or parenthesised groups.
        exit 2"
      `);
    });

    it('10,000 calls', async () => {
      expect(await piped(`SELECT ${'ABS('.repeat(10_000)}1${')'.repeat(10_000)}`)).toMatchInlineSnapshot(`
        "error[PARSE_TOO_DEEP]: the text is nested deeper than 500 levels
          --> <stdin>:1:2004
         1 | …S(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(ABS(A…
           |                                                                    ^^^
        hint: Split the query into views, or the long chain of operators into IN (…) or parenthesised groups.
        exit 2"
      `);
    });

    it('a chain of 10,000 sums', async () => {
      expect(await piped(`SELECT ${'1+'.repeat(10_000)}1`)).toMatchInlineSnapshot(`
        "error[PLAN_UNSUPPORTED]: a sum of more than 500 terms is not supported
          --> <stdin>:1:8
         1 | SELECT 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+…
           |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: Group the terms with parentheses.
        exit 2"
      `);
    });

    it('10,000 parentheses for another dialect', async () => {
      expect(
        await failure(['query', '-', '--dialect', 'mysql'], {
          input: `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
        }),
      ).toMatchInlineSnapshot(`
        "error[PARSE_TOO_DEEP]: the text is nested deeper than 500 levels
          --> <stdin>:1:507
         1 | …(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((…
           |                                                                    ^
        hint: Split the query into views, or the long chain of operators into IN (…) or parenthesised groups.
        exit 2"
      `);
    });
  });
});
