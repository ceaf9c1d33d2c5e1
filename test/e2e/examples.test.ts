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

interface Order {
  readonly order_id: string;
  readonly seller_id: string;
  readonly category: string;
  readonly amount: string;
  readonly order_time: string;
}

interface Login {
  readonly user_name: string;
  readonly ip: string;
  readonly result: string;
  readonly login_time: string;
}

function jsonLines<T>(name: string): T[] {
  const text = readFileSync(join(cliRoot, `examples/data/${name}.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** Each order once: a copy has the same values but its time. */
const orders = new Map(
  jsonLines<Order>('orders')
    .reverse()
    .map((one) => [one.order_id, one]),
);

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

  it('top-sellers counts an order once', async () => {
    const totals = new Map<string, Map<string, [number, number]>>();
    for (const order of orders.values()) {
      const sellers = totals.get(order.category) ?? new Map<string, [number, number]>();
      const [count, cents] = sellers.get(order.seller_id) ?? [0, 0];
      totals.set(order.category, sellers.set(order.seller_id, [count + 1, cents + Math.round(+order.amount * 100)]));
    }
    const expected = [...totals].sort().flatMap(([category, sellers]) =>
      [...sellers]
        .sort(([, a], [, b]) => b[1] - a[1])
        .slice(0, 3)
        .map(([seller, [count, cents]], at) => `${category},${at + 1},${seller},${count},${(cents / 100).toFixed(2)}`),
    );
    const { code, stdout } = await runCli(['query', '--file', 'examples/top-sellers.sql', '--format', 'csv']);
    expect([code, stdout]).toEqual([0, `category,place,seller_id,orders,total\n${expected.join('\n')}\n`]);
  });

  it('pv-uv tells the last word of each minute and of the day', async () => {
    const views = sample.filter((row) => row.status < 400);
    const expected = [10, 16].flatMap((length) => {
      const visitors = new Map<string, string[]>();
      for (const { time, remote_addr } of views) {
        const start = length === 10 ? `${time.slice(0, 10)} 00:00` : time.slice(0, length);
        visitors.set(start, [...(visitors.get(start) ?? []), remote_addr]);
      }
      return [...visitors].map(([start, all]) => `+I(${start}:00.000,${all.length},${new Set(all).size})`);
    });
    const { code, stdout } = await runCli(['run', 'examples/pv-uv.sql']);
    // On a slow machine a window may be told before it is over; then it is updated.
    const last = new Map<string, string>();
    for (const line of stdout.trimEnd().split('\n')) last.set(line.slice(3, 26) + line.includes(' 00:00:00.000'), line);
    expect(code).toBe(0);
    expect([...last.values()].map((line) => line.replace('+U', '+I')).sort()).toEqual(expected.sort());
  });

  it('unpaid-orders prints what was not paid within five minutes', async () => {
    const paid = new Map(
      jsonLines<{ order_id: string; pay_time: string }>('payments').map((one) => [one.order_id, one]),
    );
    const at = (text: string): number => Date.parse(`${text}Z`);
    const expected = [...orders.values()]
      .filter(({ order_id, order_time }) => !(at(paid.get(order_id)?.pay_time ?? '') <= at(order_time) + 300_000))
      .map(({ order_id, amount, order_time }) => `+I(${order_id},${amount},${order_time}.000)`);
    const { code, stdout } = await runCli(['run', 'examples/unpaid-orders.sql']);
    expect(expected.length).toBeGreaterThan(20);
    expect([code, stdout.trimEnd().split('\n').sort()]).toEqual([0, expected.sort()]);
  });

  it('login-failures prints each row of failures that ends in a success', async () => {
    const { code, stdout } = await runCli(['run', 'examples/login-failures.sql']);
    const expected: string[] = [];
    const failed = new Map<string, Login[]>();
    for (const login of jsonLines<Login>('logins')) {
      const before = failed.get(login.user_name) ?? [];
      if (login.result === 'fail') {
        failed.set(login.user_name, [...before, login]);
        continue;
      }
      failed.delete(login.user_name);
      const near = before.filter((one) => Date.parse(login.login_time) - Date.parse(one.login_time) < 120_000);
      if (near.length < 3) continue;
      const [first] = near;
      const times = `${first!.login_time}.000,${login.login_time}.000`;
      expected.push(`+I(${login.user_name},${login.ip},${times},${near.length})`);
    }
    expect([code, stdout.trimEnd().split('\n').sort()]).toEqual([0, expected.sort()]);
  });

  it('hot-pages prints the two hottest pages of each window', async () => {
    const { code, stdout } = await runCli(['run', 'examples/hot-pages.sql']);
    const expected = [...Array(14).keys()].flatMap((i) => {
      const end = Date.parse('2024-05-01T10:01:00Z') + i * 60_000;
      const inside = sample.filter(
        ({ time }) => Date.parse(`${time}Z`) < end && Date.parse(`${time}Z`) >= end - 300_000,
      );
      return [...countBy(inside, (row) => row.request_uri)]
        .sort(([a, [n]], [b, [m]]) => m - n || (a < b ? -1 : 1))
        .slice(0, 2)
        .map(
          ([uri, [hits]], at) =>
            `+I(${new Date(end).toISOString().replace('T', ' ').slice(0, 23)},${at + 1},${uri},${hits})`,
        );
    });
    expect([code, stdout.trimEnd().split('\n').sort()]).toEqual([0, expected.sort()]);
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
      await expect.poll(async () => (await read()).length, { timeout: 80_000 }).toBeGreaterThanOrEqual(failed.length);
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
  }, 180_000);
});
