const ZERO = 0x30;
const MINUS = 0x2d;

/** Bytes that any 64-bit integer needs at most. */
export const MAX_INT64_BYTES = 20;

/** Writes an integer of magnitude below 2^53 at `at`; returns the place behind it. */
export function writeInteger(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  let start = at;
  if (rest < 0) {
    target[start++] = MINUS;
    rest = -rest;
  }
  let digits = 1;
  for (let limit = 10; rest >= limit && digits < 16; limit *= 10) digits++;
  const end = start + digits;
  // Below 2^31 integer division is much cheaper.
  let i = end - 1;
  while (rest > 2147483647) {
    const next = Math.floor(rest / 10);
    target[i--] = ZERO + (rest - next * 10);
    rest = next;
  }
  for (let small = rest | 0; i >= start; i--) {
    const next = (small / 10) | 0;
    target[i] = ZERO + (small - next * 10);
    small = next;
  }
  return end;
}

/** Writes any 64-bit integer; returns the place behind it. */
export function writeBigint(target: Uint8Array, at: number, value: bigint): number {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return writeInteger(target, at, Number(value));
  return writeAscii(target, at, value.toString());
}

/** Writes 0 ≤ `value` < 2^31 in exactly `width` digits, zeros in front, higher digits cut. */
export function writePadded(target: Uint8Array, at: number, value: number, width: number): number {
  if (width === 2) {
    const tens = (value / 10) | 0;
    target[at] = ZERO + (tens % 10);
    target[at + 1] = ZERO + ((value - tens * 10) | 0);
    return at + 2;
  }
  let rest = value | 0;
  for (let i = at + width - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    target[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  return at + width;
}

/** Writes a string of ASCII characters; returns the place behind it. */
export function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}
