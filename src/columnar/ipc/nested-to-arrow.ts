import type * as arrow from 'apache-arrow';
import { INT, type NestedType, type SqlType } from '../../types/sql-type.ts';
import { ByteSlice } from '../byte-slice.ts';
import { ColumnBuilder } from '../builder.ts';
import type { BytesColumn, Column } from '../column.ts';
import { ArrayReader } from '../nested/array-codec.ts';
import { MapReader } from '../nested/map-codec.ts';
import { RowReader } from '../nested/row-codec.ts';

/** What Arrow's `makeData` takes for a list, a struct or a map besides type, length and validity. */
interface NestedData {
  readonly valueOffsets?: Int32Array;
  readonly child?: arrow.Data;
  readonly children?: readonly arrow.Data[];
}

/** The parts of a nested column as Arrow data. `toData` makes data of a column of parts. */
export function nestedToArrow(
  column: BytesColumn & { readonly type: NestedType },
  length: number,
  toData: (part: Column, length: number, struct?: readonly Column[]) => arrow.Data,
): NestedData {
  const { type } = column;
  switch (type.kind) {
    case 'row': {
      const fields = rowColumns(
        type.fields.map((one) => one.type),
        column,
        length,
      );
      return { children: fields.map((one) => toData(one, length)) };
    }
    case 'array': {
      const { offsets, parts } = listColumns([type.element], column, length);
      return { valueOffsets: offsets, child: toData(parts[0]!, parts[0]!.length) };
    }
    case 'map':
      return mapData(type.key, type.value);
    case 'multiset':
      return mapData(type.element, INT);
  }

  function mapData(key: SqlType, value: SqlType): NestedData {
    const { offsets, parts } = listColumns([key, value], column, length);
    const [keys, values] = parts as [Column, Column];
    return { valueOffsets: offsets, child: toData(keys, keys.length, [keys, values]) };
  }
}

function rowColumns(types: readonly SqlType[], column: BytesColumn, length: number): Column[] {
  const builders = types.map((type) => new ColumnBuilder(type, length));
  const reader = new RowReader(types);
  const register = new ByteSlice();
  eachValue(column, length, (slice) => {
    if (slice !== null) reader.open(slice);
    builders.forEach((builder, i) => builder.append(slice === null ? null : reader.value(i, register)));
  });
  return builders.map((builder) => builder.finish());
}

/** The elements of all lists one after the other; of a map, keys and values. `offsets[row + 1]` is the end of a row's. */
function listColumns(
  types: readonly SqlType[],
  column: BytesColumn,
  length: number,
): { readonly offsets: Int32Array; readonly parts: readonly Column[] } {
  const builders = types.map((type) => new ColumnBuilder(type, length));
  const [first, second] = types as [SqlType, SqlType | undefined];
  const map = second === undefined ? undefined : new MapReader(first, second);
  const readers = map === undefined ? [new ArrayReader(first)] : [map.keys, map.values];
  const offsets = new Int32Array(length + 1);
  const register = new ByteSlice();
  let row = 0;
  eachValue(column, length, (slice) => {
    let count = 0;
    if (slice !== null) {
      if (map === undefined) readers[0]!.open(slice);
      else map.open(slice);
      count = readers[0]!.count;
      readers.forEach((reader, part) => {
        for (let i = 0; i < count; i++) builders[part]!.append(reader.value(i, register));
      });
    }
    offsets[row + 1] = offsets[row]! + count;
    row++;
  });
  return { offsets, parts: builders.map((builder) => builder.finish()) };
}

function eachValue(column: BytesColumn, length: number, visit: (slice: ByteSlice | null) => void): void {
  const slice = new ByteSlice();
  for (let row = 0; row < length; row++) {
    if (column.nulls?.[row] === 1) {
      visit(null);
      continue;
    }
    slice.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
    visit(slice);
  }
}
