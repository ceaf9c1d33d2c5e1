import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { Aggregator } from '../../contracts/function.ts';
import type { KeyTable, StateFactory } from '../../contracts/state.ts';
import { INT, type SqlType } from '../../types/sql-type.ts';
import { comparatorOf } from '../scalar/compare-kernels.ts';
import { slotValues, type SlotValues } from './slot-values.ts';

/**
 * MIN and MAX over rows that may be taken back: every distinct value of a group with its count, in a key table, the
 * values of a group chained. The extreme is kept and searched anew only where it was taken back itself.
 */
export class RetractableExtreme implements Aggregator {
  readonly #sign: 1 | -1;
  readonly #compare: (a: unknown, b: unknown) => number;
  readonly #keys: KeyTable;
  /** Occurrences by key; negative while a -D runs ahead of its +I. */
  readonly #counts: PagedArray<'f64'>;
  /** Chain of the keys of a group: key + 1, 0 = none. */
  readonly #next: PagedArray<'i32'>;
  readonly #previous: PagedArray<'i32'>;
  readonly #heads: PagedArray<'i32'>;
  /** Groups whose extreme must be searched. */
  readonly #stale: PagedArray<'u8'>;
  readonly #extreme: SlotValues;
  #found = new Int32Array(0);

  constructor(state: StateFactory, type: SqlType, sign: 1 | -1) {
    this.#sign = sign;
    this.#compare = comparatorOf(type) as (a: unknown, b: unknown) => number;
    this.#keys = state.keys('values', [INT, type]);
    this.#counts = state.array('counts', 'f64');
    this.#next = state.array('next', 'i32');
    this.#previous = state.array('previous', 'i32');
    this.#heads = state.array('heads', 'i32');
    this.#stale = state.array('stale', 'u8');
    this.#extreme = slotValues(state, 'extreme', type);
  }

  ensure(slotCount: number): void {
    this.#heads.ensure(slotCount);
    this.#stale.ensure(slotCount);
    this.#extreme.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#change(args[0]!, rows, slots, count, 1);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    this.#change(args[0]!, rows, slots, count, -1);
  }

  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    const other = from as RetractableExtreme;
    for (let k = 0; k < count; k++) {
      const keys = other.#keysOf(fromSlots[k]!);
      if (keys.length === 0) continue;
      const values = other.#keys.keyColumn(1, keys, keys.length);
      const rows = Int32Array.from(keys, (_key, i) => i);
      const into = new Int32Array(keys.length).fill(slots[k]!);
      const by = Float64Array.from(keys, (key) => other.#counts.get(key));
      this.#apply(values, rows, into, keys.length, by);
    }
  }

  result(slots: Int32Array, count: number): Column {
    for (let k = 0; k < count; k++) if (this.#stale.get(slots[k]!) === 1) this.#search(slots[k]!);
    return this.#extreme.column(slots, count);
  }

  clear(slot: number): void {
    for (const key of this.#keysOf(slot)) {
      this.#counts.set(key, 0);
      this.#next.set(key, 0);
      this.#previous.set(key, 0);
      this.#keys.remove(key);
    }
    this.#heads.set(slot, 0);
    this.#stale.set(slot, 0);
    this.#extreme.clear(slot);
  }

  #change(column: Column, rows: Int32Array, slots: Int32Array, count: number, by: 1 | -1): void {
    let taken = count;
    let [takenRows, takenSlots] = [rows, slots];
    const { nulls } = column;
    if (nulls !== null) {
      takenRows = new Int32Array(count);
      takenSlots = new Int32Array(count);
      taken = 0;
      for (let k = 0; k < count; k++) {
        if (nulls[rows[k]!] === 1) continue;
        takenRows[taken] = rows[k]!;
        takenSlots[taken++] = slots[k]!;
      }
    }
    if (taken > 0) this.#apply(column, takenRows, takenSlots, taken, by);
  }

