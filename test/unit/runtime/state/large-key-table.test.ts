import { describe, expect, it } from 'vitest';
import { bytesColumn, fixedColumn, type Column } from '../../../../src/columnar/column.ts';
import { LinearHost } from '../../../../src/columnar/linear/linear-memory.ts';
import { createKeyTable, type StoredKeyTable } from '../../../../src/runtime/state/key-table.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { BIGINT, DOUBLE, INT, VARCHAR, type SqlType } from '../../../../src/types/sql-type.ts';

/** More than fill a page of keys (1 MiB) and a segment of the index, so that the table lies in a linear memory. */
const keyCount = (types: readonly SqlType[]): number => (types[0]!.kind === 'int' ? 140_000 : 90_000);
const BATCH = 3000;
/** Rows of a batch whose keys came in the batch before. */
const OVERLAP = 300;

const all = Int32Array.from({ length: BATCH }, (_, i) => i);

/** The key of a number: spread over all 64 bits, so that both words of a key count. */
function keysOf(type: SqlType, numbers: readonly number[], nullAt = -1): Column {
  const nulls = nullAt < 0 ? null : Uint8Array.from(numbers, (_, i) => (i === nullAt ? 1 : 0));
  if (type.kind === 'int') return fixedColumn(INT, Int32Array.from(numbers), numbers.length, nulls);
  if (type.kind === 'double')
    return fixedColumn(
      DOUBLE,
      Float64Array.from(numbers, (n) => n / 3),
      numbers.length,
      nulls,
    );
  if (type.kind === 'bigint') {
    const values = BigInt64Array.from(numbers, (n) => BigInt.asIntN(64, BigInt(n) * 0x9e3779b97f4a7c15n));
    return fixedColumn(BIGINT, values, numbers.length, nulls);
  }
  const texts = numbers.map((n) => Buffer.from(`key ${n} ${'x'.repeat(n % 9)}`));
  const offsets = new Int32Array(texts.length);
  for (let i = 1; i < texts.length; i++) offsets[i] = offsets[i - 1]! + texts[i - 1]!.length;
  const lengths = Int32Array.from(texts, (text) => text.length);
  return bytesColumn(VARCHAR, { bytes: new Uint8Array(Buffer.concat(texts)), offsets, lengths }, numbers.length, nulls);
}

/** One key column or two. */
const shapes: Record<string, readonly SqlType[]> = {
  'one word': [INT],
  'two words': [BIGINT],
  'a double': [DOUBLE],
  'a text': [VARCHAR],
  'several parts': [BIGINT, VARCHAR],
};

/** Adds the keys 0, 7, 14 …, some of them twice. @returns key → slot */
function fill(types: readonly SqlType[], table: StoredKeyTable): Map<number, number> {
  const model = new Map<number, number>();
  const slots = new Int32Array(BATCH);
  for (let from = 0; model.size < keyCount(types); from += BATCH - OVERLAP) {
    const numbers = Array.from({ length: BATCH }, (_, i) => (from + (i % 16 === 15 ? i - 1 : i)) * 7);
    const columns = types.map((type) => keysOf(type, numbers));
    const fresh = table.upsert(columns, all, BATCH, slots);
    const before = model.size;
    numbers.forEach((number, i) => {
      if (!model.has(number)) model.set(number, slots[i]!);
      else if (model.get(number) !== slots[i]!) throw new Error(`key ${number} got another slot`);
    });
    if (fresh !== model.size - before) throw new Error(`${fresh} fresh slots, ${model.size - before} new keys`);
  }
  return model;
}

function slotsOf(types: readonly SqlType[], table: StoredKeyTable, numbers: readonly number[]): number[] {
  const found = new Int32Array(numbers.length);
  table.find(
    types.map((type) => keysOf(type, numbers)),
    Int32Array.from(numbers, (_, i) => i),
    numbers.length,
    found,
  );
  return [...found];
}

/** Known keys and unknown ones in turns. */
function mixed(model: ReadonlyMap<number, number>): { numbers: number[]; slots: number[] } {
  const numbers = [...model.keys()].filter((_, i) => i % 13 === 0).flatMap((number) => [number, number + 1]);
  return { numbers, slots: numbers.map((number) => model.get(number) ?? -1) };
}

