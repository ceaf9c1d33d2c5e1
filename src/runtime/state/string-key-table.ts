import { bytesColumn, type BytesColumn, type Column } from '../../columnar/column.ts';
import { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { ByteArena } from './byte-arena.ts';
import { finishHash, HASH_SEED, mixWord } from './key-hash.ts';
import { KeyIndex } from './key-index.ts';
import type { StoredKeyTable } from './key-table.ts';
import { SlotPool } from './slot-pool.ts';

/** Rows hashed at a time, so that their bytes are still in the first-level cache when they are compared. */
const CHUNK_ROWS = 512;
/** Above so many keys the table does not fit into the caches. */
const PREFETCH_KEYS = 1 << 15;

/**
 * Keys of one string, compared where they lie: a look-up copies nothing. A record in the arena is slot, length (−1 =
 * NULL) and the bytes in words padded with zeros; the index leads from a hash to the record.
 */
export class StringKeyTable implements StoredKeyTable {
  readonly #type: SqlType;
  #arena = new ByteArena();
  /** The record of each slot. */
  readonly #addresses = new PagedArray('i32');
  readonly #index = new KeyIndex();
  readonly #pool = new SlotPool();
  readonly #hashes = new Int32Array(CHUNK_ROWS);
  readonly #near = new Int32Array(CHUNK_ROWS);
  #fresh = new Int32Array(64);
  #freshCount = 0;

  constructor(type: SqlType) {
    this.#type = type;
  }

  get slotCount(): number {
    return this.#pool.slotCount;
  }

  get size(): number {
    return this.#pool.size;
  }

  get freshSlots(): Int32Array {
    return this.#fresh;
  }

  get bytes(): number {
    return this.#arena.bytes + this.#addresses.bytes + this.#index.bytes + this.#pool.bytes;
  }

  upsert(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): number {
    if (this.#fresh.length < count) this.#fresh = new Int32Array(count * 2);
    this.#freshCount = 0;
    this.#locate(keys[0]!, rows, count, slots, true);
    return this.#freshCount;
  }

  find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void {
    this.#locate(keys[0]!, rows, count, slots, false);
  }

  keyColumn(_part: number, slots: Int32Array, count: number): Column {
    const offsets = new Int32Array(count);
    const lengths = new Int32Array(count);
    const { pages: addressPages, shift: addressShift, mask: addressMask } = this.#addresses;
    const { pages, shift, mask } = this.#arena;
    let nulls: Uint8Array | null = null;
    let total = 0;
    let low = 0xffffffff;
    let high = 0;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const address = addressPages[slot >> addressShift]![slot & addressMask]! >>> 0;
      const length = pages[address >>> shift]![(address & mask) + 1]!;
      if (address < low) low = address;
      if (address > high) high = address;
      offsets[k] = address;
      if (length < 0) {
        nulls ??= new Uint8Array(count);
        nulls[k] = 1;
      } else {
        lengths[k] = length;
        total += (length + 3) >> 2;
      }
    }
    const words = this.#copy(offsets, lengths, total, low, high);
    return bytesColumn(this.#type, { bytes: new Uint8Array(words.buffer), offsets, lengths }, count, nulls);
  }

  remove(slot: number): void {
    const address = this.#addresses.get(slot);
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    const at = address & this.#arena.mask;
    this.#index.remove(hashOf(page, at), address);
    this.#arena.release(recordWords(page, at));
    this.#pool.give(slot);
    if (this.#arena.wasteful) this.#compact();
  }

  liveSlots(): Int32Array {
    const slots = new Int32Array(this.size);
    this.#index.collect(slots);
    for (let k = 0; k < slots.length; k++) {
      const address = slots[k]!;
      slots[k] = this.#arena.pages[address >>> this.#arena.shift]![address & this.#arena.mask]!;
    }
    return slots;
  }

  clear(): void {
    this.#index.reset();
    this.#pool.clear();
    this.#arena.clear();
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into);
    into.put('keys', { pages: this.#arena.pages, length: this.#arena.live });
    into.put('addresses', { pages: this.#addresses.pages, length: this.slotCount });
    into.putJson('arena', this.#arena.facts());
  }

  restore(from: StateReader): void {
    this.clear();
    this.#pool.restore(from);
    this.#arena.adopt(from.get('keys').pages, from.getJson('arena') as number[]);
    this.#addresses.adopt(from.get('addresses').pages);
    this.#fillIndex(this.#pool.freeMarks());
  }

  #locate(column: Column, rows: Int32Array, count: number, slots: Int32Array, add: boolean): void {
    if (column.layout !== 'bytes') throw new InternalError('key column of another layout');
    // V8 compiles a read through a view to one unaligned load, a third of the time of four bytes and three shifts.
    const { bytes } = column;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - from);
      this.#hash(view, column, rows, from, size);
      if (this.#pool.size > PREFETCH_KEYS) this.#prefetch(size);
      this.#probe(view, column, rows, from, size, slots, add);
    }
  }

  #hash(view: DataView, column: BytesColumn, rows: Int32Array, from: number, size: number): void {
    const { offsets, lengths, nulls } = column;
    const hashes = this.#hashes;
    const lastWhole = view.byteLength - 4;
    for (let k = 0; k < size; k++) {
      const row = rows[from + k]!;
      if (nulls !== null && nulls[row] === 1) {
        hashes[k] = NULL_HASH;
        continue;
      }
      const length = lengths[row]!;
      let hash = mixWord(HASH_SEED, length);
      let i = offsets[row]!;
      const whole = i + (length & ~3);
      for (; i < whole; i += 4) hash = mixWord(hash, view.getInt32(i, true));
      const rest = length & 3;
      if (rest !== 0)
        hash = mixWord(hash, i <= lastWhole ? lowBytes(view.getInt32(i, true), rest) : lastWord(view, i, rest));
      hashes[k] = finishHash(hash);
    }
  }

  /**
   * Touches the memory that the look-ups of a chunk will need. Without branches in between the processor waits for many
   * places at once, where the look-ups themselves would wait for one after the other.
   */
  #prefetch(size: number): void {
    const near = this.#near;
    const hashes = this.#hashes;
    const { directory, shift: hashShift } = this.#index;
    for (let k = 0; k < size; k++) {
      const segment = directory[hashes[k]! >>> hashShift]!;
      near[k] = segment.entries[((hashes[k]! << 1) & segment.mask) + 1]!;
    }
    const { pages, shift, mask } = this.#arena;
    for (let k = 0; k < size; k++) {
      if (near[k] !== 0) near[k] = pages[(near[k]! - 1) >>> shift]![(near[k]! - 1) & mask]!;
    }
  }

  #probe(
    view: DataView,
    column: BytesColumn,
    rows: Int32Array,
    from: number,
    size: number,
    slots: Int32Array,
    add: boolean,
  ): void {
    const index = this.#index;
    const hashes = this.#hashes;
    const { offsets, lengths, nulls } = column;
    const { pages, shift, mask } = this.#arena;
    const lastWhole = view.byteLength - 4;
    for (let k = 0; k < size; k++) {
      const row = rows[from + k]!;
      const hash = hashes[k]!;
      const length = nulls !== null && nulls[row] === 1 ? -1 : lengths[row]!;
      const start = offsets[row]!;
      // −1 & ~3 is −4: no words for NULL.
      const whole = start + (length & ~3);
      const rest = length < 0 ? 0 : length & 3;
      const tail =
        rest === 0 ? 0 : whole <= lastWhole ? lowBytes(view.getInt32(whole, true), rest) : lastWord(view, whole, rest);
      const segment = index.directory[hash >>> index.shift]!;
      const entries = segment.entries;
      const wrap = segment.mask;
      let at = (hash << 1) & wrap;
      let slot = -1;
      for (let stored = entries[at + 1]!; stored !== 0; stored = entries[at + 1]!) {
        if (entries[at] === hash) {
          const page = pages[(stored - 1) >>> shift]!;
          let w = (stored - 1) & mask;
          if (page[w + 1] === length) {
            const record = w;
            w += 2;
            let i = start;
            for (; i < whole && page[w] === view.getInt32(i, true); i += 4) w++;
            if (i >= whole && (rest === 0 || page[w] === tail)) {
              slot = page[record]!;
              break;
            }
          }
        }
        at = (at + 2) & wrap;
      }
      if (slot < 0 && add) slot = this.#insert(hash, view, start, length, tail);
      slots[from + k] = slot;
    }
  }

  #insert(hash: number, view: DataView, start: number, length: number, tail: number): number {
    const slot = this.#pool.take();
    const address = this.#arena.allocate(2 + (length < 0 ? 0 : (length + 3) >> 2));
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    let w = address & this.#arena.mask;
    page[w++] = slot;
    page[w++] = length;
    const whole = start + (length & ~3);
    for (let i = start; i < whole; i += 4) page[w++] = view.getInt32(i, true);
    if (length > 0 && (length & 3) !== 0) page[w] = tail;
    const addresses = this.#addresses;
    if (slot >= addresses.capacity) addresses.ensure(slot + 1);
    addresses.pages[slot >> addresses.shift]![slot & addresses.mask] = address;
    this.#index.add(hash, address);
    this.#fresh[this.#freshCount++] = slot;
    return slot;
  }

  /**
   * The words of the records at `offsets`, which become offsets of bytes in them. Records that lie side by side, as
   * those of a window do, are copied in one piece.
   */
  #copy(offsets: Int32Array, lengths: Int32Array, total: number, low: number, high: number): Int32Array {
    const { pages, shift, mask } = this.#arena;
    const count = offsets.length;
    const page = pages[low >>> shift];
    if (page !== undefined && low >>> shift === high >>> shift) {
      const first = low & mask;
      const last = high & mask;
      const end = last + recordWords(page, last);
      if (end - first <= 2 * (total + 2 * count)) {
        for (let k = 0; k < count; k++) offsets[k] = ((offsets[k]! & mask) - first + 2) << 2;
        return page.slice(first, end);
      }
    }
    const words = new Int32Array(total);
    let to = 0;
    for (let k = 0; k < count; k++) {
      const address = offsets[k]!;
      const source = pages[address >>> shift]!;
      let from = (address & mask) + 2;
      offsets[k] = to << 2;
      for (const end = from + ((lengths[k]! + 3) >> 2); from < end; from++) words[to++] = source[from]!;
    }
    return words;
  }

  #fillIndex(free: Uint8Array): void {
    this.#index.clear();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const address = this.#addresses.get(slot);
      const page = this.#arena.pages[address >>> this.#arena.shift]!;
      this.#index.add(hashOf(page, address & this.#arena.mask), address);
    }
  }

  #compact(): void {
    const old = this.#arena;
    this.#arena = new ByteArena();
    const free = this.#pool.freeMarks();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const from = this.#addresses.get(slot);
      const page = old.pages[from >>> old.shift]!;
      const at = from & old.mask;
      const length = recordWords(page, at);
      const to = this.#arena.allocate(length);
      this.#arena.pages[to >>> this.#arena.shift]!.set(page.subarray(at, at + length), to & this.#arena.mask);
      this.#addresses.set(slot, to);
    }
    this.#fillIndex(free);
  }
}

const NULL_HASH = finishHash(mixWord(HASH_SEED, -1));

function recordWords(page: Int32Array, at: number): number {
  const length = page[at + 1]!;
  return 2 + (length < 0 ? 0 : (length + 3) >> 2);
}

function hashOf(page: Int32Array, at: number): number {
  let hash = HASH_SEED;
  for (let w = at + 1, end = at + recordWords(page, at); w < end; w++) hash = mixWord(hash, page[w]!);
  return finishHash(hash);
}

/** The first 1 to 3 bytes of a little-endian word. */
function lowBytes(word: number, count: number): number {
  return word & ((1 << (count << 3)) - 1);
}

/** The same where no whole word can be read because the view ends. */
function lastWord(view: DataView, at: number, count: number): number {
  let word = 0;
  for (let i = at + count - 1; i >= at; i--) word = (word << 8) | view.getUint8(i);
  return word;
}
