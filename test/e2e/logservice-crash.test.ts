import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient, sampleGroup } from '../unit/logservice/raw-client.ts';

const dataRoot = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
// Inside node_modules, so that the bundle finds its packages.
const bundleFolder = join(import.meta.dirname, '../../node_modules/.cache/sluice', `crash-${process.pid}`);
const bundle = join(bundleFolder, 'server.mjs');
const children = new Set<ChildProcess>();

/** The process that gets killed. Arguments: data folder, fsync policy. */
const server = `
import { LogService } from './src/logservice/index.ts';
const [dataDir, fsync] = process.argv.slice(2);
const options = { port: 0, dataDir, fsync, segmentBytes: 20_000, init: ['proj/ls:2'], log: () => undefined };
const service = await LogService.start(options);
process.send({ url: service.url });
`;

beforeAll(async () => {
  mkdirSync(bundleFolder, { recursive: true });
  await build({
    stdin: { contents: server, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dataRoot, { recursive: true, force: true });
  rmSync(bundleFolder, { recursive: true, force: true });
});

interface Server {
  readonly url: string;
  /** kill -9, resolved when the process is gone. */
  readonly kill: () => Promise<void>;
}

async function start(dataDir: string, fsync: string): Promise<Server> {
  const child = fork(bundle, [dataDir, fsync], { execArgv: [] });
  children.add(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { url?: string }) => message.url !== undefined && resolve(message.url));
    void gone.then(() => reject(new Error('the log service ended before it listened')));
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
    children.delete(child);
  };
  return { url, kill };
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a shard holds of each writer, in order; at most the one put without an answer may be there besides. */
function checkWriter(found: readonly number[], acknowledged: readonly number[], unanswered: readonly number[]): void {
  expect(new Set(found).size).toBe(found.length);
  expect([...found].sort((a, b) => a - b)).toEqual(found);
  const known = new Set([...acknowledged, ...unanswered]);
  expect(found.filter((n) => !known.has(n))).toEqual([]);
  const there = new Set(found);
  expect(acknowledged.filter((n) => !there.has(n))).toEqual([]);
}

describe.each(['always', 'interval'])('a log service killed during puts (fsync %s)', (fsync) => {
  it('has every acknowledged put exactly once and in order after the restart', async () => {
    const seed = Number(process.env['SEED'] ?? 20261121);
    const random = randomOf(seed);
    const dataDir = join(dataRoot, fsync);
    const writers = Array.from({ length: 6 }, () => ({ next: 0, acknowledged: [] as number[], lost: [] as number[] }));
    let checkpoint = -1n;
    const rounds = 4;
    for (let round = 0; round <= rounds; round++) {
      const server = await start(dataDir, fsync);
      const client = new RawClient(server.url);
      for (const shard of [0, 1]) {
        const groups = (await client.readAll(shard)).map((group) => /w(\d+)-(\d+)\./.exec(group.toString('latin1')));
        for (const [id, { acknowledged, lost }] of writers.entries()) {
          if (id % 2 !== shard) continue;
          const found = groups.filter((match) => Number(match?.[1]) === id).map((match) => Number(match?.[2]));
          checkWriter(found, acknowledged, lost);
        }
      }
      if (round > 0) {
        const saved = (await client.json('GET', '/logstores/ls/consumergroups/g')) as { checkpoint: string }[];
        const number = BigInt(Buffer.from(saved[0]?.checkpoint ?? '', 'base64').toString());
        expect(number >= checkpoint).toBe(true);
      } else {
        const body = JSON.stringify({ consumerGroup: 'g', timeout: 10, order: false });
        await client.json('POST', '/logstores/ls/consumergroups', { body });
      }
      if (round === rounds) {
        client.close();
        await server.kill();
        break;
      }
      let alive = true;
      const until = 30 + Math.floor(random() * 60);
      const reached = { resolve: (): void => undefined };
      const enough = new Promise<void>((resolve) => (reached.resolve = resolve));
      let answered = 0;
      const running = writers.map(async (writer, id) => {
        const key = id % 2 === 0 ? '0'.repeat(32) : 'f'.repeat(32);
        while (alive) {
          const n = writer.next++;
          try {
            const answer = await client.put(sampleGroup(`w${id}-${n}.`, 1 + (n % 5)), key);
            if (answer.status === 200) writer.acknowledged.push(n);
            else writer.lost.push(n);
            if (++answered === until) reached.resolve();
          } catch {
            writer.lost.push(n);
            return;
          }
        }
      });
      const committing = (async (): Promise<void> => {
        for (let n = checkpoint + 1n; alive; n++) {
          const text = Buffer.from(n.toString()).toString('base64');
          try {
            const body = JSON.stringify({ shard: 0, checkpoint: text });
            const query = { type: 'checkpoint', forceSuccess: 'true' };
            await client.json('POST', '/logstores/ls/consumergroups/g', { body, query });
            checkpoint = n;
          } catch {
            return;
          }
        }
      })();
      await enough;
      await server.kill();
      alive = false;
      await Promise.all([...running, committing]);
      client.close();
    }
    const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
    expect(acknowledged).toBeGreaterThanOrEqual(rounds * 25);
    expect(checkpoint).toBeGreaterThan(0n);
  });
});

describe('the check of the crash test', () => {
  it('finds a loss, a swap, a repeat and a stranger', () => {
    checkWriter([0, 1, 2, 3], [0, 1, 3], [2]);
    expect(() => checkWriter([0, 3], [0, 1, 3], [2])).toThrow();
    expect(() => checkWriter([1, 0, 3], [0, 1, 3], [2])).toThrow();
    expect(() => checkWriter([0, 1, 1, 3], [0, 1, 3], [2])).toThrow();
    expect(() => checkWriter([0, 1, 3, 4], [0, 1, 3], [2])).toThrow();
  });
});
