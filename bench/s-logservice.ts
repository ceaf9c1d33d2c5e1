import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { contentMd5 } from '../src/wire/sls/content-md5.ts';
import { compressLz4 } from '../src/wire/sls/lz4.ts';
import { authorizationV1 } from '../src/wire/sls/signature-v1.ts';
import type { Measure } from './measure.ts';
import { accessLogGroups } from './sls-body.ts';

const runTs = fileURLToPath(new URL('../scripts/run-ts.mjs', import.meta.url));
const server = fileURLToPath(new URL('./parts/serve-logs.ts', import.meta.url));
const PUTS = 1200;
const WRITERS = 8;
const READERS = 2;
const GROUPS_A_PULL = 20;
const key = { id: 'sluice', secret: 'sluice' };

interface Rates {
  readonly put: number;
  readonly pull: number;
}

/** One load and its reads serve both figures. */
let shared: Promise<Rates> | undefined;

export const measures: readonly Measure[] = [
  {
    id: 'S1',
    title: 'log service: signed LZ4 puts, on the disk before they are answered',
    unit: 'MB of raw log bytes a CPU second of the service',
    goal: 150,
    better: 'higher',
    peer: 'the goal of the log service',
    run: async (log) => (await (shared ??= serve(log))).put,
  },
  {
    id: 'S2',
    title: 'log service: signed LZ4 pulls',
    unit: 'MB of raw log bytes a CPU second of the service',
    goal: 400,
    better: 'higher',
    peer: 'the goal of the log service',
    run: async (log) => (await (shared ??= serve(log))).pull,
  },
];

async function serve(log: (line: string) => void): Promise<Rates> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const child = spawn(process.execPath, [runTs, server, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
  try {
    const url = (await next()).replace('listening on ', '');
    const cpuSeconds = async (): Promise<number> => {
      child.stdin.write('\n');
      return Number(await next());
    };
    /** Raw bytes a CPU second of the service while `work` moves them. */
    const rateOf = async (title: string, work: () => Promise<number>): Promise<number> => {
      const cpu = await cpuSeconds();
      const start = performance.now();
      const megabytes = (await work()) / 1e6;
      const wall = (performance.now() - start) / 1000;
      const used = (await cpuSeconds()) - cpu;
      log(`${title}: ${megabytes.toFixed(0)} MB, ${(megabytes / wall).toFixed(0)} MB/s by the clock`);
      return megabytes / used;
    };
    const bodies = [...accessLogGroups({ groups: 20, logsPerGroup: 1000, order: 'fixed' })].map((raw) => {
      const body = compressLz4(raw);
      return { rawSize: raw.length, body, md5: contentMd5(body) };
    });
    const put = await rateOf('put', async () => {
      let bytes = 0;
      let sent = 0;
      const writers = Array.from({ length: WRITERS }, async () => {
        while (sent < PUTS) {
          const { rawSize, body, md5 } = bodies[sent++ % bodies.length]!;
          await call(agent, url, 'POST', '/logstores/access/shards/lb', [], body, {
            'content-type': 'application/x-protobuf',
            'content-md5': md5,
            'x-log-compresstype': 'lz4',
            'x-log-bodyrawsize': String(rawSize),
          });
          bytes += rawSize;
        }
      });
      await Promise.all(writers);
      return bytes;
    });
    const shard = '/logstores/access/shards/0';
    const from = [
      ['type', 'cursor'],
      ['from', 'begin'],
    ] as const;
    const begin = await call(agent, url, 'GET', shard, from);
    const { cursor } = JSON.parse(begin.body.toString()) as { cursor: string };
    const pull = await rateOf('pull', async () => {
      let bytes = 0;
      const readers = Array.from({ length: READERS }, async () => {
        for (let at = cursor; ;) {
          const query = [
            ['type', 'logs'],
            ['cursor', at],
            ['count', String(GROUPS_A_PULL)],
          ] as const;
          const { headers } = await call(agent, url, 'GET', shard, query, undefined, { 'accept-encoding': 'lz4' });
          if (headers['x-log-count'] === '0') return;
          bytes += Number(headers['x-log-bodyrawsize']);
          at = String(headers['x-log-cursor']);
        }
      });
      await Promise.all(readers);
      return bytes;
    });
    return { put, pull };
  } finally {
    agent.destroy();
    child.stdin.end();
    await new Promise((resolve) => child.once('close', resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

function call(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
  body?: Uint8Array,
  more: Record<string, string> = {},
): Promise<{ readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer }> {
  const { hostname, port } = new URL(url);
  const headers: Record<string, string> = {
    host: `bench.${hostname}:${port}`,
    date: new Date().toUTCString(),
    'x-log-apiversion': '0.6.0',
    'x-log-signaturemethod': 'hmac-sha1',
    'content-length': String(body?.length ?? 0),
    ...more,
  };
  const authorization = authorizationV1({ method, path, query, headers }, key);
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const target = text === '' ? path : `${path}?${text}`;
  return new Promise((resolve, reject) => {
    const options = { agent, hostname, port, method, path: target, headers: { ...headers, authorization } };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const answer = { headers: response.headers, body: Buffer.concat(chunks) };
        if (response.statusCode === 200) resolve(answer);
        else reject(new Error(answer.body.toString()));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
