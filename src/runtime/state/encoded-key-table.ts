import type { Column } from '../../columnar/column.ts';
import { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { ByteArena } from './byte-arena.ts';
import { KeyCodec } from './key-codec.ts';
import { KeyIndex } from './key-index.ts';
import type { StoredKeyTable } from './key-table.ts';
import { SlotPool } from './slot-pool.ts';

/** Rows encoded at a time, so that their words are still in the first-level cache when they are compared. */
const CHUNK_ROWS = 512;
/** Above so many keys the table does not fit into the caches. */
const PREFETCH_KEYS = 1 << 15;

/**
 * Keys of several parts, of 128-bit numbers, of none. An arena holds a record per key, its slot and then its words; the index
 * leads from a hash to the record, so that a look-up touches two places in memory whatever the size of the table.
 */
export class EncodedKeyTable implements StoredKeyTable {
  readonly #codec: KeyCodec;
  readonly #keyless: boolean;
  #arena = new ByteArena();
  /** The record of each slot. */
  readonly #addresses = new PagedArray('i32');
  readonly #index = new KeyIndex();
  readonly #pool = new SlotPool();
  #fresh = new Int32Array(64);
  #freshCount = 0;
  readonly #near = new Int32Array(CHUNK_ROWS);

  constructor(types: readonly SqlType[]) {
    this.#codec = new KeyCodec(types, CHUNK_ROWS);
    this.#keyless = types.length === 0;
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
    if (this.#keyless && this.#pool.size === 1) {
      slots.fill(0, 0, count);
      return 0;
    }
    this.#locate(keys, rows, count, slots, true);
    return this.#freshCount;
  }

  find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void {
    this.#locate(keys, rows, count, slots, false);
  }

  keyColumn(part: number, slots: Int32Array, count: number): Column {
    const pages = new Array<Int32Array>(count);
    const ats = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const address = this.#addresses.get(slots[k]!);
      pages[k] = this.#arena.pages[address >>> this.#arena.shift]!;
      ats[k] = (address & this.#arena.mask) + 1;
    }
    return this.#codec.decode(part, pages, ats, count);
  }

  remove(slot: number): void {
    const address = this.#addresses.get(slot);
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    const at = (address & this.#arena.mask) + 1;
    this.#index.remove(this.#codec.hashAt(page, at), address);
    this.#arena.release(this.#codec.lengthAt(page, at) + 1);
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

  #locate(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array, add: boolean): void {
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - from);
      this.#codec.encode(keys, rows, from, size);
      if (this.#pool.size > PREFETCH_KEYS) this.#prefetch(size);
      this.#probe(from, size, slots, add);
    }
  }

  /**
   * Touches the memory that the look-ups of a chunk will need. Without branches in between the processor waits for many
   * places at once, where the look-ups themselves would wait for one after the other.
   */
  #prefetch(size: number): void {
    const near = this.#near;
    const { hashes } = this.#codec;
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

  #probe(from: number, size: number, slots: Int32Array, add: boolean): void {
    const index = this.#index;
    const { words, starts, hashes } = this.#codec;
    const { pages, shift, mask } = this.#arena;
    for (let k = 0; k < size; k++) {
      const hash = hashes[k]!;
      const start = starts[k]!;
      const end = starts[k + 1]!;
      const segment = index.directory[hash >>> index.shift]!;
      const entries = segment.entries;
      const wrap = segment.mask;
      let i = (hash << 1) & wrap;
      let slot = -1;
      for (let stored = entries[i + 1]!; stored !== 0; stored = entries[i + 1]!) {
        if (entries[i] === hash) {
          const page = pages[(stored - 1) >>> shift]!;
          const record = (stored - 1) & mask;
          const delta = record + 1 - start;
          let w = start;
          while (w < end && page[w + delta] === words[w]) w++;
          if (w === end) {
            slot = page[record]!;
            break;
          }
        }
        i = (i + 2) & wrap;
      }
      if (slot < 0 && add) slot = this.#insert(hash, start, end);
      slots[from + k] = slot;
    }
  }

  #insert(hash: number, start: number, end: number): number {
    const slot = this.#pool.take();
    const address = this.#arena.allocate(end - start + 1);
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    const at = address & this.#arena.mask;
    const { words } = this.#codec;
    page[at] = slot;
    for (let w = start; w < end; w++) page[at + 1 + w - start] = words[w]!;
    this.#addresses.ensure(slot + 1);
    this.#addresses.set(slot, address);
    this.#index.add(hash, address);
    this.#fresh[this.#freshCount++] = slot;
    return slot;
  }

  #fillIndex(free: Uint8Array): void {
    this.#index.clear();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const address = this.#addresses.get(slot);
      const page = this.#arena.pages[address >>> this.#arena.shift]!;
      this.#index.add(this.#codec.hashAt(page, (address & this.#arena.mask) + 1), address);
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
      const length = this.#codec.lengthAt(page, at + 1) + 1;
      const to = this.#arena.allocate(length);
      this.#arena.pages[to >>> this.#arena.shift]!.set(page.subarray(at, at + length), to & this.#arena.mask);
      this.#addresses.set(slot, to);
    }
    this.#fillIndex(free);
  }
}
