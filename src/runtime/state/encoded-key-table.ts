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

/** Keys of strings, of several parts, of none: each key is a string of words in an arena, its address by slot. */
export class EncodedKeyTable implements StoredKeyTable {
  readonly #codec: KeyCodec;
  readonly #keyless: boolean;
  #arena = new ByteArena();
  readonly #addresses = new PagedArray('i32');
  readonly #index = new KeyIndex();
  readonly #pool = new SlotPool();
  #fresh = new Int32Array(64);
  #freshCount = 0;

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
      ats[k] = address & this.#arena.mask;
    }
    return this.#codec.decode(part, pages, ats, count);
  }

  remove(slot: number): void {
    const address = this.#addresses.get(slot);
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    const at = address & this.#arena.mask;
    this.#index.remove(this.#codec.hashAt(page, at), slot);
    this.#arena.release(this.#codec.lengthAt(page, at));
    this.#pool.give(slot);
    if (this.#arena.wasteful) this.#compact();
  }

  liveSlots(): Int32Array {
    const slots = new Int32Array(this.size);
    this.#index.slots(slots);
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
    const free = this.#pool.freeMarks();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const address = this.#addresses.get(slot);
      const page = this.#arena.pages[address >>> this.#arena.shift]!;
      this.#index.add(this.#codec.hashAt(page, address & this.#arena.mask), slot);
    }
  }

  #locate(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array, add: boolean): void {
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - from);
      this.#codec.encode(keys, rows, from, size);
      this.#probe(from, size, slots, add);
    }
  }

  #probe(from: number, size: number, slots: Int32Array, add: boolean): void {
    const index = this.#index;
    const { words, starts, hashes } = this.#codec;
    const { pages: addressPages, shift: addressShift, mask: addressMask } = this.#addresses;
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
          const address = addressPages[(stored - 1) >> addressShift]![(stored - 1) & addressMask]!;
          const page = pages[address >>> shift]!;
          const delta = (address & mask) - start;
          let w = start;
          while (w < end && page[w + delta] === words[w]) w++;
          if (w === end) {
            slot = stored - 1;
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
    const address = this.#arena.allocate(end - start);
    const page = this.#arena.pages[address >>> this.#arena.shift]!;
    const at = address & this.#arena.mask;
    const { words } = this.#codec;
    for (let w = start; w < end; w++) page[at + w - start] = words[w]!;
    this.#addresses.ensure(slot + 1);
    this.#addresses.set(slot, address);
    this.#index.add(hash, slot);
    this.#fresh[this.#freshCount++] = slot;
    return slot;
  }

  #compact(): void {
    const old = this.#arena;
    this.#arena = new ByteArena();
    for (const slot of this.liveSlots()) {
      const from = this.#addresses.get(slot);
      const page = old.pages[from >>> old.shift]!;
      const at = from & old.mask;
      const length = this.#codec.lengthAt(page, at);
      const to = this.#arena.allocate(length);
      this.#arena.pages[to >>> this.#arena.shift]!.set(page.subarray(at, at + length), to & this.#arena.mask);
      this.#addresses.set(slot, to);
    }
  }
}
