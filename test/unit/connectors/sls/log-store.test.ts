import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Batch,
  KIND_DELETE,
  KIND_INSERT,
  KIND_UPDATE_AFTER,
  KIND_UPDATE_BEFORE,
} from '../../../../src/columnar/batch.ts';
import { ColumnBuilder, type Value } from '../../../../src/columnar/builder.ts';
import { listShards } from '../../../../src/connectors/sls/api/list-shards.ts';
import { getCheckpoints } from '../../../../src/connectors/sls/api/consumer-groups.ts';
import { openClient } from '../../../../src/connectors/sls/open-client.ts';
import * as sls from '../../../../src/connectors/sls/module.ts';
import type { SinkContext, SourceContext, SplitReader } from '../../../../src/contracts/connector.ts';
import { LogService } from '../../../../src/logservice/index.ts';
import { BIGINT, INT, TIMESTAMP, VARCHAR, timestamp } from '../../../../src/types/sql-type.ts';
import { rowsOfBatches, sinkContext, slsTable, sourceContext, type ColumnSpec } from '../../../support/sls-table.ts';

let service: LogService;
let stores = 0;

beforeAll(async () => {
  const init = Array.from({ length: 30 }, (_, i) => [`p/one${i}:1`, `p/four${i}:4`]).flat();
  service = await LogService.start({ port: 0, init });
});

afterAll(async () => {
  await service.close();
});

/** Options of a log store nobody else uses. */
function freshStore(shards: 1 | 4, more: Record<string, string> = {}): Record<string, string> {
  const logStore = `${shards === 1 ? 'one' : 'four'}${stores++}`;
  return { endPoint: service.url, project: 'p', logStore, ...more };
}

function batchOf(
  context: SinkContext,
  rows: readonly (readonly (Value | string)[])[],
  kinds?: readonly number[],
): Batch {
  const columns = context.schema.fields.map(({ type }, c) => {
    const builder = new ColumnBuilder(type);
    for (const row of rows) {
      const value = row[c] ?? null;
      if (typeof value === 'string') builder.appendString(value);
      else builder.append(value);
    }
    return builder.finish();
  });
  return new Batch(context.schema, columns, rows.length, null, kinds === undefined ? null : Uint8Array.from(kinds));
}

async function put(
  columns: readonly ColumnSpec[],
  options: Record<string, string>,
  rows: readonly (readonly (Value | string)[])[],
  kinds?: readonly number[],
): Promise<void> {
  const context = sinkContext(slsTable(columns, options, 'sink'));
  const sink = sls.sink(context);
  await sink.open();
  await sink.write(batchOf(context, rows, kinds));
  await sink.flush();
  await sink.close();
}

/** Reads every split until it has nothing more. */
async function readAll(context: SourceContext): Promise<{ rows: unknown[][]; bySplit: Map<string, unknown[][]> }> {
  const source = sls.source(context);
  const bySplit = new Map<string, unknown[][]>();
  try {
    for (const split of await source.open()) {
      const reader = await source.openSplit(split, undefined);
      bySplit.set(split.id, (await drain(reader)).rows);
    }
  } finally {
    await source.close();
  }
  return { rows: [...bySplit.values()].flat(), bySplit };
}

async function drain(reader: SplitReader): Promise<{ rows: unknown[][]; position: string; status: string }> {
  const rows: unknown[][] = [];
  for (;;) {
    const result = await reader.read();
    rows.push(...rowsOfBatches(result.batches));
    if (result.status !== 'more') {
      await reader.close();
      return { rows, position: result.position, status: result.status };
    }
  }
}

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
const columns: ColumnSpec[] = [
  ['id', BIGINT],
  ['name', VARCHAR],
];
const someRows = Array.from({ length: 100 }, (_, i) => [BigInt(i), `n${i}`] as const);

