import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ByteSlice } from '../../../../src/columnar/byte-slice.ts';
import { ColumnBuilder, type Value } from '../../../../src/columnar/builder.ts';
import type { Column } from '../../../../src/columnar/column.ts';
import { valueAt } from '../../../../src/columnar/row-view.ts';
import { createKeyTable, type StoredKeyTable } from '../../../../src/runtime/state/key-table.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  INT,
  TINYINT,
  VARCHAR,
  decimal,
  type SqlType,
} from '../../../../src/types/sql-type.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

function column(type: SqlType, values: readonly (Value | string)[]): Column {
  const builder = new ColumnBuilder(type);
  for (const value of values) {
    if (typeof value === 'string') builder.appendString(value);
    else builder.append(value);
  }
  return builder.finish();
}

function plain(value: Value): string {
  return value instanceof ByteSlice ? `'${value.toString()}'` : String(value);
}

const all = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

function upsert(table: StoredKeyTable, keys: readonly Column[]): { slots: number[]; fresh: number[] } {
  const count = keys[0]!.length;
  const slots = new Int32Array(count);
  const fresh = table.upsert(keys, all(count), count, slots);
  return { slots: [...slots], fresh: [...table.freshSlots.subarray(0, fresh)] };
}

const types: readonly SqlType[] = [BIGINT, INT, TINYINT, BOOLEAN, DOUBLE, VARCHAR, decimal(30, 2)];
function arbitrary(type: SqlType): fc.Arbitrary<Value | string> {
  const value: fc.Arbitrary<Value | string> =
    type.kind === 'bigint'
      ? fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
      : type.kind === 'decimal'
        ? fc.oneof(fc.bigInt(-3n, 3n), fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }))
        : type.kind === 'varchar'
          ? fc.string({ maxLength: 9, unit: fc.constantFrom('a', 'b', '\0', 'é') })
          : type.kind === 'boolean'
            ? fc.boolean()
            : type.kind === 'double'
              ? fc.constantFrom(0, 1.5, Infinity, -2, NaN)
              : fc.integer({ min: -100, max: 100 });
  return fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
}

describe('key table', () => {
  it('agrees with a map of texts through inserts, removals, finds and a restore, for every key shape', () => {
    const shapes = fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 4 });
    const steps = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(
          fc.record({
            rows: fc.array(fc.tuple(...shape.map(arbitrary)), { maxLength: 30 }),
            remove: fc.array(fc.nat(100), { maxLength: 10 }),
            restore: fc.boolean(),
          }),
          { maxLength: 8 },
        ),
      ),
    );
    fc.assert(
      fc.property(steps, ([shape, rounds]) => {
        let table = createKeyTable(shape);
        const model = new Map<string, number>();
        for (const round of rounds) {
          const keys = shape.map((type, p) =>
            column(
              type,
              round.rows.map((row) => row[p]!),
            ),
          );
          if (round.rows.length > 0) {
            const { slots, fresh } = upsert(table, keys);
            const freshLeft = new Set(fresh);
            slots.forEach((slot, row) => {
              const text = keys.map((key) => plain(valueAt(key, row))).join('|');
              const known = model.get(text);
              if (known === undefined) {
                expect(freshLeft.delete(slot)).toBe(true);
                expect([...model.values()]).not.toContain(slot);
                model.set(text, slot);
              } else expect(slot).toBe(known);
            });
            expect(freshLeft.size).toBe(0);
          }
          for (const pick of round.remove) {
            const entry = [...model][pick];
            if (entry === undefined) continue;
            table.remove(entry[1]);
            model.delete(entry[0]);
          }
          if (round.rows.length > 0) {
            const found = new Int32Array(round.rows.length);
            table.find(keys, all(found.length), found.length, found);
            found.forEach((slot, row) => {
              const text = keys.map((key) => plain(valueAt(key, row))).join('|');
              expect(slot).toBe(model.get(text) ?? -1);
            });
          }
          if (round.restore) {
            const snapshot = new MemorySnapshot();
            table.snapshot(snapshot.writer);
            table = createKeyTable(shape);
            table.restore(snapshot.reader);
          }
          expect(table.size).toBe(model.size);
          expect([...table.liveSlots()].sort((a, b) => a - b)).toEqual([...model.values()].sort((a, b) => a - b));
          const live = Int32Array.from(model.values());
          const parts = shape.map((_, p) => table.keyColumn(p, live, live.length));
          expect([...live].map((_, k) => parts.map((part) => plain(valueAt(part, k))).join('|'))).toEqual([
            ...model.keys(),
          ]);
        }
      }),
      { seed, numRuns: 300 },
    );
  });

  it('keeps 200,000 keys through segment splits, hands freed slots out again and stays the same after a restore', () => {
    const count = 200_000;
    const numbers = column(
      BIGINT,
      Array.from({ length: count }, (_, i) => BigInt(i) * 0x1_0000_0001n),
    );
    const names = column(
      VARCHAR,
      Array.from({ length: count }, (_, i) => `user-${i}-name`),
    );
    for (const [type, keys] of [
      [BIGINT, numbers],
      [VARCHAR, names],
    ] as const) {
      let table = createKeyTable([type]);
      const first = upsert(table, [keys]);
      expect(first.fresh.length).toBe(count);
      expect(upsert(table, [keys])).toEqual({ slots: first.slots, fresh: [] });
      for (let slot = 0; slot < count; slot += 2) table.remove(slot);
      const snapshot = new MemorySnapshot();
      table.snapshot(snapshot.writer);
      table = createKeyTable([type]);
      table.restore(snapshot.reader);
      const again = upsert(table, [keys]);
      expect(again.fresh.length).toBe(count / 2);
      expect(table.slotCount).toBe(count);
      expect(again.slots.filter((_, i) => i % 2 === 1)).toEqual(first.slots.filter((_, i) => i % 2 === 1));
      table.clear();
      expect(table.size).toBe(0);
      expect(upsert(table, [keys]).slots[0]).toBe(0);
    }
  });

  it('keeps a key longer than a page', () => {
    const long = 'x'.repeat(3_000_001);
    const table = createKeyTable([VARCHAR]);
    const { slots } = upsert(table, [column(VARCHAR, ['a', long, 'b', `${long}y`, long])]);
    expect(slots).toEqual([0, 1, 2, 3, 1]);
    const out = table.keyColumn(0, Int32Array.of(1, 2), 2);
    expect(plain(valueAt(out, 0))).toBe(`'${long}'`);
    expect(plain(valueAt(out, 1))).toBe("'b'");
  });

  it('has one slot for the empty key', () => {
    const table = createKeyTable([]);
    const slots = new Int32Array(3).fill(9);
    expect(table.upsert([], all(3), 3, slots)).toBe(1);
    expect([...slots]).toEqual([0, 0, 0]);
    expect(table.upsert([], all(3), 3, slots)).toBe(0);
    table.remove(0);
    expect(table.upsert([], all(3), 3, slots)).toBe(1);
  });
});