  /** Changes the counts of values; `by` is one number for all rows or one a row. */
  #apply(column: Column, rows: Int32Array, slots: Int32Array, count: number, by: number | Float64Array): void {
    const groups = new Int32Array(column.length);
    for (let k = 0; k < count; k++) groups[rows[k]!] = slots[k]!;
    // A physical row may stand in several groups (hopping windows): then its keys are found one by one.
    for (let k = 0; k < count; k++) {
      if (groups[rows[k]!] !== slots[k]!) {
        for (let one = 0; one < count; one++) {
          const step = typeof by === 'number' ? by : by.subarray(one, one + 1);
          this.#applyDistinct(column, rows.subarray(one, one + 1), slots.subarray(one, one + 1), 1, step, groups);
        }
        return;
      }
    }
    this.#applyDistinct(column, rows, slots, count, by, groups);
  }

  #applyDistinct(
    column: Column,
    rows: Int32Array,
    slots: Int32Array,
    count: number,
    by: number | Float64Array,
    groups: Int32Array,
  ): void {
    if (count === 1) groups[rows[0]!] = slots[0]!;
    if (this.#found.length < count) this.#found = new Int32Array(count);
    const found = this.#found;
    this.#keys.upsert([fixedColumn(INT, groups, column.length), column], rows, count, found);
    this.#counts.ensure(this.#keys.slotCount);
    this.#next.ensure(this.#keys.slotCount);
    this.#previous.ensure(this.#keys.slotCount);
    let emptied: Set<number> | undefined;
    for (let k = 0; k < count; k++) {
      const key = found[k]!;
      const slot = slots[k]!;
      const before = this.#counts.get(key);
      const after = before + (typeof by === 'number' ? by : by[k]!);
      this.#counts.set(key, after);
      if (before === 0 && after !== 0 && !this.#linked(key, slot)) this.#link(key, slot);
      if (after > 0 && before <= 0) this.#offer(slot, column, rows[k]!);
      else if (after <= 0 && before > 0) this.#withdraw(slot, column, rows[k]!);
      if (after === 0) (emptied ??= new Set()).add(key);
    }
    // Keys are removed last: a key freed early could be handed to another value of the same batch.
    if (emptied !== undefined) for (const key of emptied) if (this.#counts.get(key) === 0) this.#drop(key);
  }

  #offer(slot: number, column: Column, row: number): void {
    if (this.#stale.get(slot) === 1) return;
    const held = this.#extreme.get(slot);
    if (held === null || this.#compare(valueAt(column, row), held) * this.#sign > 0) {
      this.#extreme.put(slot, column, row);
    }
  }

  #withdraw(slot: number, column: Column, row: number): void {
    const held = this.#extreme.get(slot);
    if (held !== null && this.#compare(valueAt(column, row), held) === 0) this.#stale.set(slot, 1);
  }

  #search(slot: number): void {
    this.#stale.set(slot, 0);
    this.#extreme.clear(slot);
    const keys = this.#keysOf(slot).filter((key) => this.#counts.get(key) > 0);
    if (keys.length === 0) return;
    const values = this.#keys.keyColumn(1, keys, keys.length);
    let best = 0;
    let bestValue = valueAt(values, 0);
    for (let k = 1; k < keys.length; k++) {
      const value = valueAt(values, k);
      if (this.#compare(value, bestValue) * this.#sign > 0) {
        best = k;
        bestValue = value;
      }
    }
    this.#extreme.put(slot, values, best);
  }

  #keysOf(slot: number): Int32Array {
    const keys: number[] = [];
    for (let link = this.#heads.get(slot); link !== 0; link = this.#next.get(link - 1)) keys.push(link - 1);
    return Int32Array.from(keys);
  }

  #linked(key: number, slot: number): boolean {
    return this.#previous.get(key) !== 0 || this.#heads.get(slot) === key + 1;
  }

  #link(key: number, slot: number): void {
    const head = this.#heads.get(slot);
    this.#next.set(key, head);
    this.#previous.set(key, 0);
    if (head !== 0) this.#previous.set(head - 1, key + 1);
    this.#heads.set(slot, key + 1);
  }

  #drop(key: number): void {
    const next = this.#next.get(key);
    const previous = this.#previous.get(key);
    if (previous !== 0) this.#next.set(previous - 1, next);
    else {
      const slot = this.#keys.keyColumn(0, Int32Array.of(key), 1);
      this.#heads.set(valueAt(slot, 0) as number, next);
    }
    if (next !== 0) this.#previous.set(next - 1, previous);
    this.#next.set(key, 0);
    this.#previous.set(key, 0);
    this.#keys.remove(key);
  }
}
