import { ColumnBuilder } from '../../../src/columnar/builder.ts';
import type { Column } from '../../../src/columnar/column.ts';
import type { PagedArray } from '../../../src/columnar/paged-array.ts';
import type { AggregateBinding, Aggregator } from '../../../src/contracts/function.ts';
import type { StateFactory } from '../../../src/contracts/state.ts';
import type { AggregateCall } from '../../../src/planner/physical/plan.ts';
import { BIGINT, type SqlType } from '../../../src/types/sql-type.ts';

/** COUNT(*) and SUM(BIGINT) in their plainest form; SUM of no value is NULL. */
class PlainSum implements Aggregator {
  readonly #sums: PagedArray<'i64'>;
  readonly #counts: PagedArray<'f64'>;
  readonly #star: boolean;

  constructor(state: StateFactory, star: boolean) {
    this.#sums = state.array('sum', 'i64');
    this.#counts = state.array('count', 'f64');
    this.#star = star;
  }

  ensure(slotCount: number): void {
    this.#sums.ensure(slotCount);
    this.#counts.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#add(args, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#add(args, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as PlainSum;
    for (let k = 0; k < count; k++) {
      this.#counts.set(slots[k]!, this.#counts.get(slots[k]!) + other.#counts.get(fromSlots[k]!));
      this.#sums.set(slots[k]!, this.#sums.get(slots[k]!) + other.#sums.get(fromSlots[k]!));
    }
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(BIGINT, count);
    for (let k = 0; k < count; k++) {
      if (this.#star) builder.append(BigInt(this.#counts.get(slots[k]!)));
      else builder.append(this.#counts.get(slots[k]!) === 0 ? null : this.#sums.get(slots[k]!));
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#sums.set(slot, 0n);
    this.#counts.set(slot, 0);
  }

  #add(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number, sign: number): void {
    const column = args[0];
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (column?.nulls?.[row] === 1) continue;
      this.#counts.set(slots[k]!, this.#counts.get(slots[k]!) + sign);
      if (column?.layout !== 'i64') continue;
      this.#sums.set(slots[k]!, this.#sums.get(slots[k]!) + BigInt(sign) * column.values[row]!);
    }
  }
}

function binding(args: readonly SqlType[], star: boolean): AggregateBinding {
  return { args, returns: BIGINT, retractable: true, create: (state) => new PlainSum(state, star) };
}

export function countStar(filter?: number): AggregateCall {
  return { name: 'COUNT', binding: binding([], true), args: [], distinct: false, filter, type: BIGINT };
}

export function sum(column: number, settings: { distinct?: boolean; filter?: number } = {}): AggregateCall {
  const { distinct = false, filter } = settings;
  return { name: 'SUM', binding: binding([BIGINT], false), args: [column], distinct, filter, type: BIGINT };
}
