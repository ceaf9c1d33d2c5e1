import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LogStore } from '../../../../src/logservice/model/log-store.ts';
import { BlockBudget } from '../../../../src/logservice/storage/memory-blocks.ts';
import { encodeLogTag } from '../../../../src/wire/sls/encode-log-group.ts';
import { compressLz4 } from '../../../../src/wire/sls/lz4.ts';
import { sampleGroup } from '../raw-client.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sluice-log-store-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const DAY = 86_400;
const START = 1_700_000_000;
const settings = { ttl: 2, appendMeta: false, other: {} };
const storage = {
  dataDir,
  budget: new BlockBudget(1 << 20),
  fsync: 'always' as const,
  segmentBytes: 1 << 20,
  log: () => undefined,
};
const saved = (): Promise<void> => Promise.resolve();

describe('log store', () => {
  it('sweeps what is older than its ttl, then read-only shards with nothing left, and their files', async () => {
    const store = await LogStore.open(LogStore.initial('ls', 1, settings, 1, START * 1000), storage);
    const raw = sampleGroup('g');
    const put = (atSec: number): Promise<void> =>
      store.append(
        {
          block: compressLz4(raw),
          rawBytes: raw.length,
          receiveTimeSec: atSec,
          tags: (sec) => encodeLogTag('__receive_time__', String(sec)),
        },
        undefined,
      );
    await put(START);
    await put(START + DAY);
    await store.split(0, { count: 2 }, (START + DAY) * 1000, saved);
    expect(await store.sweep((START + 2 * DAY) * 1000, saved)).toBe(0);
    expect(await store.sweep((START + 2 * DAY + 1) * 1000, saved)).toBe(1);
    expect(store.shards.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(await store.sweep((START + 3 * DAY + 1) * 1000, saved)).toBe(1);
    expect(store.shards.map(({ id }) => id)).toEqual([1, 2]);
    expect(existsSync(join(dataDir, 'stores/1/shard-0'))).toBe(false);
    expect(existsSync(join(dataDir, 'stores/1/shard-1'))).toBe(true);
    await store.close();
  });

  it('holds writes back while its shards change, so that none is durable before its shard is', async () => {
    const store = await LogStore.open(LogStore.initial('ls', 2, settings, 1, START * 1000), storage);
    const order: string[] = [];
    const release = { now: (): void => undefined };
    const split = store.split(0, { count: 2 }, START * 1000, async () => {
      await new Promise<void>((resolve) => (release.now = resolve));
      order.push('saved');
    });
    const raw = sampleGroup('g');
    const tags = (sec: number): Uint8Array => encodeLogTag('__receive_time__', String(sec));
    const put = store
      .append({ block: compressLz4(raw), rawBytes: raw.length, receiveTimeSec: START, tags }, '0'.repeat(32))
      .then(() => order.push('put'));
    while (order.length === 0) {
      release.now();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([split, put]);
    expect(order).toEqual(['saved', 'put']);
    expect(store.shards.map((shard) => shard.log.endOrdinal)).toEqual([0, 1, 0]);
    await store.close();
  });
});
