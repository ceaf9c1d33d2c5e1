import { fixedColumn, type Column, type Int64Column } from '../../columnar/column.ts';
import { addConstant, gatherWords } from '../../columnar/linear/paged-kernels.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction, RunningSteps } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { BIGINT } from '../../types/sql-type.ts';
import { aggregate } from './aggregate-definition.ts';

export const count: AggregateFunction = aggregate({
  name: 'COUNT',
  syntax: ['COUNT(*)', 'COUNT([DISTINCT] x [, y …])'],
  doc: 'The number of rows, or of rows in which no argument is NULL; 0 over none.',
  resolve: ({ types }) => ({
    args: types,
    returns: BIGINT,
    retractable: true,
    create: (state) => new CountAggregator(state),
  }),
});

/** @source Flink 2.0 and Blink's open-source branch, where it is an estimate; here the values are kept and counted */
export const approximateCount: AggregateFunction = aggregate({
  name: 'APPROX_COUNT_DISTINCT',
  syntax: ['APPROX_COUNT_DISTINCT(x)'],
  doc: 'The number of different values; 0 over none. It is exact, as COUNT(DISTINCT x).',
  resolve: ({ types }) =>
    types.length === 1
      ? {
          args: types,
          returns: BIGINT,
          retractable: true,
          distinct: true,
          create: (state) => new CountAggregator(state),
        }
      : undefined,
});

/** Counts in doubles, which are exact to 2^53 and four times as fast as bigints. */
export class CountAggregator implements Aggregator {
  readonly #counts: PagedArray<'f64'>;

  constructor(state: StateFactory, name = 'count') {
    this.#counts = state.array(name, 'f64');
  }

  ensure(slotCount: number): void {
    this.#counts.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#add(args, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#add(args, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = (from as CountAggregator).#counts;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      this.#counts.set(slot, this.#counts.get(slot) + other.get(fromSlots[k]!));
    }
  }

  result(slots: Int32Array, count: number): Column {
    const values = new BigInt64Array(count);
    // As two 32-bit words, which makes no bigint on the heap.
    const words = new Int32Array(values.buffer);
    const totals = this.#totals(slots, count);
    for (let k = 0; k < count; k++) {
      const total = totals[k]!;
      words[2 * k] = total;
      if (total < 0 || total > 0xffffffff) words[2 * k + 1] = Math.floor(total / 0x1_0000_0000);
    }
    return fixedColumn(BIGINT, values, count);
  }

  running({ args, rows, slots, count, oldArgs = [], oldEnds }: RunningSteps): Int64Column {
    const { pages, shift, mask } = this.#counts;
    const values = new BigInt64Array(count);
    const words = new Int32Array(values.buffer);
    let old = 0;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      let total = pages[slot >> shift]![slot & mask]! + present(args, rows[k]!);
      for (const end = oldEnds[k]!; old < end; old++) total -= present(oldArgs, old);
      pages[slot >> shift]![slot & mask] = total;
      words[2 * k] = total;
      if (total < 0 || total > 0xffffffff) words[2 * k + 1] = Math.floor(total / 0x1_0000_0000);
    }
    return { type: BIGINT, layout: 'i64', values, length: count, nulls: null };
  }

  #totals(slots: Int32Array, count: number): Float64Array {
    const totals = new Float64Array(count);
    if (gatherWords(this.#counts, slots, count, new Int32Array(totals.buffer))) return totals;
    const { pages, shift, mask } = this.#counts;
    for (let k = 0; k < count; k++) totals[k] = pages[slots[k]! >> shift]![slots[k]! & mask]!;
    return totals;
  }

  /** The count of a slot. */
  at(slot: number): number {
    return this.#counts.get(slot);
  }

  /** Marks the slots that count nothing; null where there is none. */
  emptyMarks(slots: Int32Array, count: number): Uint8Array | null {
    const { pages, shift, mask } = this.#counts;
    let marks: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      if (pages[slot >> shift]![slot & mask] === 0) (marks ??= new Uint8Array(count))[k] = 1;
    }
    return marks;
  }

  clear(slot: number): void {
    this.#counts.set(slot, 0);
  }

  clearAll(slotCount: number): void {
    this.#counts.zero(slotCount);
  }

  #add(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number, by: number): void {
    const { pages, shift, mask } = this.#counts;
    const nullFlags = args.flatMap(({ nulls }) => (nulls === null ? [] : [nulls]));
    if (nullFlags.length > 0) {
      for (let k = 0; k < count; k++) {
        const row = rows[k]!;
        let present = 1;
        for (const nulls of nullFlags) present &= 1 - nulls[row]!;
        const slot = slots[k]!;
        pages[slot >> shift]![slot & mask]! += present * by;
      }
      return;
    }
    if (addConstant(this.#counts, slots, count, by)) return;
    const only = pages.length === 1 ? pages[0]! : undefined;
    if (only !== undefined) {
      for (let k = 0; k < count; k++) only[slots[k]!]! += by;
      return;
    }
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      pages[slot >> shift]![slot & mask]! += by;
    }
  }
}

function present(args: readonly Column[], row: number): 0 | 1 {
  for (let a = 0; a < args.length; a++) {
    const { nulls } = args[a]!;
    if (nulls !== null && nulls[row] === 1) return 0;
  }
  return 1;
}
