import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { ArrayReader, ArrayWriter } from '../../columnar/nested/array-codec.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { layoutOf } from '../../types/layout.ts';
import { BOOLEAN, INT, isInteger, isString, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { appendSlice } from './append-slice.ts';
import { comparatorOf } from './compare-kernels.ts';
import { hasOrder, nestedBinding, TEXT_ARRAY } from './nested-arguments.ts';

type Compare = (a: Value, b: Value) => number;

const sort = scalar({
  name: 'ARRAY_SORT',
  category: 'collection',
  syntax: ['ARRAY_SORT(array [, ascending [, nulls_first]])'],
  doc: 'The elements in order, ascending unless FALSE is said. NULLs stand first in ascending and last in descending order, or where the third argument puts them.',
  examples: [
    { sql: 'ARRAY_SORT(ARRAY[3, NULL, 1])', gives: '[null, 1, 3]' },
    { sql: 'ARRAY_SORT(ARRAY[3, NULL, 1], FALSE)', gives: '[3, 1, null]' },
    { sql: 'ARRAY_SORT(ARRAY[3, NULL, 1], TRUE, FALSE)', gives: '[1, 3, null]' },
  ],
  resolve({ types: [type, ...flags] }) {
    if (type?.kind !== 'array' || !hasOrder(type.element) || flags.length > 2) return undefined;
    if (!flags.every((flag) => flag.kind === 'boolean' || flag.kind === 'null')) return undefined;
    const reader = new ArrayReader(type.element);
    const writer = new ArrayWriter(type.element);
    const compare = comparatorOf(type.element) as unknown as Compare;
    const kernel = (out: ByteSlice, array: ByteSlice, ascending = true, nullsFirst = ascending): void => {
      reader.open(array);
      const values: Value[] = [];
      for (let i = 0; i < reader.count; i++) if (!reader.isNull(i)) values.push(reader.value(i));
      values.sort(ascending ? compare : (a, b) => compare(b, a));
      const nulls = new Array<null>(reader.count - values.length).fill(null);
      writer.write(out, nullsFirst ? [...nulls, ...values] : [...values, ...nulls]);
    };
    return nestedBinding([type, ...flags.map(() => BOOLEAN)], type, kernel);
  },
});

function extreme(name: 'ARRAY_MAX' | 'ARRAY_MIN', sign: 1 | -1, gives: string): ScalarFunction {
  return scalar({
    name,
    category: 'collection',
    syntax: [`${name}(array)`],
    doc: `The ${sign === 1 ? 'greatest' : 'smallest'} element; NULLs do not count, and of none the result is NULL.`,
    examples: [{ sql: `${name}(ARRAY[2, NULL, 1, 3])`, gives }],
    resolve({ types: [type, ...rest] }) {
      if (type?.kind !== 'array' || !hasOrder(type.element) || rest.length > 0) return undefined;
      const reader = new ArrayReader(type.element);
      const compare = comparatorOf(type.element) as unknown as Compare;
      const find = (array: ByteSlice): Value => {
        reader.open(array);
        let best: Value = null;
        for (let i = 0; i < reader.count; i++) {
          const value = reader.value(i);
          if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
        }
        return best;
      };
      const kernel =
        layoutOf(type.element) === 'bytes'
          ? (out: ByteSlice, array: ByteSlice): boolean => {
              const best = find(array);
              if (best instanceof ByteSlice) out.alias(best);
              return best !== null;
            }
          : find;
      return nestedBinding([type], type.element, kernel, { mayReturnNull: true });
    },
  });
}

const slice = scalar({
  name: 'ARRAY_SLICE',
  category: 'collection',
  syntax: ['ARRAY_SLICE(array, from [, to])'],
  doc: 'The elements from one place to another, both included and counted from 1; negative places count from the end, 0 is the first one, and what lies outside is left out.',
  examples: [
    { sql: 'ARRAY_SLICE(ARRAY[1, 2, 3, 4], 2, 3)', gives: '[2, 3]' },
    { sql: 'ARRAY_SLICE(ARRAY[1, 2, 3, 4], -2)', gives: '[3, 4]' },
  ],
  resolve({ types: [type, ...places] }) {
    if (type?.kind !== 'array' || places.length < 1 || places.length > 2) return undefined;
    if (!places.every((place) => isInteger(place) || place.kind === 'null')) return undefined;
    const reader = new ArrayReader(type.element);
    const writer = new ArrayWriter(type.element);
    const kernel = (out: ByteSlice, array: ByteSlice, from: number, to = -1): void => {
      const { count } = reader.open(array);
      const first = Math.max(1, from < 0 ? count + from + 1 : from);
      const last = Math.min(count, to < 0 ? count + to + 1 : Math.max(1, to));
      const kept: Value[] = [];
      for (let i = first; i <= last; i++) kept.push(reader.value(i - 1));
      writer.write(out, kept);
    };
    return nestedBinding([type, ...places.map(() => INT)], type, kernel);
  },
});

const join = scalar({
  name: 'ARRAY_JOIN',
  category: 'collection',
  syntax: ['ARRAY_JOIN(array, separator [, null_text])'],
  doc: 'The texts joined. NULLs are left out, or stand as the third argument.',
  examples: [
    { sql: "ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-')", gives: 'a-b' },
    { sql: "ARRAY_JOIN(ARRAY['a', NULL, 'b'], '-', '?')", gives: 'a-?-b' },
  ],
  resolve({ types: [type, ...texts] }) {
    if (type?.kind !== 'array' || texts.length < 1 || texts.length > 2) return undefined;
    if (![type.element, ...texts].every((one) => isString(one) || one.kind === 'null')) return undefined;
    const reader = new ArrayReader(VARCHAR);
    const register = new ByteSlice();
    const kernel = (out: ByteSlice, array: ByteSlice, separator: ByteSlice, nullText?: ByteSlice): void => {
      const { count } = reader.open(array);
      const target = out.reserve(array.length + count * (separator.length + (nullText?.length ?? 0)));
      let at = 0;
      let first = true;
      for (let i = 0; i < count; i++) {
        const text = (reader.value(i, register) ?? nullText ?? null) as ByteSlice | null;
        if (text === null) continue;
        if (!first) at = appendSlice(target, at, separator);
        at = appendSlice(target, at, text);
        first = false;
      }
      out.length = at;
    };
    return nestedBinding([TEXT_ARRAY, ...texts.map(() => VARCHAR)], VARCHAR, kernel);
  },
});

export const arrayOrders = [sort, extreme('ARRAY_MAX', 1, '3'), extreme('ARRAY_MIN', -1, '1'), slice, join];
