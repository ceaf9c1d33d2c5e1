import { writeAscii, writeInteger, writePadded } from './write-number.ts';

/** 10^count */
const LIMITS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** At least `count` digits. */
export function writeNumberField(target: Uint8Array, at: number, value: number, count: number): number {
  let start = at;
  if (value < 0) target[start++] = 0x2d;
  const magnitude = Math.abs(value);
  if (count >= 10 || magnitude < LIMITS[count]!) return writePadded(target, start, magnitude, count);
  return writeInteger(target, start, magnitude);
}

/** The whole name from four letters on, else its first three letters. */
export function writeNameField(target: Uint8Array, at: number, full: string, count: number): number {
  return writeAscii(target, at, count > 3 ? full : full.slice(0, 3));
}

/** An offset as the letters Z and X write it. */
export function writeZoneField(target: Uint8Array, at: number, letter: string, count: number, offset: number): number {
  if (letter === 'X' && offset === 0) return writeAscii(target, at, 'Z');
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = String(minutes % 60).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  if (letter === 'X' && count === 1) return writeAscii(target, at, sign + hours);
  return writeAscii(target, at, sign + hours + (letter === 'X' && count >= 3 ? ':' : '') + rest);
}

const ORDINALS = ['1st', '2nd', '3rd', '4th'];

/** `1`, `01`, `Q1` or `1st quarter`. */
export function writeQuarter(target: Uint8Array, at: number, quarter: number, count: number): number {
  if (count < 3) return writeNumberField(target, at, quarter, count);
  return writeAscii(target, at, count === 3 ? `Q${quarter}` : `${ORDINALS[quarter - 1]!} quarter`);
}
