import type { LinearHost } from '../../columnar/linear/linear-memory.ts';
import { LinearPages } from '../../columnar/linear/linear-pages.ts';

/** 131,072 entries of 8 bytes: a page of 1 MiB (design D6). */
const MAX_SEGMENT_WORDS = 1 << 18;
const FIRST_SEGMENT_WORDS = 64;

/**
 * One open-addressing table with linear probing. Entry i is the words 2i (hash) and 2i + 1 (place + 1, 0 = free); its
 * home is `(hash << 1) & mask`. It holds all hashes that share its first `depth` bits.
 */
export interface Segment {
  entries: Int32Array;
  /** `entries.length - 2`: masks a doubled hash to an even word. */
  mask: number;
  count: number;
  depth: number;
}

/**
 * Hash → place (a slot or an address, 32 bits) by extendible hashing: the directory is addressed by the first bits of the hash; a segment doubles until
 * it is a page and then splits in two, so growth moves at most one page at a time.
 */
export class KeyIndex {
  /** Never shorter than 2, so that `hash >>> shift` is a proper shift. */
  directory: Segment[] = [];
  shift = 31;
  /** Where its full segments lie, listed as in the directory. */
  readonly linear: LinearPages | undefined;

  /** @param host has a memory for full segments */
  constructor(host?: LinearHost) {
    this.linear = host === undefined ? undefined : new LinearPages(host);
    this.clear();
  }

  clear(): void {
    this.linear?.clear([...this.#segments()].map((one) => one.entries));
    const only = newSegment(new Int32Array(FIRST_SEGMENT_WORDS), 0);
    this.directory = [only, only];
    this.shift = 31;
  }

  /** Empties without giving memory back where there is only one segment. */
  reset(): void {
    const first = this.directory[0]!;
    if (first.depth !== 0) {
      this.clear();
    } else {
      first.entries.fill(0);
      first.count = 0;
    }
  }

  get bytes(): number {
    let sum = this.directory.length * 8;
    for (const segment of this.#segments()) sum += segment.entries.byteLength;
    return sum;
  }

  /** Adds an entry that is not there yet. */
  add(hash: number, place: number): void {
    let segment = this.directory[hash >>> this.shift]!;
    // Full at 5/8: linear probing stays short and the average entry costs 17 bytes.
    while ((segment.count + 1) * 16 > segment.entries.length * 5) {
      this.#grow(segment);
      segment = this.directory[hash >>> this.shift]!;
    }
    put(segment, hash, place + 1);
    segment.count++;
  }

  remove(hash: number, place: number): void {
    const segment = this.directory[hash >>> this.shift]!;
    const { entries, mask } = segment;
    let hole = (hash << 1) & mask;
    while (entries[hole + 1] !== ((place + 1) | 0)) {
      if (entries[hole + 1] === 0) return;
      hole = (hole + 2) & mask;
    }
    // Entries behind the hole move up unless that would put them before their home.
    let next = (hole + 2) & mask;
    while (entries[next + 1] !== 0) {
      const home = (entries[next]! << 1) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        entries[hole] = entries[next]!;
        entries[hole + 1] = entries[next + 1]!;
        hole = next;
      }
      next = (next + 2) & mask;
    }
    entries[hole] = 0;
    entries[hole + 1] = 0;
    segment.count--;
  }

  /** Writes all places to `into` and returns how many there are. */
  collect(into: Int32Array): number {
    let count = 0;
    for (const { entries } of this.#segments()) {
      for (let i = 1; i < entries.length; i += 2) if (entries[i] !== 0) into[count++] = entries[i]! - 1;
    }
    return count;
  }

  *#segments(): Generator<Segment> {
    let before: Segment | undefined;
    for (const segment of this.directory) {
      if (segment !== before) yield segment;
      before = segment;
    }
  }

  #grow(segment: Segment): void {
    const old = segment.entries;
    if (old.length < MAX_SEGMENT_WORDS) {
      segment.entries = this.#entries(old.length * 2);
      segment.mask = segment.entries.length - 2;
      for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) put(segment, old[i]!, old[i + 1]!);
      this.#list(0, this.directory.length);
      return;
    }
    if (segment.depth === 32 - this.shift) {
      this.directory = this.directory.flatMap((one) => [one, one]);
      this.shift--;
      this.#list(0, this.directory.length);
    }
    const depth = segment.depth + 1;
    const halves = [
      newSegment(this.#entries(old.length), depth),
      newSegment(this.#entries(old.length), depth),
    ] as const;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      const half = (old[i]! >>> (32 - depth)) & 1 ? halves[1] : halves[0];
      put(half, old[i]!, old[i + 1]!);
      half.count++;
    }
    const width = 1 << (32 - this.shift - segment.depth);
    const start = this.directory.indexOf(segment);
    for (let i = 0; i < width; i++) this.directory[start + i] = i * 2 < width ? halves[0] : halves[1];
    this.#list(start, start + width);
    this.linear?.release(old);
  }

  #entries(words: number): Int32Array {
    const block = words === MAX_SEGMENT_WORDS ? this.linear?.take() : undefined;
    return block === undefined ? new Int32Array(words) : new Int32Array(block.buffer, block.address, words);
  }

  /** Tells the kernels where the segments of a part of the directory are. */
  #list(from: number, to: number): void {
    const { linear } = this;
    for (let i = from; i < to && linear?.memory !== undefined; i++)
      linear.list(i, this.directory[i]!.entries.byteOffset);
  }
}

function newSegment(entries: Int32Array, depth: number): Segment {
  return { entries, mask: entries.length - 2, count: 0, depth };
}

function put(segment: Segment, hash: number, stored: number): void {
  const { entries, mask } = segment;
  let i = (hash << 1) & mask;
  while (entries[i + 1] !== 0) i = (i + 2) & mask;
  entries[i] = hash;
  entries[i + 1] = stored;
}
