import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { pullLogs } from '../../src/connectors/sls/api/pull-logs.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { LogService } from '../../src/logservice/index.ts';
import { field, schema } from '../../src/types/schema.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import { VARCHAR } from '../../src/types/sql-type.ts';
import type { Compression } from '../../src/wire/sls/compression.ts';
import { LogGroupDecoder } from '../../src/wire/sls/decode-log-groups.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { Lz4Arena } from '../../src/wire/sls/lz4-arena.ts';
import { randomFrom } from '../support/mutate.ts';
import { TestStore } from '../support/sls-test-store.ts';

const seed = (process.env['SEED'] === undefined ? Date.now() : Number(process.env['SEED'])) >>> 0;
const PUTS = Number(process.env['PUTS'] ?? 300);

let service: LogService | undefined;
let folder: string | undefined;
afterEach(async () => {
  await service?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

/** Sizes around those of blocks, pages and 16-byte steps, and any others. */
function sizeOf(next: (below: number) => number): number {
  const edges = [1, 15, 16, 17, 127, 128, 4096, 16_384, 65_536, 131_072, 262_144];
  if (next(3) > 0) return next(2000);
  return Math.max(0, edges[next(edges.length)]! - 40 + next(80));
}

/** Text that LZ4 finds much, little or nothing in. */
function textOf(size: number, next: (below: number) => number): string {
  const kind = next(3);
  if (kind === 0) return String.fromCharCode(97 + next(26)).repeat(size);
  const unit = Array.from({ length: kind === 1 ? 1 + next(40) : Math.min(size, 3000) }, () =>
    String.fromCharCode(32 + next(95)),
  ).join('');
  return unit.repeat(Math.ceil(size / Math.max(1, unit.length))).slice(0, size);
}

describe(`log groups on their way through segments, LZ4 and memory that is used again (SEED=${seed})`, () => {
  it.each(['memory', 'files'])(
    'arrive as they were sent, while others are put and shards are split: %s',
    async (where) => {
      const next = randomFrom(seed ^ (where === 'files' ? 1 : 2));
      if (where === 'files') folder = mkdtempSync(join(tmpdir(), 'sluice-'));
      service = await LogService.start({
        port: 0,
        init: ['p/unused:1'],
        ...(folder === undefined ? {} : { dataDir: folder, cacheBytes: 1 << 20 }),
        segmentBytes: 1 << 20,
        log: () => undefined,
      });
      const store = await new TestStore(service.url, 'ls').create(3);
      const sent = new Map<string, string>();
      let putting = true;
      const read = new Map<string, string>();
      const arena = new Lz4Arena();
      const decoder = (): LogGroupDecoder =>
        new LogGroupDecoder({
          schema: schema([field('id', VARCHAR), field('v', VARCHAR)]),
          origins: [
            { kind: 'content', key: 'id' },
            { kind: 'content', key: 'v' },
          ],
          timeZone: 'UTC',
        });

      const put = async (): Promise<void> => {
        for (let i = 0; i < PUTS / 3; i++) {
          const logs = Array.from({ length: 1 + next(6) }, () => {
            const id = `id${sent.size}`;
            const v = textOf(sizeOf(next), next);
            sent.set(id, v);
            return {
              time: 1_700_000_000,
              contents: [
                ['id', id],
                ['v', v],
              ] as [string, string][],
            };
          });
          const body = encodeLogGroup({ topic: next(2) === 0 ? 't' : undefined, logs });
          const compression = ([undefined, 'lz4', 'deflate'] as const)[next(3)] satisfies Compression | undefined;
          const hashKey = Array.from({ length: 32 }, () => next(16).toString(16)).join('');
          await putLogs(store.client, { body, compression, hashKey });
        }
      };
      const split = async (): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          await new Promise((resolve) => setTimeout(resolve, 30));
          const open = await store.open();
          await store.split(open[next(open.length)]!);
        }
      };
      /** One shard from its beginning; results are kept for a while, as a chain keeps them, and then given back. */
      const pull = async (shard: number): Promise<void> => {
        const own = decoder();
        const signal = new AbortController().signal;
        let cursor = await getCursor(store.client, shard, 'begin');
        for (;;) {
          const last = !putting;
          const count = 1 + next(50);
          const pulled = await pullLogs(store.client, { shard, cursor, count, accept: 'lz4', signal });
          cursor = pulled.nextCursor;
          if (pulled.rawSize > 0) {
            const { bytes, scratch, release } = pulled.lend(arena);
            const batches = own.decode(bytes, scratch);
            if (next(2) === 0) await new Promise((resolve) => setTimeout(resolve, next(8)));
            for (const batch of batches) {
              for (let row = 0; row < batch.rowCount; row++) {
                const [id, v] = batch.columns.map((column) => String(valueAt(column, row)));
                read.set(id!, v!);
              }
            }
            release();
          } else if (last && pulled.atEnd !== false) return;
          else await new Promise((resolve) => setTimeout(resolve, 2));
        }
      };
      const pulling = new Map<number, Promise<void>>();
      const follow = async (): Promise<void> => {
        for (;;) {
          const last = !putting;
          for (const { id } of await listShards(store.client)) if (!pulling.has(id)) pulling.set(id, pull(id));
          if (last) return;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      };
      const following = follow();
      await Promise.all([put(), put(), put(), split()]);
      putting = false;
      await following;
      await Promise.all(pulling.values());
      expect(pulling.size).toBe(9);
      expect(read.size).toBe(sent.size);
      expect([...sent].filter(([id, v]) => read.get(id) !== v).map(([id]) => id)).toEqual([]);
      await store.client.close();
    },
    180_000,
  );
});
