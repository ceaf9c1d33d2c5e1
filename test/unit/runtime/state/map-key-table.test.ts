import { describe, expect, it } from 'vitest';
import { ColumnBuilder } from '../../../../src/columnar/builder.ts';
import { ByteSlice } from '../../../../src/columnar/byte-slice.ts';
import type { Column } from '../../../../src/columnar/column.ts';
import { MapReader, MapWriter } from '../../../../src/columnar/nested/map-codec.ts';
import { createKeyTable } from '../../../../src/runtime/state/key-table.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { BIGINT, INT, type SqlType } from '../../../../src/types/sql-type.ts';

const type: SqlType = { kind: 'map', key: INT, value: BIGINT };

function column(...maps: (readonly (readonly [number, bigint | null])[] | null)[]): Column {
  const builder = new ColumnBuilder(type);
  const writer = new MapWriter(INT, BIGINT);
  for (const map of maps) {
    const out = new ByteSlice();
    if (map === null) builder.appendNull();
    else {
      writer.write(
        out,
        map.map(([key]) => key),
        map.map(([, value]) => value),
      );
      builder.append(out);
    }
  }
  return builder.finish();
}

const keys = column(
  [
    [1, 5n],
    [-2, null],
  ],
  null,
  [
    [-2, null],
    [1, 5n],
  ],
  [[1, 5n]],
  [],
  [
    [1, 5n],
    [-2, 0n],
  ],
);

describe('keys that are maps', () => {
  it('are equal whatever the order of their entries', () => {
    const table = createKeyTable([type]);
    const slots = new Int32Array(6);
    expect(table.upsert([keys], Int32Array.of(0, 1, 2, 3, 4, 5), 6, slots)).toBe(5);
    expect([...slots]).toEqual([0, 1, 0, 2, 3, 4]);
    const found = new Int32Array(3);
    table.find(
      [
        column(
          [
            [-2, null],
            [1, 5n],
          ],
          [[7, 7n]],
          null,
        ),
      ],
      Int32Array.of(2, 0, 1),
      3,
      found,
    );
    expect([...found]).toEqual([1, 0, -1]);
  });

  it('come back with their entries in the order of the keys, also of a snapshot', () => {
    const table = createKeyTable([INT, type]);
    const numbers = new ColumnBuilder(INT);
    for (let i = 0; i < 6; i++) numbers.append(1);
    const slots = new Int32Array(2);
    table.upsert([numbers.finish(), keys], Int32Array.of(0, 2), 2, slots);
    const snapshot = new MemorySnapshot();
    table.snapshot(snapshot.writer);
    const restored = createKeyTable([INT, type]);
    restored.restore(snapshot.reader);
    const back = restored.keyColumn(1, slots, 1);
    if (back.layout !== 'bytes') throw new Error('a map is bytes');
    const value = new ByteSlice();
    value.view(back.bytes, back.offsets[0]!, back.lengths[0]!);
    const reader = new MapReader(INT, BIGINT).open(value);
    expect([restored.size, reader.keys.value(0), reader.keys.value(1)]).toEqual([1, -2, 1]);
  });
});
