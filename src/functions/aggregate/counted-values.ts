import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import { valueAt } from '../../columnar/row-view.ts';
import type { KeyTable, StateFactory } from '../../contracts/state.ts';
import { INT, type SqlType } from '../../types/sql-type.ts';

/** Told when a value of a group comes to be there, and when its last occurrence goes. */
export interface ValueObserver {
  appeared(slot: number, column: Column, row: number): void;
  vanished(slot: number, column: Column, row: number): void;
}

/**
 * Every distinct value of each group with the number of its occurrences, in a key table, the values of a group chained.
 * NULLs are passed over. A number may be negative while a retraction runs ahead of its row.
 */
export class CountedValues {
  readonly #keys: KeyTable;
  /** Occurrences by key. */
  readonly #counts: PagedArray<'f64'>;
  /** Chain of the keys of a group: key + 1, 0 = none. */
  readonly #next: PagedArray<'i32'>;
  readonly #previous: PagedArray<'i32'>;
  readonly #heads: PagedArray<'i32'>;
  readonly #observer: ValueObserver | undefined;
  #found = new Int32Array(0);

  constructor(state: StateFactory, type: SqlType, observer?: ValueObserver) {
    this.#keys = state.keys('values', [INT, type]);
    this.#counts = state.array('counts', 'f64');
    this.#next = state.array('next', 'i32');
    this.#previous = state.array('previous', 'i32');
    this.#heads = state.array('heads', 'i32');
    this.#observer = observer;
  }

  ensure(slotCount: number): void {
    this.#heads.ensure(slotCount);
  }

  /** The values that a group holds now with their occurrences, in no order. */
  valuesOf(slot: number): { readonly values: Column; readonly counts: Float64Array } {
    const keys = this.#keysOf(slot).filter((key) => this.#counts.get(key) > 0);
    return {
      values: this.#keys.keyColumn(1, keys, keys.length),
      counts: Float64Array.from(keys, (key) => this.#counts.get(key)),
    };
  }

  merge(other: CountedValues, fromSlots: Int32Array, slots: Int32Array, count: number): void {
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

  clear(slot: number): void {
    for (const key of this.#keysOf(slot)) {
      this.#counts.set(key, 0);
      this.#next.set(key, 0);
      this.#previous.set(key, 0);
      this.#keys.remove(key);
    }
    this.#heads.set(slot, 0);
  }

  /** Adds to the occurrences of values; `by` is one number for all rows, or one for each of `rows`. */
  change(column: Column, rows: Int32Array, slots: Int32Array, count: number, by: number | Float64Array): void {
    let taken = count;
    let [takenRows, takenSlots, steps] = [rows, slots, by];
    const { nulls } = column;
    if (nulls !== null) {
      takenRows = new Int32Array(count);
      takenSlots = new Int32Array(count);
      const kept = typeof by === 'number' ? undefined : new Float64Array(count);
      steps = kept ?? by;
      taken = 0;
      for (let k = 0; k < count; k++) {
        if (nulls[rows[k]!] === 1) continue;
        if (kept !== undefined && typeof by !== 'number') kept[taken] = by[k]!;
        takenRows[taken] = rows[k]!;
        takenSlots[taken++] = slots[k]!;
      }
    }
    if (taken > 0) this.#apply(column, takenRows, takenSlots, taken, steps);
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
      if (after > 0 && before <= 0) this.#observer?.appeared(slot, column, rows[k]!);
      else if (after <= 0 && before > 0) this.#observer?.vanished(slot, column, rows[k]!);
      if (after === 0) (emptied ??= new Set()).add(key);
    }
    // Keys are removed last: a key freed early could be handed to another value of the same batch.
    if (emptied !== undefined) for (const key of emptied) if (this.#counts.get(key) === 0) this.#drop(key);
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
    const slot = valueAt(this.#keys.keyColumn(0, Int32Array.of(key), 1), 0) as number;
    // A value whose occurrences were zero all along was never linked.
    if (this.#linked(key, slot)) {
      if (previous !== 0) this.#next.set(previous - 1, next);
      else this.#heads.set(slot, next);
      if (next !== 0) this.#previous.set(next - 1, previous);
    }
    this.#next.set(key, 0);
    this.#previous.set(key, 0);
    this.#keys.remove(key);
  }
}