describe('a log store written and read through the connector', () => {
  it('gives back every row once and in order', async () => {
    const store = freshStore(1);
    await put(columns, store, someRows);
    const { rows } = await readAll(sourceContext(slsTable(columns, { ...store, startupMode: 'Earliest' })));
    expect(rows).toEqual(someRows.map((row) => [...row]));
  });

  it.each(['lz4', 'zstd', 'deflate', 'none'])('takes bodies packed with %s', async (compressType) => {
    const store = freshStore(1, { compressType });
    await put(columns, store, someRows.slice(0, 3));
    const { rows } = await readAll(sourceContext(slsTable(columns, { ...store, startupMode: 'Earliest' })));
    expect(rows.length).toBe(3);
  });

  it('signs with V4 too', async () => {
    const store = freshStore(1, { signVersion: 'V4', regionId: 'cn-hangzhou' });
    await put(columns, store, someRows.slice(0, 2));
    const { rows } = await readAll(sourceContext(slsTable(columns, { ...store, startupMode: 'Earliest' })));
    expect(rows.length).toBe(2);
  });

  it('turns columns into topic, source, time and tags, and leaves NULL out', async () => {
    const store = freshStore(1);
    const written: ColumnSpec[] = [
      ['t', VARCHAR],
      ['s', VARCHAR],
      ['at', INT],
      ['n', INT],
      ['ts', TIMESTAMP],
    ];
    await put(written, { ...store, topic: 't', source: 's', timestampColumn: 'at' }, [
      ['web', '10.0.0.1', 1700000000, 7, 1700000000123],
      ['web', '10.0.0.1', 1700000001, null, null],
      ['api', '10.0.0.1', 1700000002, -1, null],
    ]);
    const read: ColumnSpec[] = [
      ['__topic__', VARCHAR, 'header'],
      ['__source__', VARCHAR, 'header'],
      ['__timestamp__', BIGINT, 'header'],
      ['n', INT],
      ['ts', VARCHAR],
      ['t', VARCHAR],
      ['at', VARCHAR],
    ];
    const { rows } = await readAll(sourceContext(slsTable(read, { ...store, startupMode: 'Earliest' })));
    expect(rows.sort((a, b) => Number(a[2]) - Number(b[2]))).toEqual([
      ['web', '10.0.0.1', 1700000000n, 7, '2023-11-14 22:13:20', null, null],
      ['web', '10.0.0.1', 1700000001n, null, null, null, null],
      ['api', '10.0.0.1', 1700000002n, -1, null, null, null],
    ]);
  });

  it('keeps milliseconds and writes NULL as empty text on request, and tags every request', async () => {
    const store = freshStore(1);
    const written: ColumnSpec[] = [
      ['n', VARCHAR],
      ['ts', TIMESTAMP],
      ['fine', timestamp(9)],
    ];
    const cells = [null, 1700000000123, 1700000000123456789n];
    await put(written, { ...store, reserveMilliSecond: 'true', writeNullProperties: 'true' }, [cells]);
    const read: ColumnSpec[] = [
      ['n', VARCHAR],
      ['ts', VARCHAR],
      ['fine', timestamp(7)],
      ['__pack_id__', VARCHAR, 'header'],
      ['__tag__:__receive_time__', BIGINT, 'header'],
    ];
    const { rows } = await readAll(sourceContext(slsTable(read, { ...store, startupMode: 'Earliest' })));
    expect(rows[0]?.slice(0, 3)).toEqual(['', '2023-11-14 22:13:20.123', 1700000000123456700n]);
    expect(rows[0]?.[3]).toMatch(/^[0-9A-F]{16}-0$/);
    expect(Number(rows[0]?.[4])).toBeGreaterThan(1.7e9);
  });

  it('sends equal partition values to one shard, in order', async () => {
    const store = freshStore(4);
    const rows = Array.from({ length: 400 }, (_, i) => [BigInt(i), `key${i % 20}`] as const);
    await put(columns, { ...store, mode: 'partition', partitionColumn: 'name' }, rows);
    const { bySplit } = await readAll(sourceContext(slsTable(columns, { ...store, startupMode: 'Earliest' })));
    const shardOfKey = new Map<unknown, string>();
    const lastOfKey = new Map<unknown, bigint>();
    let count = 0;
    for (const [split, read] of bySplit) {
      for (const [id, key] of read) {
        count++;
        expect(shardOfKey.get(key) ?? split).toBe(split);
        shardOfKey.set(key, split);
        expect(id as bigint).toBeGreaterThan(lastOfKey.get(key) ?? -1n);
        lastOfKey.set(key, id as bigint);
      }
    }
    expect(count).toBe(400);
    expect(new Set(shardOfKey.values()).size).toBeGreaterThan(1);
  });

  it('appends +I and +U and drops -U and -D', async () => {
    const store = freshStore(1);
    const kinds = [KIND_INSERT, KIND_UPDATE_BEFORE, KIND_UPDATE_AFTER, KIND_DELETE];
    await put(columns, store, someRows.slice(0, 4), kinds);
    const { rows } = await readAll(sourceContext(slsTable(columns, { ...store, startupMode: 'Earliest' })));
    expect(rows.map((row) => row[0])).toEqual([0n, 2n]);
  });

  it('splits requests by batchSize and sends on its own after flushIntervalMs', async () => {
    const store = freshStore(1);
    const context = sinkContext(
      slsTable(columns, { ...store, batchSize: '30', flushIntervalMs: '20', maxBufferBytes: '65536' }, 'sink'),
    );
    const sink = sls.sink(context);
    await sink.open();
    const before = service.counters.putGroups;
    await sink.write(batchOf(context, someRows));
    const reader = await readerOf({ ...store, startupMode: 'Earliest' });
    const seen: unknown[][] = [];
    while (seen.length < 100) seen.push(...rowsOfBatches((await reader.read()).batches));
    expect(seen.map((row) => row[0])).toEqual(someRows.map((row) => row[0]));
    expect(service.counters.putGroups - before).toBe(4);
    await sink.close();
  });

  it('evaluates pushed conjuncts and counts fields that do not parse', async () => {
    const store = freshStore(1);
    await put(
      [
        ['id', VARCHAR],
        ['name', VARCHAR],
      ],
      store,
      [
        ['1', 'a'],
        ['x', 'b'],
        ['3', 'a'],
      ],
    );
    const table = slsTable(columns, { ...store, startupMode: 'Earliest', columnErrorDebug: 'true' });
    const filter = {
      kind: 'is-not-null',
      arg: { kind: 'column', index: 0, name: 'id', type: BIGINT },
      type: { kind: 'boolean' },
    } as const;
    const context = sourceContext(table, { filter: [filter] });
    expect((await readAll(context)).rows).toEqual([
      [1n, 'a'],
      [3n, 'a'],
    ]);
    expect(context.counters.get('parseErrors')?.value).toBe(1);
    expect(context.lines).toContain('column "id" (BIGINT) of table "t" does not parse: "x"');
    const skipping = slsTable(columns, { ...store, startupMode: 'Earliest', onError: 'skip' });
    expect((await readAll(sourceContext(skipping))).rows.length).toBe(2);
    const failing = slsTable(columns, { ...store, startupMode: 'Earliest', onError: 'fail' });
    await expect(readAll(sourceContext(failing))).rejects.toMatchObject({ code: 'ROW_INVALID' });
  });
});

