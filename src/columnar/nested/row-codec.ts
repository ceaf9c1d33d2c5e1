import type { SqlType } from '../../types/sql-type.ts';
import type { Value } from '../builder.ts';
import { ByteSlice } from '../byte-slice.ts';
import { copyBytes } from './array-codec.ts';
import { readU32, slotOf, writeU32, type Slot } from './slot.ts';

/**
 * Values of several types, as the fields of a ROW:
 *
 *     NULL bits, one per field · one slot per field: the value (0 where NULL), or the end of its bytes u32 · the bytes
 *
 * The slots stand at places known from the types, so a field is read without looking at the others.
 */
export class RowShape {
  readonly slots: readonly Slot[];
  readonly places: readonly number[];
  /** For fields of bytes: the place of the slot that holds the end of the field of bytes before; −1 for none. */
  readonly before: readonly number[];
  /** Where the bytes begin. */
  readonly data: number;

  constructor(fields: readonly SqlType[]) {
    this.slots = fields.map(slotOf);
    const places: number[] = [];
    const before: number[] = [];
    let at = (fields.length + 7) >> 3;
    let last = -1;
    for (const { width } of this.slots) {
      places.push(at);
      before.push(last);
      if (width === 0) last = at;
      at += width === 0 ? 4 : width;
    }
    this.places = places;
    this.before = before;
    this.data = at;
  }
}

export class RowReader {
  readonly #shape: RowShape;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(fields: readonly SqlType[]) {
    this.#shape = new RowShape(fields);
  }

  open(slice: ByteSlice): this {
    this.#bytes = slice.bytes;
    this.#offset = slice.offset;
    return this;
  }

  isNull(field: number): boolean {
    return ((this.#bytes[this.#offset + (field >> 3)]! >> (field & 7)) & 1) === 1;
  }

  /** The field in the JS form of its layout; bytes as a view in `register`, or in a new one. */
  value(field: number, register?: ByteSlice): Value {
    if (this.isNull(field)) return null;
    const { slots, places, before, data } = this.#shape;
    const at = this.#offset + places[field]!;
    if (slots[field]!.width > 0) return slots[field]!.read(this.#bytes, at);
    const start = before[field]! < 0 ? 0 : readU32(this.#bytes, this.#offset + before[field]!);
    const slice = register ?? new ByteSlice();
    slice.view(this.#bytes, this.#offset + data + start, readU32(this.#bytes, at) - start);
    return slice;
  }
}

export class RowWriter {
  readonly #shape: RowShape;

  constructor(fields: readonly SqlType[]) {
    this.#shape = new RowShape(fields);
  }

  /** Fills `out`, which must be none of the values. */
  write(out: ByteSlice, values: readonly Value[]): void {
    const { slots, places, data } = this.#shape;
    let size = data;
    slots.forEach(({ width }, i) => {
      const value = values[i] ?? null;
      if (width === 0 && value !== null) size += (value as ByteSlice).length;
    });
    const bytes = out.reserve(size);
    bytes.fill(0, 0, data);
    let end = 0;
    slots.forEach((slot, i) => {
      const value = values[i] ?? null;
      const at = places[i]!;
      if (value === null) bytes[i >> 3]! |= 1 << (i & 7);
      else if (slot.width > 0) slot.write(bytes, at, value);
      else end += copyBytes(value as ByteSlice, bytes, data + end);
      if (slot.width === 0) writeU32(bytes, at, end);
    });
  }
}
