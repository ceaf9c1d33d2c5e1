import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader, ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { sameOrNull, sameValues } from '../../columnar/nested/equality.ts';
import type { FunctionExample, ScalarBinding, ScalarFunction } from '../../contracts/function.ts';
import { BOOLEAN, INT, type ArrayType, type SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { fitsElement, nestedBinding } from './nested-arguments.ts';

/** A function over an array and something that could be one of its elements. */
function withElement(
  name: string,
  docs: { readonly doc: string; readonly examples: readonly FunctionExample[] },
  bind: (type: ArrayType) => ScalarBinding,
): ScalarFunction {
  return scalar({
    name,
    category: 'collection',
    syntax: [`${name}(array, element)`],
    ...docs,
    resolve({ types: [type, given, ...rest] }) {
      if (type?.kind !== 'array' || given === undefined || rest.length > 0) return undefined;
      return fitsElement(given, type.element) ? bind(type) : undefined;
    },
  });
}

/** The place of a value (NULL is one) from 0 on, −1 where it is not. */
function search(element: SqlType): (array: ByteSlice, wanted: Value) => number {
  const reader = new ArrayReader(element);
  const same = sameValues(element);
  const register = new ByteSlice();
  return (array, wanted) => {
    reader.open(array);
    for (let i = 0; i < reader.count; i++) if (sameOrNull(same, reader.value(i, register), wanted)) return i;
    return -1;
  };
}

const contains = withElement(
  'ARRAY_CONTAINS',
  {
    doc: 'Whether the array holds the element; NULL is found as well. NULL for a NULL array.',
    examples: [
      { sql: 'ARRAY_CONTAINS(ARRAY[1, 2], 2)', gives: 'true' },
      { sql: 'ARRAY_CONTAINS(ARRAY[1, NULL], NULL)', gives: 'true' },
    ],
  },
  (type) => {
    const find = search(type.element);
    const kernel = (array: ByteSlice | null, wanted: Value): boolean | null =>
      array === null ? null : find(array, wanted) >= 0;
    return nestedBinding([type, type.element], BOOLEAN, kernel, { nulls: 'custom', mayReturnNull: true });
  },
);

const position = withElement(
  'ARRAY_POSITION',
  {
    doc: 'The place of the first such element from 1 on, 0 where there is none. NULL if an argument is.',
    examples: [
      { sql: "ARRAY_POSITION(ARRAY['a', 'b'], 'b')", gives: '2' },
      { sql: "ARRAY_POSITION(ARRAY['a', 'b'], 'c')", gives: '0' },
    ],
  },
  (type) => {
    const find = search(type.element);
    return nestedBinding([type, type.element], INT, (array: ByteSlice, wanted: Value) => find(array, wanted) + 1);
  },
);

const remove = withElement(
  'ARRAY_REMOVE',
  {
    doc: 'The array without all elements equal to the given one, which may be NULL.',
    examples: [
      { sql: 'ARRAY_REMOVE(ARRAY[1, 2, 2, 3], 2)', gives: '[1, 3]' },
      { sql: 'ARRAY_REMOVE(ARRAY[1, NULL], NULL)', gives: '[1]' },
    ],
  },
  (type) => {
    const reader = new ArrayReader(type.element);
    const writer = new ArrayWriter(type.element);
    const same = sameValues(type.element);
    const kernel = (out: ByteSlice, array: ByteSlice | null, wanted: Value): boolean => {
      if (array === null) return false;
      reader.open(array);
      const kept: Value[] = [];
      for (let i = 0; i < reader.count; i++) {
        const value = reader.value(i);
        if (!sameOrNull(same, value, wanted)) kept.push(value);
      }
      writer.write(out, kept);
      return true;
    };
    return nestedBinding([type, type.element], type, kernel, { nulls: 'custom', mayReturnNull: true });
  },
);

/** @param place puts the new element in front or at the end */
function adding(
  name: string,
  docs: { readonly doc: string; readonly example: FunctionExample },
  front: boolean,
): ScalarFunction {
  return withElement(name, { doc: docs.doc, examples: [docs.example] }, (type) => {
    const reader = new ArrayReader(type.element);
    const writer = new ArrayWriter(type.element);
    const kernel = (out: ByteSlice, array: ByteSlice | null, added: Value): boolean => {
      if (array === null) return false;
      reader.open(array);
      const values: Value[] = front ? [added] : [];
      for (let i = 0; i < reader.count; i++) values.push(reader.value(i));
      if (!front) values.push(added);
      writer.write(out, values);
      return true;
    };
    return nestedBinding([type, type.element], type, kernel, { nulls: 'custom', mayReturnNull: true });
  });
}

export const arraySearches = [
  contains,
  position,
  remove,
  adding(
    'ARRAY_APPEND',
    {
      doc: 'The array with the element behind the others.',
      example: { sql: 'ARRAY_APPEND(ARRAY[1], 2)', gives: '[1, 2]' },
    },
    false,
  ),
  adding(
    'ARRAY_PREPEND',
    {
      doc: 'The array with the element before the others.',
      example: { sql: 'ARRAY_PREPEND(ARRAY[1], 2)', gives: '[2, 1]' },
    },
    true,
  ),
];
