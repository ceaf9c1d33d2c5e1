import { allocateValues, fixedColumn, type Column, type FixedColumn, type Int64Column } from '../../columnar/column.ts';
import { writeI128 } from '../../columnar/i128.ts';
import { addLongs, gatherWords } from '../../columnar/linear/paged-kernels.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Aggregator, AggregateFunction, RunningSteps } from '../../contracts/function.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf } from '../../types/layout.ts';
import { BIGINT, decimal, isNumeric, type SqlType } from '../../types/sql-type.ts';
import { fitsPrecision } from '../../values/decimal.ts';
import { aggregate } from './aggregate-definition.ts';
import { ExactAggregator } from './exact-aggregator.ts';
import { RowPresence } from './row-presence.ts';

function sumLike(name: string, doc: string): AggregateFunction {
  return aggregate({
    name,
    syntax: [`${name}([DISTINCT] x)`],
    doc,
    resolve({ types: [given, ...rest] }) {
      const type = given?.kind === 'null' ? BIGINT : given;
      if (type === undefined || rest.length > 0 || !(isNumeric(type) || type.kind.startsWith('interval'))) {
        return undefined;
      }
      if (type.kind === 'decimal') {
        const returns = decimal(38, type.scale);
        return {
          args: [type],
          returns,
          retractable: true,
          create: (state) => new DecimalSumAggregator(state, type, returns),
        };
      }
      return {
        args: [type],
        returns: type,
        retractable: true,
        create: (state, retracts) => new SumAggregator(state, type, retracts),
      };
    },
  });
}

export const sumFunctions: readonly AggregateFunction[] = [
  sumLike(
    'SUM',
    'The sum, of the type of the argument: integers wrap around; of DECIMAL(p, s) a DECIMAL(38, s). NULL over nothing.',
  ),
  sumLike('INCR_SUM', 'SUM with the promise that it never shrinks.'),
];

/** Sums that keep the type of the argument: integers wrap because their pages do. */
class SumAggregator implements Aggregator {
  readonly #type: SqlType;
  readonly #sums: PagedArray;
  readonly #presence: RowPresence;

  constructor(state: StateFactory, type: SqlType, retracts: boolean) {
    this.#type = type;
    const layout = layoutOf(type);
    this.#sums = state.array('sum', layout === 'i64' ? 'i64' : layout === 'f32' || layout === 'f64' ? 'f64' : 'i32');
    this.#presence = new RowPresence(state, retracts);
  }

  ensure(slotCount: number): void {
    this.#sums.ensure(slotCount);
    this.#presence.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#presence.add(args, rows, slots, count);
    this.#add(args, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#presence.takeBack(args, rows, slots, count);
    this.#add(args, rows, slots, count, -1);
  }

