import type { SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';
import { ByteSlice } from '../byte-slice.ts';
import { readU32, slotOf, writeU32, type Slot } from './slot.ts';

/**
 * A list of values of one type:
 *
 *     count u32 · NULL bits, one per element · fixed width: the values, 0 where NULL
 *                                            · else: end of each element u32 (from the first byte of the first), the bytes
 *
 * `open` points the reader at one list; an element is then read without looking at the others. Equal lists have equal
 * bytes. One reader per call site: it is a register.
 */
export class ArrayReader {
  readonly #slot: Slot;
  #bytes: Uint8Array = new Uint8Array(0);
  #nulls = 0;
  #ends = 0;
  #data = 0;
  count = 0;
  /** Bytes the list takes. */
  size = 0;

  constructor(element: SqlType) {
    this.#slot = slotOf(element);
  }

  open(slice: ByteSlice): this {
    return this.openAt(slice.bytes, slice.offset);
  }

  openAt(bytes: Uint8Array, offset: number): this {
    this.#bytes = bytes;
    this.count = readU32(bytes, offset);
    this.#nulls = offset + 4;
    this.#ends = this.#nulls + ((this.count + 7) >> 3);
    const { width } = this.#slot;
    if (width > 0) {
      this.#data = this.#ends;
      this.size = this.#data + this.count * width - offset;
    } else {
      this.#data = this.#ends + 4 * this.count;
      const last = this.count === 0 ? 0 : readU32(bytes, this.#data - 4);
      this.size = this.#data + last - offset;
    }
    return this;
  }

  /** @param index 0-based, below `count` */
  isNull(index: number): boolean {
    return ((this.#bytes[this.#nulls + (index >> 3)]! >> (index & 7)) & 1) === 1;
  }

  /** The element in the JS form of its layout; bytes as a view in `register`, or in a new one. */
  value(index: number, register?: ByteSlice): Value {
    if (this.isNull(index)) return null;
    const { width } = this.#slot;
    if (width > 0) return this.#slot.read(this.#bytes, this.#data + index * width);
    const start = index === 0 ? 0 : readU32(this.#bytes, this.#ends + 4 * (index - 1));
    const end = readU32(this.#bytes, this.#ends + 4 * index);
    const slice = register ?? new ByteSlice();
    slice.view(this.#bytes, this.#data + start, end - start);
    return slice;
  }
}

/** Writes lists for `ArrayReader`. */
export class ArrayWriter {
  readonly #slot: Slot;

  constructor(element: SqlType) {
    this.#slot = slotOf(element);
  }

  sizeOf(values: readonly Value[]): number {
    const { width } = this.#slot;
    let size = 4 + ((values.length + 7) >> 3) + values.length * (width === 0 ? 4 : width);
    if (width === 0) for (const value of values) if (value !== null) size += (value as ByteSlice).length;
    return size;
  }

  /** Fills `out`, which must be none of the values. */
  write(out: ByteSlice, values: readonly Value[]): void {
    const size = this.sizeOf(values);
    this.writeAt(out.reserve(size), 0, values);
  }

  /** `bytes` has room for `sizeOf(values)` from `offset` on; its content there does not matter. */
  writeAt(bytes: Uint8Array, offset: number, values: readonly Value[]): void {
    const count = values.length;
    writeU32(bytes, offset, count);
    const nulls = offset + 4;
    const first = nulls + ((count + 7) >> 3);
    bytes.fill(0, nulls, first);
    const { width } = this.#slot;
    if (width > 0) bytes.fill(0, first, first + count * width);
    const data = first + 4 * count;
    let end = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value === null) bytes[nulls + (i >> 3)]! |= 1 << (i & 7);
      else if (width > 0) this.#slot.write(bytes, first + i * width, value);
      else end += copyBytes(value as ByteSlice, bytes, data + end);
      if (width === 0) writeU32(bytes, first + 4 * i, end);
    }
  }
}

/** Copies the bytes of a slice; how many they are. */
export function copyBytes(from: ByteSlice, to: Uint8Array, at: number): number {
  const { bytes, offset, length } = from;
  if (length <= 32) for (let i = 0; i < length; i++) to[at + i] = bytes[offset + i]!;
  else to.set(bytes.subarray(offset, offset + length), at);
  return length;
}

/** The elements of an ARRAY (also of the key list of a MAP), decoded; for edges. */
export function elementsOf(element: SqlType, slice: ByteSlice): Value[] {
  const reader = new ArrayReader(element).open(slice);
  return Array.from({ length: reader.count }, (_, i) => reader.value(i));
}
