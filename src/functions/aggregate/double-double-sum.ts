import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateFactory } from '../../contracts/state.ts';

/** 2^27 + 1 cuts a double into two halves whose products are exact (Veltkamp, Dekker). */
const SPLIT = 134217729;

/**
 * Sums per slot with twice the digits of a double: what is added and taken back again leaves nothing behind as long as
 * 106 bits hold it, which integers and their squares do.
 */
export class DoubleDoubleSum {
  readonly #high: PagedArray<'f64'>;
  readonly #low: PagedArray<'f64'>;

  constructor(state: StateFactory, name: string) {
    this.#high = state.array(`${name}.high`, 'f64');
    this.#low = state.array(`${name}.low`, 'f64');
  }

  ensure(slotCount: number): void {
    this.#high.ensure(slotCount);
    this.#low.ensure(slotCount);
  }

  high(slot: number): number {
    return this.#high.get(slot);
  }

  low(slot: number): number {
    return this.#low.get(slot);
  }

  add(slot: number, value: number): void {
    const before = this.#high.get(slot);
    const sum = before + value;
    const part = sum - before;
    const lost = before - (sum - part) + (value - part);
    const low = this.#low.get(slot) + lost;
    const high = sum + low;
    this.#high.set(slot, high);
    this.#low.set(slot, low - (high - sum));
  }

  /** Adds `sign · a · b`, the product with all its digits. */
  addProduct(slot: number, a: number, b: number, sign: 1 | -1): void {
    const product = a * b;
    this.add(slot, sign * product);
    const rest = productError(a, b, product);
    if (rest !== 0) this.add(slot, sign * rest);
  }

  clear(slot: number): void {
    this.#high.set(slot, 0);
    this.#low.set(slot, 0);
  }
}

/** What `a * b` is more than its rounded product; 0 where the halves leave the range of a double. */
export function productError(a: number, b: number, product: number): number {
  const [x, y] = [a * SPLIT, b * SPLIT];
  const [aHigh, bHigh] = [x - (x - a), y - (y - b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  const error = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  return Number.isFinite(error) ? error : 0;
}
