import { decodeUtf8 } from '../../../columnar/byte-slice.ts';
import { GrowingBytes } from '../../../columnar/growing-bytes.ts';
import type { FieldTexts } from '../../../wire/sls/log-fields.ts';

/** What the logs of one group have in common. */
export interface GroupKey {
  readonly topic: string | undefined;
  readonly source: string | undefined;
  readonly hashKey: string | undefined;
}

/** Logs that keep their order: those of one group key. */
export interface Lane {
  /** Tells it from all others. */
  readonly name: string;
  readonly key: GroupKey;
}

/** Texts from which a lane is chosen; undefined: no column is declared for it. */
export interface LaneTexts {
  readonly topic: FieldTexts | undefined;
  readonly source: FieldTexts | undefined;
  readonly partition: FieldTexts | undefined;
}

/** More lanes or bytes of their texts than this are not remembered. */
const MOST_LANES = 1 << 16;
const MOST_BYTES = 4 << 20;
const FIRST_TABLE = 256;

/** Finds the lane of a row by the bytes of its attributes; makes strings and hash keys only for what it does not remember. */
export class LaneFinder {
  readonly #hashKey: (partition: string) => string;
  #texts: readonly (FieldTexts | undefined)[] = [];
  /** 1 + index into `#lanes`, 0 = free; its length is a power of two. */
  #table = new Int32Array(FIRST_TABLE);
  #lanes: Lane[] = [];
  #hashes: number[] = [];
  /** Of each lane where its texts begin: of each the length + 1 (0 = NULL) in four bytes, then the bytes. */
  #starts: number[] = [];
  readonly #bytes = new GrowingBytes();
  #last = -1;

  constructor(hashKey: (partition: string) => string) {
    this.#hashKey = hashKey;
  }

  /** Shows the attributes of the rows that are asked for next. */
  load({ topic, source, partition }: LaneTexts): void {
    this.#texts = [topic, source, partition];
  }

  of(row: number): Lane {
    // Neighbours mostly share their lane.
    if (this.#last >= 0 && this.#same(this.#last, row)) return this.#lanes[this.#last]!;
    const hash = this.#hash(row);
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = this.#table[at]! - 1;
      if (entry < 0) return this.#add(row, hash);
      if (this.#hashes[entry] === hash && this.#same(entry, row)) {
        this.#last = entry;
        return this.#lanes[entry]!;
      }
    }
  }

  #add(row: number, hash: number): Lane {
    if (this.#lanes.length >= MOST_LANES || this.#bytes.length > MOST_BYTES) this.#forget();
    const entry = this.#lanes.length;
    const lane = this.#laneOf(row);
    this.#lanes.push(lane);
    this.#hashes.push(hash);
    this.#starts.push(this.#bytes.length);
    for (const texts of this.#texts) {
      if (texts === undefined) continue;
      const length = isNull(texts, row) ? -1 : texts.lengths[row]!;
      const at = this.#bytes.reserve(4);
      for (let i = 0; i < 4; i++) this.#bytes.bytes[at + i] = (length + 1) >>> (8 * i);
      if (length > 0) this.#bytes.append(texts.bytes, texts.offsets[row]!, length);
    }
    if (this.#lanes.length * 2 > this.#table.length) this.#grow();
    else this.#put(entry);
    this.#last = entry;
    return lane;
  }

  #put(entry: number): void {
    const mask = this.#table.length - 1;
    let at = this.#hashes[entry]! & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = entry + 1;
  }

  #grow(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    for (let entry = 0; entry < this.#lanes.length; entry++) this.#put(entry);
  }

  #forget(): void {
    this.#table = new Int32Array(FIRST_TABLE);
    this.#lanes = [];
    this.#hashes = [];
    this.#starts = [];
    this.#bytes.length = 0;
    this.#last = -1;
  }

  #laneOf(row: number): Lane {
    const [topic, source, partition] = this.#texts.map((texts) => (texts === undefined ? undefined : text(texts, row)));
    // NULL is a value too: its rows go to one shard.
    const hashKey = this.#texts[2] === undefined ? undefined : this.#hashKey(partition ?? '');
    return { name: `${topic ?? ''}\u0000${source ?? ''}\u0000${hashKey ?? ''}`, key: { topic, source, hashKey } };
  }

  #same(entry: number, row: number): boolean {
    const { bytes } = this.#bytes;
    let at = this.#starts[entry]!;
    for (let t = 0; t < this.#texts.length; t++) {
      const texts = this.#texts[t];
      if (texts === undefined) continue;
      const stored = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      at += 4;
      const length = isNull(texts, row) ? -1 : texts.lengths[row]!;
      if (stored !== length + 1) return false;
      const offset = texts.offsets[row]!;
      for (let i = 0; i < length; i++) if (bytes[at + i] !== texts.bytes[offset + i]) return false;
      if (length > 0) at += length;
    }
    return true;
  }

  #hash(row: number): number {
    let hash = 0x811c9dc5;
    for (let t = 0; t < this.#texts.length; t++) {
      const texts = this.#texts[t];
      if (texts === undefined || isNull(texts, row)) continue;
      const { bytes } = texts;
      const offset = texts.offsets[row]!;
      for (let i = offset, end = offset + texts.lengths[row]!; i < end; i++) {
        hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
      }
      hash = Math.imul(hash ^ 0xff, 0x01000193);
    }
    return (hash ^ (hash >>> 15)) >>> 0;
  }
}

function isNull({ nulls }: FieldTexts, row: number): boolean {
  return nulls !== null && nulls[row] === 1;
}

function text(texts: FieldTexts, row: number): string | undefined {
  return isNull(texts, row) ? undefined : decodeUtf8(texts.bytes, texts.offsets[row]!, texts.lengths[row]!);
}
