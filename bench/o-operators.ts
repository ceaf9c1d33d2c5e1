import { Batch } from '../src/columnar/batch.ts';
import { bytesColumn, fixedColumn, type Column } from '../src/columnar/column.ts';
import { LinearHost } from '../src/columnar/linear/linear-memory.ts';
import { KERNEL_ROWS } from '../src/columnar/linear/state-kernels.ts';
import { PagedArray } from '../src/columnar/paged-array.ts';
import type { AggregateFunction, CallSite } from '../src/contracts/function.ts';
import { count } from '../src/functions/aggregate/count.ts';
import { sumFunctions } from '../src/functions/aggregate/sum.ts';
import type { AggregateCall } from '../src/planner/physical/plan.ts';
import { GroupState } from '../src/runtime/operators/grouping/group-state.ts';
import { ascendingRows } from '../src/runtime/rows.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT, VARCHAR, type SqlType } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
/** Their rows touch more memory than any cache holds, where there are keys enough. */
const BATCHES = 256;
/** So many items of 8 bytes fill a page. */
const MIN_LINEAR_KEYS = 1 << 17;

/**
 * O1–O3: COUNT(*) and SUM(BIGINT) by one key, without source and sink. Keys come in random order from batches that lie
 * in the caches; CPU time of rows whose keys are known already.
 */
export const measures: readonly Measure[] = [
  {
    id: 'O1',
    title: 'COUNT and SUM by a VARCHAR key of 20 bytes, 1,000 and 20,000 keys',
    unit: 'ns a row',
    goal: 50,
    better: 'lower',
    peer: 'nothing: a look-up and two additions',
    run: async (log) => {
      const figures = [1000, 20_000].map((keys) => known(VARCHAR, keys, log).nsPerRow);
      return Math.max(...figures);
    },
  },
  {
    id: 'O2',
    title: 'the aggregation of a row at 1,000,000 BIGINT keys in random order against 1,000 (P6 counts the whole row)',
    unit: 'x',
    goal: 2.5,
    better: 'lower',
    peer: 'the same at 1,000 keys',
    run: async (log) => {
      const [few, , many] = [1000, 100_000, 1_000_000].map((keys) => known(BIGINT, keys, log).nsPerRow);
      floor(1_000_000, many!, log);
      return many! / few!;
    },
  },
  {
    id: 'O4',
    title: 'the same at 10,000,000 keys against 1,000',
    unit: 'x',
    goal: 2.5,
    better: 'lower',
    peer: 'the same at 1,000 keys',
    run: async (log) => {
      const [few, many] = [1000, 10_000_000].map((keys) => known(BIGINT, keys, log).nsPerRow);
      floor(10_000_000, many!, log);
      return many! / few!;
    },
  },
  {
    id: 'O3',
    title: 'state of COUNT and SUM by a BIGINT key, 1,000,000 keys',
    unit: 'bytes a key',
    goal: 64,
    better: 'lower',
    peer: "the project's goal",
    run: async (log) => known(BIGINT, 1_000_000, log).bytesPerKey,
  },
];

interface Known {
  readonly nsPerRow: number;
  readonly bytesPerKey: number;
}

function known(type: SqlType, keys: number, log: (line: string) => void): Known {
  const input = schema([field('k', type), field('v', BIGINT)]);
  const calls = [call(count, []), call(sumFunctions[0]!, [1])];
  const state = new GroupState({ input, keys: [0], calls, retracts: false });
  const values = fixedColumn(BIGINT, new BigInt64Array(ROWS).fill(7n), ROWS);
  const batchOf = (pick: (row: number) => number): Batch => new Batch(input, [column(type, pick), values], ROWS);
  const rows = ascendingRows(ROWS);
  for (let from = 0; from < keys; from += ROWS)
    state.add(
      batchOf((row) => (from + row) % keys),
      rows,
      ROWS,
    );
  let random = 1;
  const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const batches = Array.from({ length: BATCHES }, () => batchOf(() => next() % keys));
  const nsPerRow = bestNsPerRow(() => {
    for (const batch of batches) state.add(batch, rows, ROWS);
  });
  const bytesPerKey = state.bytes / keys;
  log(`${type.kind}, ${keys} keys: ${nsPerRow.toFixed(1)} ns a row, ${bytesPerKey.toFixed(1)} bytes of state a key`);
  return { nsPerRow, bytesPerKey };
}

/** The least CPU time of nine rounds over all batches. */
function bestNsPerRow(round: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < 9; i++) {
    const start = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / (BATCHES * ROWS));
  }
  return Math.min(...times);
}

/**
 * What this machine takes for the places in memory alone: loops that do nothing but read them, with the slots given, over
 * arrays as large as the index, the keys and the accumulators of so many groups. They run in WebAssembly, where they are
 * twice as fast as in JavaScript.
 */
function floor(keys: number, nsPerRow: number, log: (line: string) => void): void {
  const host = new LinearHost();
  // COUNT, SUM, the keys; an entry of the index has 8 bytes and half of the entries are free.
  const words = [1, 1, 1, 2].map((perKey) => {
    const array = new PagedArray('f64', host);
    array.ensure(Math.max(keys, MIN_LINEAR_KEYS) * perKey);
    for (const page of array.pages) page.fill(1);
    return { array, perKey };
  });
  const seen = new PagedArray('u8', host);
  seen.ensure(Math.max(keys, 1 << 20));
  const { memory } = host;
  if (memory === undefined) return;
  let random = 1;
  const slots = Int32Array.from({ length: BATCHES * ROWS }, () => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return random % keys;
  });
  const best = bestNsPerRow(() => {
    for (let from = 0; from < slots.length; from += KERNEL_ROWS) {
      memory.slots.set(slots.subarray(from, from + KERNEL_ROWS));
      memory.kernels.touch(KERNEL_ROWS, seen.linear?.table ?? 0, seen.shift, 0);
      for (const { array, perKey } of words) {
        // Two items a key: as if they were one of 16 bytes.
        memory.kernels.touch(KERNEL_ROWS, array.linear?.table ?? 0, array.shift - (perKey - 1), 2 + perKey);
      }
    }
  });
  log(
    `${keys} keys: reading these places alone ${best.toFixed(1)} ns a row, the aggregation ${(nsPerRow / best).toFixed(2)} times that`,
  );
}

function call(definition: AggregateFunction, args: readonly number[]): AggregateCall {
  const context: CallSite['context'] = {
    compatibility: 'blink',
    timeZone: 'UTC',
    now: () => 0,
    regexpBacktracking: false,
  };
  const binding = definition.resolve({ types: args.map(() => BIGINT), literals: args.map(() => undefined), context });
  if (binding === undefined) throw new Error(`${definition.name} does not take these arguments`);
  return { name: definition.name, binding, args, distinct: false, filter: undefined, type: BIGINT };
}

/** Keys by number; as text `user-` and 15 digits. */
function column(type: SqlType, pick: (row: number) => number): Column {
  if (type.kind === 'bigint') {
    return fixedColumn(
      BIGINT,
      BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(pick(row))),
      ROWS,
    );
  }
  const width = 20;
  const text = Array.from({ length: ROWS }, (_, row) => `user-${String(pick(row)).padStart(15, '0')}`).join('');
  const offsets = Int32Array.from({ length: ROWS }, (_, row) => row * width);
  const lengths = new Int32Array(ROWS).fill(width);
  return bytesColumn(type, { bytes: new TextEncoder().encode(text), offsets, lengths }, ROWS);
}
