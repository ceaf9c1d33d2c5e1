import { cutFine, fineOf } from '../columnar/fine-time.ts';
import { daysFromCivil, daysFromLenient, daysInMonth, MS_PER_DAY } from './civil-date.ts';
import type { Zone } from './zone.ts';

/**
 * The texts that Flink's CAST takes for a TIMESTAMP: `yyyy-M-d[ H:m:s[.f…]]`, the year in four digits, no blanks around,
 * no `T`, no time without seconds. A day beyond the end of its month is the last one, and 24:00:00 the next midnight.
 */
const DIGIT_0 = 0x30;

// Where reading stands and what stood below the millisecond: registers instead of a result object per call.
let at = 0;
let belowMs = 0;

function number(bytes: Uint8Array, end: number, least: number, most: number): number {
  let value = 0;
  const start = at;
  while (at < end && at - start < most) {
    const digit = bytes[at]! - DIGIT_0;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  return at - start < least ? -1 : value;
}

function skip(bytes: Uint8Array, end: number, code: number): boolean {
  if (at >= end || bytes[at] !== code) return false;
  at++;
  return true;
}

/** Local milliseconds; NaN when it is none of these texts. `smart`: Java's resolver of that name, else `java.sql.Timestamp`'s. */
function readLocal(bytes: Uint8Array, offset: number, length: number, smart: boolean): number {
  const end = offset + length;
  at = offset;
  belowMs = 0;
  const year = number(bytes, end, 4, 4);
  if (year < 0 || !skip(bytes, end, 0x2d)) return NaN;
  const month = number(bytes, end, 1, 2);
  if (month < 1 || month > 12 || !skip(bytes, end, 0x2d)) return NaN;
  const day = number(bytes, end, 1, 2);
  if (day < 1 || day > 31) return NaN;
  const days = smart
    ? daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)))
    : daysFromLenient(year, month, day);
  if (at === end) return days * MS_PER_DAY;
  if (!skip(bytes, end, 0x20)) return NaN;
  const hour = number(bytes, end, 1, 2);
  if (hour < 0 || !skip(bytes, end, 0x3a)) return NaN;
  const minute = number(bytes, end, 1, 2);
  if (minute < 0 || !skip(bytes, end, 0x3a)) return NaN;
  const second = number(bytes, end, 1, 2);
  if (second < 0) return NaN;
  const nanos = at === end ? 0 : fraction(bytes, end);
  if (nanos < 0) return NaN;
  const isMidnight = hour === 24 && minute === 0 && second === 0 && nanos === 0;
  if (smart && (hour > 23 || minute > 59 || second > 59) && !isMidnight) return NaN;
  const ms = Math.floor(nanos / 1e6);
  belowMs = nanos - ms * 1e6;
  return days * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

/** Nanoseconds of `.` and up to nine digits up to the end; -1 when it is something else. */
function fraction(bytes: Uint8Array, end: number): number {
  if (!skip(bytes, end, 0x2e)) return -1;
  const start = at;
  const value = number(bytes, end, 0, 9);
  return at === end ? value * 10 ** (9 - (at - start)) : -1;
}

/** Epoch milliseconds of a text in `zone`, else null. */
export function parseFlinkTimestamp(bytes: Uint8Array, offset: number, length: number, zone: Zone): number | null {
  const local = readLocal(bytes, offset, length, true);
  return local === local ? zone.toInstant(local) : null;
}

/** The same in epoch nanoseconds; digits finer than `precision` are cut. */
export function parseFineFlinkTimestamp(
  bytes: Uint8Array,
  offset: number,
  length: number,
  zone: Zone,
  precision: number,
): bigint | null {
  const ms = parseFlinkTimestamp(bytes, offset, length, zone);
  return ms === null ? null : cutFine(fineOf(ms, belowMs), precision);
}

/**
 * Local milliseconds as `java.sql.Timestamp.valueOf` and `java.sql.Date.valueOf` read a text that does not fit a pattern:
 * blanks around it do not count, and the parts of the time may be beyond their ranges. NaN when it is none.
 */
export function parseSqlTimestamp(bytes: Uint8Array, offset: number, length: number): number {
  let from = offset;
  let end = offset + length;
  while (from < end && bytes[from]! <= 0x20) from++;
  while (end > from && bytes[end - 1]! <= 0x20) end--;
  return readLocal(bytes, from, end - from, false);
}
