import { InternalError } from '../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../types/layout.ts';
import type { SqlType } from '../types/sql-type.ts';
import { encodeUtf8, type ByteSlice } from './byte-slice.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column, type FixedValues } from './column.ts';
import { writeI128 } from './i128.ts';

/** A value as expressions hold it (see `Layout`); `null` is SQL NULL. */
export type Value = boolean | number | bigint | ByteSlice | null;

/**
 * Grows one column row by row. For edges (literals, results, tests, state output), not for decoders: those fill typed
 * arrays themselves.
 */
export class ColumnBuilder {
  readonly type: SqlType;
  readonly layout: Layout;
  #length = 0;
  #values: FixedValues;
  #nulls: Uint8Array | null = null;
  #bytes: Uint8Array;
  #used = 0;
  #offsets: Int32Array;
  #lengths: Int32Array;
  #capacity: number;

  constructor(type: SqlType, capacity = 64) {
    this.type = type;
    this.layout = layoutOf(type);
    this.#capacity = Math.max(1, capacity);
    const bytes = this.layout === 'bytes';
    this.#values = this.layout === 'bytes' ? new Uint8Array(0) : allocateValues(this.layout, this.#capacity);
    this.#bytes = new Uint8Array(bytes ? this.#capacity * 16 : 0);
    this.#offsets = new Int32Array(bytes ? this.#capacity : 0);
    this.#lengths = new Int32Array(bytes ? this.#capacity : 0);
  }

  get length(): number {
    return this.#length;
  }

  appendNull(): void {
    const row = this.#grow();
    this.#nulls ??= new Uint8Array(this.#capacity);
    this.#nulls[row] = 1;
    if (this.layout === 'bytes') this.#offsets[row] = this.#used;
  }

  /** Appends a value of the layout's JS form. */
  append(value: Value): void {
    if (value === null) {
      this.appendNull();
      return;
    }
    if (typeof value === 'object') {
      this.appendBytes(value.bytes, value.offset, value.length);
      return;
    }
    const row = this.#grow();
    if (this.layout === 'i64') (this.#values as BigInt64Array)[row] = value as bigint;
    else if (this.layout === 'i128') writeI128(this.#values as BigInt64Array, row, value as bigint);
    else if (this.layout === 'bytes') throw new InternalError(`a ${typeof value} is no value of layout bytes`);
    else (this.#values as Float64Array)[row] = Number(value);
  }

  appendBytes(source: Uint8Array, offset: number, length: number): void {
    const row = this.#grow();
    if (this.#used + length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    if (length <= 32) {
      for (let i = 0; i < length; i++) this.#bytes[this.#used + i] = source[offset + i]!;
    } else {
      this.#bytes.set(source.subarray(offset, offset + length), this.#used);
    }
    this.#offsets[row] = this.#used;
    this.#lengths[row] = length;
    this.#used += length;
  }

  appendString(text: string): void {
    const encoded = encodeUtf8(text);
    this.appendBytes(encoded, 0, encoded.length);
  }

  /** The column; the builder must not be used afterwards. */
  finish(): Column {
    const nulls = this.#nulls === null ? null : this.#nulls.subarray(0, this.#length);
    if (this.layout === 'bytes') {
      return bytesColumn(
        this.type,
        {
          bytes: this.#bytes,
          offsets: this.#offsets.subarray(0, this.#length),
          lengths: this.#lengths.subarray(0, this.#length),
        },
        this.#length,
        nulls,
      );
    }
    const width = this.layout === 'i128' ? 2 : 1;
    return fixedColumn(this.type, this.#values.subarray(0, this.#length * width), this.#length, nulls);
  }

  #grow(): number {
    if (this.#length === this.#capacity) {
      this.#capacity *= 2;
      if (this.layout === 'bytes') {
        this.#offsets = copyInto(this.#offsets, new Int32Array(this.#capacity));
        this.#lengths = copyInto(this.#lengths, new Int32Array(this.#capacity));
      } else {
        this.#values = copyInto(this.#values, allocateValues(this.layout, this.#capacity));
      }
      if (this.#nulls !== null) this.#nulls = copyInto(this.#nulls, new Uint8Array(this.#capacity));
    }
    return this.#length++;
  }
}

function copyInto<T extends FixedValues>(source: T, target: T): T {
  (target as Uint8Array).set(source as Uint8Array);
  return target;
}