async function readerOf(options: Record<string, string>, signal?: AbortSignal): Promise<SplitReader> {
  const context = sourceContext(slsTable(columns, options), signal === undefined ? {} : { signal });
  const source = sls.source(context);
  const [split] = await source.open();
  if (split === undefined) throw new Error('no shard');
  return source.openSplit(split, undefined);
}

describe('positions', () => {
  it('continue a read where it was, without loss or repetition', async () => {
    const store = freshStore(1, { batchSize: '10' });
    await put(columns, store, someRows);
    const options = { ...store, startupMode: 'Earliest', batchGetSize: '3' };
    const source = sls.source(sourceContext(slsTable(columns, options)));
    const [split] = await source.open();
    if (split === undefined) throw new Error('no shard');
    const reader = await source.openSplit(split, undefined);
    const first = await reader.read();
    expect(rowsOfBatches(first.batches).length).toBe(30);
    expect(first.status).toBe('more');
    expect(first.rawBytes).toBeGreaterThan(0);
    expect(Math.abs((first.serverTimeMs ?? 0) - Date.now())).toBeLessThan(60_000);
    await reader.close();
    const rest = await drain(await source.openSplit(split, first.position));
    expect(rest.rows.map((row) => row[0])).toEqual(someRows.slice(30).map((row) => row[0]));
    await source.close();
  });

  it('are stored in the consumer group on commit and used by the next start', async () => {
    const store = freshStore(4, { consumerGroup: 'g' });
    await put(columns, { ...store, mode: 'partition', partitionColumn: 'name' }, someRows);
    const options = { ...store, startTime: '2020-01-01 00:00:00' };
    const context = sourceContext(slsTable(columns, options));
    const source = sls.source(context);
    const positions = new Map<string, string>();
    let count = 0;
    for (const split of await source.open()) {
      const { rows, position } = await drain(await source.openSplit(split, undefined));
      count += rows.length;
      positions.set(split.id, position);
    }
    expect(count).toBe(100);
    await source.commit?.(positions);
    const client = openClient(context);
    const stored = await getCheckpoints(client, 'g');
    expect(new Map([...stored].map(([shard, cursor]) => [`shard ${shard}`, cursor]))).toEqual(positions);
    await client.close();
    await source.close();

    await put(columns, { ...store, mode: 'partition', partitionColumn: 'name' }, [[1000n, 'later']]);
    expect((await readAll(sourceContext(slsTable(columns, options)))).rows).toEqual([[1000n, 'later']]);
    const ignoring = sourceContext(slsTable(columns, { ...options, startupMode: 'TIMESTAMP' }));
    expect((await readAll(ignoring)).rows.length).toBe(101);
    expect(ignoring.lines).toEqual([
      'table "t" passes over the progress of consumer group "g" because startupMode is set',
    ]);
  });

  it('name shards of a fixed assignment only', async () => {
    const store = freshStore(4, { startupMode: 'Earliest' });
    const source = sls.source(sourceContext(slsTable(columns, { ...store, shards: '1,3' })));
    expect((await source.open()).map((split) => split.id)).toEqual(['shard 1', 'shard 3']);
    await source.close();
    const absent = sls.source(sourceContext(slsTable(columns, { ...store, shards: '1,9' })));
    await expect(absent.open()).rejects.toMatchObject({ code: 'SLS_NOT_FOUND', hint: 'Its shards are: 0, 1, 2, 3.' });
    await absent.close();
  });
});

