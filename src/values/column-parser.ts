import type { FixedValues } from '../columnar/column.ts';
import { writeI128 } from '../columnar/i128.ts';
import { InternalError } from '../errors/sluice-error.ts';
import { NARROW_DECIMAL_PRECISION, isFineTime, type SqlType } from '../types/sql-type.ts';
import { parseBoolean } from './parse-boolean.ts';
import {
  integerPartLength,
  isOnlyFraction,
  parseDecimal,
  parseDouble,
  parseInt64Into,
  parseInteger,
  parseSmallDecimal,
  storeExact,
} from './parse-number.ts';
import { parseDate, parseFineTimestamp, parseTime, parseTimestamp } from './parse-temporal.ts';
import type { Zone } from './zone.ts';

/** Parses a text into row `row` of a fixed-layout array; false, with the row unspecified, when the text does not fit. */
export type FieldParser = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  values: FixedValues,
  row: number,
) => boolean;

/**
 * The parser of source fields of a fixed-layout type: the rules of VARCHAR → type (blink-sql.md 2.3), surrounding
 * blanks trimmed; where CAST gives NULL this reports false. One closure per column keeps the call monomorphic; `values`
 * must always be an array of the type's layout.
 */
export function columnParser(type: SqlType, zone: Zone): FieldParser {
  switch (type.kind) {
    case 'tinyint':
      return smallInteger(-128, 127);
    case 'smallint':
      return smallInteger(-32768, 32767);
    case 'int':
      return smallInteger(-2147483648, 2147483647);
    case 'bigint':
      return bigInteger();
    case 'float':
    case 'double':
      return approximate();
    case 'decimal':
      return type.precision <= NARROW_DECIMAL_PRECISION
        ? narrowDecimal(type.precision, type.scale)
        : wideDecimal(type.precision, type.scale);
    case 'boolean':
      return trimmed((bytes, offset, length, values, row) => {
        const value = parseBoolean(bytes, offset, length);
        if (value === null) return false;
        (values as Uint8Array)[row] = value ? 1 : 0;
        return true;
      });
    case 'date':
      return trimmed((bytes, offset, length, values, row) => {
        const value = parseDate(bytes, offset, length);
        if (value === null) return false;
        (values as Int32Array)[row] = value;
        return true;
      });
    case 'time':
      return trimmed((bytes, offset, length, values, row) => {
        const value = parseTime(bytes, offset, length);
        if (value === null) return false;
        (values as Int32Array)[row] = value;
        return true;
      });
    case 'timestamp':
      if (isFineTime(type)) return fineTimestamp(type.precision, zone);
      return trimmed((bytes, offset, length, values, row) => {
        const value = parseTimestamp(bytes, offset, length, zone);
        if (value === null) return false;
        (values as Float64Array)[row] = value;
        return true;
      });
    case 'interval-month':
      return smallInteger(-2147483648, 2147483647);
    case 'interval-day':
      // Milliseconds.
      return approximate();
    case 'null':
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary':
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      throw new InternalError(`type ${type.kind} has no field parser`);
  }
}

/** Skips blanks and control characters on both sides, as Java's `trim`. */
function trimmed(parse: FieldParser): FieldParser {
  return (bytes, offset, length, values, row) => {
    let start = offset;
    let end = offset + length;
    while (start < end && bytes[start]! <= 0x20) start++;
    while (end > start && bytes[end - 1]! <= 0x20) end--;
    return parse(bytes, start, end - start, values, row);
  };
}

function smallInteger(least: number, most: number): FieldParser {
  const slow = trimmed((bytes, offset, length, values, row) => {
    const part = integerPartLength(bytes, offset, length);
    if (part < 0) return false;
    const value = isOnlyFraction(bytes, offset, length, part) ? 0 : parseInteger(bytes, offset, part);
    if (!(value >= least && value <= most)) return false;
    (values as Int32Array)[row] = value;
    return true;
  });
  return (bytes, offset, length, values, row) => {
    const value = parseInteger(bytes, offset, length);
    if (value >= least && value <= most) {
      (values as Int32Array)[row] = value;
      return true;
    }
    return length > 0 && slow(bytes, offset, length, values, row);
  };
}

/** An Int32Array over the buffer of the BigInt64Array in use, remade when the array changes. */
function wordsOf(): (values: BigInt64Array) => Int32Array {
  let current: BigInt64Array | undefined;
  let words: Int32Array = new Int32Array(0);
  return (values) => {
    if (values !== current) {
      current = values;
      words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    }
    return words;
  };
}

function bigInteger(): FieldParser {
  const view = wordsOf();
  const slow = trimmed((bytes, offset, length, values, row) => {
    const part = integerPartLength(bytes, offset, length);
    if (isOnlyFraction(bytes, offset, length, part)) {
      (values as BigInt64Array)[row] = 0n;
      return true;
    }
    return part >= 0 && parseInt64Into(bytes, offset, part, view(values as BigInt64Array), row);
  });
  return (bytes, offset, length, values, row) =>
    parseInt64Into(bytes, offset, length, view(values as BigInt64Array), row) ||
    (length > 0 && slow(bytes, offset, length, values, row));
}

function approximate(): FieldParser {
  return trimmed((bytes, offset, length, values, row) => {
    const value = parseDouble(bytes, offset, length);
    if (value === null) return false;
    (values as Float64Array)[row] = value;
    return true;
  });
}

function narrowDecimal(precision: number, scale: number): FieldParser {
  const view = wordsOf();
  return trimmed((bytes, offset, length, values, row) => {
    const quick = parseSmallDecimal(bytes, offset, length, precision, scale);
    if (quick === quick) {
      storeExact(view(values as BigInt64Array), row, quick);
      return true;
    }
    const value = parseDecimal(bytes, offset, length, precision, scale);
    if (value === null) return false;
    (values as BigInt64Array)[row] = value;
    return true;
  });
}

function wideDecimal(precision: number, scale: number): FieldParser {
  return trimmed((bytes, offset, length, values, row) => {
    const value = parseDecimal(bytes, offset, length, precision, scale);
    if (value === null) return false;
    writeI128(values as BigInt64Array, row, value);
    return true;
  });
}

function fineTimestamp(precision: number, zone: Zone): FieldParser {
  return trimmed((bytes, offset, length, values, row) => {
    const value = parseFineTimestamp(bytes, offset, length, zone, precision);
    if (value === null) return false;
    writeI128(values as BigInt64Array, row, value);
    return true;
  });
}
