import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { Field } from '../../types/schema.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import type { StateRegistry } from '../state/state-registry.ts';
import { TimeQueue } from './time-queue.ts';

/**
 * Rows that have a time, by key: those of one key as a chain in the order of time, the latest first to be found; all of
 * them in one queue by time. Links are slot + 1, 0 ends a chain.
 */
export class TimedRows {
  /** By slot, epoch ms. */
  readonly times: PagedArray<'f64'>;
  /** By slot: the row of the same key before it in time. */
  readonly earlier: PagedArray<'i32'>;
  /** By key: its latest row. */
  readonly latest: PagedArray<'i32'>;
  /** By slot: what the owner marks. */
  readonly marks: PagedArray<'u8'>;
  readonly queue: TimeQueue;
  readonly #later: PagedArray<'i32'>;
  readonly #keys: PagedArray<'i32'>;
  readonly #store: RowStore;
  readonly #pool = new SlotPool();
  /** Input column → place in the store. */
  readonly #places: readonly number[];
  readonly #columns: readonly number[];
  #rows = new Int32Array(0);
  #slots = new Int32Array(0);
  #pending = 0;

  /** @param columns the columns of the input that are kept */
  constructor(state: StateRegistry, fields: readonly Field[], columns: readonly number[]) {
    this.times = state.array('times', 'f64');
    this.earlier = state.array('earlier', 'i32');
    this.latest = state.array('latest', 'i32');
    this.marks = state.array('marks', 'u8');
    this.#later = state.array('later', 'i32');
    this.#keys = state.array('keys', 'i32');
    this.queue = new TimeQueue(state, this.times);
    this.#columns = columns;
    this.#places = fields.map((_, i) => columns.indexOf(i));
    this.#store = new RowStore(state.scope('rows'), { fields: columns.map((i) => fields[i]!) });
  }

  get size(): number {
    return this.#pool.size;
  }

  /** Bytes besides those of the registry. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  ensureKeys(count: number): void {
    this.latest.ensure(count);
  }

  hasKey(key: number): boolean {
    return key < this.latest.capacity && this.latest.get(key) !== 0;
  }

  /**
   * A row of a key in its place among the others, behind those of the same time. Its values are written by `flush`.
   * @param row physical row of the batch at hand
   */
  add(key: number, timeMs: number, row: number): number {
    const slot = this.#pool.take();
    if (slot >= this.times.capacity) this.#ensure(slot + 1);
    this.times.set(slot, timeMs);
    this.#keys.set(slot, key);
    let before = this.latest.get(key);
    let after = 0;
    while (before !== 0 && this.times.get(before - 1) > timeMs) {
      after = before;
      before = this.earlier.get(before - 1);
    }
    this.earlier.set(slot, before);
    this.#later.set(slot, after);
    if (before !== 0) this.#later.set(before - 1, slot + 1);
    if (after === 0) this.latest.set(key, slot + 1);
    else this.earlier.set(after - 1, slot + 1);
    this.marks.set(slot, 0);
    this.queue.push(slot);
    this.write(slot, row);
    return slot;
  }

  /** Puts other values into a slot with the next `flush`. */
  write(slot: number, row: number): void {
    if (this.#pending === this.#rows.length) this.#grow();
    this.#rows[this.#pending] = row;
    this.#slots[this.#pending++] = slot;
  }

  /** Writes the values of the rows added since the last call, out of their batch. */
  flush(columns: readonly Column[]): void {
    if (this.#pending === 0) return;
    this.#store.write(
      this.#columns.map((i) => columns[i]!),
      this.#rows,
      this.#slots,
      this.#pending,
    );
    this.#pending = 0;
  }

  /** Column `column` of the input for these slots. */
  column(column: number, slots: Int32Array, count: number): Column {
    return this.#store.column(this.#places[column]!, slots, count);
  }

  keyOf(slot: number): number {
    return this.#keys.get(slot);
  }

  /** The row of the same key after this one in time; −1: none. */
  laterOf(slot: number): number {
    return this.#later.get(slot) - 1;
  }

  /** Forgets a row that is out of the queue. */
  remove(slot: number): void {
    const before = this.earlier.get(slot);
    const after = this.#later.get(slot);
    if (before !== 0) this.#later.set(before - 1, after);
    if (after === 0) this.latest.set(this.#keys.get(slot), before);
    else this.earlier.set(after - 1, before);
    this.#store.clear(slot);
    this.#pool.give(slot);
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into);
    this.queue.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#pool.restore(from);
    this.queue.restore(from);
  }

  #ensure(slotCount: number): void {
    this.times.ensure(slotCount);
    this.earlier.ensure(slotCount);
    this.#later.ensure(slotCount);
    this.#keys.ensure(slotCount);
    this.marks.ensure(slotCount);
  }

  #grow(): void {
    const length = Math.max(1024, this.#rows.length * 2);
    const rows = new Int32Array(length);
    const slots = new Int32Array(length);
    rows.set(this.#rows);
    slots.set(this.#slots);
    this.#rows = rows;
    this.#slots = slots;
  }
}
