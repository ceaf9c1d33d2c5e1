import { decodeUtf8, type ByteSlice } from '../columnar/byte-slice.ts';
import type { Value } from '../columnar/builder.ts';
import { isBinary, isFineTime, type NestedType, type SqlType } from '../types/sql-type.ts';
import { decimalToString } from './decimal.ts';
import { formatDouble, formatFloat } from './format-double.ts';
import {
  MAX_TIMESTAMP_BYTES,
  writeDate,
  writeFineTimestamp,
  writeLocalTimestamp,
  writeTime,
} from './format-temporal.ts';
import { nestedText } from './nested/nested-text.ts';
import {
  insertPoint,
  MAX_INT64_BYTES,
  writeAscii,
  writeBigint,
  writeInteger,
  writeShortDouble,
} from './write-number.ts';
import type { Zone } from './zone.ts';

/** The same words as the functions' contract, which this room does not know. */
export type TextStyle = 'blink' | 'flink';

/** Writes the text of one non-NULL value into `out`. */
export type Formatter<V extends Value = never> = (out: ByteSlice, value: V) => void;

/**
 * The text of a value as `CAST(x AS VARCHAR)` prints it, except that binary types print `0x` and hex digits (as result
 * tables show them); the cast itself takes their bytes as UTF-8. One closure a type, no JS string for integers, dates,
 * times and timestamps.
 */
export function valueFormatter(type: SqlType, zone: Zone, style: TextStyle): Formatter {
  switch (type.kind) {
    case 'boolean':
      return style === 'flink'
        ? (out: ByteSlice, value: boolean) => put(out, value ? 'TRUE' : 'FALSE')
        : (out: ByteSlice, value: boolean) => put(out, value ? 'true' : 'false');
    case 'tinyint':
    case 'smallint':
    case 'int':
      return formatInteger;
    case 'bigint':
      return formatBigint;
    case 'decimal': {
      const { scale } = type;
      return scale === 0
        ? formatBigint
        : (out: ByteSlice, value: bigint) => {
            const target = out.reserve(MAX_INT128_BYTES + 2);
            out.length = insertPoint(target, 0, writeBigint(target, 0, value), scale);
          };
    }
    case 'float':
      return (out: ByteSlice, value: number) => put(out, formatFloat(value));
    case 'double':
      return formatDoubleInto;
    case 'date':
      return (out: ByteSlice, value: number) => {
        out.length = writeDate(out.reserve(MAX_TIMESTAMP_BYTES), 0, value);
      };
    case 'time':
      // Flink, too, drops the fraction of a TIME (FLINK-17224).
      return (out: ByteSlice, value: number) => {
        out.length = writeTime(out.reserve(MAX_TIMESTAMP_BYTES), 0, value, 0);
      };
    case 'timestamp': {
      if (isFineTime(type)) {
        const options = { zone, fractionDigits: type.precision };
        return (out: ByteSlice, value: bigint) => {
          out.length = writeFineTimestamp(out.reserve(MAX_TIMESTAMP_BYTES), 0, value, options);
        };
      }
      const digits = style === 'flink' ? type.precision : 3;
      return (out: ByteSlice, value: number) => {
        out.length = writeLocalTimestamp(out.reserve(MAX_TIMESTAMP_BYTES), 0, zone.toLocal(value), digits);
      };
    }
    case 'interval-month':
      return (out: ByteSlice, value: number) => put(out, intervalMonthText(value));
    case 'interval-day':
      return (out: ByteSlice, value: number) => put(out, intervalDayText(value));
    case 'char':
    case 'varchar':
      return (out: ByteSlice, value: ByteSlice) => {
        out.alias(value);
      };
    case 'binary':
    case 'varbinary':
      return formatHex;
    case 'null':
      return (out: ByteSlice) => put(out, 'null');
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      return (out: ByteSlice, value: ByteSlice) => {
        out.setString(formatNested(type, value, zone, style));
      };
  }
}

function put(out: ByteSlice, text: string): void {
  out.length = writeAscii(out.reserve(text.length), 0, text);
}

