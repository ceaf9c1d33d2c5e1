const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

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

/** Writes a 64-bit integer given as two words; returns the place behind it. */
export function writeInt64(target: Uint8Array, at: number, low: number, high: number): number {
  if (high === low >> 31) return writeInteger(target, at, low);
  // Up to 2^53 a double is exact.
  if (high < 0x20_0000 && high >= -0x20_0000) return writeInteger(target, at, high * 4_294_967_296 + (low >>> 0));
  return writeBigint(target, at, (BigInt(high) << 32n) | BigInt(low >>> 0));
}

/** Makes a decimal of the integer written at `start … end`: a point before its last `scale` > 0 digits; returns the place behind it. */
export function insertPoint(target: Uint8Array, start: number, end: number, scale: number): number {
  const first = target[start] === MINUS ? start + 1 : start;
  const zeros = Math.max(0, scale + 1 - (end - first));
  const point = end + zeros - scale;
  for (let i = end + zeros; i > point; i--) target[i] = i - 1 - zeros >= first ? target[i - 1 - zeros]! : ZERO;
  target[point] = POINT;
  if (zeros > 0) target[first] = ZERO;
  return end + zeros + 1;
}

/**
 * Writes a double of at most six decimals as Java's `Double.toString` does, where it prints no exponent; returns the
 * place behind it, or −1 for all others.
 */
export function writeShortDouble(target: Uint8Array, at: number, value: number): number {
  if (!(value < 1e7 && value > -1e7) || (value < 1e-3 && value > -1e-3)) return -1;
  const scaled = Math.round(value * 1e6);
  // Both sides of the division are exact, so its result is the double of that text; and no text of 15 digits or fewer
  // shares its double with another one, so none is shorter.
  if (scaled / 1e6 !== value) return -1;
  let end = insertPoint(target, at, writeInteger(target, at, scaled), 6);
  while (target[end - 1] === ZERO && target[end - 2] !== POINT) end--;
  return end;
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
