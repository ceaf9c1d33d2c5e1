import { fixedColumn, type Column, type FixedColumn } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { DOUBLE, isNumeric } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';

interface Form {
  readonly root: boolean;
  readonly sample: boolean;
}

function varianceLike(name: string, what: string, form: Form): AggregateFunction {
  return aggregate({
    name,
    syntax: [`${name}(x)`],
    doc: `${what}. DOUBLE; NULL over nothing${form.sample ? ' and over one value' : ''}.`,
    resolve({ types: [type, ...rest] }) {
      if (type === undefined || rest.length > 0 || !(isNumeric(type) || type.kind === 'null')) return undefined;
      return {
        args: [DOUBLE],
        returns: DOUBLE,
        retractable: true,
        create: (state) => new VarianceAggregator(state, form),
      };
    },
  });
}

export const varianceFunctions: readonly AggregateFunction[] = [
  varianceLike('STDDEV', 'The standard deviation of the sample', { root: true, sample: true }),
  varianceLike('STDDEV_POP', 'The standard deviation of the population', { root: true, sample: false }),
  varianceLike('STDDEV_SAMP', 'The standard deviation of the sample', { root: true, sample: true }),
  varianceLike('VARIANCE', 'The variance of the sample', { root: false, sample: true }),
  varianceLike('VAR_POP', 'The variance of the population', { root: false, sample: false }),
  varianceLike('VAR_SAMP', 'The variance of the sample', { root: false, sample: true }),
];

/** Count, mean and sum of squared distances (Welford), which stays exact where sums of squares cancel out. */
class VarianceAggregator implements Aggregator {
  readonly #form: Form;
  readonly #counts: PagedArray<'f64'>;
  readonly #means: PagedArray<'f64'>;
  readonly #squares: PagedArray<'f64'>;

  constructor(state: StateFactory, form: Form) {
    this.#form = form;
    this.#counts = state.array('count', 'f64');
    this.#means = state.array('mean', 'f64');
    this.#squares = state.array('squares', 'f64');
  }

  ensure(slotCount: number): void {
    this.#counts.ensure(slotCount);
    this.#means.ensure(slotCount);
    this.#squares.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const { values, nulls } = args[0] as FixedColumn & { layout: 'f64' };
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const n = this.#counts.get(slot) + 1;
      const before = values[row]! - this.#means.get(slot);
      const mean = this.#means.get(slot) + before / n;
      this.#counts.set(slot, n);
      this.#means.set(slot, mean);
      this.#squares.set(slot, this.#squares.get(slot) + before * (values[row]! - mean));
    }
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const { values, nulls } = args[0] as FixedColumn & { layout: 'f64' };
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const n = this.#counts.get(slot) - 1;
      if (n === 0) {
        this.clear(slot);
        continue;
      }
      const after = values[row]! - this.#means.get(slot);
      const mean = this.#means.get(slot) - after / n;
      this.#counts.set(slot, n);
      this.#means.set(slot, mean);
      this.#squares.set(slot, Math.max(0, this.#squares.get(slot) - after * (values[row]! - mean)));
    }
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as VarianceAggregator;
    for (let k = 0; k < count; k++) {
      const [theirs, slot] = [fromSlots[k]!, slots[k]!];
      const [m, n] = [other.#counts.get(theirs), this.#counts.get(slot)];
      if (m === 0) continue;
      const delta = other.#means.get(theirs) - this.#means.get(slot);
      const total = m + n;
      this.#squares.set(slot, this.#squares.get(slot) + other.#squares.get(theirs) + (delta * delta * m * n) / total);
      this.#means.set(slot, this.#means.get(slot) + (delta * m) / total);
      this.#counts.set(slot, total);
    }
  }

  result(slots: Int32Array, count: number): Column {
    const values = new Float64Array(count);
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const n = this.#counts.get(slots[k]!);
      const divisor = this.#form.sample ? n - 1 : n;
      if (divisor <= 0) {
        (nulls ??= new Uint8Array(count))[k] = 1;
        continue;
      }
      const variance = this.#squares.get(slots[k]!) / divisor;
      values[k] = this.#form.root ? Math.sqrt(variance) : variance;
    }
    return fixedColumn(DOUBLE, values, count, nulls);
  }

  clear(slot: number): void {
    this.#counts.set(slot, 0);
    this.#means.set(slot, 0);
    this.#squares.set(slot, 0);
  }
}
