import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameValues } from '../../columnar/nested/equality.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowWriter } from '../../columnar/nested/row-codec.ts';
import { valueAt } from '../../columnar/row-view.ts';
import { INT, type NestedType, type SqlType } from '../../types/sql-type.ts';

/** Elements of each ARRAY, entries of each MAP (keys that meet are one) and MULTISET. */
const ITEMS = 2;

/** A column of nested values whose parts are generated columns. `part` makes the n-th of them. */
export function randomNestedColumn(
  type: NestedType,
  count: number,
  part: (type: SqlType, n: number) => Column,
): Column {
  const builder = new ColumnBuilder(type, count);
  const out = new ByteSlice();
  const write = rowWriter(type, part);
  for (let row = 0; row < count; row++) {
    write(out, row);
    builder.append(out);
  }
  return builder.finish();
}

function rowWriter(
  type: NestedType,
  part: (type: SqlType, n: number) => Column,
): (out: ByteSlice, row: number) => void {
  const columns = (one: SqlType, from: number): Column[] =>
    Array.from({ length: ITEMS }, (_, i) => part(one, from + i));
  const at = (list: readonly Column[], row: number): Value[] => list.map((column) => valueAt(column, row));
  switch (type.kind) {
    case 'row': {
      const types = type.fields.map((one) => one.type);
      const fields = types.map((one, i) => part(one, i));
      const writer = new RowWriter(types);
      return (out, row) => writer.write(out, at(fields, row));
    }
    case 'array': {
      const elements = columns(type.element, 0);
      const writer = new ArrayWriter(type.element);
      return (out, row) => writer.write(out, at(elements, row));
    }
    case 'map':
    case 'multiset': {
      const [key, value] = type.kind === 'map' ? [type.key, type.value] : [type.element, INT];
      const keys = columns(key, 0);
      const values = type.kind === 'map' ? columns(value, ITEMS) : [];
      const writer = new MapWriter(key, value);
      const same = sameValues(key);
      return (out, row) => {
        const given = type.kind === 'map' ? at(values, row) : keys.map(() => 1);
        const distinct = distinctEntries(at(keys, row), given, same);
        writer.write(out, distinct.keys, distinct.values);
      };
    }
  }
}
