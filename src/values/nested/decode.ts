import { ArrayReader } from '../../columnar/nested/array-codec.ts';
import { MapReader } from '../../columnar/nested/map-codec.ts';
import { RowReader } from '../../columnar/nested/row-codec.ts';
import type { Value } from '../../columnar/builder.ts';
import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { INT, type NestedType, type SqlType } from '../../types/sql-type.ts';

/** What is made of one nested value and of what is inside it. */
export interface NestedForm<T> {
  /** A value that is not nested, or any NULL. */
  leaf(type: SqlType, value: Value): T;
  list(items: readonly T[]): T;
  /** Entries of a MAP, or elements of a MULTISET and how often they occur. */
  map(entries: readonly (readonly [T, T])[], type: NestedType): T;
  row(items: readonly T[], names: readonly string[]): T;
}

/** A value in another form, from the inside out. */
export function decodeValue<T>(type: SqlType, value: Value, form: NestedForm<T>): T {
  if (value === null) return form.leaf(type, null);
  switch (type.kind) {
    case 'array': {
      const list = new ArrayReader(type.element).open(value as ByteSlice);
      return form.list(Array.from({ length: list.count }, (_, i) => decodeValue(type.element, list.value(i), form)));
    }
    case 'row': {
      const row = new RowReader(type.fields.map((one) => one.type)).open(value as ByteSlice);
      const items = type.fields.map((one, i) => decodeValue(one.type, row.value(i), form));
      return form.row(
        items,
        type.fields.map((one) => one.name),
      );
    }
    case 'map':
      return form.map(entriesOf(type.key, type.value, value as ByteSlice, form), type);
    case 'multiset':
      return form.map(entriesOf(type.element, INT, value as ByteSlice, form), type);
    default:
      return form.leaf(type, value);
  }
}

function entriesOf<T>(key: SqlType, value: SqlType, slice: ByteSlice, form: NestedForm<T>): [T, T][] {
  const { keys, values, count } = new MapReader(key, value).open(slice);
  return Array.from({ length: count }, (_, i) => [
    decodeValue(key, keys.value(i), form),
    decodeValue(value, values.value(i), form),
  ]);
}