  #add(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number, sign: 1 | -1): void {
    const column = args[0];
    if (column === undefined || column.layout === 'bytes') throw new InternalError('SUM takes one number');
    if (column.layout === 'i64') addBigints(this.#sums as PagedArray<'i64'>, column, rows, slots, count, sign);
    else if (column.layout !== 'i128') {
      addNumbers(this.#sums as PagedArray<'i32' | 'f64'>, column, rows, slots, count, sign);
    }
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as SumAggregator;
    this.#presence.merge(other.#presence, fromSlots, slots, count);
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const [a, b] = [this.#sums.get(slot), other.#sums.get(fromSlots[k]!)];
      // A page cuts what does not fit, which is the wrap-around.
      this.#sums.set(slot, typeof a === 'bigint' ? BigInt.asIntN(64, a + (b as bigint)) : a + (b as number));
    }
  }

  result(slots: Int32Array, count: number): Column {
    const layout = layoutOf(this.#type);
    if (layout === 'bytes') throw new InternalError('SUM of bytes');
    const values = allocateValues(layout, count);
    if (layout === 'i64') copyWords(this.#sums as PagedArray<'i64'>, slots, count, new Int32Array(values.buffer));
    else copyNumbers(this.#sums as PagedArray<'i32' | 'f64'>, slots, count, values as Float64Array);
    return fixedColumn(this.#type, values, count, this.#presence.emptyMarks(slots, count));
  }

  running(steps: RunningSteps): Column {
    const layout = layoutOf(this.#type);
    if (layout === 'bytes') throw new InternalError('SUM of bytes');
    const nulls = this.#presence.running(steps);
    const values = allocateValues(layout, steps.count);
    if (layout === 'i64') runBigints(this.#sums as PagedArray<'i64'>, steps, values as BigInt64Array);
    else runNumbers(this.#sums as PagedArray<'i32' | 'f64'>, steps, values as Float64Array);
    return fixedColumn(this.#type, values, steps.count, nulls);
  }

  clear(slot: number): void {
    this.#presence.clear(slot);
    this.#sums.set(slot, this.#sums.layout === 'i64' ? 0n : 0);
  }

  clearAll(slotCount: number): void {
    this.#presence.clearAll(slotCount);
    this.#sums.zero(slotCount);
  }
}

function copyNumbers(from: PagedArray<'i32' | 'f64'>, slots: Int32Array, count: number, to: Float64Array): void {
  const { shift, mask } = from;
  const pages = from.pages as Float64Array[];
  for (let k = 0; k < count; k++) {
    const slot = slots[k]!;
    to[k] = pages[slot >> shift]![slot & mask]!;
  }
}

/** 64-bit integers as pairs of 32-bit words, which makes no bigint on the heap. */
function copyWords(from: PagedArray<'i64'>, slots: Int32Array, count: number, to: Int32Array): void {
  if (gatherWords(from, slots, count, to)) return;
  const { shift, mask } = from;
  const pages = from.pages.map((page) => new Int32Array(page.buffer, page.byteOffset, page.length * 2));
  for (let k = 0; k < count; k++) {
    const slot = slots[k]!;
    const page = pages[slot >> shift]!;
    const at = (slot & mask) << 1;
    to[2 * k] = page[at]!;
    to[2 * k + 1] = page[at + 1]!;
  }
}

/** Adds the numbers of the rows that are not NULL to paged sums. */
export function addNumbers(
  sums: PagedArray<'i32' | 'f64'>,
  column: Exclude<FixedColumn, { layout: 'i64' | 'i128' }>,
  rows: Int32Array,
  slots: Int32Array,
  count: number,
  sign: 1 | -1,
): void {
  const { values, nulls } = column;
  const { shift, mask } = sums;
  const pages = sums.pages as Float64Array[];
  if (pages.length === 1 && nulls === null && sign === 1) {
    const page = pages[0]!;
    for (let k = 0; k < count; k++) page[slots[k]!]! += values[rows[k]!]!;
    return;
  }
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const slot = slots[k]!;
    pages[slot >> shift]![slot & mask]! += sign * values[row]!;
  }
}

function addBigints(
  sums: PagedArray<'i64'>,
  column: Int64Column,
  rows: Int32Array,
  slots: Int32Array,
  count: number,
  sign: 1 | -1,
): void {
  const { values, nulls } = column;
  const { pages, shift, mask } = sums;
  if (nulls === null) {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    if (addLongs(sums, slots, rows, count, words, sign)) return;
  }
  if (pages.length === 1 && nulls === null && sign === 1) {
    const page = pages[0]!;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      page[slot] = BigInt.asIntN(64, page[slot]! + values[rows[k]!]!);
    }
    return;
  }
  for (let k = 0; k < count; k++) {
    const row = rows[k]!;
    if (nulls !== null && nulls[row] === 1) continue;
    const slot = slots[k]!;
    const page = pages[slot >> shift]!;
    const at = slot & mask;
    page[at] = BigInt.asIntN(64, sign === 1 ? page[at]! + values[row]! : page[at]! - values[row]!);
  }
}

function runNumbers(sums: PagedArray<'i32' | 'f64'>, steps: RunningSteps, results: Float64Array): void {
  const { rows, slots, count, oldArgs, oldEnds } = steps;
  const added = steps.args[0] as Exclude<FixedColumn, { layout: 'i64' | 'i128' }>;
  const taken = oldArgs?.[0] as typeof added | undefined;
  const { shift, mask } = sums;
  const pages = sums.pages as Float64Array[];
  let old = 0;
  for (let k = 0; k < count; k++) {
    const page = pages[slots[k]! >> shift]!;
    const at = slots[k]! & mask;
    const row = rows[k]!;
    // Each step goes through the page, which rounds or wraps around as it does for single rows.
    if (added.nulls === null || added.nulls[row] === 0) page[at]! += added.values[row]!;
    for (const end = oldEnds[k]!; old < end; old++) {
      if (taken !== undefined && (taken.nulls === null || taken.nulls[old] === 0)) page[at]! -= taken.values[old]!;
    }
    results[k] = page[at]!;
  }
}

function runBigints(sums: PagedArray<'i64'>, steps: RunningSteps, results: BigInt64Array): void {
  const { rows, slots, count, oldArgs, oldEnds } = steps;
  const added = steps.args[0] as Int64Column;
  const taken = oldArgs?.[0] as Int64Column | undefined;
  const { pages, shift, mask } = sums;
  let old = 0;
  for (let k = 0; k < count; k++) {
    const page = pages[slots[k]! >> shift]!;
    const at = slots[k]! & mask;
    const row = rows[k]!;
    let sum = page[at]!;
    if (added.nulls === null || added.nulls[row] === 0) sum = BigInt.asIntN(64, sum + added.values[row]!);
    for (const end = oldEnds[k]!; old < end; old++) {
      if (taken === undefined || (taken.nulls !== null && taken.nulls[old] === 1)) continue;
      sum = BigInt.asIntN(64, sum - taken.values[old]!);
    }
    page[at] = sum;
    results[k] = sum;
  }
}

class DecimalSumAggregator extends ExactAggregator {
  readonly #returns: SqlType & { kind: 'decimal' };

  constructor(state: StateFactory, type: SqlType, returns: SqlType & { kind: 'decimal' }) {
    super(state, type);
    this.#returns = returns;
  }

  result(slots: Int32Array, count: number): Column {
    const words = new BigInt64Array(count * 2);
    let nulls: Uint8Array | null = null;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const total = this.counts.at(slot) === 0 ? null : this.sum.total(slot);
      if (total === null || !fitsPrecision(total, 38)) (nulls ??= new Uint8Array(count))[k] = 1;
      else writeI128(words, k, total);
    }
    return fixedColumn(this.#returns, words, count, nulls);
  }
}
