import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/columnar/batch.ts';
import type { Column } from '../../../src/columnar/column.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import type { ConnectorEntry } from '../../../src/contracts/connector.ts';
import { lookupOptions, type Lookup } from '../../../src/contracts/lookup.ts';
import { parseOptions } from '../../../src/contracts/options.ts';
import type { LookupCache, LookupJoinExec } from '../../../src/planner/physical/time-joins.ts';
import { MetricSet } from '../../../src/runtime/metrics.ts';
import { LookupJoinOperator } from '../../../src/runtime/operators/joins/lookup-join-operator.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf, changesOf, type Row } from '../../support/runtime/batches.ts';
import { FakeClock } from '../../support/runtime/fake-clock.ts';
import { inputOf } from '../../support/runtime/join-plans.ts';
import { settle } from '../../support/runtime/settle.ts';

const stream = schema([field('n', BIGINT), field('k', VARCHAR)]);
const dimension = schema([field('k', VARCHAR), field('v', BIGINT)]);

/** A table that is asked by key and says what it was asked for. */
class Store implements Lookup {
  rows: Row[];
  readonly asked: string[][] = [];
  running = 0;
  most = 0;
  scans = 0;
  fails = false;
  closed = false;

  constructor(rows: readonly Row[]) {
    this.rows = [...rows];
  }

  async open(): Promise<void> {
    await Promise.resolve();
  }

  async lookup(keys: readonly Column[], count: number): ReturnType<NonNullable<Lookup['lookup']>> {
    const texts = Array.from({ length: count }, (_, i) => String(valueAt(keys[0]!, i)));
    this.asked.push(texts);
    this.most = Math.max(this.most, ++this.running);
    await new Promise((resolve) => setImmediate(resolve));
    this.running--;
    const found = this.rows.filter((row) => texts.includes(String(row[0])));
    const keyOf = Int32Array.from(found, (row) => texts.indexOf(String(row[0])));
    return { rows: batchOf(dimension, found), keyOf };
  }

  async *scanAll(): AsyncGenerator<Batch> {
    this.scans++;
    await Promise.resolve();
    if (this.fails) throw new Error('the disk is gone');
    for (const row of this.rows) yield batchOf(dimension, [row]);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.resolve();
  }
}

interface Given {
  readonly cache?: Partial<LookupCache>;
  readonly async?: boolean;
  readonly maxRows?: number;
  readonly joinType?: 'inner' | 'left';
}

async function open(store: Store, { cache, async = false, maxRows, joinType = 'left' }: Given) {
  const entry: ConnectorEntry = {
    name: 'store',
    title: 'store',
    options: lookupOptions(['None', 'LRU', 'ALL']),
    source: false,
    sink: false,
    lookup: true,
    load: async () => ({ lookup: () => store }),
  };
  const node: LookupJoinExec = {
    kind: 'lookup-join',
    id: 'lookup',
    schema: schema([...stream.fields, ...dimension.fields]),
    changelog: 'insert-only',
    joinType,
    input: inputOf(stream, 'insert-only'),
    inputWidth: 2,
    table: {
      name: 'd',
      columns: dimension.fields.map((one) => ({ ...one, header: false })),
      primaryKey: ['k'],
      options: parseOptions(entry.options, async ? [{ key: 'async', value: 'true' }] : [], { connector: 'store' }),
      timeZone: 'UTC',
      compatibility: 'blink',
    },
    source: { kind: 'connector', entry },
    wanted: [0, 1],
    fetched: dimension.fields.map(({ name, type }, index) => ({ kind: 'column', index, name, type })),
    keys: [{ input: 1, column: 0 }],
    condition: undefined,
    maxRows,
    cache: { kind: 'none', size: 10_000, ttlMs: undefined, empty: true, quiet: [], ...cache },
  };
  const clock = new FakeClock(0);
  const metrics = new MetricSet();
  const warnings: string[] = [];
  const operator = new LookupJoinOperator(node, { signal: new AbortController().signal });
  await operator.open({
    now: () => clock.now(),
    metrics,
    setTimer: (atMs) => void clock.after(atMs - clock.now(), () => operator.onTimer(clock.now())),
    warn: (line) => warnings.push(line),
  });
  let lines: string[] = [];
  const emit = (batch: Batch): void => void lines.push(...changesOf(batch));
  const push = async (...keys: readonly (string | null)[]): Promise<string[]> => {
    const batch = batchOf(
      stream,
      keys.map((key, i) => [BigInt(i), key]),
    );
    await operator.process(batch, { push: () => undefined, emit });
    const all = lines;
    lines = [];
    return all.map((line) => line.replace('+I ', ''));
  };
  return { push, clock, metrics, warnings, operator };
}

