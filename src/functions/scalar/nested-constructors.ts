import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameValues } from '../../columnar/nested/equality.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowWriter } from '../../columnar/nested/row-codec.ts';
import { arrayOf, mapOf, rowOf } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { commonElement, elementType, nestedBinding } from './nested-arguments.ts';

const array = scalar({
  name: 'ARRAY',
  category: 'collection',
  syntax: ['ARRAY[a, …]'],
  doc: 'An array of the values in their common type.',
  examples: [
    { sql: 'ARRAY[1, 2, NULL]', gives: '[1, 2, null]' },
    { sql: "ARRAY[ARRAY['a'], ARRAY['b', 'c']]", gives: '[[a], [b, c]]' },
  ],
  resolve({ types }) {
    const element = commonElement(types);
    if (element === undefined) return undefined;
    const writer = new ArrayWriter(element);
    return nestedBinding(
      types.map(() => element),
      arrayOf(element),
      (out: ByteSlice, ...values: Value[]) => writer.write(out, values),
      { nulls: 'custom' },
    );
  },
});

const map = scalar({
  name: 'MAP',
  category: 'collection',
  syntax: ['MAP[key, value, …]'],
  doc: 'A map of keys to values, in the order written; of a repeated key the last value counts.',
  examples: [
    { sql: "MAP['a', 1, 'b', 2]", gives: '{a=1, b=2}' },
    { sql: 'MAP[1, 2, 1, 3]', gives: '{1=3}' },
  ],
  resolve({ types }) {
    const key = commonElement(types.filter((_, i) => i % 2 === 0));
    const value = commonElement(types.filter((_, i) => i % 2 === 1));
    if (key === undefined || value === undefined || types.length % 2 !== 0) return undefined;
    const writer = new MapWriter(key, value);
    const same = sameValues(key);
    return nestedBinding(
      types.map((_, i) => (i % 2 === 0 ? key : value)),
      mapOf(key, value),
      (out: ByteSlice, ...parts: Value[]) => {
        const { keys, values } = distinctEntries(
          parts.filter((_, i) => i % 2 === 0),
          parts.filter((_, i) => i % 2 === 1),
          same,
        );
        writer.write(out, keys, values);
      },
      { nulls: 'custom' },
    );
  },
});

const row = scalar({
  name: 'ROW',
  category: 'collection',
  syntax: ['ROW(a, …)', '(a, b, …)'],
  doc: 'A row of the values; its fields are named EXPR$0, EXPR$1, … until a CAST to ROW<…> names them.',
  examples: [
    { sql: "ROW(1, 'foo', TRUE)", gives: '1,foo,true' },
    { sql: "CAST(ROW(1, 'foo') AS ROW<a INT, b VARCHAR>).b", gives: 'foo' },
  ],
  resolve({ types }) {
    if (types.length === 0) return undefined;
    const fields = types.map(elementType);
    const writer = new RowWriter(fields);
    return nestedBinding(
      fields,
      rowOf(fields.map((type, i) => ({ name: `EXPR$${i}`, type }))),
      (out: ByteSlice, ...values: Value[]) => writer.write(out, values),
      { nulls: 'custom' },
    );
  },
});

export const nestedConstructors = [array, map, row];
