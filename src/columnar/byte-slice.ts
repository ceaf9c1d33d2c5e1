/**
 * One VARCHAR or VARBINARY value as a view: `length` bytes of `bytes` from `offset`, UTF-8 for VARCHAR.
 * Instances are registers: the expression engine keeps one per node and refills it row by row, so a kernel must
 * neither keep its arguments nor write into their bytes.
 */
export class ByteSlice {
  bytes: Uint8Array = EMPTY;
  offset = 0;
  length = 0;
  #scratch: Uint8Array = EMPTY;

  /** Points this register at a range of somebody's bytes; nothing is copied. */
  view(bytes: Uint8Array, offset: number, length: number): void {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  /** Points this register at what `other` shows. */
  alias(other: ByteSlice): void {
    this.bytes = other.bytes;
    this.offset = other.offset;
    this.length = other.length;
  }

  /**
   * Makes this register show `length` bytes of its own scratch space, to be written by the caller at
   * `bytes[offset …]`. What the register showed before is lost, so arguments must not be this register.
   */
  reserve(length: number): Uint8Array {
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(Math.max(64, length * 2));
    this.bytes = this.#scratch;
    this.offset = 0;
    this.length = length;
    return this.#scratch;
  }

  /** Encodes a JS string into this register; for kernels that are declared `slow`. */
  setString(text: string): void {
    const target = this.reserve(text.length * 3);
    this.length = encoder.encodeInto(text, target).written;
  }

  /** The value as a JS string; for display and for kernels that are declared `slow`. */
  toString(): string {
    return decodeUtf8(this.bytes, this.offset, this.length);
  }

  /** A copy that owns its bytes. */
  toBytes(): Uint8Array {
    // Not bytes.slice: that of a Buffer copies nothing, and its memory belongs to the batch.
    return new Uint8Array(this.bytes.subarray(this.offset, this.offset + this.length));
  }

  static ofString(text: string): ByteSlice {
    const slice = new ByteSlice();
    const bytes = encoder.encode(text);
    slice.view(bytes, 0, bytes.length);
    return slice;
  }

  static ofBytes(bytes: Uint8Array): ByteSlice {
    const slice = new ByteSlice();
    slice.view(bytes, 0, bytes.length);
    return slice;
  }
}

const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

/** UTF-8 to string; bytes that are not UTF-8 become U+FFFD (SLS values may hold any bytes). */
export function decodeUtf8(bytes: Uint8Array, offset: number, length: number): string {
  // Short ASCII is the common case and a char-code loop beats TextDecoder below about 24 bytes.
  if (length <= 24) {
    let text = '';
    for (let i = offset, end = offset + length; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) return decoder.decode(bytes.subarray(offset, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decoder.decode(bytes.subarray(offset, offset + length));
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Equality of two byte ranges. */
export function bytesEqual(
  a: Uint8Array,
  aOffset: number,
  aLength: number,
  b: Uint8Array,
  bOffset: number,
  bLength: number,
): boolean {
  if (aLength !== bLength) return false;
  for (let i = 0; i < aLength; i++) if (a[aOffset + i] !== b[bOffset + i]) return false;
  return true;
}

/** Byte order, which for UTF-8 is code point order: negative, 0 or positive. */
export function compareBytes(
  a: Uint8Array,
  aOffset: number,
  aLength: number,
  b: Uint8Array,
  bOffset: number,
  bLength: number,
): number {
  const shared = aLength < bLength ? aLength : bLength;
  for (let i = 0; i < shared; i++) {
    const difference = a[aOffset + i]! - b[bOffset + i]!;
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
