import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { Random } from '../support/random-cells.ts';
import { putGroups, slsOptions, wholeStore } from '../support/sls-store.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

/** A wire that breaks: each connection is reset after a random number of bytes, either way. */
class TornWire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes after which the next connection breaks; Infinity: a good one. */
  budget: () => number = () => Infinity;
  broken = 0;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      let left = this.budget();
      const cut = (): void => {
        near.resetAndDestroy();
        far.resetAndDestroy();
      };
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (chunk: Buffer) => {
          if (chunk.length <= left) to.write(chunk);
          else {
            to.write(chunk.subarray(0, left));
            this.broken++;
            setImmediate(cut);
          }
          left = Math.max(0, left - chunk.length);
        });
        from.on('end', () => to.end());
        from.on('error', () => to.destroy());
        from.on('close', () => this.#sockets.delete(from));
      }
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let service: LogService;
let wire: TornWire;
let url: string;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/from:3', 'p/to:3', 'p/ordered:4', 'p/gaps:4'] });
  wire = new TornWire(service.port);
  url = await wire.listen();
});
afterAll(async () => {
  await wire.close();
  await service.close();
});

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe(`log stores behind a wire that breaks, and of any order (SEED=${seed})`, () => {
  it('reads every row exactly once and writes every row at least once', async () => {
    const random = new Random(seed);
    await putGroups(
      service,
      'from',
      Array.from({ length: 60 }, (_, g) => {
        const logs = Array.from({ length: 50 }, (_, i) => ({
          time: 1,
          contents: [
            ['id', String(g * 50 + i)],
            ['text', `${random.next()}`.repeat(10)],
          ] as const,
        }));
        return [{ logs }, 'lz4', `${random.below(16).toString(16)}${'0'.repeat(31)}`] as const;
      }),
    );
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      const retries = `maxRetryTimes='100'`;
      await engine.execute(`
        CREATE TABLE src (id INT, text VARCHAR) WITH (${slsOptions(url, 'from', `${wholeStore}, batchGetSize='3', ${retries}`)});
        CREATE TABLE dst (id INT, text VARCHAR) WITH (${slsOptions(url, 'to', `batchSize='30', ${retries}`)});
        CREATE TABLE plain (id INT, text VARCHAR) WITH (${slsOptions(service.url, 'from', wholeStore)});
        CREATE TABLE back (id INT, text VARCHAR) WITH (${slsOptions(service.url, 'to', wholeStore)});`);
      // The first answer comes through: a service that never answered is given up early.
      wire.budget = () => (wire.broken > 12 || random.chance(0.1) ? Infinity : 1000 + random.below(20_000));
      const job = await engine.submit('INSERT INTO dst SELECT id, text FROM src');
      await job.done;
      expect(wire.broken).toBeGreaterThan(3);
      expect(job.progress().rows).toBe(3000);
      const written = await engine.query('SELECT DISTINCT id, text FROM back').toArray();
      const given = await engine.query('SELECT id, text FROM plain').toArray();
      const byId = (a: { readonly id?: unknown }, b: { readonly id?: unknown }): number => Number(a.id) - Number(b.id);
      expect(written.sort(byId)).toEqual(given.sort(byId));
      expect(given.map((row) => row['id'])).toEqual(upTo(3000));
    } finally {
      wire.budget = () => Infinity;
      await engine.close();
    }
  });

  it.each(['100', '1'])(
    'takes no row as late while each shard is in order, with %s groups a pull',
    async (batchGetSize) => {
      const random = new Random(seed + 1);
      const logStore = batchGetSize === '1' ? 'gaps' : 'ordered';
      const clicks: { ms: number; k: string }[] = [];
      // Three shards far apart in time; the fourth is empty and must hold nothing up.
      for (let shard = 0; shard < 3; shard++) {
        const own = Array.from({ length: 600 }, () => ({
          ms: 1_700_000_000_000 + shard * 3_600_000 + random.below(600_000),
          k: random.pick(['a', 'b', 'c']),
        })).sort((a, b) => a.ms - b.ms);
        clicks.push(...own);
        await putGroups(
          service,
          logStore,
          Array.from({ length: 12 }, (_, g) => {
            const logs = own.slice(g * 50, g * 50 + 50).map(({ ms, k }) => ({
              time: 1,
              contents: [
                ['ms', String(ms)],
                ['k', k],
              ] as const,
            }));
            return [{ logs }, 'lz4', `${(shard * 4).toString(16)}${'0'.repeat(31)}`] as const;
          }),
        );
      }
      const engine = await Engine.open({ onWarning: () => undefined });
      try {
        await engine.execute(`CREATE TABLE clicks (ms BIGINT, k VARCHAR, ts AS TO_TIMESTAMP(ms), WATERMARK FOR ts AS withOffset(ts, 1))
        WITH (${slsOptions(service.url, logStore, `${wholeStore}, batchGetSize='${batchGetSize}'`)})`);
        const result = engine.query(
          `SELECT CAST(HOP_START(ts, INTERVAL '30' SECOND, INTERVAL '1' MINUTE) AS BIGINT) AS w, k, COUNT(*) AS n
         FROM clicks GROUP BY HOP(ts, INTERVAL '30' SECOND, INTERVAL '1' MINUTE), k`,
        );
        const expected = new Map<string, number>();
        for (const { ms, k } of clicks) {
          const last = Math.floor(ms / 30_000) * 30;
          for (const w of [last, last - 30]) expected.set(`${w} ${k}`, (expected.get(`${w} ${k}`) ?? 0) + 1);
        }
        const rows = await result.toArray({ text: true });
        expect(new Map(rows.map((row) => [`${row['w'] ?? ''} ${row['k'] ?? ''}`, Number(row['n'])]))).toEqual(expected);
        expect(rows.length).toBe(expected.size);
        expect(result.metrics().reduce((sum, one) => sum + (one.metrics['lateRows'] ?? 0), 0)).toBe(0);
      } finally {
        await engine.close();
      }
    },
  );
});
