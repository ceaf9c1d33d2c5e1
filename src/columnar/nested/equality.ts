import { INT, type SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';
import { bytesEqual, ByteSlice } from '../byte-slice.ts';
import { ArrayReader } from './array-codec.ts';
import { MapReader } from './map-codec.ts';
import { RowReader } from './row-codec.ts';

/** Equality of two values that are not NULL; inside them NULL equals NULL and the order of a MAP does not count. */
export type Same = (a: Value, b: Value) => boolean;

export function sameValues(type: SqlType): Same {
  if (!holdsMap(type)) return samePlain;
  switch (type.kind) {
    case 'array':
      return sameArrays(type.element);
    case 'row':
      return sameRows(type.fields.map((one) => one.type));
    case 'map':
      return sameMaps(type.key, type.value);
    case 'multiset':
      return sameMaps(type.element, INT);
    default:
      return samePlain;
  }
}

/** Whether equal values of the type may differ in bytes. */
export function holdsMap(type: SqlType): boolean {
  switch (type.kind) {
    case 'map':
    case 'multiset':
      return true;
    case 'array':
      return holdsMap(type.element);
    case 'row':
      return type.fields.some((one) => holdsMap(one.type));
    default:
      return false;
  }
}

function samePlain(a: Value, b: Value): boolean {
  if (!(a instanceof ByteSlice)) return a === b || (a !== a && b !== b);
  return b instanceof ByteSlice && bytesEqual(a.bytes, a.offset, a.length, b.bytes, b.offset, b.length);
}

/** The place of a key (NULL is one) in an opened map, −1 where it is not. */
export function indexOfKey(map: MapReader, key: Value, same: Same, register?: ByteSlice): number {
  for (let i = 0; i < map.count; i++) if (sameOrNull(same, map.keys.value(i, register), key)) return i;
  return -1;
}

/** Entries with distinct keys: of one key the last value counts, at the place of the first. */
export function distinctEntries(
  keys: readonly Value[],
  values: readonly Value[],
  same: Same,
): { readonly keys: Value[]; readonly values: Value[] } {
  const kept: { keys: Value[]; values: Value[] } = { keys: [], values: [] };
  keys.forEach((key, i) => {
    let place = kept.keys.findIndex((one) => sameOrNull(same, one, key));
    if (place < 0) place = kept.keys.push(key) - 1;
    kept.values[place] = values[i] ?? null;
  });
  return kept;
}

/** As `same`, where NULL equals NULL. */
export function sameOrNull(same: Same, a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : same(a, b);
}

function sameArrays(element: SqlType): Same {
  const [left, right] = [new ArrayReader(element), new ArrayReader(element)];
  const same = sameValues(element);
  return (a, b) => {
    left.open(a as ByteSlice);
    right.open(b as ByteSlice);
    if (left.count !== right.count) return false;
    for (let i = 0; i < left.count; i++) if (!sameOrNull(same, left.value(i), right.value(i))) return false;
    return true;
  };
}

function sameRows(fields: readonly SqlType[]): Same {
  const [left, right] = [new RowReader(fields), new RowReader(fields)];
  const sames = fields.map(sameValues);
  return (a, b) => {
    left.open(a as ByteSlice);
    right.open(b as ByteSlice);
    return sames.every((same, i) => sameOrNull(same, left.value(i), right.value(i)));
  };
}

function sameMaps(key: SqlType, value: SqlType): Same {
  const [left, right] = [new MapReader(key, value), new MapReader(key, value)];
  const same = sameValues(value);
  const sameKey = sameValues(key);
  return (a, b) => {
    left.open(a as ByteSlice);
    right.open(b as ByteSlice);
    if (left.count !== right.count) return false;
    for (let i = 0; i < left.count; i++) {
      const place = indexOfKey(right, left.keys.value(i), sameKey);
      if (place < 0 || !sameOrNull(same, left.values.value(i), right.values.value(place))) return false;
    }
    return true;
  };
}
