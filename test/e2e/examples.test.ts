import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { cliIsBuilt, cliRoot, runCli } from '../support/run-cli.ts';
import type { CliResult } from '../support/run-cli.ts';

interface SampleRow {
  readonly time: string;
  readonly remote_addr: string;
  readonly request_method: string;
  readonly request_uri: string;
  readonly status: number;
  readonly body_bytes: number;
}

const sample = readFileSync(join(cliRoot, 'examples/data/access.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as SampleRow);

/** Rows per key with the sum of their bytes, computed without the engine. */
function countBy(rows: readonly SampleRow[], keyOf: (row: SampleRow) => string): Map<string, [number, number]> {
  const groups = new Map<string, [number, number]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [0, 0];
    groups.set(keyOf(row), [group[0] + 1, group[1] + row.body_bytes]);
  }
  return groups;
}

describe.skipIf(!cliIsBuilt)('the examples (need dist/cli/main.js: npm run build)', () => {
  let service: LogService;
  let env: Record<string, string>;
  beforeAll(async () => {
    service = await LogService.start({ port: 0, init: ['web/access:2', 'web/errors:1'], log: () => undefined });
    env = { SLS_ENDPOINT: service.url, SLS_PROJECT: 'web', SLS_ACCESS_ID: 'sluice', SLS_ACCESS_KEY: 'sluice' };
    expect(await runCli(['run', 'examples/load-access.sql'], { env })).toEqual({ code: 0, stdout: '', stderr: '' });
  });
  afterAll(() => service.close());

  /** Ends a job that goes on forever once its output is what is waited for. */
  function runUntil(file: string, enough: (stdout: string) => boolean): Promise<CliResult> {
    let sent = false;
    return runCli(['run', file], {
      env,
      onStdout: (text, kill) => {
        if (sent || !enough(text)) return;
        sent = true;
        kill('SIGINT');
      },
    });
  }

  it('are all listed in their README and valid', async () => {
    const files = readdirSync(join(cliRoot, 'examples')).filter((name) => name.endsWith('.sql'));
    const readme = readFileSync(join(cliRoot, 'examples/README.md'), 'utf8');
    for (const name of files) expect(readme).toContain(`| \`${name}\` |`);
    const { code, stderr } = await runCli(['check', ...files.map((name) => `examples/${name}`)], { env });
    expect([code, stderr]).toEqual([0, '']);
  });

  it('first-file counts the lines of the sample', async () => {
    const { code, stdout } = await runCli(['query', '--file', 'examples/first-file.sql', '--format', 'csv']);
    const expected = [...countBy(sample, (row) => String(row.status))]
      .sort()
      .map(([status, [n, b]]) => `${status},${n},${b}`);
    expect([code, stdout]).toEqual([0, `status,requests,bytes\n${expected.join('\n')}\n`]);
  });

  it('page-owners counts the failed requests of each owner', async () => {
    const { code, stdout } = await runCli(['query', '--file', 'examples/page-owners.sql', '--format', 'csv']);
    const rows = ['catalog,8', 'checkout,2', 'nobody,7', 'search,4', 'web,5'];
    expect([code, stdout]).toEqual([0, `owner,failed\n${rows.join('\n')}\n`]);
  });

  it('access-per-minute prints each closed minute', async () => {
    // The last minute is closed only once logs or time go on.
    const closed = sample.filter((row) => row.time < '2024-05-01 10:09');
    const expected = [...countBy(closed, (row) => `${row.time.slice(0, 16)}:00.000,${row.status}`)]
      .map(([key, [count, bytes]]) => `+I(${key},${count},${bytes})`)
      .sort();
    const lines = (text: string): string[] => text.trimEnd().split('\n');
    const { code, stdout } = await runUntil(
      'examples/access-per-minute.sql',
      (text) => lines(text).length >= expected.length,
    );
    expect(code).toBe(0);
    expect(lines(stdout).slice(0, expected.length).sort()).toEqual(expected);
  });

  it('error-rate prints the share of failed requests', async () => {
    const { code, stdout } = await runUntil('examples/error-rate.sql', (text) =>
      text.includes('(2024-05-01 10:02:00.000'),
    );
    expect(code).toBe(0);
    // The window 10:00 to 10:05 is whole.
    const rows = sample.filter((row) => row.time >= '2024-05-01 10:00' && row.time < '2024-05-01 10:05');
    for (const [uri, [requests]] of countBy(rows, (row) => row.request_uri)) {
      const errors = rows.filter((row) => row.request_uri === uri && row.status >= 500).length;
      const line = stdout.split('\n').find((one) => one.startsWith(`+I(2024-05-01 10:00:00.000,${uri},`));
      if (errors === 0) {
        expect(line).toBeUndefined();
        continue;
      }
      const cells = line?.slice(0, -1).split(',').slice(-3).map(Number) ?? [];
      expect(cells.slice(0, 2)).toEqual([requests, errors]);
      expect(cells[2]).toBeCloseTo((100 * errors) / requests, 10);
    }
  });

  it('top-pages sorts pages by what they sent', async () => {
    const { code, stdout } = await runCli(['query', '--file', 'examples/top-pages.sql', '--format', 'csv'], { env });
    const ok = sample.filter((row) => row.status === 200);
    const expected = [...countBy(ok, (row) => row.request_uri)]
      .sort(([, a], [, b]) => b[1] - a[1])
      .slice(0, 5)
      .map(([uri, [count, bytes]]) => `${uri},${count},${bytes}`);
    expect([code, stdout]).toEqual([0, `request_uri,requests,bytes\n${expected.join('\n')}\n`]);
  });

  it('copy-filtered copies the failed requests with their times, and goes on where it stopped', async () => {
    const failed = sample.filter((row) => row.status >= 400);
    const copied = `CREATE TABLE errors (request_uri VARCHAR, status INT, __timestamp__ BIGINT HEADER) WITH (
      type = 'sls', endPoint = '\${SLS_ENDPOINT}', project = 'web', logStore = 'errors', accessId = 'sluice',
      accessKey = 'sluice', startTime = '2020-01-01 00:00:00', stopTime = '2100-01-01 00:00:00');
      SELECT request_uri, status, __timestamp__ AS seconds FROM errors;`;
    const read = async (): Promise<string[]> => {
      const { stdout } = await runCli(['query', copied, '--format', 'csv'], { env });
      return stdout.trimEnd().split('\n').slice(1);
    };
    const expected = failed.map((row) => `${row.request_uri},${row.status},${Date.parse(`${row.time}Z`) / 1000}`);
    for (let round = 0; round < 2; round++) {
      const ended = new AbortController();
      const job = runCli(['run', 'examples/copy-filtered.sql'], { env, stop: ended.signal });
      await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(failed.length);
      ended.abort();
      expect(await job).toMatchObject({ code: 0, stdout: '' });
    }
    expect((await read()).sort()).toEqual(expected.sort());
  });

  it('the demo ends by itself in a pipe with its final table', async () => {
    const { code, stdout, stderr } = await runCli(['demo']);
    expect(code).toBe(0);
    expect(stderr).toContain('A log service listens on http://127.0.0.1:');
    const counts = new Map<string, number>();
    for (const line of stdout.split('\n')) {
      const [minute = '', , requests] = line.split('│').map((cell) => cell.trim());
      if (/^\d{4}-/.test(minute)) counts.set(minute, (counts.get(minute) ?? 0) + Number(requests));
    }
    // Every minute of the shop has 2,000 requests: none is lost, none counted twice.
    expect([...counts.values()]).toEqual([2000, 2000, 2000, 2000, 2000]);
  }, 60_000);
});
