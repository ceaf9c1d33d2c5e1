import type { Column } from '../../columnar/column.ts';
import type { LinearHost } from '../../columnar/linear/linear-memory.ts';
import { LinearPages } from '../../columnar/linear/linear-pages.ts';
import { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { ByteArena } from './byte-arena.ts';
import { KeyIndex } from './key-index.ts';
import type { StoredKeyTable } from './key-table.ts';
import { SlotPool } from './slot-pool.ts';

/** Rows hashed at a time, so that their words are still in the first-level cache when they are compared. */
export const CHUNK_ROWS = 512;
/** Above so many keys the table does not fit into the caches. */
export const PREFETCH_KEYS = 1 << 15;

/**
 * Keys of any length as records in an arena, the slot first. How a record is hashed, compared and written is the matter
 * of each kind of key. So are the loops of a look-up, even where they are alike: shared, the prefetch is slower by 5 to
 * 9 % a row over 200,000 keys.
 */
export abstract class ArenaKeyTable implements StoredKeyTable {
  protected arena: ByteArena;
  /** The record of each slot. */
  protected readonly addresses: PagedArray<'i32'>;
  protected readonly index: KeyIndex;
  protected readonly pool = new SlotPool();
  protected fresh = new Int32Array(64);
  protected freshCount = 0;
  readonly #host: LinearHost | undefined;

  /** @param host has a memory for what is large */
  constructor(host: LinearHost | undefined) {
    this.#host = host;
    this.arena = this.#newArena();
    this.addresses = new PagedArray('i32', host);
    this.index = new KeyIndex(host);
  }

  abstract upsert(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): number;
  abstract find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void;
  abstract keyColumn(part: number, slots: Int32Array, count: number): Column;

  /** The hash of the record at `at`. */
  protected abstract hashAt(page: Int32Array, at: number): number;
  /** The words of the record at `at`, with its head. */
  protected abstract wordsAt(page: Int32Array, at: number): number;

  get slotCount(): number {
    return this.pool.slotCount;
  }

  get size(): number {
    return this.pool.size;
  }

  get freshSlots(): Int32Array {
    return this.fresh;
  }

  get bytes(): number {
    return this.arena.bytes + this.addresses.bytes + this.index.bytes + this.pool.bytes;
  }

  remove(slot: number): void {
    const address = this.addresses.get(slot);
    const page = this.arena.pages[address >>> this.arena.shift]!;
    const at = address & this.arena.mask;
    this.index.remove(this.hashAt(page, at), address);
    this.arena.release(this.wordsAt(page, at));
    this.pool.give(slot);
    if (this.arena.wasteful) this.#compact();
  }

  liveSlots(): Int32Array {
    const slots = new Int32Array(this.size);
    this.index.collect(slots);
    for (let k = 0; k < slots.length; k++) {
      const address = slots[k]!;
      slots[k] = this.arena.pages[address >>> this.arena.shift]![address & this.arena.mask]!;
    }
    return slots;
  }

  clear(): void {
    this.index.reset();
    this.pool.clear();
    this.arena.clear();
  }

  snapshot(into: StateWriter): void {
    this.pool.snapshot(into);
    into.put('keys', { pages: this.arena.pages, length: this.arena.live });
    into.put('addresses', { pages: this.addresses.pages, length: this.slotCount });
    into.putJson('arena', this.arena.facts());
  }

  restore(from: StateReader): void {
    this.clear();
    this.pool.restore(from);
    this.arena.adopt(from.get('keys').pages, from.getJson('arena') as number[]);
    this.addresses.adopt(from.get('addresses').pages);
    this.#fillIndex(this.pool.freeMarks());
  }

  /** Makes room for as many fresh slots as there are rows. */
  protected beginUpsert(count: number): void {
    if (this.fresh.length < count) this.fresh = new Int32Array(count * 2);
    this.freshCount = 0;
  }

  /**
   * Touches the entries and the records that the look-ups of these hashes will need. Nothing in between waits for them,
   * so that the processor fetches many at once. @returns false where the table is not in a linear memory
   */
  protected touch(hashes: Int32Array, count: number): boolean {
    const { linear: entries, shift } = this.index;
    const { linear: records } = this.arena;
    const memory = entries?.memory;
    if (entries === undefined || memory === undefined || records?.memory === undefined) return false;
    memory.hashes.set(hashes.subarray(0, count));
    memory.kernels.candidates(count, entries.table, shift, this.index.directory[0]!.mask << 2);
    memory.kernels.touch(count, records.table, this.arena.shift, 2);
    return true;
  }

  #fillIndex(free: Uint8Array): void {
    this.index.clear();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const address = this.addresses.get(slot);
      const page = this.arena.pages[address >>> this.arena.shift]!;
      this.index.add(this.hashAt(page, address & this.arena.mask), address);
    }
  }

  #compact(): void {
    const old = this.arena;
    this.arena = this.#newArena();
    const free = this.pool.freeMarks();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 1) continue;
      const from = this.addresses.get(slot);
      const page = old.pages[from >>> old.shift]!;
      const at = from & old.mask;
      const length = this.wordsAt(page, at);
      const to = this.arena.allocate(length);
      this.arena.pages[to >>> this.arena.shift]!.set(page.subarray(at, at + length), to & this.arena.mask);
      this.addresses.set(slot, to);
    }
    old.dispose();
    this.#fillIndex(free);
  }

  #newArena(): ByteArena {
    return new ByteArena(this.#host === undefined ? undefined : new LinearPages(this.#host));
  }
}
