import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { encodeLogGroup } from '../../src/wire/sls/encode-log-group.ts';
import { TestStore, until } from '../support/sls-test-store.ts';

let service: LogService;
let engine: Engine;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/unused:1'] });
  engine = await Engine.open({ onWarning: () => undefined });
});
afterAll(async () => {
  await engine.close();
  await service.close();
});

const MIB = 1 << 20;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('reading a log store', () => {
  it('holds no more than its budget while the reader is slow, however large the groups are', async () => {
    const shards = 40;
    const groups = 6;
    const store = await new TestStore(service.url, 'large').create(shards);
    const pad = 'x'.repeat(MIB / 2);
    const logs = [0, 1].map(() => ({ time: 1_700_000_000, contents: [['pad', pad]] as [string, string][] }));
    const body = encodeLogGroup({ logs });
    for (let shard = 0; shard < shards; shard++) {
      const hashKey = (Math.ceil((shard * 256) / shards) + 1).toString(16).padStart(2, '0').padEnd(32, '0');
      for (let i = 0; i < groups; i++) await putLogs(store.client, { body, compression: 'lz4', hashKey });
    }
    await engine.execute(
      `CREATE TABLE large (pad VARCHAR) WITH (${store.options({ startTime: '2020-01-01 00:00:00' })})`,
    );
    const changes = engine.query('SELECT pad FROM large').changes()[Symbol.asyncIterator]();
    await changes.next(); // and no more: nobody reads on
    let before = -1;
    await until('the reads to stop', async () => {
      await pause(300);
      const still = service.counters.pullRawBytes === before;
      before = service.counters.pullRawBytes;
      return still;
    });
    // The first answers of 16 shards make up the budget of 64 MiB (reckoned as 4 MiB each, they are 6), and eight
    // batches wait for the reader: 24 answers, and one being handed over. All shards together hold 240 MiB.
    expect(service.counters.pullRawBytes).toBeLessThan(26 * groups * (MIB + 1000));
    expect(shards * groups * body.length).toBeGreaterThan(240 * MIB);
    await changes.return?.();
    await store.client.close();
  }, 180_000);

  it('asks a shard that has nothing new only a few times a second', async () => {
    const store = await new TestStore(service.url, 'quiet').create(2);
    await engine.execute(`CREATE TABLE quiet (k VARCHAR) WITH (${store.options({ startupMode: 'Earliest' })})`);
    const changes = engine.query('SELECT k FROM quiet').changes()[Symbol.asyncIterator]();
    const waiting = changes.next();
    const pulls = (): number => service.counters.requests.get('PullLogs') ?? 0;
    await until('the first pulls', () => pulls() > 0);
    const before = pulls();
    await pause(2000);
    // Two shards, two seconds, at most every 200 ms; the service allows a hundred a second and shard.
    expect(pulls() - before).toBeLessThanOrEqual(2 * 2 * 5 + 2);
    await store.put('1');
    expect((await waiting).done).toBe(false);
    await changes.return?.();
    await store.client.close();
  });
});