describe('a key table larger than a page', () => {
  for (const [name, types] of Object.entries(shapes)) {
    it(`gives a key of ${name} the slot it had, and unknown keys none`, () => {
      const host = new LinearHost();
      const table = createKeyTable(types, host);
      const model = fill(types, table);
      expect(host.memory).toBeDefined();
      expect(table.size).toBe(model.size);
      const { numbers, slots } = mixed(model);
      expect(slotsOf(types, table, numbers)).toEqual(slots);
    });
  }

  it('finds the same in a linear memory as without one', () => {
    for (const types of Object.values(shapes)) {
      const plain = createKeyTable(types);
      const linear = createKeyTable(types, new LinearHost());
      const model = fill(types, plain);
      for (const [number, slot] of fill(types, linear))
        if (model.get(number) !== slot) expect(slot).toBe(model.get(number));
      expect(linear.bytes).toBe(plain.bytes);
    }
  });

  it('knows NULL besides its keys', () => {
    for (const type of [INT, BIGINT, VARCHAR]) {
      const table = createKeyTable([type], new LinearHost());
      const model = fill([type], table);
      const slots = new Int32Array(3);
      const three = Int32Array.of(0, 1, 2);
      expect(table.upsert([keysOf(type, [7, 7, 14], 1)], three, 3, slots)).toBe(1);
      expect([...slots]).toEqual([model.get(7), model.size, model.get(14)]);
      expect(table.upsert([keysOf(type, [0, 0, 0], 0)], three, 3, slots)).toBe(0);
      expect([...slots]).toEqual([model.size, model.get(0), model.get(0)]);
    }
  });

  it('forgets removed keys, hands their slots out again and survives a restore', () => {
    for (const types of Object.values(shapes)) {
      const table = createKeyTable(types, new LinearHost());
      const model = fill(types, table);
      const gone = [...model].filter((_, i) => i % 3 === 0);
      for (const [number, slot] of gone) {
        table.remove(slot);
        model.delete(number);
      }
      const { numbers, slots } = mixed(model);
      expect(slotsOf(types, table, numbers)).toEqual(slots);
      expect(slotsOf(types, table, gone.map(([number]) => number).slice(0, BATCH)).every((slot) => slot === -1)).toBe(
        true,
      );

      const snapshot = new MemorySnapshot();
      table.snapshot(snapshot.writer);
      const restored = createKeyTable(types, new LinearHost());
      restored.restore(snapshot.reader);
      expect(slotsOf(types, restored, numbers)).toEqual(slots);
      const again = new Int32Array(1);
      expect(
        restored.upsert(
          types.map((type) => keysOf(type, [1])),
          all,
          1,
          again,
        ),
      ).toBe(1);
      expect(gone.map(([, slot]) => slot)).toContain(again[0]);
    }
  });

  it('is empty after clear and takes its memory again', () => {
    for (const types of Object.values(shapes)) {
      const host = new LinearHost();
      const table = createKeyTable(types, host);
      for (let round = 0; round < 2; round++) {
        fill(types, table);
        table.clear();
        expect(table.size).toBe(0);
      }
      const before = host.memory?.bytes;
      const model = fill(types, table);
      expect(host.memory?.bytes).toBe(before);
      const { numbers, slots } = mixed(model);
      expect(slotsOf(types, table, numbers)).toEqual(slots);
    }
  });

  it('goes on in JavaScript where the memory is full', () => {
    for (const types of Object.values(shapes)) {
      const host = new LinearHost();
      const { memory } = host;
      if (memory === undefined) throw new Error('no memory');
      const { allocate } = memory;
      let left = 3;
      memory.allocate = () => (left-- > 0 ? allocate.call(memory) : undefined);
      const table = createKeyTable(types, host);
      const model = fill(types, table);
      expect(left).toBeLessThan(0);
      const { numbers, slots } = mixed(model);
      expect(slotsOf(types, table, numbers)).toEqual(slots);
    }
  });
});
