import { cutFine, fineOf } from '../columnar/fine-time.ts';
import { daysFromCivil, daysInMonth, MS_PER_DAY } from './civil-date.ts';
import type { Zone } from './zone.ts';

const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const BLANK = 0x20;
const LETTER_T = 0x54;

// Where the last field that `digits` read ended: a module register instead of a result object per call.
let cursor = 0;
/** Nanoseconds behind the milliseconds of the last time of day that was read. */
let belowMs = 0;

/** Reads 1 … `most` digits at `at` and moves the cursor behind them; -1 when there is none. */
function digits(bytes: Uint8Array, at: number, end: number, most: number): number {
  let value = 0;
  let i = at;
  const limit = at + most < end ? at + most : end;
  for (; i < limit; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  cursor = i;
  return i === at ? -1 : value;
}

/** `yyyy-MM-dd` at the start; NaN when malformed or no such day. Leaves the cursor behind it. */
function datePart(bytes: Uint8Array, offset: number, end: number): number {
  const negative = bytes[offset] === DASH && offset < end;
  const year = digits(bytes, negative ? offset + 1 : offset, end, 9);
  if (year < 0) return NaN;
  let month = 1;
  let day = 1;
  if (cursor < end && bytes[cursor] === DASH) {
    month = digits(bytes, cursor + 1, end, 2);
    if (month < 1 || month > 12) return NaN;
    if (cursor < end && bytes[cursor] === DASH) {
      const signed = negative ? -year : year;
      day = digits(bytes, cursor + 1, end, 2);
      if (day < 1 || day > daysInMonth(signed, month)) return NaN;
      return daysFromCivil(signed, month, day);
    }
  }
  return NaN;
}

/** `HH:mm[:ss[.SSS…]]` up to `end`, in ms of the day; NaN when malformed. Digits below the millisecond go to `belowMs`. */
function timePart(bytes: Uint8Array, offset: number, end: number): number {
  belowMs = 0;
  const hour = digits(bytes, offset, end, 2);
  if (hour < 0 || hour > 23 || cursor >= end || bytes[cursor] !== COLON) return NaN;
  const minute = digits(bytes, cursor + 1, end, 2);
  if (minute < 0 || minute > 59) return NaN;
  let ms = (hour * 60 + minute) * 60_000;
  if (cursor === end) return ms;
  if (bytes[cursor] !== COLON) return NaN;
  const second = digits(bytes, cursor + 1, end, 2);
  if (second < 0 || second > 59) return NaN;
  ms += second * 1000;
  if (cursor === end) return ms;
  if (bytes[cursor] !== POINT) return NaN;
  let unit = 100;
  let nanoUnit = 1e5;
  for (let at = cursor + 1; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    if (unit > 0) {
      ms += digit * unit;
      unit = unit > 1 ? unit / 10 : 0;
    } else {
      belowMs += digit * nanoUnit;
      nanoUnit = nanoUnit > 1 ? nanoUnit / 10 : 0;
    }
  }
  return ms;
}

/** Days since 1970-01-01 of `yyyy-MM-dd` (one-digit parts allowed, a time part is cut), else null. */
export function parseDate(bytes: Uint8Array, offset: number, length: number): number | null {
  const end = offset + length;
  const days = datePart(bytes, offset, end);
  if (days !== days) return null;
  if (cursor < end && bytes[cursor] !== BLANK && bytes[cursor] !== LETTER_T) return null;
  return days;
}

/** Milliseconds of the day of `HH:mm[:ss[.SSS]]` (one-digit parts allowed), else null. */
export function parseTime(bytes: Uint8Array, offset: number, length: number): number | null {
  const ms = timePart(bytes, offset, offset + length);
  return ms === ms ? ms : null;
}

/**
 * Epoch milliseconds of `yyyy-MM-dd[ HH:mm:ss[.SSS]]` read in `zone`, else null. `T` may stand for the blank; digits
 * below the millisecond are cut.
 */
export function parseTimestamp(bytes: Uint8Array, offset: number, length: number, zone: Zone): number | null {
  const local = parseLocalTimestamp(bytes, offset, length);
  return local === null ? null : zone.toInstant(local);
}

/** `parseTimestamp` without a zone: local milliseconds. */
export function parseLocalTimestamp(bytes: Uint8Array, offset: number, length: number): number | null {
  const end = offset + length;
  const days = datePart(bytes, offset, end);
  if (days !== days) return null;
  belowMs = 0;
  if (cursor === end) return days * MS_PER_DAY;
  const separator = bytes[cursor]!;
  if (separator !== BLANK && separator !== LETTER_T) return null;
  const ms = timePart(bytes, cursor + 1, end);
  return ms === ms ? days * MS_PER_DAY + ms : null;
}

/** `parseTimestamp` in epoch nanoseconds; digits finer than `precision` are cut. */
export function parseFineTimestamp(
  bytes: Uint8Array,
  offset: number,
  length: number,
  zone: Zone,
  precision: number,
): bigint | null {
  const ms = parseTimestamp(bytes, offset, length, zone);
  return ms === null ? null : cutFine(fineOf(ms, belowMs), precision);
}
