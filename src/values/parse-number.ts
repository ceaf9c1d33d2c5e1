import { decodeUtf8 } from '../columnar/byte-slice.ts';
import { fitsPrecision, pow10 } from './decimal.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const TWO_32 = 4294967296;
const MAX_EXACT = Number.MAX_SAFE_INTEGER;

/** The value of at most 9 digits in integer arithmetic; -1 when one is no digit. */
function digitsValue(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = (value * 10 + digit) | 0;
  }
  return value;
}

/** The place behind a sign and leading zeros (the last digit stays). */
function firstDigit(bytes: Uint8Array, offset: number, end: number): number {
  let at = offset;
  if (at < end) {
    const sign = bytes[at]!;
    if (sign === MINUS || sign === PLUS) at++;
  }
  while (at < end - 1 && bytes[at] === ZERO) at++;
  return at;
}

/** An optional sign and digits, nothing else; NaN when malformed or beyond ±(2^53 − 1). The caller checks the range. */
export function parseInteger(bytes: Uint8Array, offset: number, length: number): number {
  const end = offset + length;
  const at = firstDigit(bytes, offset, end);
  const digits = end - at;
  if (digits <= 0 || digits > 16) return NaN;
  let value: number;
  if (digits <= 9) {
    value = digitsValue(bytes, at, end);
    if (value < 0) return NaN;
  } else {
    const head = digitsValue(bytes, at, end - 9);
    const tail = digitsValue(bytes, end - 9, end);
    if (head < 0 || tail < 0) return NaN;
    value = head * 1e9 + tail;
    if (value > MAX_EXACT) return NaN;
  }
  // 0 - 0 is +0, so that an integer column never meets -0.
  return bytes[offset] === MINUS ? 0 - value : value;
}

/**
 * Parses a 64-bit integer and stores it as words 2·row (low) and 2·row + 1 (high) of `target`, a view of the buffer of
 * a BigInt64Array: no BigInt is made. False, with nothing stored, when malformed or out of range.
 */
export function parseInt64Into(
  bytes: Uint8Array,
  offset: number,
  length: number,
  target: Int32Array,
  row: number,
): boolean {
  const end = offset + length;
  const at = firstDigit(bytes, offset, end);
  const digits = end - at;
  if (digits <= 0 || digits > 19) return false;
  const negative = bytes[offset] === MINUS;
  if (digits <= 9) {
    const value = digitsValue(bytes, at, end);
    if (value < 0) return false;
    target[row * 2] = negative ? -value : value;
    target[row * 2 + 1] = negative && value !== 0 ? -1 : 0;
    return true;
  }
  // Up to 10 leading digits, then 9: both parts are exact in a double.
  const tail = digitsValue(bytes, end - 9, end);
  let head: number;
  if (digits <= 18) {
    head = digitsValue(bytes, at, end - 9);
    if (head < 0 || tail < 0) return false;
    if (digits <= 15) {
      storeExact(target, row, negative ? 0 - (head * 1e9 + tail) : head * 1e9 + tail);
      return true;
    }
  } else {
    const first = bytes[at]! - ZERO;
    const middle = digitsValue(bytes, at + 1, end - 9);
    if (first < 0 || first > 9 || middle < 0 || tail < 0) return false;
    head = first * 1e9 + middle;
  }
  // head · 10^9 + tail in two steps of 16 bits, so that every product stays below 2^53.
  const headHigh = Math.floor(head / 65536);
  const headLow = head - headHigh * 65536;
  const upper = headHigh * 1e9;
  const upperHigh = Math.floor(upper / 65536);
  const lower = (upper - upperHigh * 65536) * 65536 + headLow * 1e9 + tail;
  const carry = Math.floor(lower / TWO_32);
  const low = lower - carry * TWO_32;
  const high = upperHigh + carry;
  if (high >= 2147483648 && !(negative && high === 2147483648 && low === 0)) return false;
  storeWords(target, row, negative, low, high);
  return true;
}

/** Stores an integer of magnitude below 2^53 as two little-endian words of row `row`. */
export function storeExact(target: Int32Array, row: number, value: number): void {
  const negative = value < 0;
  const magnitude = negative ? -value : value;
  const high = Math.floor(magnitude / TWO_32);
  storeWords(target, row, negative, magnitude - high * TWO_32, high);
}

function storeWords(target: Int32Array, row: number, negative: boolean, low: number, high: number): void {
  const at = row * 2;
  if (!negative) {
    target[at] = low;
    target[at + 1] = high;
  } else {
    target[at] = -low;
    target[at + 1] = low === 0 ? -high : ~high;
  }
}

const scratchWords = new BigInt64Array(1);
const scratchHalves = new Int32Array(scratchWords.buffer);

/** An optional sign and digits within 64 bits, else null. */
export function parseInt64(bytes: Uint8Array, offset: number, length: number): bigint | null {
  return parseInt64Into(bytes, offset, length, scratchHalves, 0) ? scratchWords[0]! : null;
}

/**
 * How many bytes of a number text come before the point, or -1 when what follows the point is not only digits:
 * integers are read from texts with a fraction by cutting it (blink-sql.md 2.3). `length` when there is no point.
 */
