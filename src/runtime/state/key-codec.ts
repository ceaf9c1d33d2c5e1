import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { finishHash, HASH_SEED, mixWord } from './key-hash.ts';

const widths: Record<Exclude<Layout, 'bytes'>, number> = {
  bool: 1,
  i8: 1,
  i16: 1,
  i32: 1,
  f32: 1,
  i64: 2,
  f64: 2,
  i128: 4,
};

interface Part {
  readonly type: SqlType;
  readonly layout: Layout;
  /** Fixed parts: the word inside the key. */
  readonly offset: number;
  /** Fixed parts: word and bit of the NULL flag. */
  readonly flagWord: number;
  readonly flagBit: number;
}

/**
 * Composite keys as strings of 32-bit words: NULL flags of the fixed parts, the fixed parts (zero where NULL), then for
 * each string its length (−1 for NULL) and its bytes padded with zeros. No key is a prefix of another one.
 */
export class KeyCodec {
  readonly #parts: readonly Part[];
  readonly #fixedWords: number;
  /** Encoded rows, one after the other; row k of the chunk begins at `starts[k]`, ends at `starts[k + 1]`. */
  words = new Int32Array(1024);
  readonly starts: Int32Array;
  readonly hashes: Int32Array;
  readonly #at: Int32Array;

