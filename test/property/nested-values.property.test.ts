import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/columnar/builder.ts';
import { GrowingBytes } from '../../src/columnar/growing-bytes.ts';
import { bytesEqual, ByteSlice } from '../../src/columnar/byte-slice.ts';
import { ArrayReader, elementsOf } from '../../src/columnar/nested/array-codec.ts';
import { sameValues } from '../../src/columnar/nested/equality.ts';
import { RowReader } from '../../src/columnar/nested/row-codec.ts';
import * as types from '../../src/types/sql-type.ts';
import type { SqlType } from '../../src/types/sql-type.ts';
import { decodeValue, type NestedForm } from '../../src/values/nested/decode.ts';
import { jsonText } from '../../src/values/nested/nested-json.ts';
import { JsonDecoder } from '../../src/values/nested/json-decoder.ts';
import { jsonTree } from '../../src/values/nested/json-tree.ts';
import { valueReader } from '../../src/values/nested/nested-reader.ts';
import { timeZone } from '../../src/values/zone.ts';

const utc = timeZone('UTC');

interface Typed {
  readonly type: SqlType;
  readonly value: unknown;
}

/** A type with a generator of its values as JavaScript. */
interface Sample {
  readonly type: SqlType;
  readonly values: fc.Arbitrary<unknown>;
}

const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 4 });

const leaves: readonly Sample[] = [
  { type: types.BOOLEAN, values: fc.boolean() },
  { type: types.TINYINT, values: fc.integer({ min: -128, max: 127 }) },
  { type: types.SMALLINT, values: fc.integer({ min: -32768, max: 32767 }) },
  { type: types.INT, values: fc.integer() },
  { type: types.BIGINT, values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: types.DOUBLE, values: fc.double({ noDefaultInfinity: true, noNaN: true }).map((x) => (x === 0 ? 0 : x)) },
  { type: types.decimal(38, 0), values: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }) },
  { type: types.VARCHAR, values: fc.string({ unit: 'grapheme', maxLength: 40 }) },
];

const samples: fc.Arbitrary<Sample> = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...leaves),
    tie('any').map(({ type, values }) => ({
      type: types.arrayOf(type),
      values: fc.array(orNull(values), { maxLength: 12 }),
    })),
    fc.array(tie('any'), { minLength: 1, maxLength: 10 }).map((fields) => ({
      type: types.rowOf(fields.map((one, i) => ({ name: `f${i}`, type: one.type }))),
      values: fc.tuple(...fields.map((one) => orNull(one.values))),
    })),
    fc.tuple(fc.constantFrom(...leaves), tie('any')).map(([key, value]) => ({
      type: types.mapOf(key.type, value.type),
      values: fc.uniqueArray(fc.tuple(key.values, orNull(value.values)), {
        maxLength: 5,
        selector: ([k]) => String(k),
      }),
    })),
  ),
})).any;

const typed: fc.Arbitrary<Typed> = samples.chain(({ type, values }) => values.map((value) => ({ type, value })));

/** Back to the JavaScript the samples are made of. */
const asGiven: NestedForm<unknown> = {
  leaf: (_, value) => (value instanceof ByteSlice ? value.toString() : value),
  list: (items) => [...items],
  map: (entries) => entries.map((entry) => [...entry]),
  row: (items) => [...items],
};

function encode(type: SqlType, value: unknown): Value {
  const encoded = valueReader(type, utc)(value);
  if (encoded === undefined) throw new Error('the value does not fit its own type');
  return encoded;
}

/** The same value among other bytes, at an odd place. */
function moved(value: Value): Value {
  if (!(value instanceof ByteSlice)) return value;
  const bytes = new Uint8Array(value.length + 10).fill(0xaa);
  bytes.set(value.toBytes(), 3);
  const slice = new ByteSlice();
  slice.view(bytes, 3, value.length);
  return slice;
}

const runs = { numRuns: 300 };

describe('nested values in bytes', () => {
  it('come back as they were given, wherever their bytes lie', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        expect(decodeValue(type, moved(encode(type, value)), asGiven)).toEqual(value);
      }),
      runs,
    );
  });

  it('give an element or a field as the whole, decoded, has it', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const slice = moved(encode(type, value));
        if (!(slice instanceof ByteSlice)) return;
        if (type.kind === 'array') {
          const reader = new ArrayReader(type.element).open(slice);
          const all = elementsOf(type.element, slice);
          expect(reader.count).toBe((value as unknown[]).length);
          expect(reader.size).toBe(slice.length);
          for (let i = reader.count - 1; i >= 0; i--) {
            const one = decodeValue(type.element, reader.value(i), asGiven);
            expect(one).toEqual((value as unknown[])[i]);
            expect(one).toEqual(decodeValue(type.element, all[i]!, asGiven));
          }
        } else if (type.kind === 'row') {
          const reader = new RowReader(type.fields.map((one) => one.type)).open(slice);
          for (const [i, one] of [...type.fields.entries()].reverse()) {
            expect(decodeValue(one.type, reader.value(i), asGiven)).toEqual((value as unknown[])[i]);
          }
        }
      }),
      runs,
    );
  });

  it('are equal exactly when they were given equal, and then in bytes too where order is defined', () => {
    const pairs = samples.chain(({ type, values }) =>
      fc.tuple(values, values, fc.boolean()).map(([a, b, same]) => ({ type, a, b: same ? a : b })),
    );
    fc.assert(
      fc.property(pairs, ({ type, a, b }) => {
        const [left, right] = [encode(type, a), moved(encode(type, b))];
        const wanted = JSON.stringify(sorted(type, a), big) === JSON.stringify(sorted(type, b), big);
        expect(sameValues(type)(left, right)).toBe(wanted);
        if (
          wanted &&
          left instanceof ByteSlice &&
          right instanceof ByteSlice &&
          JSON.stringify(a, big) === JSON.stringify(b, big)
        ) {
          expect(bytesEqual(left.bytes, left.offset, left.length, right.bytes, right.offset, right.length)).toBe(true);
        }
      }),
      runs,
    );
  });

  it('come back from their JSON text, numbers with all their digits', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const text = ByteSlice.ofString(jsonText(type, encode(type, value), utc, 'blink'));
        const boxed = types.arrayOf(type);
        const out = new GrowingBytes(3);
        out.append(new Uint8Array([1, 2, 3]), 0, 3);
        const list = ByteSlice.ofString(`[${text.toString()}, null]`);
        expect(new JsonDecoder(boxed, utc).decode(out, list.bytes, list.offset, list.length)).toBe('value');
        const slice = new ByteSlice();
        slice.view(out.bytes, 3, out.length - 3);
        expect(decodeValue(boxed, slice, asGiven)).toEqual([value, null]);
        // The same bytes as by way of JavaScript values.
        const slow = valueReader(boxed, utc)(jsonTree(list.bytes, list.offset, list.length));
        expect(slow instanceof ByteSlice ? slow.toBytes() : slow).toEqual(slice.toBytes());
      }),
      runs,
    );
  });
});

const big = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

/** Entries of maps in one order, all the way down. */
function sorted(type: SqlType, value: unknown): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'array':
      return (value as unknown[]).map((one) => sorted(type.element, one));
    case 'row':
      return (value as unknown[]).map((one, i) => sorted(type.fields[i]!.type, one));
    case 'map':
      return (value as [unknown, unknown][])
        .map(([key, item]) => [key, sorted(type.value, item)])
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
    default:
      return value;
  }
}
