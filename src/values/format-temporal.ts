import { belowMsOfFine, msOfFine } from '../columnar/fine-time.ts';
import { civilFromDays, MS_PER_DAY, type CivilDate } from './civil-date.ts';
import { writeInteger, writePadded } from './write-number.ts';
import type { Zone } from './zone.ts';

const DASH = 0x2d;
const COLON = 0x3a;
const POINT = 0x2e;
const BLANK = 0x20;

/** Bytes that the text of a timestamp needs at most, for any double. */
export const MAX_TIMESTAMP_BYTES = 48;

const civil: CivilDate = { year: 1970, month: 1, day: 1 };
// Neighbouring rows mostly share their day.
let civilDays = 0;

/** Writes `YYYY-MM-DD`; returns the place behind it. */
export function writeDate(target: Uint8Array, at: number, days: number): number {
  if (days !== civilDays) {
    civilFromDays(days, civil);
    civilDays = days;
  }
  const year = civil.year;
  let next: number;
  if (year >= 0 && year <= 9999) next = writePadded(target, at, year, 4);
  else next = writeInteger(target, at, year);
  target[next] = DASH;
  next = writePadded(target, next + 1, civil.month, 2);
  target[next] = DASH;
  return writePadded(target, next + 1, civil.day, 2);
}

/** Writes `HH:MM:SS` and, for `fractionDigits` 1 … 3, that many digits of the fraction; returns the place behind it. */
export function writeTime(target: Uint8Array, at: number, msOfDay: number, fractionDigits: number): number {
  const seconds = (msOfDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  let next = writePadded(target, at, hours, 2);
  target[next] = COLON;
  next = writePadded(target, next + 1, minutes - hours * 60, 2);
  target[next] = COLON;
  next = writePadded(target, next + 1, seconds - minutes * 60, 2);
  if (fractionDigits <= 0) return next;
  target[next] = POINT;
  writePadded(target, next + 1, msOfDay - seconds * 1000, 3);
  next += 4;
  return next - 3 + fractionDigits;
}

/** Writes `YYYY-MM-DD HH:MM:SS[.mmm]` of local milliseconds; returns the place behind it. */
export function writeLocalTimestamp(target: Uint8Array, at: number, localMs: number, fractionDigits: number): number {
  const days = Math.floor(localMs / MS_PER_DAY);
  const next = writeDate(target, at, days);
  target[next] = BLANK;
  return writeTime(target, next + 1, localMs - days * MS_PER_DAY, fractionDigits);
}

/** Writes a TIMESTAMP(4 … 9) with `fractionDigits` 4 … 9 digits; returns the place behind it. */
export function writeFineTimestamp(
  target: Uint8Array,
  at: number,
  ns: bigint,
  options: { readonly zone: Zone; readonly fractionDigits: number },
): number {
  const next = writeLocalTimestamp(target, at, options.zone.toLocal(msOfFine(ns)), 3);
  writePadded(target, next, belowMsOfFine(ns), 6);
  return next - 3 + options.fractionDigits;
}