export function integerPartLength(bytes: Uint8Array, offset: number, length: number): number {
  const end = offset + length;
  let at = offset;
  while (at < end && bytes[at] !== POINT) at++;
  const part = at - offset;
  for (at++; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
  }
  return part;
}

/** `.5`, `-.5`: digits behind the point only, so that the integer is 0. @param part what `integerPartLength` gave */
export function isOnlyFraction(bytes: Uint8Array, offset: number, length: number, part: number): boolean {
  if (part < 0 || length < part + 2) return false;
  return part === 0 || (part === 1 && (bytes[offset] === MINUS || bytes[offset] === PLUS));
}

/** Exact powers of ten of a double. */
const POWERS = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/**
 * A decimal floating-point text (`1`, `-1.5`, `.5`, `5.`, `1e3`, `NaN`, `-Infinity`), else null. Correctly rounded:
 * up to 15 digits with a small exponent are one exact product or quotient, anything else goes through `Number`.
 */
export function parseDouble(bytes: Uint8Array, offset: number, length: number): number | null {
  const end = offset + length;
  let at = offset;
  let negative = false;
  if (length > 0) {
    const sign = bytes[at]!;
    if (sign === MINUS || sign === PLUS) {
      negative = sign === MINUS;
      at++;
    }
  }
  let mantissa = 0;
  let significant = 0;
  let digits = 0;
  let fraction = 0;
  let point = false;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (significant > 0 || digit !== 0) significant++;
      if (significant <= 15) mantissa = mantissa * 10 + digit;
      if (point) fraction++;
    } else if (byte === POINT && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (digits === 0) return special(bytes, offset, length);
  let exponent = 0;
  if (at < end) {
    // e or E
    if ((bytes[at]! | 0x20) !== 0x65) return null;
    exponent = parseInteger(bytes, at + 1, end - at - 1);
    if (exponent !== exponent) return null;
  }
  if (significant <= 15) {
    const power = exponent - fraction;
    if (power === 0) return negative ? -mantissa : mantissa;
    if (power >= -22 && power <= 22) {
      const value = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
      return negative ? -value : value;
    }
  }
  return Number(decodeUtf8(bytes, offset, length));
}

function special(bytes: Uint8Array, offset: number, length: number): number | null {
  if (length < 3 || length > 9) return null;
  switch (decodeUtf8(bytes, offset, length)) {
    case 'NaN':
    case '+NaN':
    case '-NaN':
      return NaN;
    case 'Infinity':
    case '+Infinity':
      return Infinity;
    case '-Infinity':
      return -Infinity;
    default:
      return null;
  }
}

/**
 * The unscaled value of a decimal text at `scale`, rounded half up (away from zero); null when the text is malformed or
 * the value has more than `precision` digits.
 */
export function parseDecimal(
  bytes: Uint8Array,
  offset: number,
  length: number,
  precision: number,
  scale: number,
): bigint | null {
  const quick = parseSmallDecimal(bytes, offset, length, precision, scale);
  if (quick === quick) return BigInt(quick);
  return parseLongDecimal(decodeUtf8(bytes, offset, length), precision, scale);
}

/**
 * `parseDecimal` for the common case of at most 15 digits after scaling, as a number; NaN asks for the general way
 * (which may still find the text malformed).
 */
export function parseSmallDecimal(
  bytes: Uint8Array,
  offset: number,
  length: number,
  precision: number,
  scale: number,
): number {
  const end = offset + length;
  let at = offset;
  let negative = false;
  if (length > 0) {
    const sign = bytes[at]!;
    if (sign === MINUS || sign === PLUS) {
      negative = sign === MINUS;
      at++;
    }
  }
  if (end - at > 17) return NaN;
  let value = 0;
  let digits = 0;
  let fraction = 0;
  let point = false;
  let roundUp = false;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      digits++;
      if (point && fraction >= scale) {
        if (fraction === scale) roundUp = digit >= 5;
        fraction++;
        continue;
      }
      if (point) fraction++;
      value = value * 10 + digit;
    } else if (byte === POINT && !point) {
      point = true;
    } else {
      return NaN;
    }
  }
  if (digits === 0) return NaN;
  const missing = scale - fraction;
  if (missing > 15) return NaN;
  if (missing > 0) value *= POWERS[missing]!;
  if (roundUp) value++;
  if (value > 999999999999999 || (precision < 15 && value >= POWERS[precision]!)) return NaN;
  return negative ? 0 - value : value;
}

const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

function parseLongDecimal(text: string, precision: number, scale: number): bigint | null {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return null;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole.length + fraction.length === 0) return null;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  // value = 0.digits · 10^magnitude
  const power = Number(match[4] ?? '0') - fraction.length;
  const magnitude = digits.length + power;
  if (magnitude > precision - scale) return null;
  const shift = power + scale;
  let unscaled: bigint;
  if (shift >= 0) {
    unscaled = BigInt(digits) * pow10(shift);
  } else {
    const kept = digits.length + shift;
    if (kept < 0) return 0n;
    unscaled = kept === 0 ? 0n : BigInt(digits.slice(0, kept));
    if (digits.charCodeAt(kept) >= 0x35) unscaled += 1n;
  }
  if (!fitsPrecision(unscaled, precision)) return null;
  return match[1] === '-' ? -unscaled : unscaled;
}
