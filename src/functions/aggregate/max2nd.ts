import { ColumnBuilder } from '../../columnar/builder.ts';
import type { Column } from '../../columnar/column.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { BIGINT, isNested, type SqlType } from '../../types/sql-type.ts';
import { comparatorOf } from '../scalar/compare-kernels.ts';
import { aggregate } from './aggregate-definition.ts';
import { CountedValues } from './counted-values.ts';

/** @source Blink's open-source branch, Max2ndAggFunction: of two equal greatest values the second is the result */
export const max2nd: AggregateFunction = aggregate({
  name: 'MAX2ND',
  syntax: ['MAX2ND(x)'],
  doc: 'The second greatest value, equal values counted one by one; NULL over fewer than two.',
  resolve({ types: [given, ...rest] }) {
    const type = given?.kind === 'null' ? BIGINT : given;
    if (type === undefined || isNested(type) || rest.length > 0) return undefined;
    return {
      args: [type],
      returns: type,
      retractable: true,
      create: (state) => new SecondGreatest(state, type),
    };
  },
});

class SecondGreatest implements Aggregator {
  readonly #type: SqlType;
  readonly #counted: CountedValues;
  readonly #compare: (a: unknown, b: unknown) => number;

  constructor(state: StateFactory, type: SqlType) {
    this.#type = type;
    this.#counted = new CountedValues(state, type);
    this.#compare = comparatorOf(type) as (a: unknown, b: unknown) => number;
  }

  ensure(slotCount: number): void {
    this.#counted.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.merge((from as SecondGreatest).#counted, fromSlots, slots, count);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(this.#type, count);
    for (let k = 0; k < count; k++) {
      const { values, counts } = this.#counted.valuesOf(slots[k]!);
      const order = Array.from(counts.keys()).sort((a, b) => this.#compare(valueAt(values, b), valueAt(values, a)));
      const [first, second] = order;
      const place = first !== undefined && counts[first]! > 1 ? first : second;
      if (place === undefined) builder.appendNull();
      else builder.append(valueAt(values, place));
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#counted.clear(slot);
  }
}
