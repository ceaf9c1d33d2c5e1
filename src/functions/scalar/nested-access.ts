import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader } from '../../columnar/nested/array-codec.ts';
import { indexOfKey, sameValues } from '../../columnar/nested/equality.ts';
import { MapReader } from '../../columnar/nested/map-codec.ts';
import { RowReader } from '../../columnar/nested/row-codec.ts';
import type { CallSite, ScalarBinding, ScalarImplementation } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { layoutOf } from '../../types/layout.ts';
import { INT, isInteger, type MapType, type SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { fitsElement, nestedBinding } from './nested-arguments.ts';

type Kernel = ScalarImplementation['kernel'];

/** A kernel that hands out one part of a nested value: of bytes as a view, of a fixed layout as it is. */
function part(type: SqlType, find: (register: ByteSlice, ...args: never[]) => Value): Kernel {
  if (layoutOf(type) === 'bytes') {
    return (out: ByteSlice, ...args: never[]) => find(out, ...args) !== null;
  }
  const unused = new ByteSlice();
  return (...args: never[]) => find(unused, ...args);
}

const item = scalar({
  name: '[]',
  category: 'collection',
  syntax: ['array[index]', 'map[key]'],
  doc: 'The element of an array at an index from 1 on, or the value of a map for a key; NULL where there is none.',
  examples: [
    { sql: "ARRAY['a', 'b'][2]", gives: 'b' },
    { sql: "ARRAY['a', 'b'][3]", gives: null },
    { sql: "MAP['a', 1, 'b', 2]['b']", gives: '2' },
  ],
  resolve(site) {
    const [type] = site.types;
    if (type?.kind === 'array') return elementAt(type.element, site);
    return type?.kind === 'map' ? valueOf(type, site) : undefined;
  },
});

function elementAt(element: SqlType, { types, literals, context }: CallSite): ScalarBinding | undefined {
  const [array, index] = types as [SqlType, SqlType | undefined];
  if (index === undefined || !(isInteger(index) || index.kind === 'null')) return undefined;
  // Flink refuses a constant that can never be an index; Blink gives NULL.
  const constant = literals[1];
  if (context.compatibility === 'flink' && typeof constant === 'number' && constant < 1) return undefined;
  const reader = new ArrayReader(element);
  const kernel = part(element, (register, slice: ByteSlice, place: number) => {
    reader.open(slice);
    return place < 1 || place > reader.count ? null : reader.value(place - 1, register);
  });
  return nestedBinding([array, INT], element, kernel, { mayReturnNull: true });
}

function valueOf(map: MapType, { types }: CallSite): ScalarBinding | undefined {
  const [, key] = types;
  if (key === undefined || !fitsElement(key, map.key)) return undefined;
  const reader = new MapReader(map.key, map.value);
  const same = sameValues(map.key);
  const passed = new ByteSlice();
  const kernel = part(map.value, (register, slice: ByteSlice | null, wanted: Value) => {
    if (slice === null) return null;
    const place = indexOfKey(reader.open(slice), wanted, same, passed);
    return place < 0 ? null : reader.values.value(place, register);
  });
  return nestedBinding([map, map.key], map.value, kernel, { nulls: 'custom', mayReturnNull: true });
}

const field = scalar({
  name: '.',
  category: 'collection',
  syntax: ['row.field'],
  doc: 'A field of a row by its name; NULL where the row is NULL. Names are compared without case.',
  examples: [{ sql: 'CAST(ROW(1, ROW(2)) AS ROW<a INT, b ROW<c INT>>).b.c', gives: '2' }],
  resolve({ types, literals }) {
    const [row, name] = types;
    const [, wanted] = literals;
    if (row?.kind !== 'row' || name === undefined || !(wanted instanceof ByteSlice)) return undefined;
    const text = wanted.toString();
    const exact = row.fields.findIndex((one) => one.name === text);
    const place = exact >= 0 ? exact : row.fields.findIndex((one) => one.name.toLowerCase() === text.toLowerCase());
    const found = row.fields[place];
    if (found === undefined) return undefined;
    const reader = new RowReader(row.fields.map((one) => one.type));
    const kernel = part(found.type, (register, slice: ByteSlice) => reader.open(slice).value(place, register));
    return nestedBinding([row, name], found.type, kernel, { mayReturnNull: true });
  },
});

const element = scalar({
  name: 'ELEMENT',
  category: 'collection',
  syntax: ['ELEMENT(array)', 'ELEMENT(multiset)'],
  doc: 'The only element; NULL of nothing. More than one is an error.',
  examples: [
    { sql: 'ELEMENT(ARRAY[7])', gives: '7' },
    { sql: 'ELEMENT(CAST(NULL AS ARRAY<INT>))', gives: null },
  ],
  resolve({ types: [type, ...rest] }) {
    if ((type?.kind !== 'array' && type?.kind !== 'multiset') || rest.length > 0) return undefined;
    // The list of elements comes first in a MULTISET as well.
    const reader = new ArrayReader(type.element);
    const counts = type.kind === 'multiset' ? new ArrayReader(INT) : undefined;
    const kernel = part(type.element, (register, slice: ByteSlice) => {
      reader.open(slice);
      if (reader.count === 0) return null;
      const times = Number(counts?.openAt(slice.bytes, slice.offset + reader.size).value(0) ?? 1);
      if (reader.count > 1 || times > 1) {
        throw new SluiceError('VALUE_INVALID', `ELEMENT got ${Math.max(reader.count, times)} elements`, {
          hint: 'It takes at most one; take one of several by array[index].',
        });
      }
      return reader.value(0, register);
    });
    return nestedBinding([type], type.element, kernel, { mayReturnNull: true });
  },
});

const cardinality = scalar({
  name: 'CARDINALITY',
  category: 'collection',
  syntax: ['CARDINALITY(array)', 'CARDINALITY(map)', 'CARDINALITY(multiset)'],
  doc: 'The number of elements or entries.',
  examples: [
    { sql: 'CARDINALITY(ARRAY[1, 2, 3])', gives: '3' },
    { sql: "CARDINALITY(MAP['a', 1])", gives: '1' },
  ],
  resolve({ types: [type, ...rest] }) {
    if (rest.length > 0) return undefined;
    if (type?.kind === 'multiset') {
      const reader = new MapReader(type.element, INT);
      return nestedBinding([type], INT, (slice: ByteSlice) => {
        const { values, count } = reader.open(slice);
        let total = 0;
        for (let i = 0; i < count; i++) total += Number(values.value(i));
        return total;
      });
    }
    if (type?.kind !== 'array' && type?.kind !== 'map') return undefined;
    // A MAP begins with the list of its keys.
    const reader = new ArrayReader(type.kind === 'array' ? type.element : type.key);
    return nestedBinding([type], INT, (slice: ByteSlice) => reader.open(slice).count);
  },
});

export const nestedAccess = [item, field, element, cardinality];
