import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader, ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameValues } from '../../columnar/nested/equality.ts';
import { MapReader, MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowWriter } from '../../columnar/nested/row-codec.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { commonType } from '../../types/coercion.ts';
import { arrayOf, mapOf, rowOf } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { nestedBinding } from './nested-arguments.ts';

const keys = scalar({
  name: 'MAP_KEYS',
  category: 'collection',
  syntax: ['MAP_KEYS(map)'],
  doc: 'The keys of a map as an array, in order of insertion.',
  examples: [{ sql: "MAP_KEYS(MAP['a', 1, 'b', 2])", gives: '[a, b]' }],
  resolve({ types: [map, ...rest] }) {
    if (map?.kind !== 'map' || rest.length > 0) return undefined;
    const reader = new ArrayReader(map.key);
    // A map begins with the list of its keys.
    const kernel = (out: ByteSlice, slice: ByteSlice): void =>
      out.view(slice.bytes, slice.offset, reader.open(slice).size);
    return nestedBinding([map], arrayOf(map.key), kernel);
  },
});

const values = scalar({
  name: 'MAP_VALUES',
  category: 'collection',
  syntax: ['MAP_VALUES(map)'],
  doc: 'The values of a map as an array, in order of insertion.',
  examples: [{ sql: "MAP_VALUES(MAP['a', 1, 'b', 2])", gives: '[1, 2]' }],
  resolve({ types: [map, ...rest] }) {
    if (map?.kind !== 'map' || rest.length > 0) return undefined;
    const reader = new ArrayReader(map.key);
    const kernel = (out: ByteSlice, slice: ByteSlice): void => {
      const { size } = reader.open(slice);
      out.view(slice.bytes, slice.offset + size, slice.length - size);
    };
    return nestedBinding([map], arrayOf(map.value), kernel);
  },
});

const entries = scalar({
  name: 'MAP_ENTRIES',
  category: 'collection',
  syntax: ['MAP_ENTRIES(map)'],
  doc: 'The entries of a map as an array of rows with the fields `key` and `value`.',
  examples: [{ sql: "MAP_ENTRIES(MAP['a', 1])[1].`value`", gives: '1' }],
  resolve({ types: [map, ...rest] }) {
    if (map?.kind !== 'map' || rest.length > 0) return undefined;
    const entry = rowOf([
      { name: 'key', type: map.key },
      { name: 'value', type: map.value },
    ]);
    const reader = new MapReader(map.key, map.value);
    const rows = new RowWriter([map.key, map.value]);
    const writer = new ArrayWriter(entry);
    const kernel = (out: ByteSlice, slice: ByteSlice): void => {
      const opened = reader.open(slice);
      const list = Array.from({ length: opened.count }, (_, i) => {
        const row = new ByteSlice();
        rows.write(row, [opened.keys.value(i), opened.values.value(i)]);
        return row;
      });
      writer.write(out, list);
    };
    return nestedBinding([map], arrayOf(entry), kernel);
  },
});

const fromArrays = scalar({
  name: 'MAP_FROM_ARRAYS',
  category: 'collection',
  syntax: ['MAP_FROM_ARRAYS(keys, values)'],
  doc: 'A map of an array of keys and an array of as many values; of a repeated key the last value counts.',
  examples: [{ sql: "MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])", gives: '{a=1, b=2}' }],
  resolve({ types: [keyList, valueList, ...rest] }) {
    if (keyList?.kind !== 'array' || valueList?.kind !== 'array' || rest.length > 0) return undefined;
    const keyReader = new ArrayReader(keyList.element);
    const valueReader = new ArrayReader(valueList.element);
    const same = sameValues(keyList.element);
    const writer = new MapWriter(keyList.element, valueList.element);
    const kernel = (out: ByteSlice, keySlice: ByteSlice, valueSlice: ByteSlice): void => {
      const { count } = keyReader.open(keySlice);
      if (valueReader.open(valueSlice).count !== count) {
        throw new SluiceError('VALUE_INVALID', `MAP_FROM_ARRAYS got ${count} keys and ${valueReader.count} values`);
      }
      const distinct = distinctEntries(listOf(keyReader), listOf(valueReader), same);
      writer.write(out, distinct.keys, distinct.values);
    };
    return nestedBinding([keyList, valueList], mapOf(keyList.element, valueList.element), kernel);
  },
});

const union = scalar({
  name: 'MAP_UNION',
  category: 'collection',
  syntax: ['MAP_UNION(map, …)'],
  doc: 'The entries of all maps; of a repeated key the value of the last map counts. NULL if any is NULL.',
  examples: [{ sql: "MAP_UNION(MAP['a', 1], MAP['a', 2, 'b', 3])", gives: '{a=2, b=3}' }],
  resolve({ types }) {
    const map = commonType(types, 'values');
    if (map?.kind !== 'map') return undefined;
    const reader = new MapReader(map.key, map.value);
    const writer = new MapWriter(map.key, map.value);
    const same = sameValues(map.key);
    const kernel = (out: ByteSlice, ...maps: ByteSlice[]): void => {
      const allKeys: Value[] = [];
      const allValues: Value[] = [];
      for (const slice of maps) {
        reader.open(slice);
        allKeys.push(...listOf(reader.keys));
        allValues.push(...listOf(reader.values));
      }
      const distinct = distinctEntries(allKeys, allValues, same);
      writer.write(out, distinct.keys, distinct.values);
    };
    return nestedBinding(
      types.map(() => map),
      map,
      kernel,
    );
  },
});

function listOf(reader: ArrayReader): Value[] {
  return Array.from({ length: reader.count }, (_, i) => reader.value(i));
}

export const mapFunctions = [keys, values, entries, fromArrays, union];
