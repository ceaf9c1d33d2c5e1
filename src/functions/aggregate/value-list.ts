import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { StateFactory } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { comparatorOf } from '../scalar/compare-kernels.ts';
import { slotValues, type SlotValues } from './slot-values.ts';

/**
 * The values of each group as a list, by order number and then by arrival; entries can be taken back. An entry is a
 * number; links hold entry + 1, 0 is the end.
 */
export class ValueList {
  readonly values: SlotValues;
  readonly #compare: (a: unknown, b: unknown) => number;
  readonly #orders: PagedArray<'i64'>;
  readonly #next: PagedArray<'i32'>;
  readonly #previous: PagedArray<'i32'>;
  readonly #heads: PagedArray<'i32'>;
  readonly #tails: PagedArray<'i32'>;
  /** Item 0: entries ever made; item 1: first free entry + 1 (free entries are chained by `next`). */
  readonly #pool: PagedArray<'i32'>;

  constructor(state: StateFactory, type: SqlType) {
    this.values = slotValues(state, 'entry', type);
    this.#compare = comparatorOf(type) as (a: unknown, b: unknown) => number;
    this.#orders = state.array('orders', 'i64');
    this.#next = state.array('next', 'i32');
    this.#previous = state.array('previous', 'i32');
    this.#heads = state.array('heads', 'i32');
    this.#tails = state.array('tails', 'i32');
    this.#pool = state.array('pool', 'i32');
    this.#pool.ensure(2);
  }

  ensure(slotCount: number): void {
    this.#heads.ensure(slotCount);
    this.#tails.ensure(slotCount);
  }

  /** The first entry of a group, −1 for none. */
  first(slot: number): number {
    return this.#heads.get(slot) - 1;
  }

  last(slot: number): number {
    return this.#tails.get(slot) - 1;
  }

  after(entry: number): number {
    return this.#next.get(entry) - 1;
  }

  /** An entry that no group uses and that holds no value. */
  spare(): number {
    const entry = this.#pool.get(0);
    this.values.ensure(entry + 1);
    return entry;
  }

  /** Appends a row's value behind those of the same or a smaller order number. */
  add(slot: number, column: Column, row: number, order: bigint): void {
    const entry = this.#take();
    this.values.put(entry, column, row);
    this.#insert(slot, entry, order);
  }

  /** Takes back the earliest entry of this value (and, with `order` given, of this order number). */
  remove(slot: number, column: Column, row: number, order: bigint | undefined): void {
    const value = valueAt(column, row);
    for (let entry = this.first(slot); entry >= 0; entry = this.after(entry)) {
      if (order !== undefined && this.#orders.get(entry) !== order) continue;
      if (this.#compare(this.values.get(entry), value) === 0) {
        this.#unlink(slot, entry);
        return;
      }
    }
  }

  /** Adds all entries of a group of another list. */
  merge(from: ValueList, fromSlot: number, slot: number): void {
    for (let theirs = from.first(fromSlot); theirs >= 0; theirs = from.after(theirs)) {
      const entry = this.#take();
      this.values.copy(from.values, theirs, entry);
      this.#insert(slot, entry, from.#orders.get(theirs));
    }
  }

  clear(slot: number): void {
    for (let entry = this.first(slot); entry >= 0; entry = this.first(slot)) this.#unlink(slot, entry);
  }

  #take(): number {
    const free = this.#pool.get(1);
    if (free !== 0) {
      this.#pool.set(1, this.#next.get(free - 1));
      return free - 1;
    }
    const entry = this.#pool.get(0);
    this.#pool.set(0, entry + 1);
    this.values.ensure(entry + 1);
    this.#orders.ensure(entry + 1);
    this.#next.ensure(entry + 1);
    this.#previous.ensure(entry + 1);
    return entry;
  }

  #insert(slot: number, entry: number, order: bigint): void {
    this.#orders.set(entry, order);
    let before = this.#tails.get(slot);
    while (before !== 0 && this.#orders.get(before - 1) > order) before = this.#previous.get(before - 1);
    const next = before === 0 ? this.#heads.get(slot) : this.#next.get(before - 1);
    this.#previous.set(entry, before);
    this.#next.set(entry, next);
    if (before === 0) this.#heads.set(slot, entry + 1);
    else this.#next.set(before - 1, entry + 1);
    if (next === 0) this.#tails.set(slot, entry + 1);
    else this.#previous.set(next - 1, entry + 1);
  }

  #unlink(slot: number, entry: number): void {
    const next = this.#next.get(entry);
    const previous = this.#previous.get(entry);
    if (previous === 0) this.#heads.set(slot, next);
    else this.#next.set(previous - 1, next);
    if (next === 0) this.#tails.set(slot, previous);
    else this.#previous.set(next - 1, previous);
    this.values.clear(entry);
    this.#previous.set(entry, 0);
    this.#next.set(entry, this.#pool.get(1));
    this.#pool.set(1, entry + 1);
  }
}
