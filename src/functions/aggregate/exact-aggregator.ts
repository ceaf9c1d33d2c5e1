import type { Column } from '../../columnar/column.ts';
import type { Aggregator } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { layoutOf } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { CountAggregator } from './count.ts';
import { ExactSum } from './exact-sum.ts';

/** The exact sum and the count of the values that are not NULL; what is made of them is `result`. */
export abstract class ExactAggregator implements Aggregator {
  protected readonly sum: ExactSum;
  protected readonly counts: CountAggregator;

  /** @param type BIGINT or DECIMAL */
  constructor(state: StateFactory, type: SqlType) {
    this.sum = new ExactSum(state, 'sum', layoutOf(type) === 'i128');
    this.counts = new CountAggregator(state);
  }

  abstract result(slots: Int32Array, count: number): Column;

  ensure(slotCount: number): void {
    this.sum.ensure(slotCount);
    this.counts.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.counts.accumulate(args, rows, slots, count);
    this.sum.add(args[0]!, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.counts.retract(args, rows, slots, count);
    this.sum.add(args[0]!, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as ExactAggregator;
    this.counts.merge(other.counts, fromSlots, slots, count);
    for (let k = 0; k < count; k++) this.sum.merge(other.sum, fromSlots[k]!, slots[k]!);
  }

  clear(slot: number): void {
    this.counts.clear(slot);
    this.sum.clear(slot);
  }
}