  /** @param chunkRows at most so many rows are encoded at a time */
  constructor(types: readonly SqlType[], chunkRows: number) {
    const layouts = types.map(layoutOf);
    const fixedCount = layouts.filter((layout) => layout !== 'bytes').length;
    let offset = (fixedCount + 31) >> 5;
    let fixedIndex = 0;
    this.#parts = layouts.map((layout, i) => {
      const type = types[i]!;
      if (layout === 'bytes') return { type, layout, offset: -1, flagWord: -1, flagBit: 0 };
      const part = { type, layout, offset, flagWord: fixedIndex >> 5, flagBit: 1 << (fixedIndex & 31) };
      offset += widths[layout];
      fixedIndex++;
      return part;
    });
    this.#fixedWords = offset;
    this.starts = new Int32Array(chunkRows + 1);
    this.hashes = new Int32Array(chunkRows);
    this.#at = new Int32Array(chunkRows);
  }

  /** Encodes rows `rows[from … from + count)` and hashes them. */
  encode(keys: readonly Column[], rows: Int32Array, from: number, count: number): void {
    const { starts, hashes } = this;
    const at = this.#at;
    at.fill(this.#fixedWords, 0, count);
    for (let p = 0; p < this.#parts.length; p++) {
      const column = keys[p]!;
      if (column.layout !== 'bytes') continue;
      const { lengths, nulls } = column;
      for (let k = 0; k < count; k++) {
        const row = rows[from + k]!;
        at[k] = at[k]! + 1 + (nulls !== null && nulls[row] === 1 ? 0 : (lengths[row]! + 3) >> 2);
      }
    }
    let total = 0;
    for (let k = 0; k < count; k++) {
      starts[k] = total;
      total += at[k]!;
      at[k] = starts[k]! + this.#fixedWords;
    }
    starts[count] = total;
    this.#reserve(total);
    this.words.fill(0, 0, total);
    for (let p = 0; p < this.#parts.length; p++) {
      const part = this.#parts[p]!;
      const column = keys[p]!;
      if (column.layout !== part.layout) throw new InternalError('key column of another layout');
      if (column.layout === 'bytes')
        this.#writeString(column.bytes, column.offsets, column.lengths, column.nulls, rows, from, count);
      else this.#writeFixed(part, column, rows, from, count);
    }
    const words = this.words;
    for (let k = 0; k < count; k++) {
      let hash = HASH_SEED;
      for (let i = starts[k]!, end = starts[k + 1]!; i < end; i++) hash = mixWord(hash, words[i]!);
      hashes[k] = finishHash(hash);
    }
  }

  /** Words of the key stored at `at`. */
  lengthAt(page: Int32Array, at: number): number {
    let end = at + this.#fixedWords;
    for (const part of this.#parts) {
      if (part.layout !== 'bytes') continue;
      const length = page[end]!;
      end += 1 + (length < 0 ? 0 : (length + 3) >> 2);
    }
    return end - at;
  }

  hashAt(page: Int32Array, at: number): number {
    let hash = HASH_SEED;
    for (let i = at, end = at + this.lengthAt(page, at); i < end; i++) hash = mixWord(hash, page[i]!);
    return finishHash(hash);
  }

  /** Part `part` of the keys stored at `pages[k]`, `ats[k]`. */
  decode(part: number, pages: readonly Int32Array[], ats: Int32Array, count: number): Column {
    const wanted = this.#parts[part]!;
    if (wanted.layout === 'bytes') return this.#decodeString(part, pages, ats, count);
    const width = widths[wanted.layout];
    const values = allocateValues(wanted.layout, count);
    let nulls: Uint8Array | null = null;
    const asWords = width > 1 || wanted.layout === 'f32' ? new Int32Array(values.buffer) : undefined;
    for (let k = 0; k < count; k++) {
      const page = pages[k]!;
      const at = ats[k]!;
      if ((page[at + wanted.flagWord]! & wanted.flagBit) !== 0) {
        nulls ??= new Uint8Array(count);
        nulls[k] = 1;
      }
      if (asWords === undefined) values[k] = page[at + wanted.offset]!;
      else for (let w = 0; w < width; w++) asWords[k * width + w] = page[at + wanted.offset + w]!;
    }
    return fixedColumn(wanted.type, values, count, nulls);
  }

  #decodeString(part: number, pages: readonly Int32Array[], ats: Int32Array, count: number): Column {
    const offsets = new Int32Array(count);
    const lengths = new Int32Array(count);
    const places = new Int32Array(count);
    let nulls: Uint8Array | null = null;
    let total = 0;
    const skipped = this.#parts.slice(0, part).filter((one) => one.layout === 'bytes').length;
    for (let k = 0; k < count; k++) {
      const page = pages[k]!;
      let at = ats[k]! + this.#fixedWords;
      for (let skip = 0; skip < skipped; skip++) {
        const length = page[at]!;
        at += 1 + (length < 0 ? 0 : (length + 3) >> 2);
      }
      const length = page[at]!;
      places[k] = at + 1;
      offsets[k] = total;
      if (length < 0) {
        nulls ??= new Uint8Array(count);
        nulls[k] = 1;
      } else {
        lengths[k] = length;
        // Words are copied whole; the next value begins on a word.
        total += (length + 3) & ~3;
      }
    }
    const words = new Int32Array(total >> 2);
    for (let k = 0; k < count; k++) {
      const page = pages[k]!;
      const from = places[k]!;
      const to = offsets[k]! >> 2;
      for (let w = 0, n = (lengths[k]! + 3) >> 2; w < n; w++) words[to + w] = page[from + w]!;
    }
    return bytesColumn(
      this.#parts[part]!.type,
      { bytes: new Uint8Array(words.buffer), offsets, lengths },
      count,
      nulls,
    );
  }

  #reserve(words: number): void {
    if (this.words.length < words) this.words = new Int32Array(words * 2);
  }

  #writeString(
    bytes: Uint8Array,
    offsets: Int32Array,
    lengths: Int32Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    from: number,
    count: number,
  ): void {
    // V8 compiles this to one unaligned load, a third of the time of four bytes and three shifts.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const words = this.words;
    const cursor = this.#at;
    for (let k = 0; k < count; k++) {
      const row = rows[from + k]!;
      let at = cursor[k]!;
      if (nulls !== null && nulls[row] === 1) {
        words[at++] = -1;
      } else {
        const length = lengths[row]!;
        words[at++] = length;
        let i = offsets[row]!;
        const end = i + length;
        for (; i + 3 < end; i += 4) words[at++] = view.getInt32(i, true);
        if (i < end) words[at++] = lastWord(bytes, i, end - i);
      }
      cursor[k] = at;
    }
  }

  #writeFixed(
    part: Part,
    column: Exclude<Column, { layout: 'bytes' }>,
    rows: Int32Array,
    from: number,
    count: number,
  ): void {
    const { words, starts } = this;
    const { nulls, values } = column;
    const { offset, flagWord, flagBit } = part;
    const width = widths[column.layout];
    if (nulls !== null) {
      for (let k = 0; k < count; k++) if (nulls[rows[from + k]!] === 1) words[starts[k]! + flagWord]! |= flagBit;
    }
    if (width === 1 && column.layout !== 'f32') {
      const narrow = values as Int32Array;
      for (let k = 0; k < count; k++) {
        const row = rows[from + k]!;
        if (nulls === null || nulls[row] === 0) words[starts[k]! + offset] = narrow[row]!;
      }
      return;
    }
    const source = new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
    for (let k = 0; k < count; k++) {
      const row = rows[from + k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      for (let w = 0; w < width; w++) words[starts[k]! + offset + w] = source[row * width + w]!;
    }
  }
}

/** The last 1 to 3 bytes of a string, padded with zeros. */
function lastWord(bytes: Uint8Array, at: number, count: number): number {
  let word = bytes[at]!;
  if (count > 1) word |= bytes[at + 1]! << 8;
  if (count > 2) word |= bytes[at + 2]! << 16;
  return word;
}
