import { INT, type SqlType } from '../../types/sql-type.ts';
import { ColumnBuilder, type Value } from '../builder.ts';
import { ByteSlice } from '../byte-slice.ts';
import type { Column } from '../column.ts';
import { ArrayReader, ArrayWriter } from './array-codec.ts';
import { holdsMap } from './equality.ts';
import { MapReader, MapWriter } from './map-codec.ts';
import { RowReader, RowWriter } from './row-codec.ts';

/** A value in the form whose bytes are the same for all equal values: the entries of maps are in the order of their keys. */
type Canonical = (value: ByteSlice) => ByteSlice;

/** These rows of a column in their canonical form; the other rows are NULL. */
export function canonicalColumn(column: Column, rows: Int32Array, count: number): Column {
  if (column.layout !== 'bytes') return column;
  const canonical = canonicalOf(column.type);
  const { bytes, offsets, lengths, nulls } = column;
  const builder = new ColumnBuilder(column.type, column.length);
  const value = new ByteSlice();
  const wanted = rows.slice(0, count).sort();
  for (const row of wanted) {
    // A row may be named twice.
    if (row < builder.length) continue;
    while (builder.length < row) builder.appendNull();
    if (nulls !== null && nulls[row] === 1) builder.appendNull();
    else {
      value.view(bytes, offsets[row]!, lengths[row]!);
      builder.append(canonical(value));
    }
  }
  while (builder.length < column.length) builder.appendNull();
  return builder.finish();
}

function canonicalOf(type: SqlType): Canonical {
  switch (type.kind) {
    case 'map':
      return canonicalMap(type.key, type.value);
    case 'multiset':
      return canonicalMap(type.element, INT);
    case 'array': {
      const [reader, writer] = [new ArrayReader(type.element), new ArrayWriter(type.element)];
      const element = valueOf(type.element);
      return (value) => {
        reader.open(value);
        const values = Array.from({ length: reader.count }, (_, i) => element(reader.value(i)));
        return written((out) => writer.write(out, values));
      };
    }
    case 'row': {
      const types = type.fields.map((one) => one.type);
      const [reader, writer] = [new RowReader(types), new RowWriter(types)];
      const fields = types.map(valueOf);
      return (value) => {
        reader.open(value);
        const values = fields.map((field, i) => field(reader.value(i)));
        return written((out) => writer.write(out, values));
      };
    }
    default:
      return (value) => value;
  }
}

function valueOf(type: SqlType): (value: Value) => Value {
  if (!holdsMap(type)) return (value) => value;
  const canonical = canonicalOf(type);
  return (value) => (value === null ? null : canonical(value as ByteSlice));
}

function canonicalMap(key: SqlType, value: SqlType): Canonical {
  const [reader, writer] = [new MapReader(key, value), new MapWriter(key, value)];
  const [keyOf, ofValue] = [valueOf(key), valueOf(value)];
  return (map) => {
    reader.open(map);
    const keys = Array.from({ length: reader.count }, (_, i) => keyOf(reader.keys.value(i)));
    const order = keys.map((_, i) => i).sort((a, b) => compare(keys[a]!, keys[b]!));
    const values = order.map((i) => ofValue(reader.values.value(i)));
    return written((out) =>
      writer.write(
        out,
        order.map((i) => keys[i]!),
        values,
      ),
    );
  };
}

function written(write: (out: ByteSlice) => void): ByteSlice {
  const out = new ByteSlice();
  write(out);
  return out;
}

/** Any order that is total: NULL, then by value, texts by their bytes. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (!(a instanceof ByteSlice) || !(b instanceof ByteSlice)) return a < b ? -1 : a > b ? 1 : 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = a.bytes[a.offset + i]! - b.bytes[b.offset + i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
