import { allocateValues, fixedColumn, type Column, type FixedColumn } from '../../columnar/column.ts';
import { writeI128 } from '../../columnar/i128.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { layoutOf, type Layout } from '../../types/layout.ts';
import { DOUBLE, decimal, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { divideDecimals } from '../../values/decimal.ts';
import { aggregate } from './aggregate-definition.ts';
import { CountAggregator } from './count.ts';
import { ExactAggregator } from './exact-aggregator.ts';
import { addNumbers } from './sum.ts';

export const average: AggregateFunction = aggregate({
  name: 'AVG',
  syntax: ['AVG([DISTINCT] x)'],
  doc: 'The mean: DOUBLE (`sql.compatibility` flink: of the type of the argument, integers cut); of DECIMAL(p, s) a DECIMAL(38, max(6, s)).',
  resolve({ types: [given, ...rest], context }) {
    const type = given?.kind === 'null' ? DOUBLE : given;
    if (type === undefined || rest.length > 0 || !isNumeric(type)) return undefined;
    const returns =
      type.kind === 'decimal'
        ? decimal(38, Math.max(6, type.scale))
        : context.compatibility === 'flink'
          ? type
          : DOUBLE;
    return {
      args: [type],
      returns,
      retractable: true,
      create: (state) =>
        layoutOf(type) === 'i64' || layoutOf(type) === 'i128'
          ? new ExactAverage(state, type, returns)
          : new NumberAverage(state, returns),
    };
  },
});

/** Averages of numbers that are summed in doubles. */
class NumberAverage implements Aggregator {
  readonly #returns: SqlType;
  readonly #sums: PagedArray<'f64'>;
  readonly #counts: CountAggregator;

  constructor(state: StateFactory, returns: SqlType) {
    this.#returns = returns;
    this.#sums = state.array('sum', 'f64');
    this.#counts = new CountAggregator(state);
  }

  ensure(slotCount: number): void {
    this.#sums.ensure(slotCount);
    this.#counts.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counts.accumulate(args, rows, slots, count);
    addNumbers(this.#sums, args[0] as Exclude<FixedColumn, { layout: 'i64' | 'i128' }>, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counts.retract(args, rows, slots, count);
    addNumbers(this.#sums, args[0] as Exclude<FixedColumn, { layout: 'i64' | 'i128' }>, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as NumberAverage;
    this.#counts.merge(other.#counts, fromSlots, slots, count);
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      this.#sums.set(slot, this.#sums.get(slot) + other.#sums.get(fromSlots[k]!));
    }
  }

  result(slots: Int32Array, count: number): Column {
    const values = allocateValues(layoutOf(this.#returns) as Exclude<Layout, 'bytes'>, count) as Float64Array;
    const whole = isInteger(this.#returns);
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const rows = this.#counts.at(slot);
      if (rows === 0) (nulls ??= new Uint8Array(count))[k] = 1;
      else values[k] = whole ? Math.trunc(this.#sums.get(slot) / rows) : this.#sums.get(slot) / rows;
    }
    return fixedColumn(this.#returns, values, count, nulls);
  }

  clear(slot: number): void {
    this.#counts.clear(slot);
    this.#sums.set(slot, 0);
  }
}

/** Averages of BIGINT and DECIMAL over exact sums. */
class ExactAverage extends ExactAggregator {
  readonly #type: SqlType;
  readonly #returns: SqlType;

  constructor(state: StateFactory, type: SqlType, returns: SqlType) {
    super(state, type);
    this.#type = type;
    this.#returns = returns;
  }

  result(slots: Int32Array, count: number): Column {
    const layout = layoutOf(this.#returns) as Exclude<Layout, 'bytes'>;
    const values = allocateValues(layout, count);
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const rows = this.counts.at(slot);
      const mean = rows === 0 ? null : this.#mean(this.sum.total(slot), rows);
      if (mean === null) (nulls ??= new Uint8Array(count))[k] = 1;
      else if (layout === 'i128') writeI128(values as BigInt64Array, k, mean as bigint);
      else (values as { [row: number]: number | bigint })[k] = mean;
    }
    return fixedColumn(this.#returns, values, count, nulls);
  }

  #mean(total: bigint, rows: number): number | bigint | null {
    if (this.#returns.kind === 'decimal') {
      const scale = this.#type.kind === 'decimal' ? this.#type.scale : 0;
      return divideDecimals(total, scale, BigInt(rows), 0, this.#returns);
    }
    return this.#returns.kind === 'double' ? Number(total) / rows : total / BigInt(rows);
  }
}
