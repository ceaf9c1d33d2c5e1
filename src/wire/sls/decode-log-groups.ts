import type { Batch } from '../../columnar/batch.ts';
import type { Scratch } from '../../columnar/scratch.ts';
import type { ColumnOrigin, LogGroupDecoderSettings, RowChunk } from './decoder-settings.ts';
import { ColumnFiller } from './fill-columns.ts';
import { keyOf, sameKey } from './key-words.ts';
import { corrupt, truncated } from './damaged-body.ts';

export type { ColumnOrigin, LogGroupDecoderSettings } from './decoder-settings.ts';

const DEFAULT_MAX_ROWS = 4096;
const BUCKETS = 1024;

/**
 * Decodes pull answers (LogGroupList) into batches of the wanted columns.
 *
 * The scan notes only where the wanted values lie: a key is looked up by its length and outer bytes and compared in
 * words only then, so that fields nobody asked for cost a few loads. The columns are filled from those places
 * afterwards: VARCHAR are views into the body, numbers are parsed from its bytes, what a filter dropped is not parsed.
 */
export class LogGroupDecoder {
  readonly #settings: LogGroupDecoderSettings;
  readonly #maxRows: number;
  readonly #filler: ColumnFiller;
  /** Content keys by column; nothing for other origins. */
  readonly #keys: DataView[];
  /** 1 + first column whose key falls into the bucket, 0 = none; `#next` chains further ones. */
  readonly #buckets = new Uint16Array(BUCKETS);
  readonly #next: Uint16Array;
  /** By the length byte of a key: 0 = no wanted key begins so, and the field is skipped unseen. */
  readonly #keyLengths = new Uint8Array(256);
  readonly #tags: { readonly column: number; readonly key: DataView }[] = [];
  readonly #topic: readonly number[];
  readonly #source: readonly number[];
  readonly #time: number;
  readonly #timeNs: number;
  /** Columns that are constant in a group, with the value found in the present one (−1 = absent). */
  readonly #groupColumns: readonly number[];
  readonly #groupOffsets: Int32Array;
  readonly #groupLengths: Int32Array;

  #body: Uint8Array = EMPTY;
  /** The same bytes, for words that begin anywhere. */
  #view: DataView = NO_BYTES;
  #scratch: Scratch | undefined;
  #chunks: RowChunk[] = [];
  #chunk: RowChunk = NO_CHUNK;
  #rowsBefore = 0;
  /** Running guess, so that a small answer does not allocate room for a large one. */
  #bytesPerLog = 256;

  constructor(settings: LogGroupDecoderSettings) {
    this.#settings = settings;
    this.#maxRows = settings.maxRows ?? DEFAULT_MAX_ROWS;
    const { origins } = settings;
    const columnsOf = (kind: ColumnOrigin['kind']) => origins.flatMap((one, c) => (one.kind === kind ? [c] : []));
    this.#keys = origins.map((one) => (one.kind === 'content' ? keyOf(one.key) : NO_BYTES));
    this.#next = new Uint16Array(origins.length);
    for (const c of columnsOf('content').reverse()) {
      const key = this.#keys[c]!;
      const length = key.byteLength;
      this.#keyLengths[length < 128 ? length : (length & 0x7f) | 0x80] = 1;
      if (length === 0 || length > 127) continue;
      const bucket = bucketOf(length, key.getUint8(0), key.getUint8(length - 1));
      this.#next[c] = this.#buckets[bucket]!;
      this.#buckets[bucket] = c + 1;
    }
    origins.forEach((one, column) => {
      if (one.kind === 'tag') this.#tags.push({ column, key: keyOf(one.key) });
    });
    this.#topic = columnsOf('topic');
    this.#source = columnsOf('source');
    this.#time = columnsOf('time')[0] ?? -1;
    this.#timeNs = columnsOf('time-ns')[0] ?? -1;
    this.#groupColumns = [...this.#topic, ...this.#source, ...columnsOf('tag')];
    this.#groupOffsets = new Int32Array(origins.length);
    this.#groupLengths = new Int32Array(origins.length);
    this.#filler = new ColumnFiller(settings);
  }

