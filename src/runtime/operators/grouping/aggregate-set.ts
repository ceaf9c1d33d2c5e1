import type { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { Aggregator, RunningSteps } from '../../../contracts/function.ts';
import type { StateFactory } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { AggregateCall } from '../../../planner/physical/plan.ts';
import { DistinctAggregator } from './distinct-aggregator.ts';

interface Member {
  readonly aggregator: Aggregator;
  readonly args: readonly number[];
  readonly filter: number | undefined;
}

/** The accumulators of all aggregate calls of one operator: DISTINCT wrapped, FILTER applied, arguments picked. */
export class AggregateSet {
  readonly #members: readonly Member[];
  #rows = new Int32Array(0);
  #slots = new Int32Array(0);

  constructor(calls: readonly AggregateCall[], state: StateFactory, settings: { readonly retracts: boolean }) {
    this.#members = calls.map((call, i) => {
      const scope = state.scope(`call${i}`);
      const aggregator = call.distinct
        ? new DistinctAggregator(call.binding, scope, settings.retracts)
        : call.binding.create(scope, settings.retracts);
      return { aggregator, args: call.args, filter: call.filter };
    });
  }

  ensure(slotCount: number): void {
    for (const member of this.#members) member.aggregator.ensure(slotCount);
  }

  accumulate(batch: Batch, rows: Int32Array, slots: Int32Array, count: number): void {
    for (const member of this.#members) {
      const args = member.args.map((index) => batch.columns[index]!);
      if (member.filter === undefined) {
        member.aggregator.accumulate(args, rows, slots, count);
      } else {
        const kept = this.#keep(batch.columns[member.filter]!, rows, slots, count);
        if (kept > 0) member.aggregator.accumulate(args, this.#rows, this.#slots, kept);
      }
    }
  }

  retract(batch: Batch, rows: Int32Array, slots: Int32Array, count: number): void {
    for (const member of this.#members) {
      const { aggregator } = member;
      if (aggregator.retract === undefined) throw new InternalError('an aggregate without retract got a retraction');
      const args = member.args.map((index) => batch.columns[index]!);
      if (member.filter === undefined) {
        aggregator.retract(args, rows, slots, count);
      } else {
        const kept = this.#keep(batch.columns[member.filter]!, rows, slots, count);
        if (kept > 0) aggregator.retract(args, this.#rows, this.#slots, kept);
      }
    }
  }

  merge(from: AggregateSet, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    this.#members.forEach((member, i) => {
      member.aggregator.merge(from.#members[i]!.aggregator, fromSlots, slots, count);
    });
  }

  results(slots: Int32Array, count: number): Column[] {
    return this.#members.map((member) => member.aggregator.result(slots, count));
  }

  /** Whether all of them can be run. */
  get runs(): boolean {
    return this.#members.every(({ aggregator, filter }) => filter === undefined && aggregator.running !== undefined);
  }

  /** Adds rows one after the other, takes old ones back behind each, and gives the results behind each (`RunningSteps`). */
  running(batch: Batch, old: Batch | undefined, steps: Omit<RunningSteps, 'args' | 'oldArgs'>): Column[] {
    return this.#members.map(({ aggregator, args }) => {
      const [added, taken] = [batch, old].map((one) => one && args.map((index) => one.columns[index]!));
      if (added === undefined || aggregator.running === undefined)
        throw new InternalError('an aggregate cannot be run');
      return aggregator.running({ ...steps, args: added, oldArgs: taken });
    });
  }

  clear(slot: number): void {
    for (const member of this.#members) member.aggregator.clear(slot);
  }

  /** Empties all slots below `slotCount`. */
  reset(slotCount: number): void {
    for (const { aggregator } of this.#members) {
      if (aggregator.clearAll !== undefined) aggregator.clearAll(slotCount);
      else for (let slot = 0; slot < slotCount; slot++) aggregator.clear(slot);
    }
  }

  /** Narrows rows and slots to those whose FILTER is TRUE. */
  #keep(filter: Column, rows: Int32Array, slots: Int32Array, count: number): number {
    if (filter.layout !== 'bool') throw new InternalError('FILTER is not BOOLEAN');
    if (this.#rows.length < count) {
      this.#rows = new Int32Array(count * 2);
      this.#slots = new Int32Array(count * 2);
    }
    const { values, nulls } = filter;
    let kept = 0;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (values[row] !== 1 || (nulls !== null && nulls[row] === 1)) continue;
      this.#rows[kept] = row;
      this.#slots[kept++] = slots[k]!;
    }
    return kept;
  }
}
