import { fixedColumn, type Column, type FixedColumn } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { DOUBLE, isNumeric } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';
import { DoubleDoubleSum, productError } from './double-double-sum.ts';

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

/**
 * Count, and the sums of the distances from the first value and of their squares. Distances keep the squares small, and
 * with twice the digits of a double nothing cancels out when they are subtracted, nor stays behind when rows are taken back.
 */
class VarianceAggregator implements Aggregator {
  readonly #form: Form;
  readonly #counts: PagedArray<'f64'>;
  readonly #origins: PagedArray<'f64'>;
  readonly #sums: DoubleDoubleSum;
  readonly #squares: DoubleDoubleSum;

  constructor(state: StateFactory, form: Form) {
    this.#form = form;
    this.#counts = state.array('count', 'f64');
    this.#origins = state.array('origin', 'f64');
    this.#sums = new DoubleDoubleSum(state, 'sum');
    this.#squares = new DoubleDoubleSum(state, 'squares');
  }

  ensure(slotCount: number): void {
    this.#counts.ensure(slotCount);
    this.#origins.ensure(slotCount);
    this.#sums.ensure(slotCount);
    this.#squares.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const { values, nulls } = args[0] as FixedColumn & { layout: 'f64' };
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const slot = slots[k]!;
      const before = this.#counts.get(slot);
      if (before === 0) this.#origins.set(slot, Number.isFinite(values[row]!) ? values[row]! : 0);
      this.#counts.set(slot, before + 1);
      this.#addDistance(slot, values[row]!, 1);
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
      this.#counts.set(slot, n);
      this.#addDistance(slot, values[row]!, -1);
    }
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as VarianceAggregator;
    for (let k = 0; k < count; k++) {
      const [theirs, slot] = [fromSlots[k]!, slots[k]!];
      const m = other.#counts.get(theirs);
      if (m === 0) continue;
      const n = this.#counts.get(slot);
      if (n === 0) this.#origins.set(slot, other.#origins.get(theirs));
      this.#counts.set(slot, n + m);
      // Their distances d are d + shift from our origin: Σ(d + s) = Σd + m·s, Σ(d + s)² = Σd² + 2s·Σd + m·s².
      const shift = other.#origins.get(theirs) - this.#origins.get(slot);
      const [high, low] = [other.#sums.high(theirs), other.#sums.low(theirs)];
      this.#sums.add(slot, high);
      this.#sums.add(slot, low);
      this.#squares.add(slot, other.#squares.high(theirs));
      this.#squares.add(slot, other.#squares.low(theirs));
      if (shift === 0) continue;
      this.#sums.addProduct(slot, shift, m, 1);
      this.#squares.addProduct(slot, 2 * shift, high, 1);
      this.#squares.addProduct(slot, 2 * shift, low, 1);
      this.#squares.addProduct(slot, shift * m, shift, 1);
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
      const variance = this.#squaredDistances(slots[k]!, n) / divisor;
      values[k] = this.#form.root ? Math.sqrt(variance) : variance;
    }
    return fixedColumn(DOUBLE, values, count, nulls);
  }

  clear(slot: number): void {
    this.#counts.set(slot, 0);
    this.#origins.set(slot, 0);
    this.#sums.clear(slot);
    this.#squares.clear(slot);
  }

  #addDistance(slot: number, value: number, sign: 1 | -1): void {
    const origin = this.#origins.get(slot);
    const distance = value - origin;
    // What the subtraction lost, as in every sum of two doubles.
    const part = distance - value;
    const lost = value - (distance - part) - (origin + part);
    this.#sums.add(slot, sign * distance);
    this.#squares.addProduct(slot, distance, distance, sign);
    if (lost === 0 || !Number.isFinite(lost)) return;
    this.#sums.add(slot, sign * lost);
    this.#squares.addProduct(slot, 2 * distance, lost, sign);
  }

  /** Σ(x − mean)² = Σd² − (Σd)² / n. */
  #squaredDistances(slot: number, n: number): number {
    const [high, low] = [this.#sums.high(slot), this.#sums.low(slot)];
    const mean = high / n;
    const back = mean * n;
    const meanRest = (high - back - productError(mean, n, back) + low) / n;
    const product = high * mean;
    const rest = productError(high, mean, product) + high * meanRest + low * mean;
    const squares = this.#squares.high(slot);
    const left = squares - product;
    const part = left - squares;
    const lost = squares - (left - part) - (product + part);
    return Math.max(0, left + (lost + this.#squares.low(slot) - rest));
  }
}
