import { encodeUtf8 } from '../../columnar/byte-slice.ts';

/** The texts of one field, row by row: row i is bytes[offsets[i] … offsets[i] + lengths[i]). */
export interface FieldTexts {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  /** 1 = NULL; null where there is none. */
  readonly nulls: Uint8Array | null;
}

/** What copying in words of four bytes may write too far. */
export const COPY_SLACK = 8;

const TAG_CONTENT = 0x12;
const TAG_KEY = 0x0a;
const TAG_VALUE = 0x12;

/**
 * The fields that all logs of a table have: their keys as they are written, and where the texts of the rows at hand lie.
 * `measure` and `write` are the two halves of writing one row.
 */
export class LogFields {
  readonly #count: number;
  readonly #writeNulls: boolean;
  /** Of each field, one behind the other: tag, length and bytes of the key, tag of the value. */
  readonly #heads: DataView;
  readonly #headStarts: Int32Array;
  readonly #headLengths: Int32Array;
  readonly #texts: DataView[];
  readonly #offsets: Int32Array[];
  readonly #lengths: Int32Array[];
  readonly #nulls: (Uint8Array | null)[];
  /** Of the row measured last: bytes of each field behind its own length, −1 = left out. */
  readonly #sizes: Int32Array;

  /** @param writeNulls whether NULL is written as the empty text or left out */
  constructor(keys: readonly string[], { writeNulls }: { readonly writeNulls: boolean }) {
    const heads = keys.map((key) => {
      const bytes = encodeUtf8(key);
      const length = new Uint8Array(5);
      const lengthEnd = writeVarint(new DataView(length.buffer), 0, bytes.length);
      return [TAG_KEY, ...length.subarray(0, lengthEnd), ...bytes, TAG_VALUE];
    });
    this.#count = keys.length;
    this.#writeNulls = writeNulls;
    this.#headLengths = Int32Array.from(heads, (head) => head.length);
    this.#headStarts = new Int32Array(keys.length);
    for (let f = 1; f < keys.length; f++) this.#headStarts[f] = this.#headStarts[f - 1]! + this.#headLengths[f - 1]!;
    this.#heads = new DataView(Uint8Array.from([...heads.flat(), ...new Uint8Array(COPY_SLACK)]).buffer);
    this.#texts = keys.map(() => new DataView(new ArrayBuffer(0)));
    this.#offsets = keys.map(() => new Int32Array(0));
    this.#lengths = keys.map(() => new Int32Array(0));
    this.#nulls = keys.map(() => null);
    this.#sizes = new Int32Array(keys.length);
  }

  /** Shows where the texts of a field lie from now on. */
  set(field: number, { bytes, offsets, lengths, nulls }: FieldTexts): void {
    // The fields of pulled logs mostly share one body.
    const neighbour = this.#texts[field === 0 ? 0 : field - 1]!;
    this.#texts[field] = shows(neighbour, bytes)
      ? neighbour
      : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offsets[field] = offsets;
    this.#lengths[field] = lengths;
    this.#nulls[field] = nulls;
  }

  /** Bytes of the fields of a row, each with its tag and length. */
  measure(row: number): number {
    const sizes = this.#sizes;
    let total = 0;
    for (let f = 0; f < this.#count; f++) {
      const nulls = this.#nulls[f]!;
      let length: number;
      if (nulls !== null && nulls[row] === 1) {
        if (!this.#writeNulls) {
          sizes[f] = -1;
          continue;
        }
        length = 0;
      } else length = this.#lengths[f]![row]!;
      const size = this.#headLengths[f]! + varintSize(length) + length;
      sizes[f] = size;
      total += 1 + varintSize(size) + size;
    }
    return total;
  }

  /** Writes the row measured last. Up to `COPY_SLACK` bytes behind it are overwritten too. @returns the place behind it */
  write(row: number, into: DataView, start: number): number {
    const heads = this.#heads;
    let at = start;
    for (let f = 0; f < this.#count; f++) {
      const size = this.#sizes[f]!;
      if (size < 0) continue;
      into.setUint8(at++, TAG_CONTENT);
      if (size < 0x80) into.setUint8(at++, size);
      else at = writeVarint(into, at, size);
      const headLength = this.#headLengths[f]!;
      const headStart = this.#headStarts[f]!;
      for (let i = 0; i < headLength; i += 4) into.setInt32(at + i, heads.getInt32(headStart + i, true), true);
      at += headLength;
      const nulls = this.#nulls[f]!;
      if (nulls !== null && nulls[row] === 1) {
        into.setUint8(at++, 0);
        continue;
      }
      const length = this.#lengths[f]![row]!;
      if (length < 0x80) into.setUint8(at++, length);
      else at = writeVarint(into, at, length);
      const texts = this.#texts[f]!;
      const offset = this.#offsets[f]![row]!;
      if (length > LONG) {
        copyLong(texts, offset, into, at, length);
      } else if (offset + length + 4 <= texts.byteLength) {
        for (let i = 0; i < length; i += 4) into.setInt32(at + i, texts.getInt32(offset + i, true), true);
      } else {
        for (let i = 0; i < length; i++) into.setUint8(at + i, texts.getUint8(offset + i));
      }
      at += length;
    }
    return at;
  }
}

/** Above this many bytes the copy of the platform beats a loop in words. */
const LONG = 512;

function copyLong(from: DataView, offset: number, into: DataView, at: number, length: number): void {
  const source = new Uint8Array(from.buffer, from.byteOffset + offset, length);
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(source, at);
}

function shows(view: DataView, bytes: Uint8Array): boolean {
  return view.buffer === bytes.buffer && view.byteOffset === bytes.byteOffset && view.byteLength === bytes.byteLength;
}

/** Bytes of a varint; `value` below 2^32. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Writes a varint below 2^32 and returns the place behind it. */
function writeVarint(into: DataView, at: number, value: number): number {
  let to = at;
  let rest = value >>> 0;
  while (rest >= 0x80) {
    into.setUint8(to++, (rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  into.setUint8(to++, rest);
  return to;
}
