import type { Column } from '../../columnar/column.ts';
import { readI128 } from '../../columnar/i128.ts';
import { layoutOf } from '../../types/layout.ts';
import type { Schema } from '../../types/schema.ts';
import type { SortKey } from '../../planner/physical/plan.ts';

const NULL_FIRST = 0;
const PRESENT = 1;
const NULL_LAST = 2;
/** Bytes of a text that a double holds exactly. */
const PREFIX_BYTES = 6;
const LOW_WORD = 0xffff_ffff_ffff_ffffn;

/**
 * The sort keys of a row as bytes that compare as ORDER BY compares the rows: NULLs by a byte in front, numbers with the
 * highest byte first and their sign turned, texts ended by 00 00 (a 00 inside is 00 ff), DESC with all bytes inverted.
 * Beside it a number that decides most comparisons alone.
 */
export class SortKeyEncoder {
  readonly #keys: readonly SortKey[];
  /** Equal prefixes mean equal keys: the bytes are not needed. */
  readonly exact: boolean;
  bytes = new Uint8Array(64);
  length = 0;
  readonly #view = new DataView(new ArrayBuffer(8));

  constructor(keys: readonly SortKey[], { fields }: Schema) {
    this.#keys = keys;
    const [first] = keys;
    this.exact = first === undefined || (keys.length === 1 && isExact(fields[first.column]!.type));
  }

  /** NaN never comes out: it would compare with nothing. */
  prefix(columns: readonly Column[], row: number): number {
    const [key] = this.#keys;
    if (key === undefined) return 0;
    const column = columns[key.column]!;
    if (column.nulls !== null && column.nulls[row] === 1) return key.nullsFirst ? -Infinity : Infinity;
    const value = prefixOf(column, row);
    return key.descending ? -value : value;
  }

  /** Fills `bytes[0 … length)`. */
  encode(columns: readonly Column[], row: number): void {
    this.length = 0;
    for (const key of this.#keys) {
      const column = columns[key.column]!;
      if (column.nulls !== null && column.nulls[row] === 1) {
        this.#put(key.nullsFirst ? NULL_FIRST : NULL_LAST);
        continue;
      }
      this.#put(PRESENT);
      const from = this.length;
      this.#value(column, row);
      if (key.descending) for (let i = from; i < this.length; i++) this.bytes[i]! ^= 0xff;
    }
  }

  #value(column: Column, row: number): void {
    const view = this.#view;
    switch (column.layout) {
      case 'bytes': {
        const { bytes, offsets, lengths } = column;
        const start = offsets[row]!;
        for (let i = start; i < start + lengths[row]!; i++) {
          this.#put(bytes[i]!);
          if (bytes[i] === 0) this.#put(0xff);
        }
        this.#put(0);
        this.#put(0);
        return;
      }
      case 'i64':
        this.#long(column.values[row]!, true);
        return;
      case 'i128': {
        const value = readI128(column.values, row);
        this.#long(value >> 64n, true);
        this.#long(value & LOW_WORD, false);
        return;
      }
      case 'f32':
      case 'f64': {
        const value = column.values[row]!;
        view.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
        const negative = view.getUint8(0) >= 0x80 && !Number.isNaN(value);
        for (let i = 0; i < 8; i++)
          this.#put(negative ? view.getUint8(i) ^ 0xff : view.getUint8(i) ^ (i === 0 ? 0x80 : 0));
        return;
      }
      default:
        view.setInt32(0, column.values[row]! ^ 0x8000_0000);
        for (let i = 0; i < 4; i++) this.#put(view.getUint8(i));
    }
  }

  #long(value: bigint, signed: boolean): void {
    this.#view.setBigInt64(0, BigInt.asIntN(64, value));
    for (let i = 0; i < 8; i++) this.#put(this.#view.getUint8(i) ^ (signed && i === 0 ? 0x80 : 0));
  }

  #put(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }
}

function isExact(type: Schema['fields'][number]['type']): boolean {
  const layout = layoutOf(type);
  if (layout === 'f64') return type.kind === 'timestamp' || type.kind === 'interval-day';
  return layout === 'bool' || layout === 'i8' || layout === 'i16' || layout === 'i32';
}

function prefixOf(column: Column, row: number): number {
  switch (column.layout) {
    case 'bytes': {
      const { bytes, offsets, lengths } = column;
      let value = 0;
      for (let i = 0; i < PREFIX_BYTES; i++) {
        value = value * 256 + (i < lengths[row]! ? bytes[offsets[row]! + i]! : 0);
      }
      return value;
    }
    case 'i128':
      return Number(readI128(column.values, row));
    case 'i64':
      return Number(column.values[row]);
    default: {
      const value = column.values[row]!;
      return Number.isNaN(value) ? Infinity : value;
    }
  }
}
