import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { Aggregator, AggregateFunction, CallSite } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { BIGINT, DOUBLE, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';
import { CountedValues } from './counted-values.ts';

/** @source Flink 2.0, PERCENTILE: linear interpolation between the closest ranks; a frequency below 1 takes no row */
export const percentile: AggregateFunction = aggregate({
  name: 'PERCENTILE',
  syntax: ['PERCENTILE(x, share [, frequency])'],
  doc: 'The exact percentile: the value below which `share` (0 to 1, a constant) of the values lie, interpolated between neighbours; `frequency` counts a row several times. DOUBLE; NULL over nothing.',
  resolve({ types, literals }) {
    const [value, share, frequency] = types;
    if (types.length < 2 || types.length > 3 || value === undefined || share === undefined) return undefined;
    if (!isNumeric(value) || !isNumeric(share) || (frequency !== undefined && !isInteger(frequency))) return undefined;
    const constant = shareOf(literals[1], share);
    if (constant === undefined) return undefined;
    return {
      args: [DOUBLE, DOUBLE, BIGINT].slice(0, types.length),
      returns: DOUBLE,
      retractable: true,
      create: (state) => new PercentileAggregator(state, constant),
    };
  },
});

class PercentileAggregator implements Aggregator {
  readonly #counted: CountedValues;
  readonly #share: number;

  constructor(state: StateFactory, share: number) {
    this.#counted = new CountedValues(state, DOUBLE);
    this.#share = share;
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
    const results = new Float64Array(count);
    const nulls = new Uint8Array(count);
    for (let k = 0; k < count; k++) {
      const value = interpolated(this.#counted, slots[k]!, this.#share);
      if (value === undefined) nulls[k] = 1;
      else results[k] = value;
    }
    return fixedColumn(DOUBLE, results, count, nulls);
  }

  clear(slot: number): void {
    this.#counted.clear(slot);
  }
}

/** The value at `share * (n - 1)` of the sorted values, between two of them in proportion. */
function interpolated(counted: CountedValues, slot: number, share: number): number | undefined {
  const { values, counts } = counted.valuesOf(slot);
  if (counts.length === 0 || values.layout !== 'f64') return undefined;
  const doubles = values.values;
  const order = Array.from(counts.keys()).sort((a, b) => doubles[a]! - doubles[b]!);
  const position = share * (counts.reduce((sum, one) => sum + one, 0) - 1);
  const below = Math.floor(position);
  const lower = valueOfRank(order, doubles, counts, below);
  const upper = valueOfRank(order, doubles, counts, Math.ceil(position));
  return lower === upper ? lower : lower + (upper - lower) * (position - below);
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

/** A constant share, or undefined where it is none or not from 0 to 1. */
function shareOf(value: CallSite['literals'][number], type: SqlType): number | undefined {
  const share =
    typeof value === 'bigint' ? Number(value) / 10 ** (type.kind === 'decimal' ? type.scale : 0) : Number(value);
  return value !== null && value !== undefined && share >= 0 && share <= 1 ? share : undefined;
}
