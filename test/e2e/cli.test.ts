import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIsBuilt, runCli } from '../support/run-cli.ts';

const endless = "CREATE TABLE r (a INT, ts TIMESTAMP) WITH (type = 'random', rate = '2000');";

describe.skipIf(!cliIsBuilt)('sluice on the command line (needs dist/cli/main.js: npm run build)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  describe('alone', () => {
    it('prints its help on stderr and ends with 2 where nobody is at a terminal', async () => {
      const { code, stdout, stderr } = await runCli([]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('Usage: sluice COMMAND [OPTIONS]');
    });

    it.each([[['--help']], [['help']], [['query', '--help']], [['help', 'run']], [['logservice', '-h']]])(
      'explains itself on stdout: %j',
      async (words) => {
        const { code, stdout, stderr } = await runCli(words);
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toContain('Usage: sluice');
      },
    );

    it('prints its version', async () => {
      const { code, stdout } = await runCli(['--version']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^sluice \d+\.\d+\.\d+\n$/);
    });
  });

  describe('usage mistakes', () => {
    it.each([
      [['qurey', 'SELECT 1'], 'error[CLI_USAGE]: command "qurey" does not exist\nhint: Did you mean "query"?\n'],
      [
        ['query', 'SELECT 1', '--foramt', 'csv'],
        'error[CLI_USAGE]: command "query" has no option "--foramt"\nhint: Did you mean "--format"?\n',
      ],
      [
        ['run', 'job.sql', '--restore', 'latest'],
        'error[CLI_USAGE]: option "--restore" of "sluice run" is not available yet\n',
      ],
      [
        ['run', 'examples/load-access.sql', '--parallelism', '2'],
        'error[CLI_USAGE]: option "--parallelism" above 1 is not available yet\n',
      ],
      [['run', 'none.sql'], 'error[FILE_NOT_FOUND]: file "none.sql" does not exist\n'],
      [['query'], 'error[CLI_USAGE]: command "query" needs SQL or --file\nhint: Write: sluice query "SELECT 1"\n'],
      [
        ['query', 'SELECT 1', '--mode', 'table'],
        'error[CLI_USAGE]: mode "table" paints on a terminal, in format "table"\n' +
          'hint: Use --mode changelog or --mode final.\n',
      ],
      [
        ['logservice', '--init', 'nonsense'],
        'error[CLI_USAGE]: "nonsense" is not of the form PROJECT/LOGSTORE:SHARDS\n',
      ],
      [['logservice', '--access-key', 'topsecret'], 'error[CLI_USAGE]: an access key is not of the form ID:SECRET\n'],
    ])('%j ends with 2', async (words, message) => {
      expect(await runCli(words)).toEqual({ code: 2, stdout: '', stderr: message });
    });

    it('shows mistakes of SQL with their place', async () => {
      expect(await runCli(['query', 'SELECT 1 +'])).toMatchObject({ code: 2, stdout: '' });
      expect(await runCli(['query', 'SELECT nope FROM missing'])).toEqual({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error\[PLAN_UNKNOWN_TABLE\]: .*"missing".*\n {2}--> <query>:1:18\n/),
      });
    });

    it('tells of the SELECT that a job file cannot run', async () => {
      const path = file('select.sql', "SET 'sql.compatibility' = 'blink';\nSELECT 1;\n");
      expect(await runCli(['run', path])).toEqual({
        code: 2,
        stdout: '',
        stderr:
          `error[PLAN_INSERT]: a SELECT without INSERT has no place to go in a job file\n  --> ${path}:2:1\n` +
          ` 2 | SELECT 1;\n   | ^^^^^^\n` +
          `hint: Put INSERT INTO a table in front, or print its rows with: sluice query --file ${path}\n`,
      });
    });
  });

  describe('query', () => {
    it('prints jsonl in a pipe', async () => {
      expect(await runCli(['query', "SELECT 1 + 1 AS two, 'x' AS `名`, CAST(NULL AS INT) AS n"])).toEqual({
        code: 0,
        stdout: '{"two":2,"名":"x","n":null}\n',
        stderr: '',
      });
    });

    it.each([
      ['csv', 'a,b\n9223372036854775807,"x, y"\n'],
      ['markdown', '| a | b |\n| ---: | --- |\n| 9223372036854775807 | x, y |\n'],
      ['table', ' a                   │ b\n'],
      ['jsonl', '{"a":9223372036854775807,"b":"x, y"}\n'],
    ])('prints %s', async (format, start) => {
      const { code, stdout } = await runCli([
        'query',
        "SELECT 9223372036854775807 AS a, 'x, y' AS b",
        '--format',
        format,
      ]);
      expect(code).toBe(0);
      expect(stdout.startsWith(format === 'table' ? ' ' : start)).toBe(true);
      if (format === 'table') expect(stdout).toMatch(/ 9223372036854775807 │ x, y\n\(1 row\)\n$/);
    });

    it('reads SQL from standard input', async () => {
      const { code, stdout } = await runCli(['query', '-'], { input: '-- a comment\nSELECT 7 AS n;\n' });
      expect([code, stdout]).toEqual([0, '{"n":7}\n']);
    });

    it('runs the SELECT of a file, or another one over its tables', async () => {
      const path = file(
        'view.sql',
        'CREATE VIEW v AS SELECT 2 AS n;\nINSERT INTO nowhere SELECT * FROM v;\nSELECT n FROM v;',
      );
      expect((await runCli(['query', '--file', path, 'SELECT n + 1 AS m FROM v'])).stdout).toBe('{"m":3}\n');
      expect((await runCli(['query', '--file', path])).stdout).toBe('{"n":2}\n');
    });

    it('answers SHOW and EXPLAIN', async () => {
      expect((await runCli(['query', 'SHOW TABLES'])).code).toBe(0);
      expect((await runCli(['query', 'EXPLAIN SELECT 1'])).stdout).not.toBe('');
    });

    it('streams an endless insert-only query, ends with 0 at --limit and at --timeout', async () => {
      const limited = await runCli(['query', `${endless} SELECT a FROM r`, '--limit', '5']);
      expect(limited.code).toBe(0);
      expect(limited.stdout.trimEnd().split('\n')).toHaveLength(5);
      const timed = await runCli(['query', `${endless} SELECT a FROM r`, '--timeout', '3s', '--mode', 'changelog']);
      expect(timed.code).toBe(0);
      expect(timed.stdout.split('\n')[0]).toMatch(/^\{"op":"\+I","row":\{"a":\d+\}\}$/);
    });

    it('refuses final rows of a query that never ends and updates them', async () => {
      const sql = `${endless} SELECT COUNT(*) AS n FROM r`;
      expect(await runCli(['query', sql])).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'error[PLAN_UNBOUNDED]: the query never ends and updates its rows, so it has no final rows\n' +
          'hint: Use --mode changelog to see each change, or --timeout 10s or --limit 100 for the rows as they then stand.\n',
      });
      const asTheyStand = await runCli(['query', sql, '--timeout', '3s']);
      expect(asTheyStand.code).toBe(0);
      expect(asTheyStand.stdout).toMatch(/^\{"n":\d+\}\n$/);
    });

    it('stops cleanly on SIGINT', async () => {
      let sent = false;
      const { code, stdout, stderr } = await runCli(['query', `${endless} SELECT a FROM r`], {
        onStdout: (_, kill) => {
          if (!sent) kill('SIGINT');
          sent = true;
        },
      });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.endsWith('}\n')).toBe(true);
    });

    it('writes an Arrow stream', async () => {
      const path = join(folder, 'result.arrow');
      const { spawnSync } = await import('node:child_process');
      const { cliRoot } = await import('../support/run-cli.ts');
      const run = spawnSync(
        process.execPath,
        [join(cliRoot, 'bin/sluice.js'), 'query', "SELECT 1 AS a, 'x' AS b", '--format', 'arrow'],
        { cwd: cliRoot },
      );
      expect([run.status, run.stderr.toString()]).toEqual([0, '']);
      writeFileSync(path, run.stdout);
      const table = tableFromIPC(run.stdout);
      expect(table.numRows).toBe(1);
      expect(table.getChild('b')?.get(0)).toBe('x');
    });
  });

  describe('run, check, explain', () => {
    const job = `CREATE TABLE numbers (a INT) WITH (type = 'random', rows = '3');
CREATE TABLE out_table (a INT) WITH (type = 'print');
INSERT INTO out_table SELECT a FROM numbers;
`;

    it('runs a bounded job to its end and prints nothing on stderr in a pipe', async () => {
      const { code, stdout, stderr } = await runCli(['run', file('job.sql', job)]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    });

    const windows = `CREATE TABLE logs (a INT, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, 0))
  WITH (type = 'random', rows = '3', rate = '1000');
CREATE TABLE rows_out (a INT) WITH (type = 'blackhole');
CREATE TABLE counts (n BIGINT) WITH (type = 'print');
INSERT INTO rows_out SELECT a FROM logs;
INSERT INTO counts SELECT COUNT(*) FROM logs GROUP BY TUMBLE(ts, INTERVAL '1' DAY);
`;

    it('ends a job whose watermark has come to the end of its input', async () => {
      const { code, stdout, stderr } = await runCli(['run', file('windows.sql', windows)]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('+I(');
    });

    it('explains all INSERTs as the one job they are', async () => {
      const path = file('windows.sql', windows);
      const { stdout } = await runCli(['explain', path]);
      expect(stdout.match(/Scan logs .*/g)).toEqual([
        expect.stringContaining('decode=(a, ts)  watermark=ts - 0 ms'),
        'Scan logs (the same as above)',
      ]);
      const { stdout: json } = await runCli(['explain', path, '--format', 'json']);
      expect(JSON.parse(json)).toHaveLength(2);
    });

    it('takes declarations from other files', async () => {
      const [tables, insert] = [job.split('INSERT')[0] ?? '', `INSERT${job.split('INSERT')[1] ?? ''}`];
      const { code, stdout } = await runCli(['run', file('tables.sql', tables), file('insert.sql', insert)]);
      expect(code).toBe(0);
      expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    });

    it('stops an endless job cleanly on SIGTERM', async () => {
      let sent = false;
      const { code, stderr } = await runCli(['run', file('endless.sql', job.replace("rows = '3'", "rate = '100'"))], {
        onStdout: (_, kill) => {
          if (!sent) kill('SIGTERM');
          sent = true;
        },
      });
      expect([code, stderr]).toEqual([0, '']);
    });

    it('checks every file and ends with 2 when one is wrong', async () => {
      const good = file('good.sql', job);
      const bad = file('bad.sql', job.replace('SELECT a FROM', 'SELECT b FROM'));
      const { code, stdout, stderr } = await runCli(['check', bad, good]);
      expect(code).toBe(2);
      expect(stdout.split('\n')[0]).toBe(`${good}: ok`);
      expect(stderr).toContain(`error[PLAN_UNKNOWN_COLUMN]: column "b" does not exist`);
      expect(stderr).toContain(`--> ${bad}:3:`);
    });

    it.each(['ast', 'logical', 'optimized', 'physical'])('explains the stage %s', async (stage) => {
      const { code, stdout, stderr } = await runCli(['explain', file('job.sql', job), '--stage', stage]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('numbers');
    });

    it('shows no secret of a misspelt option', async () => {
      const path = file(
        'secret.sql',
        "CREATE TABLE t (a INT) WITH (type = 'sls', accessKey = 'topsecret', logStroe = 'x');\nINSERT INTO t SELECT 1;",
      );
      const { code, stderr } = await runCli(['check', path]);
      expect(code).toBe(2);
      expect(stderr).toContain('error[CONNECTOR_UNKNOWN_OPTION]');
      expect(stderr).toContain("accessKey = '***', logStroe = 'x'");
      expect(stderr).not.toContain('topsecret');
    });
  });

  describe('logservice', () => {
    it('says where it listens and ends with 0 on SIGINT', async () => {
      const { code, stdout } = await runCli(['logservice', '--port', '0', '--init', 'web/access:2'], {
        onStdout: (_, kill) => kill('SIGINT'),
      });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    });
  });

  describe('repl', () => {
    it('runs statements from a pipe', async () => {
      const { code, stdout, stderr } = await runCli(['repl'], {
        input: 'CREATE VIEW v AS SELECT 1 AS n;\nSELECT n\nFROM v',
      });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/ n\n───\n 1\n\(1 row\)\n$/);
    });

    it('ends at the first mistake with 2', async () => {
      const { code, stdout, stderr } = await runCli(['repl'], { input: 'SELECT x;\nSELECT 1;\n' });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('--> <input>:1:8');
    });

    it('waits for the job of an INSERT at the end of its input', async () => {
      const { code, stdout } = await runCli(['repl'], {
        input: `CREATE TABLE n (a INT) WITH (type = 'random', rows = '3');
                CREATE TABLE o (a INT) WITH (type = 'print');
                INSERT INTO o SELECT a FROM n;`,
      });
      expect(code).toBe(0);
      expect(stdout.match(/^\+I\(/gm)).toHaveLength(3);
    });
  });
});
