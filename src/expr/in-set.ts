import { bytesEqual, ByteSlice } from '../columnar/byte-slice.ts';
import type { InExpr } from '../contracts/expression.ts';

/** Membership in the list of an IN; called per row. */
interface InSet {
  has(value: never): boolean;
}

/** The list of an IN as a hash set: of numbers, or of byte strings (open addressing, nothing allocated per look-up). */
export function inSet(expr: InExpr): InSet {
  const first = expr.values[0]?.value;
  if (first instanceof ByteSlice) return new BytesSet(expr.values.map(({ value }) => value as ByteSlice));
  // A Set finds NaN, the comparison `=` does not.
  return new Set(expr.values.map(({ value }) => value).filter((value) => !Number.isNaN(value)));
}

class BytesSet {
  readonly #slots: (ByteSlice | undefined)[];
  readonly #mask: number;

  constructor(values: readonly ByteSlice[]) {
    let size = 8;
    while (size < values.length * 2) size *= 2;
    this.#slots = new Array<ByteSlice | undefined>(size).fill(undefined);
    this.#mask = size - 1;
    for (const value of values) {
      let slot = hash(value) & this.#mask;
      while (this.#slots[slot] !== undefined) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = value;
    }
  }

  has(value: ByteSlice): boolean {
    const { bytes, offset, length } = value;
    for (let slot = hash(value) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const one = this.#slots[slot];
      if (one === undefined) return false;
      if (one.length === length && bytesEqual(one.bytes, one.offset, length, bytes, offset, length)) return true;
    }
  }
}

/**
 * Length and five bytes spread over the value: lists of IN are short and written by hand, so telling most values apart
 * at once is worth more than an even spread (hashing all bytes cost 30 ns a row, this 6).
 */
function hash(value: ByteSlice): number {
  const { bytes, offset, length } = value;
  if (length === 0) return 0;
  const last = length - 1;
  let h = Math.imul(length, 0x9e3779b1) ^ bytes[offset]!;
  h = Math.imul(h ^ bytes[offset + last]!, 0x01000193);
  h = Math.imul(h ^ bytes[offset + (last >> 1)]!, 0x01000193);
  h = Math.imul(h ^ bytes[offset + (last >> 2)]!, 0x01000193);
  h = Math.imul(h ^ bytes[offset + last - (last >> 2)]!, 0x01000193);
  return h ^ (h >>> 15);
}