describe('a bounded read', () => {
  it('ends before stopTime, and a stopTime in the future means the end as it is at the start', async () => {
    const store = freshStore(1);
    await put(columns, store, someRows.slice(0, 5));
    const context = sourceContext(slsTable(columns, { ...store, stopTime: '2100-01-01 00:00:00' }));
    const source = sls.source(context);
    expect(source.bounded).toBe(true);
    const [split] = await source.open();
    if (split === undefined) throw new Error('no shard');
    await put(columns, store, [[99n, 'late']]);
    const { rows, status } = await drain(await source.openSplit(split, undefined));
    expect(rows.map((row) => row[0])).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(status).toBe('end');
    expect(context.lines).toEqual([
      'table "t" has no startTime: reading from the oldest logs to stopTime',
      'stopTime of table "t" is in the future: reading to the end as it is now',
    ]);
    await source.close();
    const past = { ...store, stopTime: '2020-01-01 00:00:00' };
    expect((await readAll(sourceContext(slsTable(columns, past)))).rows).toEqual([]);
  });

  it('of an empty shard ends at once', async () => {
    const store = freshStore(4, { stopTime: '2024-01-01 00:00:00' });
    const source = sls.source(sourceContext(slsTable(columns, store)));
    for (const split of await source.open()) {
      expect(await (await source.openSplit(split, undefined)).read()).toMatchObject({ status: 'end', batches: [] });
    }
    await source.close();
  });
});

