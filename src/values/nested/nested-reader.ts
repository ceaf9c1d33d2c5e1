import type { Value } from '../../columnar/builder.ts';
import { encodeUtf8, ByteSlice } from '../../columnar/byte-slice.ts';
import { allocateValues, type FixedValues } from '../../columnar/column.ts';
import { readI128 } from '../../columnar/i128.ts';
import { ArrayWriter } from '../../columnar/nested/array-codec.ts';
import { distinctEntries, sameOrNull, sameValues } from '../../columnar/nested/equality.ts';
import { MapWriter } from '../../columnar/nested/map-codec.ts';
import { RowWriter } from '../../columnar/nested/row-codec.ts';
import { layoutOf } from '../../types/layout.ts';
import { INT, isBinary, isString, type RowField, type SqlType } from '../../types/sql-type.ts';
import { columnParser } from '../column-parser.ts';
import type { Zone } from '../zone.ts';
import { JsonNumber } from './json-tree.ts';

/**
 * A JavaScript value as a value of the type; undefined when it does not fit. ARRAY takes arrays, MAP a Map, an object or
 * an array of pairs, MULTISET a Map of counts or an array, ROW an array of all fields or an object (absent fields are
 * NULL), the rest what their text form takes.
 */
export type ValueReader = (given: unknown) => Value | undefined;

export function valueReader(type: SqlType, zone: Zone): ValueReader {
  const read = presentReader(type, zone);
  return (given) => (given === null || given === undefined ? null : read(given));
}

function presentReader(type: SqlType, zone: Zone): ValueReader {
  switch (type.kind) {
    case 'array':
      return arrayReader(type.element, zone);
    case 'map':
      return mapReader(type.key, type.value, zone);
    case 'multiset':
      return multisetReader(type.element, zone);
    case 'row':
      return rowReader(type.fields, zone);
    default:
      return leafReader(type, zone);
  }
}

function arrayReader(element: SqlType, zone: Zone): ValueReader {
  const read = valueReader(element, zone);
  const writer = new ArrayWriter(element);
  return (given) => {
    const values = isList(given) ? readAll(given, read) : undefined;
    return values === undefined ? undefined : written((out) => writer.write(out, values));
  };
}

function mapReader(key: SqlType, value: SqlType, zone: Zone): ValueReader {
  const [readKey, readValue] = [valueReader(key, zone), valueReader(value, zone)];
  const writer = new MapWriter(key, value);
  const same = sameValues(key);
  return (given) => {
    const entries = entriesOf(given);
    if (entries === undefined) return undefined;
    const keys = readAll(
      entries.map((one) => one[0]),
      readKey,
    );
    const values = readAll(
      entries.map((one) => one[1]),
      readValue,
    );
    if (keys === undefined || values === undefined) return undefined;
    const distinct = distinctEntries(keys, values, same);
    return written((out) => writer.write(out, distinct.keys, distinct.values));
  };
}

function multisetReader(element: SqlType, zone: Zone): ValueReader {
  const counted = mapReader(element, INT, zone);
  const read = valueReader(element, zone);
  const writer = new MapWriter(element, INT);
  const same = sameValues(element);
  return (given) => {
    if (!isList(given)) return counted(given);
    const values = readAll(given, read);
    if (values === undefined) return undefined;
    const keys: Value[] = [];
    const counts: number[] = [];
    for (const value of values) {
      const place = keys.findIndex((one) => sameOrNull(same, one, value));
      if (place >= 0) counts[place]!++;
      else counts[keys.push(value) - 1] = 1;
    }
    return written((out) => writer.write(out, keys, counts));
  };
}

function rowReader(fields: readonly RowField[], zone: Zone): ValueReader {
  const readers = fields.map((one) => valueReader(one.type, zone));
  const writer = new RowWriter(fields.map((one) => one.type));
  return (given) => {
    const cells = isList(given) ? given : membersOf(given, fields);
    if (cells?.length !== fields.length) return undefined;
    const values: Value[] = [];
    for (const [i, cell] of cells.entries()) {
      const value = readers[i]!(cell);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return written((out) => writer.write(out, values));
  };
}

/** Values that are not nested: their text is parsed. */
function leafReader(type: SqlType, zone: Zone): ValueReader {
  if (type.kind === 'null') return () => undefined;
  const layout = layoutOf(type);
  if (layout === 'bytes') {
    return (given) => {
      if (given instanceof Uint8Array) return ByteSlice.ofBytes(given);
      const text = textOf(given);
      if (text === undefined) return isString(type) ? ByteSlice.ofString(JSON.stringify(plain(given))) : undefined;
      const hex = isBinary(type) && /^0x([0-9a-f]{2})*$/i.test(text);
      return hex ? ByteSlice.ofBytes(Buffer.from(text.slice(2), 'hex')) : ByteSlice.ofString(text);
    };
  }
  const parse = columnParser(type, zone);
  const values: FixedValues = allocateValues(layout, 1);
  return (given) => {
    const text = textOf(given);
    if (text === undefined) return undefined;
    const bytes = encodeUtf8(text);
    if (!parse(bytes, 0, bytes.length, values, 0)) return undefined;
    if (layout === 'bool') return values[0] === 1;
    return layout === 'i128' ? readI128(values as BigInt64Array, 0) : values[0]!;
  };
}

function textOf(given: unknown): string | undefined {
  if (given instanceof Date) return given.toISOString().replace('T', ' ').replace('Z', '');
  if (given instanceof JsonNumber) return given.text;
  return typeof given === 'object' ? undefined : `${given as string | number | bigint | boolean}`;
}

/** What a JSON object or array is where a text is wanted, for JSON.stringify. */
function plain(given: unknown): unknown {
  if (given instanceof JsonNumber) return Number(given.text);
  if (given instanceof Map) return Object.fromEntries([...given].map(([key, item]) => [String(key), plain(item)]));
  return Array.isArray(given) ? given.map(plain) : given;
}

function readAll(given: readonly unknown[], read: ValueReader): Value[] | undefined {
  const values: Value[] = [];
  for (const one of given) {
    const value = read(one);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function entriesOf(given: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (given instanceof Map) return [...(given as Map<unknown, unknown>)];
  if (isList(given)) {
    return given.every((one) => isList(one) && one.length === 2)
      ? (given as readonly (readonly [unknown, unknown])[])
      : undefined;
  }
  return isObject(given) ? Object.entries(given) : undefined;
}

/** The cells of an object by the names of the fields: as written, else without case. */
function membersOf(given: unknown, fields: readonly RowField[]): readonly unknown[] | undefined {
  const members =
    given instanceof Map
      ? (given as Map<string, unknown>)
      : isObject(given)
        ? new Map(Object.entries(given))
        : undefined;
  if (members === undefined) return undefined;
  const byLower = new Map([...members].map(([name, value]) => [String(name).toLowerCase(), value]));
  return fields.map(({ name }) => (members.has(name) ? members.get(name) : byLower.get(name.toLowerCase())));
}

function isList(given: unknown): given is readonly unknown[] {
  return Array.isArray(given) || (ArrayBuffer.isView(given) && !(given instanceof DataView));
}

function isObject(given: unknown): given is Record<string, unknown> {
  return (
    typeof given === 'object' &&
    given !== null &&
    !(given instanceof Date) &&
    !(given instanceof JsonNumber) &&
    !(given instanceof ByteSlice)
  );
}

function written(write: (out: ByteSlice) => void): ByteSlice {
  const out = new ByteSlice();
  write(out);
  return out;
}
