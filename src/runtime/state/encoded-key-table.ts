import type { Column } from '../../columnar/column.ts';
import type { LinearHost } from '../../columnar/linear/linear-memory.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { ArenaKeyTable, CHUNK_ROWS, PREFETCH_KEYS } from './arena-key-table.ts';
import { KeyCodec } from './key-codec.ts';

/**
 * Keys of several parts, of 128-bit numbers, of none. An arena holds a record per key, its slot and then its words; the index
 * leads from a hash to the record, so that a look-up touches two places in memory whatever the size of the table.
 */
export class EncodedKeyTable extends ArenaKeyTable {
  readonly #codec: KeyCodec;
  readonly #keyless: boolean;
  readonly #near = new Int32Array(CHUNK_ROWS);

  constructor(types: readonly SqlType[], host?: LinearHost) {
    super(host);
    this.#codec = new KeyCodec(types, CHUNK_ROWS);
    this.#keyless = types.length === 0;
  }

  upsert(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): number {
    this.beginUpsert(count);
    if (this.#keyless && this.pool.size === 1) {
      slots.fill(0, 0, count);
      return 0;
    }
    this.#locate(keys, rows, count, slots, true);
    return this.freshCount;
  }

  find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void {
    this.#locate(keys, rows, count, slots, false);
  }

  keyColumn(part: number, slots: Int32Array, count: number): Column {
    const pages = new Array<Int32Array>(count);
    const ats = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const address = this.addresses.get(slots[k]!);
      pages[k] = this.arena.pages[address >>> this.arena.shift]!;
      ats[k] = (address & this.arena.mask) + 1;
    }
    return this.#codec.decode(part, pages, ats, count);
  }

  protected hashAt(page: Int32Array, at: number): number {
    return this.#codec.hashAt(page, at + 1);
  }

  protected wordsAt(page: Int32Array, at: number): number {
    return this.#codec.lengthAt(page, at + 1) + 1;
  }

  #locate(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array, add: boolean): void {
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const size = Math.min(CHUNK_ROWS, count - from);
      this.#codec.encode(keys, rows, from, size);
      if (this.pool.size > PREFETCH_KEYS && !this.touch(this.#codec.hashes, size))
        this.#prefetch(this.#codec.hashes, size);
      this.#probe(from, size, slots, add);
    }
  }

  /**
   * Touches the memory that the look-ups of a chunk will need. Without branches in between the processor waits for many
   * places at once, where the look-ups themselves would wait for one after the other.
   */
  #prefetch(hashes: Int32Array, size: number): void {
    const near = this.#near;
    const { directory, shift: hashShift } = this.index;
    for (let k = 0; k < size; k++) {
      const segment = directory[hashes[k]! >>> hashShift]!;
      near[k] = segment.entries[((hashes[k]! << 1) & segment.mask) + 1]!;
    }
    const { pages, shift, mask } = this.arena;
    for (let k = 0; k < size; k++) {
      if (near[k] !== 0) near[k] = pages[(near[k]! - 1) >>> shift]![(near[k]! - 1) & mask]!;
    }
  }

  #probe(from: number, size: number, slots: Int32Array, add: boolean): void {
    const index = this.index;
    const { words, starts, hashes } = this.#codec;
    const { pages, shift, mask } = this.arena;
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
    const slot = this.pool.take();
    const address = this.arena.allocate(end - start + 1);
    const page = this.arena.pages[address >>> this.arena.shift]!;
    const at = address & this.arena.mask;
    const { words } = this.#codec;
    page[at] = slot;
    for (let w = start; w < end; w++) page[at + 1 + w - start] = words[w]!;
    this.addresses.ensure(slot + 1);
    this.addresses.set(slot, address);
    this.index.add(hash, address);
    this.fresh[this.freshCount++] = slot;
    return slot;
  }
}
