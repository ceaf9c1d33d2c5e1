import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getCheckpoints, updateCheckpoint } from '../../src/connectors/sls/api/consumer-groups.ts';
import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { Engine, SluiceError, type QueryResult } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { encodeCursor } from '../../src/wire/sls/cursor.ts';
import { compare, TestStore, until } from '../support/sls-test-store.ts';

let service: LogService;
let store: TestStore;
let engines: Engine[];
let warnings: string[];
let stores = 0;
let folder: string;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/unused:1'] });
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  engines = [];
  warnings = [];
  store = await new TestStore(service.url, `in-${stores++}`).create(2);
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  await store.client.close();
});

interface Reading {
  readonly rows: Record<string, never>[];
  readonly query: Pick<QueryResult, 'stop' | 'metrics'>;
  readonly engine: Engine;
  /** Settles when the read ends; undefined = without error. */
  readonly ended: Promise<unknown>;
}

/** Reads the store until it is stopped: with a query, or, where a group keeps progress, with a job (queries keep none). */
async function read(
  options: Readonly<Record<string, string>> = {},
  sql = 'SELECT k, seq FROM src',
  settings = '',
): Promise<Reading> {
  const engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
  engines.push(engine);
  await engine.execute(
    `SET 'blink.checkpoint.interval.ms' = '50'; ${settings}
     CREATE TABLE src (k VARCHAR, seq BIGINT, ts TIMESTAMP, __logstore__ VARCHAR HEADER, __shard__ INT HEADER,
       WATERMARK wm FOR ts AS withOffset(ts, 0))
     WITH (${store.options({ shardDiscoveryIntervalMs: '50', startupMode: 'Earliest', ...options })})`,
  );
  if (options['consumerGroup'] !== undefined) return readWithJob(engine, sql);
  const query = engine.query(sql);
  const rows: Record<string, never>[] = [];
  const ended = (async () => {
    try {
      for await (const change of query.changes()) {
        const row = change.row as Record<string, unknown>;
        rows.push({ ...row, ...('seq' in row ? { seq: Number(row['seq']) } : {}) } as never);
      }
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  return { rows, query, engine, ended };
}

/** The same through a file that the job writes. */
async function readWithJob(engine: Engine, sql: string): Promise<Reading> {
  const path = join(folder, `rows-${stores}-${engines.length}.jsonl`);
  await engine.execute(`CREATE TABLE dst (k VARCHAR, seq BIGINT) WITH (type='file', format='jsonl', path='${path}')`);
  const job = await engine.submit(`INSERT INTO dst ${sql}`);
  const ended = job.done.then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    get rows() {
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => JSON.parse(line) as Record<string, never>);
    },
    query: job,
    engine,
    ended,
  };
}

const all = ({ rows }: Reading): { k: string; seq: number }[] => rows as never;
const clean = { lost: [], repeated: 0, disordered: [] };

describe('shards that are split and merged while a job reads them', () => {
  it('are followed without restart, every log once and in order of its key', async () => {
    const keys = ['1', '5', '9', 'd'];
    await store.putMany(keys, 40);
    const reading = await read({ consumerGroup: 'g', startupMode: 'Group_Offsets' });
    await until('the first logs', () => reading.rows.length === 40);
    await store.split(0); // 2: 0 … 4, 3: 4 … 8
    await store.putMany(keys, 40);
    await store.split(1); // 4, 5
    await store.putMany(keys, 20);
    await store.merge(3); // 3 and 4 → 6
    await store.putMany(keys, 40);
    await until('all logs', () => reading.rows.length >= store.sent.length);
    expect(compare(store.sent, all(reading))).toEqual(clean);
    // Drained shards are committed at their end, or nobody could ever tell that they are done.
    await until('the last commits', async () => {
      const stored = await getCheckpoints(store.client, 'g');
      const ends = await Promise.all([0, 1, 3, 4].map((shard) => getCursor(store.client, shard, 'end')));
      return ends.every((end, i) => stored.get([0, 1, 3, 4][i]!) === end);
    });
    await reading.query.stop();
    expect(await reading.ended).toBeUndefined();
  });

  it('are committed and left behind when they are empty', async () => {
    const reading = await read({ consumerGroup: 'g', startupMode: 'Group_Offsets' });
    await store.split(0);
    await store.putMany(['1'], 3);
    await until('the logs of the child', () => reading.rows.length === 3);
    await until('the commit of the empty parent', async () => (await getCheckpoints(store.client, 'g')).has(0));
  });

  it('keep the rows of a new shard in their windows: none falls idle before it is known what follows it', async () => {
    const settings = `SET 'sql.exec.source.idle.timeout.ms' = '300'; SET 'sql.exec.source.idle.advance' = 'false';`;
    await store.put('1', { ts: '2024-01-01 00:00:01' });
    await store.put('9', { ts: '2024-01-01 00:00:01' });
    const reading = await read(
      // No look for new shards of its own accord within the test.
      { shardDiscoveryIntervalMs: '600000' },
      `SELECT CAST(TUMBLE_START(ts, INTERVAL '10' SECOND) AS VARCHAR) AS w, COUNT(*) AS c
       FROM src GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)`,
      settings,
    );
    const read0 = (): boolean => reading.query.metrics().some((one) => one.metrics['rows[shard 1]'] === 1);
    await until('the first logs', read0);
    await store.split(0);
    await store.put('1', { ts: '2024-01-01 00:00:02' });
    await store.put('5', { ts: '2024-01-01 00:00:03' });
    await store.put('9', { ts: '2024-01-01 00:01:00' });
    await until('the first window', () => reading.rows.length > 0);
    expect(Number(reading.rows[0]!['c'])).toBe(4);
  });

  it('are read from their beginning when they came while the job was down, wherever the read starts', async () => {
    const group = { consumerGroup: 'g' };
    const latest = { ...group, startupMode: 'Group_Offsets', defaultPosition: 'Latest' };
    const first = await read(latest);
    await until('its start', () => first.query.metrics().some((one) => 'rows[shard 1]' in one.metrics));
    await store.putMany(['1', '9'], 4);
    await until('the first logs', () => first.rows.length === 4);
    await first.query.stop();
    await store.split(0);
    await store.putMany(['1', '5', '9'], 9);
    const second = await read(latest);
    await until('the other logs', () => second.rows.length >= 9);
    expect(compare(store.sent, [...all(first), ...all(second)])).toEqual(clean);
  });

  it('are read one after the other by a bounded read too', async () => {
    const keys = ['1', '5', '9', 'd'];
    await store.putMany(keys, 20);
    await store.split(0);
    await store.putMany(keys, 20);
    await store.merge(3); // 3: 4 … 8 and 1 → 4
    await store.putMany(keys, 20);
    const reading = await read({ stopTime: '2100-01-01 00:00:00' });
    expect(await reading.ended).toBeUndefined();
    expect(compare(store.sent, all(reading))).toEqual(clean);
  });

  it('belong to whoever reads the lowest-numbered shard they come from, where shards are fixed', async () => {
    const low = await read({ shards: '0' });
    const high = await read({ shards: '1' });
    await store.putMany(['1', '9'], 4);
    await until('the first logs', () => low.rows.length === 2 && high.rows.length === 2);
    await store.split(1); // 2: 8 … c, 3
    await store.merge(0); // 0 and 2 → 4
    await store.putMany(['1', '9', 'd'], 9);
    await until('the rest', () => low.rows.length >= 8 && high.rows.length >= 5);
    expect(compare(store.sent, [...all(low), ...all(high)])).toMatchObject({ lost: [], repeated: 0 });
  });
});

describe('a log store that is deleted and created anew', () => {
  it('fails the read with a clear error by default', async () => {
    await store.putMany(['1'], 2);
    const reading = await read();
    await until('the first logs', () => reading.rows.length === 2);
    await store.delete();
    const error = await reading.ended;
    expect(error).toBeInstanceOf(SluiceError);
    expect(error).toMatchObject({ code: 'SLS_RECREATED' });
    expect((error as SluiceError).message).toContain('was deleted while it was read');
  });

  it.each([true, false])('is read anew with logStoreRecreated = earliest (gone for a while: %s)', async (noticed) => {
    await store.putMany(['1', '9'], 4);
    const reading = await read({ logStoreRecreated: 'earliest' });
    await until('the first logs', () => reading.rows.length === 4);
    await store.delete();
    if (noticed) await until('its notice', () => warnings.some((line) => line.includes('waiting until it exists')));
    await store.create(4);
    await store.putMany(['1', '5', '9', 'd'], 8);
    await until('the logs of the new one', () => reading.rows.length >= 12);
    expect(compare(store.sent, all(reading))).toEqual(clean);
  });
});

describe('a position whose logs are gone', () => {
  const expire = async (): Promise<void> => {
    const reading = await read({ consumerGroup: 'g', startupMode: 'Group_Offsets' });
    await store.putMany(['1'], 3);
    await until('the logs', () => reading.rows.length === 3);
    await reading.query.stop();
    await updateCheckpoint(store.client, 'g', { shard: 0, cursor: encodeCursor(1n) });
  };

  it('fails the read by default', async () => {
    await expire();
    const reading = await read({ consumerGroup: 'g', startupMode: 'Group_Offsets' });
    expect(await reading.ended).toMatchObject({ code: 'SLS_CURSOR' });
  });

  it('is counted, told, and read on from the oldest with cursorExpired = earliest', async () => {
    await expire();
    const reading = await read({ consumerGroup: 'g', startupMode: 'Group_Offsets', cursorExpired: 'earliest' });
    await until('the logs again', () => reading.rows.length === 3);
    expect(reading.query.metrics().some((one) => one.metrics['expiredCursors'] === 1)).toBe(true);
    expect(warnings.some((line) => line.includes('were removed by retention'))).toBe(true);
  });
});

describe('several log stores in one table', () => {
  it('are read side by side, with their name as a HEADER field', async () => {
    const other = await new TestStore(service.url, `${store.name}-b`).create(1);
    await store.put('1');
    await other.put('1');
    const reading = await read(
      { logStore: `${store.name},${other.name}` },
      'SELECT k, seq, __logstore__ AS l, __shard__ AS s FROM src',
    );
    await until('both logs', () => reading.rows.length === 2);
    expect(reading.rows.map((row) => [row['l'], row['s']]).sort()).toEqual([
      [store.name, 0],
      [other.name, 0],
    ]);
    await other.client.close();
  });

  it('are found by a pattern, also those that come later', async () => {
    const reading = await read({ logStore: `${store.name}*` }, 'SELECT __logstore__ AS l FROM src');
    await store.put('1');
    const later = await new TestStore(service.url, `${store.name}-later`).create(1);
    await later.put('1');
    await until('both logs', () => reading.rows.length === 2);
    expect(new Set(reading.rows.map((row) => row['l']))).toEqual(new Set([store.name, later.name]));
    await later.client.close();
  });
});

describe('progress in the consumer group', () => {
  const committed = (): Promise<number> =>
    getCheckpoints(store.client, 'g').then(
      (cursors) => cursors.size,
      () => 0,
    );
  const group = { consumerGroup: 'g', startupMode: 'Group_Offsets' };

  it('is stored at a stop with PERIODIC although the interval has not passed', async () => {
    await store.putMany(['1', '9'], 4);
    const reading = await read({ ...group, checkpointMode: 'PERIODIC', commitIntervalMs: '600000' });
    await until('the logs', () => reading.rows.length === 4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await committed()).toBe(0);
    await reading.query.stop();
    expect(await committed()).toBe(2);
  });

  it('is stored on a timer with PERIODIC', async () => {
    await store.putMany(['1', '9'], 4);
    const reading = await read({ ...group, checkpointMode: 'PERIODIC', commitIntervalMs: '60' });
    await until('a commit', async () => (await committed()) === 2);
    expect(reading.rows.length).toBe(4);
  });

  it('is never stored with DISABLED', async () => {
    await store.putMany(['1', '9'], 4);
    const reading = await read({ ...group, checkpointMode: 'DISABLED' });
    await until('the logs', () => reading.rows.length === 4);
    await reading.query.stop();
    expect(await committed()).toBe(0);
  });
});

describe('the rate of a read', () => {
  it('is not held back by small answers while there is more', async () => {
    await store.putMany(['1'], 500);
    const reading = await read({ batchGetSize: '1' });
    // A pause of 200 ms after each would take 100 s.
    await until('the logs', () => reading.rows.length === 500);
  });

  it('is bounded by maxRatePerShard', async () => {
    await store.putMany(['1'], 30);
    const begin = performance.now();
    const reading = await read({ maxRatePerShard: '50', batchGetSize: '5' });
    await until('the logs', () => reading.rows.length === 30);
    expect(performance.now() - begin).toBeGreaterThan(450);
  });
});

describe('lag', () => {
  it('is shown for each shard', async () => {
    await store.putMany(['1', '9'], 2);
    const reading = await read();
    await until('the logs', () => reading.rows.length === 2);
    const names = reading.query.metrics().flatMap((one) => Object.keys(one.metrics));
    expect(names).toEqual(expect.arrayContaining(['lagMs[shard 0]', 'lagMs[shard 1]']));
  });
});
