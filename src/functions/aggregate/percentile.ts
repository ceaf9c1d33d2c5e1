import { ColumnBuilder } from '../../columnar/builder.ts';
import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import { ArrayWriter, elementsOf } from '../../columnar/nested/array-codec.ts';
import type { Aggregator, AggregateFunction, CallSite } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { BIGINT, DOUBLE, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';
import { CountedValues } from './counted-values.ts';

const LIST: SqlType = { kind: 'array', element: DOUBLE };

/** @source Flink 2.0, PERCENTILE: linear interpolation between the closest ranks; a frequency below 1 takes no row */
export const percentile: AggregateFunction = aggregate({
  name: 'PERCENTILE',
  syntax: ['PERCENTILE(x, share [, frequency])', 'PERCENTILE(x, ARRAY[share, …] [, frequency])'],
  doc: 'The exact percentile: the value below which `share` (0 to 1, a constant) of the values lie, interpolated between neighbours; `frequency` counts a row several times. DOUBLE, for a list of shares ARRAY<DOUBLE>; NULL over nothing.',
  resolve({ types, literals }) {
    const [value, share, frequency] = types;
    if (types.length < 2 || types.length > 3 || value === undefined || share === undefined) return undefined;
    if (!isNumeric(value) || (frequency !== undefined && !isInteger(frequency))) return undefined;
    const shares = sharesOf(literals[1], share);
    if (shares === undefined) return undefined;
    const returns = share.kind === 'array' ? LIST : DOUBLE;
    return {
      args: [DOUBLE, share.kind === 'array' ? share : DOUBLE, BIGINT].slice(0, types.length),
      returns,
      retractable: true,
      create: (state) => new PercentileAggregator(state, shares, returns),
    };
  },
});

class PercentileAggregator implements Aggregator {
  readonly #counted: CountedValues;
  readonly #shares: readonly number[];
  readonly #returns: SqlType;

  constructor(state: StateFactory, shares: readonly number[], returns: SqlType) {
    this.#counted = new CountedValues(state, DOUBLE);
    this.#shares = shares;
    this.#returns = returns;
  }

  ensure(slotCount: number): void {
    this.#counted.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, frequencies(args[2], rows, count, 1));
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.change(args[0]!, rows, slots, count, frequencies(args[2], rows, count, -1));
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    this.#counted.merge((from as PercentileAggregator).#counted, fromSlots, slots, count);
  }

  result(slots: Int32Array, count: number): Column {
    const builder = new ColumnBuilder(this.#returns, count);
    const list = new ArrayWriter(DOUBLE);
    const text = new ByteSlice();
    for (let k = 0; k < count; k++) {
      const values = percentilesOf(this.#counted, slots[k]!, this.#shares);
      if (values === undefined) {
        builder.appendNull();
      } else if (this.#returns.kind === 'array') {
        list.write(text, values);
        builder.append(text);
      } else {
        builder.append(values[0]!);
      }
    }
    return builder.finish();
  }

  clear(slot: number): void {
    this.#counted.clear(slot);
  }
}

/** The values at `share * (n - 1)` of the sorted values, between two of them in proportion; undefined over nothing. */
function percentilesOf(counted: CountedValues, slot: number, shares: readonly number[]): number[] | undefined {
  const { values, counts } = counted.valuesOf(slot);
  if (counts.length === 0 || shares.length === 0 || values.layout !== 'f64') return undefined;
  const doubles = values.values;
  const order = Array.from(counts.keys()).sort((a, b) => doubles[a]! - doubles[b]!);
  const last = counts.reduce((sum, one) => sum + one, 0) - 1;
  return shares.map((share) => {
    const below = Math.floor(share * last);
    const lower = valueOfRank(order, doubles, counts, below);
    const upper = valueOfRank(order, doubles, counts, Math.ceil(share * last));
    return lower === upper ? lower : lower + (upper - lower) * (share * last - below);
  });
}

function valueOfRank(order: readonly number[], doubles: Float64Array, counts: Float64Array, rank: number): number {
  let seen = 0;
  for (const one of order) {
    seen += counts[one]!;
    if (rank < seen) return doubles[one]!;
  }
  return doubles[order.at(-1) ?? 0]!;
}

function frequencies(column: Column | undefined, rows: Int32Array, count: number, sign: 1 | -1): number | Float64Array {
  if (column === undefined) return sign;
  if (column.layout !== 'i64') throw new InternalError('a frequency is not BIGINT');
  const steps = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const isNull = column.nulls !== null && column.nulls[rows[k]!] === 1;
    const times = isNull ? 0 : Number(column.values[rows[k]!]!);
    steps[k] = times > 0 ? times * sign : 0;
  }
  return steps;
}

/** Constant shares, or undefined where one is none or not from 0 to 1. */
function sharesOf(value: CallSite['literals'][number], type: SqlType): readonly number[] | undefined {
  if (type.kind === 'array') {
    if (!(value instanceof ByteSlice)) return undefined;
    const shares = elementsOf(type.element, value).map((one) => sharesOf(one, type.element)?.[0]);
    return shares.every((one) => one !== undefined) ? shares : undefined;
  }
  if (value === null || value === undefined || !isNumeric(type)) return undefined;
  const share =
    typeof value === 'bigint' ? Number(value) / 10 ** (type.kind === 'decimal' ? type.scale : 0) : Number(value);
  return share >= 0 && share <= 1 ? [share] : undefined;
}