  /**
   * @param body LogGroupList, uncompressed; must stay unchanged as long as the batches are used
   * @param scratch where arrays of the batches may lie; must then stay untouched as well
   * @returns batches of 1 … maxRows rows in order
   * @throws WireError SLS_BODY_TRUNCATED, SLS_BODY_CORRUPT; then no batch and no invalid field has been reported
   */
  decode(body: Uint8Array, scratch?: Scratch): Batch[] {
    this.#body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#scratch = scratch;
    this.#chunks = [];
    this.#chunk = NO_CHUNK;
    this.#rowsBefore = 0;
    try {
      this.#scanList(body);
      const rows = this.#rowsBefore + this.#chunk.rowCount;
      if (rows > 0) this.#bytesPerLog = Math.max(16, body.length / rows);
      return this.#chunks.map((chunk) => this.#filler.fill(body, chunk, scratch));
    } finally {
      this.#body = EMPTY;
      this.#view = NO_BYTES;
      this.#scratch = undefined;
      this.#chunks = [];
      this.#chunk = NO_CHUNK;
    }
  }

  #scanList(body: Uint8Array): void {
    const end = body.length;
    let at = 0;
    while (at < end) {
      const tag = body[at]!;
      if (tag !== 0x0a) {
        at = this.#skipField(at, end);
        continue;
      }
      at = this.#varintEnd(at + 1, end);
      const groupEnd = at + varint;
      if (groupEnd > end) throw truncated();
      this.#scanGroup(at, groupEnd);
      at = groupEnd;
    }
  }

  #scanGroup(start: number, end: number): void {
    const body = this.#body;
    this.#groupOffsets.fill(-1);
    const firstChunk = Math.max(0, this.#chunks.length - 1);
    const firstRow = this.#chunk.rowCount;
    let at = start;
    while (at < end) {
      const tag = body[at]!;
      if (tag === 0x0a) {
        at = this.#varintEnd(at + 1, end);
        const logEnd = at + varint;
        if (logEnd > end) throw truncated();
        let chunk = this.#chunk;
        if (chunk.rowCount === chunk.capacity) chunk = this.#newChunk(body.length - at);
        this.#scanLog(chunk.slots, chunk.capacity, chunk.rowCount, at, logEnd);
        chunk.rowCount++;
        at = logEnd;
      } else if (tag === 0x1a || tag === 0x22) {
        at = this.#varintEnd(at + 1, end);
        if (at + varint > end) throw truncated();
        for (const column of tag === 0x1a ? this.#topic : this.#source) {
          this.#groupOffsets[column] = at;
          this.#groupLengths[column] = varint;
        }
        at += varint;
      } else if (tag === 0x32 && this.#tags.length > 0) {
        at = this.#varintEnd(at + 1, end);
        const tagEnd = at + varint;
        if (tagEnd > end) throw truncated();
        this.#scanPair(at, tagEnd);
        this.#takeTag();
        at = tagEnd;
      } else {
        at = this.#skipField(at, end);
      }
    }
    if (this.#groupColumns.length > 0) this.#fillGroup(firstChunk, firstRow);
  }

  /** Writes the values of the group into the rows it added; they may come behind the logs. */
  #fillGroup(firstChunk: number, firstRow: number): void {
    // An unset topic or source is the empty text, an absent tag is NULL.
    for (const column of this.#topic) if (this.#groupOffsets[column]! < 0) this.#setEmpty(column);
    for (const column of this.#source) if (this.#groupOffsets[column]! < 0) this.#setEmpty(column);
    for (let c = firstChunk; c < this.#chunks.length; c++) {
      const { slots, capacity, rowCount } = this.#chunks[c]!;
      const from = c === firstChunk ? firstRow : 0;
      if (from === rowCount) continue;
      for (const column of this.#groupColumns) {
        const base = 2 * column * capacity;
        slots.fill(this.#groupOffsets[column]!, base + from, base + rowCount);
        slots.fill(this.#groupLengths[column]!, base + capacity + from, base + capacity + rowCount);
      }
    }
  }

  #setEmpty(column: number): void {
    this.#groupOffsets[column] = 0;
    this.#groupLengths[column] = 0;
  }

  #newChunk(bytesLeft: number): RowChunk {
    this.#rowsBefore += this.#chunk.rowCount;
    const guess = Math.ceil((bytesLeft / this.#bytesPerLog) * 1.1) + 1;
    const capacity = Math.min(this.#maxRows, Math.max(16, guess));
    const size = this.#keys.length * 2 * capacity;
    const slots = (this.#scratch?.int32(size) ?? new Int32Array(size)).fill(-1);
    this.#chunk = { capacity, rowCount: 0, slots };
    this.#chunks.push(this.#chunk);
    return this.#chunk;
  }

  /**
   * Notes the places of the wanted fields of one Log. Plainly:
   *   for each field: Time → time slot; Time_ns → its slot; Contents → look its key up, note its value (last wins).
   * Bounds are checked with `!(a <= b)`, which also refuses the NaN that a read past the end gives.
   */
  #scanLog(slots: Int32Array, capacity: number, row: number, start: number, end: number): void {
    const body = this.#body;
    const buckets = this.#buckets;
    const keyLengths = this.#keyLengths;
    const view = this.#view;
    const keys = this.#keys;
    let at = start;
    while (at < end) {
      const tag = body[at]!;
      if (tag === 0x12) {
        let fieldLength = body[at + 1]!;
        let inner = at + 2;
        if (fieldLength >= 0x80) {
          const next = body[inner]!;
          if (next < 0x80) {
            fieldLength = (fieldLength & 0x7f) | (next << 7);
            inner++;
          } else {
            inner = this.#varintEnd(at + 1, end);
            fieldLength = varint;
          }
        }
        const fieldEnd = inner + fieldLength;
        if (!(fieldEnd <= end)) throw truncated();
        const keyLength = body[inner + 1]!;
        const keyFirst = body[inner] === 0x0a;
        if (keyFirst && keyLengths[keyLength] === 0) {
          at = fieldEnd;
          continue;
        }
        const keyAt = inner + 2;
        const keyEnd = keyAt + keyLength;
        if (keyFirst && keyLength < 128 && keyLength !== 0 && body[keyEnd] === 0x12) {
          let valueLength = body[keyEnd + 1]!;
          let valueAt = keyEnd + 2;
          if (valueLength >= 0x80) {
            const next = body[keyEnd + 2]!;
            if (next < 0x80) {
              valueLength = (valueLength & 0x7f) | (next << 7);
              valueAt++;
            } else {
              valueAt = this.#varintEnd(keyEnd + 1, fieldEnd);
              valueLength = varint;
            }
          }
          if (valueAt + valueLength === fieldEnd) {
            let candidate = buckets[bucketOf(keyLength, body[keyAt]!, body[keyEnd - 1]!)]!;
            while (candidate !== 0) {
              const column = candidate - 1;
              if (sameKey(keys[column]!, view, keyAt, keyLength)) {
                const slot = 2 * column * capacity + row;
                slots[slot] = valueAt;
                slots[slot + capacity] = valueLength;
              }
              candidate = this.#next[column]!;
            }
            at = fieldEnd;
            continue;
          }
        }
        // Not the plain form "key, value": value first, a repeated part, an empty or very long key.
        this.#scanPair(inner, fieldEnd);
        this.#takeContent(slots, capacity, row);
        at = fieldEnd;
      } else if (tag === 0x08) {
        // The times of our days are varints of five bytes.
        const [b1, b2, b3] = [body[at + 1]!, body[at + 2]!, body[at + 3]!];
        const [b4, b5] = [body[at + 4]!, body[at + 5]!];
        let seconds: number;
        if ((b1 & b2 & b3 & b4) >= 0x80 && b5 < 0x10 && at + 6 <= end) {
          seconds = (b1 & 0x7f) | ((b2 & 0x7f) << 7) | ((b3 & 0x7f) << 14) | ((b4 & 0x7f) << 21) | (b5 << 28);
          at += 6;
        } else {
          at = this.#varintEnd(at + 1, end);
          seconds = varint | 0;
        }
        if (this.#time >= 0) slots[2 * this.#time * capacity + row] = seconds;
      } else if (tag === 0x25) {
        if (end - at < 5) throw truncated();
        if (this.#timeNs >= 0) {
          slots[2 * this.#timeNs * capacity + row] =
            body[at + 1]! | (body[at + 2]! << 8) | (body[at + 3]! << 16) | (body[at + 4]! << 24);
        }
        at += 5;
      } else {
        at = this.#skipField(at, end);
      }
    }
  }

  /** Any Content or LogTag; leaves the places of key and value in `pair`. */
  #scanPair(start: number, end: number): void {
    pair.keyAt = -1;
    pair.valueAt = -1;
    let at = start;
    while (at < end) {
      const tag = this.#body[at]!;
      if (tag !== 0x0a && tag !== 0x12) {
        at = this.#skipField(at, end);
        continue;
      }
      at = this.#varintEnd(at + 1, end);
      if (at + varint > end) throw truncated();
      if (tag === 0x0a) {
        pair.keyAt = at;
        pair.keyLength = varint;
      } else {
        pair.valueAt = at;
        pair.valueLength = varint;
      }
      at += varint;
    }
    if (pair.keyAt < 0 || pair.valueAt < 0) throw corrupt('a field has no key or no value');
  }

  #takeContent(slots: Int32Array, capacity: number, row: number): void {
    const { origins } = this.#settings;
    for (let column = 0; column < origins.length; column++) {
      if (origins[column]!.kind !== 'content') continue;
      const key = this.#keys[column]!;
      if (!sameKey(key, this.#view, pair.keyAt, pair.keyLength)) continue;
      slots[2 * column * capacity + row] = pair.valueAt;
      slots[(2 * column + 1) * capacity + row] = pair.valueLength;
    }
  }

  #takeTag(): void {
    for (const { column, key } of this.#tags) {
      if (!sameKey(key, this.#view, pair.keyAt, pair.keyLength)) continue;
      this.#groupOffsets[column] = pair.valueAt;
      this.#groupLengths[column] = pair.valueLength;
    }
  }

  /** Skips the field whose tag begins at `at`. @returns the place behind it */
  #skipField(at: number, end: number): number {
    const after = this.#varintEnd(at, end);
    const tag = varint;
    if (tag < 8) throw corrupt('a field has number 0');
    let to = after;
    switch (tag & 7) {
      case 0:
        return this.#varintEnd(after, end);
      case 1:
        to += 8;
        break;
      case 2:
        to = this.#varintEnd(after, end);
        to += varint;
        break;
      case 5:
        to += 4;
        break;
      default:
        throw corrupt(`wire type ${tag & 7} does not occur`);
    }
    if (to > end) throw truncated();
    return to;
  }

  /** Reads a varint into `varint` (its low 32 bits). @returns the place behind it */
  #varintEnd(start: number, end: number): number {
    const body = this.#body;
    let at = start;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw truncated();
      const byte = body[at++]!;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        varint = value >>> 0;
        return at;
      }
    }
    throw corrupt('a number is longer than 10 bytes');
  }
}

/** Second results of `#varintEnd` and `#scanPair`: module-level, because an object per call would be garbage. */
let varint = 0;
const pair = { keyAt: -1, keyLength: 0, valueAt: -1, valueLength: 0 };

const EMPTY = new Uint8Array(0);
const NO_BYTES = new DataView(EMPTY.buffer);
const NO_CHUNK: RowChunk = { capacity: 0, rowCount: 0, slots: new Int32Array(0) };

function bucketOf(length: number, first: number, last: number): number {
  return (length * 37 + first * 5 + last * 11) & (BUCKETS - 1);
}
