import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { comparatorOf } from '../scalar/compare-kernels.ts';
import { CountedValues } from './counted-values.ts';
import { slotValues, type SlotValues } from './slot-values.ts';

/**
 * MIN and MAX over rows that may be taken back: all values of a group are kept. The extreme is kept and searched anew
 * only where it was taken back itself.
 */
export class RetractableExtreme implements Aggregator {
  readonly #sign: 1 | -1;
  readonly #compare: (a: unknown, b: unknown) => number;
  readonly #counted: CountedValues;
  /** Groups whose extreme must be searched. */
  readonly #stale: PagedArray<'u8'>;
  readonly #extreme: SlotValues;

  constructor(state: StateFactory, type: SqlType, sign: 1 | -1) {
    this.#sign = sign;
    this.#compare = comparatorOf(type) as (a: unknown, b: unknown) => number;
    this.#counted = new CountedValues(state, type, {
      appeared: (slot, column, row) => this.#offer(slot, column, row),
      vanished: (slot, column, row) => this.#withdraw(slot, column, row),
    });
    this.#stale = state.array('stale', 'u8');
    this.#extreme = slotValues(state, 'extreme', type);
  }

  ensure(slotCount: number): void {
    this.#counted.ensure(slotCount);
    this.#stale.ensure(slotCount);
    this.#extreme.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.merge((from as RetractableExtreme).#counted, fromSlots, slots, count);
  }

  result(slots: Int32Array, count: number): Column {
    for (let k = 0; k < count; k++) if (this.#stale.get(slots[k]!) === 1) this.#search(slots[k]!);
    return this.#extreme.column(slots, count);
  }

  clear(slot: number): void {
    this.#counted.clear(slot);
    this.#stale.set(slot, 0);
    this.#extreme.clear(slot);
  }

  #offer(slot: number, column: Column, row: number): void {
    if (this.#stale.get(slot) === 1) return;
    const held = this.#extreme.get(slot);
    if (held === null || this.#compare(valueAt(column, row), held) * this.#sign > 0) {
      this.#extreme.put(slot, column, row);
    }
  }

  #withdraw(slot: number, column: Column, row: number): void {
    const held = this.#extreme.get(slot);
    if (held !== null && this.#compare(valueAt(column, row), held) === 0) this.#stale.set(slot, 1);
  }

  #search(slot: number): void {
    this.#stale.set(slot, 0);
    this.#extreme.clear(slot);
    const { values, counts } = this.#counted.valuesOf(slot);
    if (counts.length === 0) return;
    let best = 0;
    let bestValue = valueAt(values, 0);
    for (let k = 1; k < counts.length; k++) {
      const value = valueAt(values, k);
      if (this.#compare(value, bestValue) * this.#sign > 0) {
        best = k;
        bestValue = value;
      }
    }
    this.#extreme.put(slot, values, best);
  }
}
