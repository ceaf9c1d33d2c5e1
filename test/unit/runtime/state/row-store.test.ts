import { describe, expect, it } from 'vitest';
import { fixedColumn, type Column } from '../../../../src/columnar/column.ts';
import { valueAt } from '../../../../src/columnar/row-view.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { RowStore } from '../../../../src/runtime/state/row-store.ts';
import { StateRegistry } from '../../../../src/runtime/state/state-registry.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, DOUBLE, INT } from '../../../../src/types/sql-type.ts';

const fields = schema([field('a', BIGINT), field('b', DOUBLE), field('c', INT)]);
/** Enough for more than one page of each column. */
const SLOTS = 300_000;
const ROWS = 3000;

/** Row r holds `from + r` three times; every `nulls`-th one NULL (0: none). */
function batch(from: number, nulls = 0): Column[] {
  const marks = nulls === 0 ? null : Uint8Array.from({ length: ROWS }, (_, r) => (r % nulls === 0 ? 1 : 0));
  return [
    fixedColumn(
      BIGINT,
      BigInt64Array.from({ length: ROWS }, (_, r) => BigInt(from + r) << 20n),
      ROWS,
      marks,
    ),
    fixedColumn(
      DOUBLE,
      Float64Array.from({ length: ROWS }, (_, r) => (from + r) / 3),
      ROWS,
      marks,
    ),
    fixedColumn(
      INT,
      Int32Array.from({ length: ROWS }, (_, r) => from + r),
      ROWS,
      marks,
    ),
  ];
}

const ascending = Int32Array.from({ length: ROWS }, (_, r) => r);
const descending = ascending.toReversed();

function filled(): { registry: StateRegistry; store: RowStore } {
  const registry = new StateRegistry();
  const store = new RowStore(registry, fields);
  for (let from = 0; from < SLOTS; from += ROWS) {
    store.write(
      batch(from),
      ascending,
      ascending.map((r) => from + r),
      ROWS,
    );
  }
  return { registry, store };
}

function read(store: RowStore, slots: readonly number[]): unknown[][] {
  const columns = store.read(Int32Array.from(slots), slots.length);
  return slots.map((_, k) => columns.map((column) => valueAt(column, k)));
}

const row = (n: number): unknown[] => [BigInt(n) << 20n, n / 3, n];

describe('row store', () => {
  const some = [SLOTS - 1, 0, 131_071, 131_072, 7, 7, 262_144];

  it('gives back what was put into the slots, on every page', () => {
    expect(read(filled().store, some)).toEqual(some.map(row));
  });

  it('puts any row into any slot, the last one of a slot counting', () => {
    const { store } = filled();
    store.write(
      batch(1_000_000),
      descending,
      ascending.map((r) => (r >> 1) * 100),
      ROWS,
    );
    expect(read(store, [0, 100, 149_900, 1])).toEqual([
      row(1_000_000 + ROWS - 2),
      row(1_000_000 + ROWS - 4),
      row(1_000_000),
      row(1),
    ]);
  });

  it('keeps NULL from the first one on, and forgets it when the slot is written again', () => {
    const { store } = filled();
    const slots = ascending.map((r) => 200_000 + r);
    store.write(batch(0, 2), ascending, slots, ROWS);
    expect(read(store, [200_000, 200_001, 200_002, 5, SLOTS - 1])).toEqual([
      [null, null, null],
      row(1),
      [null, null, null],
      row(5),
      row(SLOTS - 1),
    ]);
    store.write(batch(50), ascending, slots, ROWS);
    expect(read(store, [200_000, 200_001])).toEqual([row(50), row(51)]);
  });

  it('is the same after a restore, with and without NULL', () => {
    for (const nulls of [0, 3]) {
      const { registry, store } = filled();
      store.write(batch(0, nulls), ascending, ascending, ROWS);
      const snapshot = new MemorySnapshot();
      registry.snapshot(snapshot.writer);
      const again = new StateRegistry();
      const restored = new RowStore(again, fields);
      again.restore(snapshot.reader);
      expect(read(restored, [0, 1, ...some])).toEqual(read(store, [0, 1, ...some]));
      restored.write(batch(9, 2), ascending, ascending, ROWS);
      expect(read(restored, [0, 1])).toEqual([[null, null, null], row(10)]);
    }
  });
});
