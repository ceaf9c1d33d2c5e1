import { ColumnBuilder, type Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameValues } from '../../columnar/nested/equality.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowWriter } from '../../columnar/nested/row-codec.ts';
import { valueAt } from '../../columnar/row-view.ts';
import { INT, type NestedType } from '../../types/sql-type.ts';
import { partSeed, unit } from './numbers.ts';
import type { RandomField, Range } from './random-column.ts';

/** Elements of each ARRAY, entries of each MAP (keys that meet are one) and MULTISET. */
const ITEMS = 2;

type Part = (field: RandomField, n: number) => Column;

/** A column of nested values whose parts are generated columns. `part` makes the n-th of them. */
export function randomNestedColumn(type: NestedType, field: RandomField, rows: Range, part: Part): Column {
  const builder = new ColumnBuilder(type, rows.count);
  const out = new ByteSlice();
  const write = rowWriter(type, field, rows, part);
  for (let row = 0; row < rows.count; row++) {
    write(out, row);
    builder.append(out);
  }
  return builder.finish();
}

function rowWriter(
  type: NestedType,
  field: RandomField,
  rows: Range,
  part: Part,
): (out: ByteSlice, row: number) => void {
  const { length = ITEMS, varLen } = field.spec;
  const columns = (one: RandomField, from: number): Column[] => Array.from({ length }, (_, i) => part(one, from + i));
  const at = (list: readonly Column[], row: number): Value[] => {
    const isCut = varLen && length > 0;
    const count = isCut ? 1 + Math.floor(unit(partSeed(rows.seed, 0x6c656e), rows.first + row) * length) : list.length;
    return list.slice(0, count).map((column) => valueAt(column, row));
  };
  switch (type.kind) {
    case 'row': {
      const fields = field.parts.map((one, i) => part(one, i));
      const writer = new RowWriter(type.fields.map((one) => one.type));
      return (out, row) =>
        writer.write(
          out,
          fields.map((column) => valueAt(column, row)),
        );
    }
    case 'array': {
      const elements = columns(field.parts[0]!, 0);
      const writer = new ArrayWriter(type.element);
      return (out, row) => writer.write(out, at(elements, row));
    }
    case 'map':
    case 'multiset': {
      const [key, value] = type.kind === 'map' ? [type.key, type.value] : [type.element, INT];
      const keys = columns(field.parts[0]!, 0);
      const values = type.kind === 'map' ? columns(field.parts[1]!, length) : [];
      const writer = new MapWriter(key, value);
      const same = sameValues(key);
      return (out, row) => {
        const own = at(keys, row);
        const given = type.kind === 'map' ? at(values, row) : own.map(() => 1);
        const distinct = distinctEntries(own, given, same);
        writer.write(out, distinct.keys, distinct.values);
      };
    }
  }
}