describe('failures', () => {
  const failure = async (options: Record<string, string>) => {
    try {
      await sls.check(sourceContext(slsTable(columns, options)));
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('name what cannot be reached, found or entered, and never a secret', async () => {
    const place = { endPoint: service.url, project: 'p', logStore: 'one0' };
    expect(await failure(place)).toBeUndefined();
    expect(await failure({ ...place, endPoint: 'http://127.0.0.1:9', maxRetryTimes: '0' })).toMatchObject({
      code: 'SLS_UNREACHABLE',
      message: 'log service at http://127.0.0.1:9 cannot be reached: connection refused',
    });
    expect(await failure({ ...place, logStore: 'none' })).toMatchObject({
      code: 'SLS_NOT_FOUND',
      message: 'log store "none" does not exist in project "p"',
      detail: expect.stringMatching(/\(request [0-9A-F]{24}\)$/) as string,
    });
    expect(await failure({ ...place, project: 'none' })).toMatchObject({
      code: 'SLS_NOT_FOUND',
      message: `project "none" does not exist at ${service.url}`,
    });
    const refused = await failure({ ...place, accessKey: 'geheimnis' });
    expect(refused).toMatchObject({
      code: 'SLS_UNAUTHORIZED',
      message: `log service at ${service.url} refused the credentials: SignatureNotMatch`,
    });
    expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain('geheimnis');
  });

  it('of an expired cursor say so', async () => {
    const source = sls.source(sourceContext(slsTable(columns, freshStore(1, { startupMode: 'Earliest' }))));
    const [split] = await source.open();
    if (split === undefined) throw new Error('no shard');
    const reader = await source.openSplit(split, 'MQ==');
    await expect(reader.read()).rejects.toMatchObject({ code: 'SLS_CURSOR', where: ['shard 0'] });
    await source.close();
  });

  it('of a write fail the next flush and every later one', async () => {
    const store = freshStore(1);
    const context = sinkContext(slsTable(columns, { ...store, maxRetryTimes: '0' }, 'sink'));
    const sink = sls.sink(context);
    await sink.open();
    const client = openClient(context);
    await client.call({ doing: 'deleting', method: 'DELETE', path: `/logstores/${store['logStore'] ?? ''}` });
    await client.close();
    await sink.write(batchOf(context, someRows));
    await expect(sink.flush()).rejects.toMatchObject({ code: 'SLS_NOT_FOUND' });
    await expect(sink.flush()).rejects.toMatchObject({ code: 'SLS_NOT_FOUND' });
    expect(() => sink.write(batchOf(context, someRows))).toThrow('does not exist');
    await sink.close();
  });

  it('of a log above the limit name its size', async () => {
    const context = sinkContext(slsTable(columns, freshStore(1), 'sink'));
    const sink = sls.sink(context);
    await sink.open();
    expect(() => sink.write(batchOf(context, [[1n, 'x'.repeat((8 << 20) + 1)]]))).toThrow(
      expect.objectContaining({ code: 'SLS_LOG_TOO_LARGE' }),
    );
    await sink.close();
  });

  it('do not outlive the job: a stop ends the wait at the end of a shard', async () => {
    const stop = new AbortController();
    const reader = await readerOf(freshStore(1, { startupMode: 'Earliest' }), stop.signal);
    expect((await reader.read()).status).toBe('caught-up');
    // Time stands still: the pause before the next pull never ends by itself.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const waiting = reader.read();
      stop.abort();
      expect(await waiting).toMatchObject({ status: 'caught-up', batches: [] });
    } finally {
      vi.useRealTimers();
    }
  });

  it('of the clock are corrected with the server time', async () => {
    const context = sourceContext(slsTable(columns, { endPoint: service.url, project: 'p', logStore: 'one0' }));
    const slow = openClient({ ...context, now: () => Date.now() - 3_600_000 });
    expect((await listShards(slow)).length).toBe(1);
    await slow.close();
  });
});

it('reads a start time as receive time, so that an old log written now is new', async () => {
  const store = freshStore(1);
  await put(
    [
      ['at', INT],
      ['name', VARCHAR],
    ],
    { ...store, timestampColumn: 'at' },
    [[1000, 'old']],
  );
  const options = { ...store, startTime: '2020-01-01 00:00:00' };
  expect((await readAll(sourceContext(slsTable(columns, options)))).rows).toEqual([[null, 'old']]);
  const future = { ...store, startTime: tomorrow };
  expect((await readAll(sourceContext(slsTable(columns, future)))).rows).toEqual([]);
});
