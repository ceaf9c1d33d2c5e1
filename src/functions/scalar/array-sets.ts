import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader, ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { sameOrNull, sameValues } from '../../columnar/nested/equality.ts';
import type { FunctionExample, ScalarFunction } from '../../contracts/function.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { commonArray, nestedBinding } from './nested-arguments.ts';

/** Lists of one element type, as the functions below combine them. */
type Combine = (
  lists: readonly (readonly Value[])[],
  holds: (list: readonly Value[], value: Value) => boolean,
) => Value[];

function combining(
  name: string,
  docs: { readonly syntax: string; readonly doc: string; readonly example: FunctionExample },
  count: { readonly least: number; readonly most: number },
  combine: Combine,
): ScalarFunction {
  return scalar({
    name,
    category: 'collection',
    syntax: [docs.syntax],
    doc: docs.doc,
    examples: [docs.example],
    resolve({ types }) {
      const type = commonArray(types);
      if (type === undefined || types.length < count.least || types.length > count.most) return undefined;
      return nestedBinding(
        types.map(() => type),
        type,
        kernelOf(type.element, combine),
      );
    },
  });
}

function kernelOf(element: SqlType, combine: Combine): (out: ByteSlice, ...arrays: ByteSlice[]) => void {
  const reader = new ArrayReader(element);
  const writer = new ArrayWriter(element);
  const same = sameValues(element);
  const holds = (list: readonly Value[], value: Value): boolean => list.some((one) => sameOrNull(same, one, value));
  return (out, ...arrays) => {
    const lists = arrays.map((array) => {
      reader.open(array);
      return Array.from({ length: reader.count }, (_, i) => reader.value(i));
    });
    writer.write(out, combine(lists, holds));
  };
}

/** Each value once, at its first place, where `keep` wants it. */
function distinct(
  list: readonly Value[],
  holds: (list: readonly Value[], value: Value) => boolean,
  keep: (value: Value) => boolean = () => true,
): Value[] {
  const kept: Value[] = [];
  for (const value of list) if (keep(value) && !holds(kept, value)) kept.push(value);
  return kept;
}

export const arraySets = [
  combining(
    'ARRAY_DISTINCT',
    {
      syntax: 'ARRAY_DISTINCT(array)',
      doc: 'Each element once, in the order of their first places.',
      example: { sql: 'ARRAY_DISTINCT(ARRAY[2, 1, 2, NULL, NULL])', gives: '[2, 1, null]' },
    },
    { least: 1, most: 1 },
    ([list = []], holds) => distinct(list, holds),
  ),
  combining(
    'ARRAY_CONCAT',
    {
      syntax: 'ARRAY_CONCAT(array, …)',
      doc: 'The arrays one after the other; NULL if any is NULL.',
      example: { sql: 'ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3])', gives: '[1, 2, 3]' },
    },
    { least: 1, most: Infinity },
    (lists) => lists.flat(),
  ),
  combining(
    'ARRAY_UNION',
    {
      syntax: 'ARRAY_UNION(a, b)',
      doc: 'Each element of both arrays once.',
      example: { sql: 'ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])', gives: '[1, 2, 3]' },
    },
    { least: 2, most: 2 },
    (lists, holds) => distinct(lists.flat(), holds),
  ),
  combining(
    'ARRAY_EXCEPT',
    {
      syntax: 'ARRAY_EXCEPT(a, b)',
      doc: 'Each element of the first array once that the second does not hold.',
      example: { sql: 'ARRAY_EXCEPT(ARRAY[1, 2, 3, 3], ARRAY[2])', gives: '[1, 3]' },
    },
    { least: 2, most: 2 },
    ([first = [], second = []], holds) => distinct(first, holds, (value) => !holds(second, value)),
  ),
  combining(
    'ARRAY_INTERSECT',
    {
      syntax: 'ARRAY_INTERSECT(a, b)',
      doc: 'Each element of the first array once that the second holds as well.',
      example: { sql: 'ARRAY_INTERSECT(ARRAY[1, 1, 2, 3], ARRAY[3, 1])', gives: '[1, 3]' },
    },
    { least: 2, most: 2 },
    ([first = [], second = []], holds) => distinct(first, holds, (value) => holds(second, value)),
  ),
  combining(
    'ARRAY_REVERSE',
    {
      syntax: 'ARRAY_REVERSE(array)',
      doc: 'The elements from the last to the first.',
      example: { sql: 'ARRAY_REVERSE(ARRAY[1, 2, 3])', gives: '[3, 2, 1]' },
    },
    { least: 1, most: 1 },
    ([list = []]) => [...list].reverse(),
  ),
];