const table: readonly Row[] = [
  ['a', 1n],
  ['b', 2n],
  ['c', 3n],
  ['a', 4n],
];

describe('dimension tables asked by key', () => {
  it('asks for the distinct keys of a batch once, never for NULL, and keeps the order of the rows', async () => {
    const store = new Store(table);
    const { push } = await open(store, {});
    expect(await push('b', 'a', null, 'b', 'x')).toEqual([
      '0 b b 2',
      '1 a a 1',
      '1 a a 4',
      '2 null null null',
      '3 b b 2',
      '4 x null null',
    ]);
    expect(store.asked).toEqual([['b', 'a', 'x']]);
  });

  it('without a cache asks again for the next batch and sees the table as it is then', async () => {
    const store = new Store(table);
    const { push } = await open(store, {});
    await push('b');
    store.rows[1] = ['b', 9n];
    expect(await push('b')).toEqual(['0 b b 9']);
    expect(store.asked).toEqual([['b'], ['b']]);
  });

  it('with LRU remembers rows and misses, and forgets those not asked for longest', async () => {
    const store = new Store(table);
    const { push, metrics } = await open(store, { cache: { kind: 'lru', size: 3 } });
    await push('b', 'x');
    await push('c');
    expect(await push('b', 'x', 'c')).toEqual(['0 b b 2', '1 x null null', '2 c c 3']);
    expect(store.asked).toEqual([['b', 'x'], ['c']]);
    await push('b', 'c');
    // Two rows: x goes first, then b.
    await push('a');
    await push('c');
    await push('x');
    expect(store.asked.slice(2)).toEqual([['a'], ['x']]);
    expect(metrics.read()).toMatchObject({ cacheHits: 6, cacheMisses: 5, lookups: 4 });
  });

  it('asks again for what is older than cacheTTLMs', async () => {
    const store = new Store(table);
    const { push, clock } = await open(store, { cache: { kind: 'lru', ttlMs: 100 } });
    await push('b', 'x');
    clock.advance(99);
    await push('b', 'x');
    expect(store.asked.length).toBe(1);
    clock.advance(1);
    store.rows = [['x', 5n]];
    expect(await push('b', 'x', 'b')).toEqual(['0 b null null', '1 x x 5', '2 b null null']);
    expect(store.asked.length).toBe(2);
  });

  it('with cacheEmpty = false asks for misses every time', async () => {
    const store = new Store(table);
    const { push } = await open(store, { cache: { kind: 'lru', empty: false } });
    await push('x', 'b');
    await push('x', 'b');
    expect(store.asked).toEqual([['x', 'b'], ['x']]);
  });

  it('asks at the same time only with async, and then no more than eight times', async () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`);
    for (const [async, most] of [
      [false, 1],
      [true, 8],
    ] as const) {
      const store = new Store([['k7', 1n]]);
      const { push } = await open(store, { async, joinType: 'inner' });
      expect(await push(...keys)).toEqual(['7 k7 k7 1']);
      expect(store.most).toBe(most);
      expect(store.asked.flat().sort()).toEqual([...keys].sort());
    }
  });

  it('takes at most maxRows rows of a key', async () => {
    const { push } = await open(new Store(table), { maxRows: 1 });
    expect(await push('a')).toEqual(['0 a a 1']);
  });

  it('fails the job when a lookup fails, and closes', async () => {
    const store = new Store(table);
    store.lookup = () => Promise.reject(new Error('refused'));
    const { push, operator } = await open(store, {});
    await expect(push('a')).rejects.toThrow('refused');
    await operator.close();
    expect(store.closed).toBe(true);
  });
});

describe('dimension tables loaded whole', () => {
  const all = { kind: 'all' as const };

  it('are loaded before the first row and give rows in the order of the table', async () => {
    const store = new Store(table);
    const { push, metrics } = await open(store, { cache: all });
    expect(store.scans).toBe(1);
    expect(await push('a', null, 'x')).toEqual(['0 a a 1', '0 a a 4', '1 null null null', '2 x null null']);
    expect(store.asked).toEqual([]);
    expect(metrics.read()).toMatchObject({ loads: 1, tableRows: 4 });
  });

  it('give the last row of a key that is unique', async () => {
    const { push } = await open(new Store(table), { cache: all, maxRows: 1 });
    expect(await push('a')).toEqual(['0 a a 4']);
  });

  it('are loaded again every cacheTTLMs, and stay as they were when that fails', async () => {
    const store = new Store(table);
    const { push, clock, warnings } = await open(store, { cache: { ...all, ttlMs: 100 } });
    store.rows = [['b', 9n]];
    expect(await push('b')).toEqual(['0 b b 2']);
    clock.advance(100);
    await settle();
    expect(await push('b', 'a')).toEqual(['0 b b 9', '1 a null null']);
    store.fails = true;
    clock.advance(100);
    await settle();
    expect(warnings).toEqual(['dimension table "d" was not loaded again: the disk is gone']);
    expect(await push('b')).toEqual(['0 b b 9']);
    store.fails = false;
    clock.advance(100);
    await settle();
    expect(store.scans).toBe(4);
  });

  it('are not loaded again in a quiet period but at its end', async () => {
    const store = new Store(table);
    const { clock } = await open(store, { cache: { ...all, ttlMs: 100, quiet: [[50, 350]] } });
    clock.advance(349);
    await settle();
    expect(store.scans).toBe(1);
    clock.advance(1);
    await settle();
    expect(store.scans).toBe(2);
  });
});

describe('every cache', () => {
  it('gives what comparing every row with every row gives, for any batches', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', null);
    const tables = fc.array(fc.tuple(key, fc.bigInt(0n, 9n)), { maxLength: 8 });
    const streams = fc.array(fc.array(key, { maxLength: 6 }), { maxLength: 6 });
    const caches = fc.constantFrom<Partial<LookupCache>>(
      { kind: 'none' },
      { kind: 'lru', size: 1 },
      { kind: 'lru', size: 3, empty: false },
      { kind: 'lru', size: 100, ttlMs: 1 },
      { kind: 'all' },
    );
    const joinTypes = fc.constantFrom('inner' as const, 'left' as const);
    await fc.assert(
      fc.asyncProperty(tables, streams, caches, joinTypes, async (rows, batches, cache, joinType) => {
        const { push, clock } = await open(new Store(rows), { cache, joinType });
        for (const keys of batches) {
          const expected = keys.flatMap((one, i) => {
            const found = rows.filter((row) => one !== null && row[0] === one);
            if (found.length === 0) return joinType === 'left' ? [`${i} ${one} null null`] : [];
            return found.map((row) => `${i} ${one} ${row[0]} ${row[1]}`);
          });
          expect(await push(...keys)).toEqual(expected);
          clock.advance(1);
        }
      }),
      { seed: Number(process.env['SEED'] ?? 20261121), numRuns: 200 },
    );
  });
});
