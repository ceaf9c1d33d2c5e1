import type { ByteSlice } from '../../columnar/byte-slice.ts';

/** Shows the value at `start … end` of checked JSON: a string bare, the rest as compact JSON text. False: JSON null. */
export function jsonValueInto(out: ByteSlice, bytes: Uint8Array, start: number, end: number): boolean {
  switch (bytes[start]) {
    case 0x22:
      jsonStringInto(out, bytes, start + 1, end - 1);
      return true;
    case 0x7b:
    case 0x5b:
      compactInto(out, bytes, start, end);
      return true;
    case 0x6e:
      return false;
    default:
      out.view(bytes, start, end - start);
      return true;
  }
}

/** The text of a JSON string, given without its quotes; a view where it has no escapes. */
export function jsonStringInto(out: ByteSlice, bytes: Uint8Array, start: number, end: number): void {
  let plain = start;
  while (plain < end && bytes[plain] !== 0x5c) plain++;
  if (plain === end) {
    out.view(bytes, start, end - start);
    return;
  }
  const target = out.reserve(end - start);
  target.set(bytes.subarray(start, plain));
  let at = plain - start;
  for (let i = plain; i < end; i++) {
    const byte = bytes[i]!;
    if (byte !== 0x5c) {
      target[at++] = byte;
      continue;
    }
    const escaped = bytes[++i]!;
    if (escaped !== 0x75) {
      target[at++] = SIMPLE[escaped] ?? escaped;
      continue;
    }
    let code = hex4(bytes, i + 1);
    i += 4;
    if (code >= 0xd800 && code < 0xdc00 && bytes[i + 1] === 0x5c && bytes[i + 2] === 0x75) {
      const low = hex4(bytes, i + 3);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i += 6;
      }
    }
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    at = writeUtf8(target, at, code);
  }
  out.length = at;
}

const SIMPLE: Readonly<Record<number, number>> = { 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 };

function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i]!;
    value = value * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 87);
  }
  return value;
}

function writeUtf8(target: Uint8Array, at: number, code: number): number {
  let place = at;
  if (code < 0x80) {
    target[place++] = code;
  } else if (code < 0x800) {
    target[place++] = 0xc0 | (code >> 6);
    target[place++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    target[place++] = 0xe0 | (code >> 12);
    target[place++] = 0x80 | ((code >> 6) & 0x3f);
    target[place++] = 0x80 | (code & 0x3f);
  } else {
    target[place++] = 0xf0 | (code >> 18);
    target[place++] = 0x80 | ((code >> 12) & 0x3f);
    target[place++] = 0x80 | ((code >> 6) & 0x3f);
    target[place++] = 0x80 | (code & 0x3f);
  }
  return place;
}

/** Leaves out the blanks between tokens; a view where there are none. */
function compactInto(out: ByteSlice, bytes: Uint8Array, start: number, end: number): void {
  let inString = false;
  let i = start;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte <= 0x20) break;
  }
  if (i >= end) {
    out.view(bytes, start, end - start);
    return;
  }
  const target = out.reserve(end - start);
  target.set(bytes.subarray(start, i));
  let at = i - start;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (!inString && byte <= 0x20) continue;
    target[at++] = byte;
    if (byte === 0x22) inString = !inString;
    else if (inString && byte === 0x5c) target[at++] = bytes[++i]!;
  }
  out.length = at;
}
