import { describe, expect, it } from 'vitest';
import { Batch, KIND_DELETE, KIND_INSERT } from '../../src/columnar/batch.ts';
import { fixedColumn } from '../../src/columnar/column.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import { count } from '../../src/functions/aggregate/count.ts';
import { sumFunctions } from '../../src/functions/aggregate/sum.ts';
import type { AggregateFunction } from '../../src/contracts/function.ts';
import type { AggregateCall } from '../../src/planner/physical/plan.ts';
import { GroupState } from '../../src/runtime/operators/grouping/group-state.ts';
import { MemorySnapshot } from '../../src/runtime/state/memory-snapshot.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT } from '../../src/types/sql-type.ts';

/** More than a page of accumulators, so that they and the keys lie in a linear memory. */
const KEYS = 140_000;
const ROWS = 4000;

const input = schema([field('k', BIGINT), field('v', BIGINT)]);
const rows = Int32Array.from({ length: ROWS }, (_, i) => i);

function call(definition: AggregateFunction, args: readonly number[]): AggregateCall {
  const context = { compatibility: 'blink' as const, timeZone: 'UTC', now: () => 0, regexpBacktracking: false };
  const binding = definition.resolve({ types: args.map(() => BIGINT), literals: args.map(() => undefined), context });
  if (binding === undefined) throw new Error(`${definition.name} does not take these arguments`);
  return { name: definition.name, binding, args, distinct: false, filter: undefined, type: BIGINT };
}

function newState(retracts: boolean): GroupState {
  const calls = [call(count, []), call(count, [1]), call(sumFunctions[0]!, [1])];
  return new GroupState({ input, keys: [0], calls, retracts });
}

/** Row r has key `from + 7 r` and value key − 70,000, NULL for every fifth key; every third row takes back. */
function batch(from: number, retracts: boolean): Batch {
  const keys = rows.map((r) => (from + r * 7) % KEYS);
  const values = BigInt64Array.from(keys, (key) => BigInt(key - 70_000));
  const nulls = Uint8Array.from(keys, (key) => (key % 5 === 0 ? 1 : 0));
  const kinds = retracts ? Uint8Array.from(rows, (r) => (r % 3 === 2 ? KIND_DELETE : KIND_INSERT)) : null;
  const columns = [fixedColumn(BIGINT, BigInt64Array.from(keys, BigInt), ROWS), fixedColumn(BIGINT, values, ROWS, nulls)];
  return new Batch(input, columns, ROWS, null, kinds);
}

/** The groups of every 61st slot: key, COUNT(*), COUNT(v), SUM(v). */
function groups(state: GroupState): unknown[][] {
  const slots = state.present().filter((_, i) => i % 61 === 0);
  const columns = [...state.keyColumns(slots, slots.length), ...state.aggregates.results(slots, slots.length)];
  return [...slots].map((_, k) => columns.map((column) => valueAt(column, k)));
}

describe('restart law of groups in a linear memory', () => {
  for (const retracts of [false, true]) {
    it(`holds where rows are ${retracts ? 'added and taken back' : 'added'}`, () => {
      const straight = newState(retracts);
      let other = newState(retracts);
      let n = 0;
      for (let from = 0; from < KEYS * 2; from += ROWS) {
        const next = batch(from, retracts && from >= KEYS);
        straight.add(next, rows, ROWS);
        other.add(next, rows, ROWS);
        if (++n % 20 !== 0) continue;
        const snapshot = new MemorySnapshot();
        other.snapshot(snapshot.writer);
        other = newState(retracts);
        other.restore(snapshot.reader);
      }
      const got = groups(other);
      expect(got).toEqual(groups(straight));
      expect(got.length).toBeGreaterThan(1000);
      const first = got.find(([key]) => Number(key) % 5 === 0);
      expect(first?.slice(2)).toEqual([0n, null]);
    });
  }

  it('gives sums and counts as a map does', () => {
    const state = newState(false);
    const model = new Map<number, number>();
    for (let from = 0; from < KEYS * 2; from += ROWS) {
      const next = batch(from, false);
      state.add(next, rows, ROWS);
      for (const r of rows) model.set((from + r * 7) % KEYS, (model.get((from + r * 7) % KEYS) ?? 0) + 1);
    }
    for (const [key, all, values, sum] of groups(state)) {
      const times = model.get(Number(key)) ?? 0;
      const isNull = Number(key) % 5 === 0;
      expect([all, values, sum]).toEqual([
        BigInt(times),
        isNull ? 0n : BigInt(times),
        isNull ? null : BigInt((Number(key) - 70_000) * times),
      ]);
    }
  });
});
