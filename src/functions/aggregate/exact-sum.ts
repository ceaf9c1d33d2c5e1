import type { Column, Int128Column, Int64Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateFactory } from '../../contracts/state.ts';

/**
 * Exact sums of integers per slot: value = high · 2^64 + low with a signed low word, so that adding a 64-bit value is
 * one machine addition and an overflow test. Sums of 128-bit integers have a third word, top · 2^128: four DECIMALs of
 * 38 digits leave 128 bits.
 */
export class ExactSum {
  readonly #low: PagedArray<'i64'>;
  readonly #high: PagedArray<'i64'>;
  readonly #top: PagedArray<'i64'> | undefined;

  /** @param wide 128-bit values are added */
  constructor(state: StateFactory, name: string, wide: boolean) {
    this.#low = state.array(`${name}.low`, 'i64');
    this.#high = state.array(`${name}.high`, 'i64');
    this.#top = wide ? state.array(`${name}.top`, 'i64') : undefined;
  }

  ensure(slotCount: number): void {
    this.#low.ensure(slotCount);
    this.#high.ensure(slotCount);
    this.#top?.ensure(slotCount);
  }

  /** Adds (`sign` 1) or takes back (−1) the rows that are not NULL. */
  add(column: Column, rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void {
    if (column.layout === 'i128') this.#addWide(column, rows, slots, count, sign);
    else this.#addNarrow(column as Int64Column, rows, slots, count, sign);
  }

  total(slot: number): bigint {
    const total = (this.#high.get(slot) << 64n) + this.#low.get(slot);
    return this.#top === undefined ? total : total + (this.#top.get(slot) << 128n);
  }

  merge(from: ExactSum, fromSlot: number, slot: number): void {
    this.#set(slot, this.total(slot) + from.total(fromSlot));
  }

  clear(slot: number): void {
    this.#low.set(slot, 0n);
    this.#high.set(slot, 0n);
    this.#top?.set(slot, 0n);
  }

  #addNarrow(column: Int64Column, rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void {
    const { values, nulls } = column;
    const { pages, shift, mask } = this.#low;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const page = pages[slot >> shift]!;
      const at = slot & mask;
      const before = page[at]!;
      const value = values[row]!;
      if (sign === 1) {
        const after = BigInt.asIntN(64, before + value);
        page[at] = after;
        if (value >= 0n ? after < before : after > before) this.#carry(slot, value >= 0n ? 1n : -1n);
      } else {
        const after = BigInt.asIntN(64, before - value);
        page[at] = after;
        if (value >= 0n ? after > before : after < before) this.#carry(slot, value >= 0n ? -1n : 1n);
      }
    }
  }

  #addWide(column: Int128Column, rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void {
    const { values, nulls } = column;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const value = (values[2 * row + 1]! << 64n) + BigInt.asUintN(64, values[2 * row]!);
      this.#set(slot, sign === 1 ? this.total(slot) + value : this.total(slot) - value);
    }
  }

  #set(slot: number, total: bigint): void {
    const low = BigInt.asIntN(64, total);
    this.#low.set(slot, low);
    const rest = (total - low) >> 64n;
    const high = BigInt.asIntN(64, rest);
    this.#high.set(slot, high);
    this.#top?.set(slot, (rest - high) >> 64n);
  }

  #carry(slot: number, by: bigint): void {
    this.#high.set(slot, BigInt.asIntN(64, this.#high.get(slot) + by));
  }
}
