import { allocateValues, fixedColumn, type Column } from '../../columnar/column.ts';
import type { LinearHost } from '../../columnar/linear/linear-memory.ts';
import { pickPairs } from '../../columnar/linear/paged-kernels.ts';
import { KERNEL_ROWS } from '../../columnar/linear/state-kernels.ts';
import { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { finishHash, HASH_SEED, mixWord } from './key-hash.ts';
import { KeyIndex } from './key-index.ts';
import { SlotPool } from './slot-pool.ts';
import type { StoredKeyTable } from './key-table.ts';

/**
 * Keys of one fixed-width part: the values lie by slot as one or two 32-bit words (BIGINT through an Int32Array view is
 * much faster than BigInt shifts). The NULL key has a slot outside of the index.
 */
export class FixedKeyTable implements StoredKeyTable {
  readonly #type: SqlType;
  readonly #layout: Exclude<Layout, 'bytes' | 'i128'>;
  readonly #words: PagedArray<'i32'>;
  readonly #wide: boolean;
  readonly #index: KeyIndex;
  readonly #pool = new SlotPool();
  #nullSlot = -1;
  #fresh = new Int32Array(64);
  #freshCount = 0;
  #scratch = new Int32Array(0);

  constructor(type: SqlType, host?: LinearHost) {
    this.#type = type;
    this.#words = new PagedArray('i32', host);
    this.#index = new KeyIndex(host);
    const layout = layoutOf(type);
    if (layout === 'bytes' || layout === 'i128') throw new InternalError(`layout ${layout} is no fixed key`);
    this.#layout = layout;
    this.#wide = layout === 'i64' || layout === 'f64';
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
    return this.#words.bytes + this.#index.bytes + this.#pool.bytes;
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
    const values = allocateValues(this.#layout, count);
    let nulls: Uint8Array | null = null;
    const { pages, shift, mask } = this.#words;
    if (this.#wide) {
      const out = new Int32Array(values.buffer);
      for (let k = 0; k < count; k++) {
        const at = slots[k]! << 1;
        const page = pages[at >> shift]!;
        out[k << 1] = page[at & mask]!;
        out[(k << 1) + 1] = page[(at & mask) + 1]!;
      }
    } else if (this.#layout === 'i32' || this.#layout === 'f32') {
      const out = new Int32Array(values.buffer);
      for (let k = 0; k < count; k++) out[k] = pages[slots[k]! >> shift]![slots[k]! & mask]!;
    } else {
      for (let k = 0; k < count; k++) values[k] = pages[slots[k]! >> shift]![slots[k]! & mask]!;
    }
    if (this.#nullSlot >= 0) {
      for (let k = 0; k < count; k++) {
        if (slots[k] !== this.#nullSlot) continue;
        nulls ??= new Uint8Array(count);
        nulls[k] = 1;
      }
    }
    return fixedColumn(this.#type, values, count, nulls);
  }

  remove(slot: number): void {
    if (slot === this.#nullSlot) this.#nullSlot = -1;
    else this.#index.remove(this.#hashOf(slot), slot);
    this.#pool.give(slot);
  }

  liveSlots(): Int32Array {
    const slots = new Int32Array(this.size);
    const count = this.#index.collect(slots);
    if (this.#nullSlot >= 0) slots[count] = this.#nullSlot;
    return slots;
  }

  clear(): void {
    this.#index.reset();
    this.#pool.clear();
    this.#nullSlot = -1;
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into);
    into.put('keys', { pages: this.#words.pages, length: this.slotCount * (this.#wide ? 2 : 1) });
    into.putJson('null', this.#nullSlot);
  }

  restore(from: StateReader): void {
    this.clear();
    this.#pool.restore(from);
    this.#words.adopt(from.get('keys').pages);
    this.#nullSlot = from.getJson('null') as number;
    const free = this.#pool.freeMarks();
    for (let slot = 0; slot < free.length; slot++) {
      if (free[slot] === 0 && slot !== this.#nullSlot) this.#index.add(this.#hashOf(slot), slot);
    }
  }

  #hashOf(slot: number): number {
    const { pages, shift, mask } = this.#words;
    if (!this.#wide) return finishHash(mixWord(HASH_SEED, pages[slot >> shift]![slot & mask]!));
    const at = slot << 1;
    const page = pages[at >> shift]!;
    return finishHash(mixWord(mixWord(HASH_SEED, page[at & mask]!), page[(at & mask) + 1]!));
  }

  #locate(column: Column, rows: Int32Array, count: number, slots: Int32Array, add: boolean): void {
    const words = this.#wordsOf(column);
    const { nulls } = column;
    if (this.#words.linear?.memory === undefined) {
      this.#locateHere(words, nulls, rows, 0, count, slots, add);
      return;
    }
    for (let from = 0; from < count; from += KERNEL_ROWS) {
      const to = Math.min(from + KERNEL_ROWS, count);
      if (!this.#locateByKernel(words, nulls, rows, from, to, slots, add)) {
        this.#locateHere(words, nulls, rows, from, to, slots, add);
      }
    }
  }

  /** The values as 32-bit words, by reference where the layout allows it. */
  #wordsOf(column: Column): Int32Array {
    if (column.layout === 'bytes') throw new InternalError('key column of another layout');
    const { values } = column;
    switch (column.layout) {
      case 'i32':
        return column.values;
      case 'i64':
      case 'f64':
      case 'f32':
        return new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
      default: {
        if (this.#scratch.length < column.length) this.#scratch = new Int32Array(column.length);
        const narrow = values as Int8Array;
        for (let i = 0; i < column.length; i++) this.#scratch[i] = narrow[i]!;
        return this.#scratch;
      }
    }
  }

  /** Large tables: the kernels find the keys that are there. @returns whether it did the rows from `from` to `to` */
  #locateByKernel(
    words: Int32Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    from: number,
    to: number,
    slots: Int32Array,
    add: boolean,
  ): boolean {
    const { linear: keys } = this.#words;
    const { linear: entries, shift } = this.#index;
    const memory = keys?.memory;
    if (keys === undefined || memory === undefined || entries?.memory === undefined) return false;
    const { kernels, words: into } = memory;
    const size = to - from;
    if (this.#wide) {
      pickPairs(words, rows, from, size, into);
      kernels.hash8(size);
    } else {
      for (let k = 0; k < size; k++) into[k] = words[rows[from + k]!]!;
      kernels.hash4(size);
    }
    kernels.candidates(size, entries.table, shift, this.#index.directory[0]!.mask << 2);
    const left = this.#wide ? kernels.match8(size, keys.table) : kernels.match4(size, keys.table);
    slots.set(size === KERNEL_ROWS ? memory.slots : memory.slots.subarray(0, size), from);
    if (left === 0 && nulls === null) return true;
    for (let k = from; k < to; k++) {
      const isNull = nulls !== null && nulls[rows[k]!] === 1;
      // −1: no entry has the hash of the key; −2: one does, with another key.
      if (isNull || slots[k]! < (add ? 0 : -1)) this.#locateHere(words, nulls, rows, k, k + 1, slots, add);
    }
    return true;
  }

  #locateHere(
    words: Int32Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    from: number,
    to: number,
    slots: Int32Array,
    add: boolean,
  ): void {
    if (this.#wide) this.#locateWide(words, nulls, rows, from, to, slots, add);
    else this.#locateNarrow(words, nulls, rows, from, to, slots, add);
  }

  #locateWide(
    words: Int32Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    from: number,
    to: number,
    slots: Int32Array,
    add: boolean,
  ): void {
    const index = this.#index;
    const { pages, shift, mask } = this.#words;
    let lastLow = 0;
    let lastHigh = 0;
    let last = -1;
    for (let k = from; k < to; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) {
        slots[k] = this.#nullKey(add);
        continue;
      }
      const low = words[row << 1]!;
      const high = words[(row << 1) + 1]!;
      if (last >= 0 && low === lastLow && high === lastHigh) {
        slots[k] = last;
        continue;
      }
      const hash = finishHash(mixWord(mixWord(HASH_SEED, low), high));
      const segment = index.directory[hash >>> index.shift]!;
      const entries = segment.entries;
      const wrap = segment.mask;
      let i = (hash << 1) & wrap;
      let slot = -1;
      for (let stored = entries[i + 1]!; stored !== 0; stored = entries[i + 1]!) {
        if (entries[i] === hash) {
          const at = (stored - 1) << 1;
          const page = pages[at >> shift]!;
          if (page[at & mask] === low && page[(at & mask) + 1] === high) {
            slot = stored - 1;
            break;
          }
        }
        i = (i + 2) & wrap;
      }
      if (slot < 0 && add) {
        slot = this.#pool.take();
        this.#words.ensure((slot + 1) << 1);
        this.#words.set(slot << 1, low);
        this.#words.set((slot << 1) + 1, high);
        index.add(hash, slot);
        this.#fresh[this.#freshCount++] = slot;
      }
      slots[k] = slot;
      last = slot;
      lastLow = low;
      lastHigh = high;
    }
  }

  #locateNarrow(
    words: Int32Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    from: number,
    to: number,
    slots: Int32Array,
    add: boolean,
  ): void {
    const index = this.#index;
    const { pages, shift, mask } = this.#words;
    for (let k = from; k < to; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) {
        slots[k] = this.#nullKey(add);
        continue;
      }
      const word = words[row]!;
      const hash = finishHash(mixWord(HASH_SEED, word));
      const segment = index.directory[hash >>> index.shift]!;
      const entries = segment.entries;
      const wrap = segment.mask;
      let i = (hash << 1) & wrap;
      let slot = -1;
      for (let stored = entries[i + 1]!; stored !== 0; stored = entries[i + 1]!) {
        // Mixing one word is a bijection, so equal hashes are equal keys; the compare keeps that an optimisation only.
        if (entries[i] === hash && pages[(stored - 1) >> shift]![(stored - 1) & mask] === word) {
          slot = stored - 1;
          break;
        }
        i = (i + 2) & wrap;
      }
      if (slot < 0 && add) {
        slot = this.#pool.take();
        this.#words.ensure(slot + 1);
        this.#words.set(slot, word);
        index.add(hash, slot);
        this.#fresh[this.#freshCount++] = slot;
      }
      slots[k] = slot;
    }
  }

  #nullKey(add: boolean): number {
    if (this.#nullSlot < 0 && add) {
      this.#nullSlot = this.#pool.take();
      this.#words.ensure((this.#nullSlot + 1) << (this.#wide ? 1 : 0));
      this.#fresh[this.#freshCount++] = this.#nullSlot;
    }
    return this.#nullSlot;
  }
}
