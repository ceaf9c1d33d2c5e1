import type { Value } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import { isBinary, isInteger, isNested, isString, type SqlType } from '../../types/sql-type.ts';
import { formatValue } from '../../values/format-value.ts';
import { decodeValue, type NestedForm } from '../../values/nested/decode.ts';
import { valueReader } from '../../values/nested/nested-reader.ts';
import type { Zone } from '../../values/zone.ts';

/** A value as user functions see it. */
export type ToJs = (value: Value) => unknown;
/** What a user function gave as a value; undefined when it does not fit the type. The value may be a register. */
export type FromJs = (given: unknown) => Value | undefined;

export function toJs(type: SqlType, zone: Zone): ToJs {
  if (isNested(type)) return (value) => decodeValue(type, value, jsForm(zone));
  if (isString(type)) return (value) => (value === null ? null : (value as ByteSlice).toString());
  if (isBinary(type)) return (value) => (value === null ? null : (value as ByteSlice).toBytes());
  if (type.kind === 'decimal' || type.kind === 'date' || type.kind === 'time' || type.kind === 'timestamp') {
    return (value) => formatValue(type, value, zone, 'blink');
  }
  return (value) => value;
}

function jsForm(zone: Zone): NestedForm<unknown> {
  return {
    leaf: (type, value) => toJs(type, zone)(value),
    list: (items) => items,
    map: (entries) => new Map(entries),
    row: (items, names) => Object.fromEntries(items.map((item, i) => [names[i] ?? `f${i}`, item])),
  };
}

export function fromJs(type: SqlType, zone: Zone): FromJs {
  const read = presentFromJs(type, zone);
  return (given) => (given === null || given === undefined ? null : read(given));
}

const integerBits: Partial<Record<SqlType['kind'], number>> = { tinyint: 8, smallint: 16, int: 32 };

/** Strict about kinds: a number is no text, so that a mistake shows where it is made. */
function presentFromJs(type: SqlType, zone: Zone): FromJs {
  const bits = integerBits[type.kind];
  if (bits !== undefined) {
    const limit = 2 ** (bits - 1);
    return (given) => {
      const value = typeof given === 'bigint' ? Number(given) : given;
      return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit
        ? value
        : undefined;
    };
  }
  if (type.kind === 'bigint') {
    return (given) => {
      if (typeof given === 'bigint') return BigInt.asIntN(64, given) === given ? given : undefined;
      return typeof given === 'number' && Number.isSafeInteger(given) ? BigInt(given) : undefined;
    };
  }
  if (isString(type)) {
    const out = new ByteSlice();
    return (given) => {
      if (typeof given !== 'string') return undefined;
      out.setString(given);
      return out;
    };
  }
  if (isBinary(type)) return (given) => (given instanceof Uint8Array ? ByteSlice.ofBytes(given) : undefined);
  const read = valueReader(type, zone);
  switch (type.kind) {
    case 'boolean':
      return (given) => (typeof given === 'boolean' ? given : undefined);
    case 'float':
    case 'double':
    case 'interval-day':
      return (given) => (typeof given === 'number' ? given : undefined);
    case 'interval-month':
      return (given) => (typeof given === 'number' && Number.isInteger(given) ? given : undefined);
    case 'decimal':
      return (given) => (typeof given === 'string' || isFinite(given) ? (read(given) ?? undefined) : undefined);
    case 'date':
    case 'time':
    case 'timestamp':
      return (given) => (typeof given === 'string' || given instanceof Date ? (read(given) ?? undefined) : undefined);
    default:
      return (given) => (typeof given === 'object' ? read(given) : undefined);
  }
}

function isFinite(given: unknown): boolean {
  return typeof given === 'bigint' || (typeof given === 'number' && Number.isFinite(given));
}

/** A value for a message: short, and what kind of thing it is. */
export function describeJs(given: unknown, type: SqlType): string {
  switch (typeof given) {
    case 'string':
      return `the text ${JSON.stringify(given.length > 40 ? `${given.slice(0, 40)}…` : given)}`;
    case 'number':
    case 'bigint':
      return isInteger(type) || type.kind === 'decimal' || isString(type)
        ? `the ${typeof given} ${String(given)}`
        : `a ${typeof given}`;
    case 'object':
      if (given instanceof Promise) return 'a promise';
      return Array.isArray(given) ? 'an array' : `an object (${given?.constructor?.name ?? 'without prototype'})`;
    case 'undefined':
      return 'nothing';
    default:
      return `a ${typeof given}`;
  }
}
