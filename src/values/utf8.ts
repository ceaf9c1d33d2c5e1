import type { ByteSlice } from '../columnar/byte-slice.ts';

/** Code points in a byte range; bytes that are no UTF-8 count by their lead bytes. */
export function countCodePoints(bytes: Uint8Array, offset: number, length: number): number {
  let count = 0;
  for (let i = offset, end = offset + length; i < end; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}

/** Where the code point after the one at `at` starts, at most `end`. */
export function nextCodePoint(bytes: Uint8Array, at: number, end: number): number {
  let next = at + 1;
  while (next < end && (bytes[next]! & 0xc0) === 0x80) next++;
  return next;
}

/** Where the code point before `at` starts, at least `start`. */
export function previousCodePoint(bytes: Uint8Array, at: number, start: number): number {
  let before = at - 1;
  while (before > start && (bytes[before]! & 0xc0) === 0x80) before--;
  return before;
}

/** The place `count` code points behind `at`, at most `end`. */
export function skipCodePoints(bytes: Uint8Array, at: number, end: number, count: number): number {
  let place = at;
  for (let left = count; left > 0 && place < end; left--) place = nextCodePoint(bytes, place, end);
  return place;
}

/** The code point at `at`; a byte that starts none is itself. */
export function codePointAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0xc0) return first;
  const extra = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  if (at + extra >= end) return first;
  let code = first & (0x3f >> extra);
  for (let i = 1; i <= extra; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
  return code;
}

/** Whether every byte is ASCII. */
export function isAscii(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let i = offset, end = offset + length; i < end; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

/** The first place of `needle` in `haystack` at or behind byte `from` (absolute), or -1; `end` bounds the match. */
export function indexOfBytes(
  haystack: Uint8Array,
  from: number,
  end: number,
  needle: Uint8Array,
  needleOffset: number,
  needleLength: number,
): number {
  if (needleLength === 0) return from <= end ? from : -1;
  const first = needle[needleOffset]!;
  const last = end - needleLength;
  for (let at = from; at <= last; at++) {
    if (haystack[at] !== first) continue;
    let i = 1;
    while (i < needleLength && haystack[at + i] === needle[needleOffset + i]) i++;
    if (i === needleLength) return at;
  }
  return -1;
}

/** The last place of `needle` that starts at or before `from` (absolute) and ends by `end`, or -1. */
export function lastIndexOfBytes(
  haystack: Uint8Array,
  start: number,
  from: number,
  end: number,
  needle: ByteSlice,
): number {
  for (let at = Math.min(from, end - needle.length); at >= start; at--) {
    let i = 0;
    while (i < needle.length && haystack[at + i] === needle.bytes[needle.offset + i]) i++;
    if (i === needle.length) return at;
  }
  return -1;
}