function formatInteger(out: ByteSlice, value: number): void {
  out.length = writeInteger(out.reserve(MAX_INT64_BYTES), 0, value);
}

/** 39 digits and a sign: DECIMAL(38, 0) comes here too. */
const MAX_INT128_BYTES = 40;

function formatBigint(out: ByteSlice, value: bigint): void {
  out.length = writeBigint(out.reserve(MAX_INT128_BYTES), 0, value);
}

function formatDoubleInto(out: ByteSlice, value: number): void {
  const end = writeShortDouble(out.reserve(MAX_INT64_BYTES), 0, value);
  if (end >= 0) out.length = end;
  else put(out, formatDouble(value));
}

const HEX = '0123456789abcdef';

function formatHex(out: ByteSlice, value: ByteSlice): void {
  const { bytes, offset, length } = value;
  const target = out.reserve(2 + length * 2);
  target[0] = 0x30;
  target[1] = 0x78;
  for (let i = 0; i < length; i++) {
    const byte = bytes[offset + i]!;
    target[2 + i * 2] = HEX.charCodeAt(byte >> 4);
    target[3 + i * 2] = HEX.charCodeAt(byte & 15);
  }
}

/** `+1-05`: years and months, as Flink prints it. */
function intervalMonthText(months: number): string {
  const magnitude = Math.abs(months);
  const years = Math.floor(magnitude / 12);
  return `${months < 0 ? '-' : '+'}${years}-${String(magnitude - years * 12).padStart(2, '0')}`;
}

/** `+1 02:03:04.000`: days, hours, minutes, seconds, as Flink prints it. */
function intervalDayText(ms: number): string {
  const magnitude = Math.abs(ms);
  const days = Math.floor(magnitude / 86_400_000);
  const clock = new Date(magnitude - days * 86_400_000).toISOString().slice(11, 23);
  return `${ms < 0 ? '-' : '+'}${days} ${clock}`;
}

/** The text of a value as a JS string, for result tables and tests; null for NULL. */
export function formatValue(type: SqlType, value: Value, zone: Zone, style: TextStyle): string | null {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
      return style === 'flink' ? String(value).toUpperCase() : String(value);
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String(value);
    case 'decimal':
      return decimalToString(value as bigint, type.scale);
    case 'float':
      return formatFloat(value as number);
    case 'double':
      return formatDouble(value as number);
    case 'interval-month':
      return intervalMonthText(value as number);
    case 'interval-day':
      return intervalDayText(value as number);
    case 'char':
    case 'varchar':
    case 'binary':
    case 'varbinary': {
      const slice = value as ByteSlice;
      if (!isBinary(type)) return decodeUtf8(slice.bytes, slice.offset, slice.length);
      return `0x${Buffer.from(slice.bytes.buffer, slice.bytes.byteOffset + slice.offset, slice.length).toString('hex')}`;
    }
    case 'date':
      return decodeUtf8(scratch, 0, writeDate(scratch, 0, value as number));
    case 'time':
      return decodeUtf8(scratch, 0, writeTime(scratch, 0, value as number, 0));
    case 'timestamp': {
      if (isFineTime(type)) {
        const options = { zone, fractionDigits: type.precision };
        return decodeUtf8(scratch, 0, writeFineTimestamp(scratch, 0, value as bigint, options));
      }
      const digits = style === 'flink' ? type.precision : 3;
      return decodeUtf8(scratch, 0, writeLocalTimestamp(scratch, 0, zone.toLocal(value as number), digits));
    }
    case 'null':
      return null;
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      return formatNested(type, value, zone, style);
  }
}

/** Bytes inside a nested value are text, as CAST takes them. */
function formatNested(type: NestedType, value: Value, zone: Zone, style: TextStyle): string {
  return nestedText(type, value, style, (leafType, leaf) =>
    isBinary(leafType) ? String(leaf) : (formatValue(leafType, leaf, zone, style) ?? ''),
  );
}

const scratch = new Uint8Array(MAX_TIMESTAMP_BYTES);
