import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { Schema } from '../../types/schema.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import type { StateRegistry } from '../state/state-registry.ts';

/**
 * The latest rows of each partition: those in the frame, and as many before them as LAG looks back. Of the input only
 * the columns that are still wanted are kept. Links are slot + 1, 0 ends a chain.
 */
export class RowHistory {
  readonly #columns: readonly number[];
  readonly #width: number;
  readonly #lookBack: number;
  readonly #store: RowStore;
  readonly #pool = new SlotPool();
  /** By row: the next younger one, the next older one, and its time. */
  readonly #younger: PagedArray<'i32'>;
  readonly #older: PagedArray<'i32'>;
  readonly #times: PagedArray<'f64'>;
  /** By partition. */
  readonly #youngest: PagedArray<'i32'>;
  readonly #oldest: PagedArray<'i32'>;
  readonly #frameOldest: PagedArray<'i32'>;
  readonly #kept: PagedArray<'i32'>;
  readonly #inFrame: PagedArray<'i32'>;
  #freed: number[] = [];

  /**
   * @param columns the columns of the input that are kept
   * @param lookBack how many rows behind the latest one LAG may ask for
   */
  constructor(state: StateRegistry, schema: Schema, columns: readonly number[], lookBack: number) {
    this.#columns = columns;
    this.#width = schema.fields.length;
    this.#lookBack = lookBack;
    const scope = state.scope('history');
    this.#store = new RowStore(scope.scope('rows'), { fields: columns.map((column) => schema.fields[column]!) });
    this.#younger = scope.array('younger', 'i32');
    this.#older = scope.array('older', 'i32');
    this.#times = scope.array('times', 'f64');
    this.#youngest = scope.array('youngest', 'i32');
    this.#oldest = scope.array('oldest', 'i32');
    this.#frameOldest = scope.array('frameOldest', 'i32');
    this.#kept = scope.array('kept', 'i32');
    this.#inFrame = scope.array('inFrame', 'i32');
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  ensure(partitionCount: number): void {
    for (const one of [this.#youngest, this.#oldest, this.#frameOldest, this.#kept, this.#inFrame]) {
      one.ensure(partitionCount);
    }
  }

  /** Places for rows, with their values written. */
  write(columns: readonly Column[], rows: Int32Array, count: number): Int32Array {
    const slots = new Int32Array(count);
    for (let k = 0; k < count; k++) slots[k] = this.#pool.take();
    const end = this.#pool.slotCount;
    for (const one of [this.#younger, this.#older, this.#times]) if (one.capacity < end) one.ensure(end);
    const kept = this.#columns.map((column) => columns[column]!);
    this.#store.write(kept, rows, slots, count);
    return slots;
  }

  /** A row becomes the latest of its partition, and is in the frame. */
  push(partition: number, slot: number, timeMs: number): void {
    const before = this.#youngest.get(partition);
    this.#times.set(slot, timeMs);
    this.#older.set(slot, before);
    this.#younger.set(slot, 0);
    if (before === 0) this.#oldest.set(partition, slot + 1);
    else this.#younger.set(before - 1, slot + 1);
    this.#youngest.set(partition, slot + 1);
    if (this.#inFrame.get(partition) === 0) this.#frameOldest.set(partition, slot + 1);
    this.#inFrame.set(partition, this.#inFrame.get(partition) + 1);
    this.#kept.set(partition, this.#kept.get(partition) + 1);
  }

  framed(partition: number): number {
    return this.#inFrame.get(partition);
  }

  /** The oldest row of the frame; −1: the frame is empty. */
  oldestFramed(partition: number): number {
    return this.#inFrame.get(partition) === 0 ? -1 : this.#frameOldest.get(partition) - 1;
  }

  timeOf(slot: number): number {
    return this.#times.get(slot);
  }

  /** The oldest row of the frame leaves it. */
  leave(partition: number): void {
    const slot = this.#frameOldest.get(partition) - 1;
    this.#frameOldest.set(partition, this.#younger.get(slot));
    this.#inFrame.set(partition, this.#inFrame.get(partition) - 1);
  }

  /** The row so many rows before the latest one; −1: there is none. */
  before(partition: number, rows: number): number {
    let slot = this.#youngest.get(partition);
    for (let i = 0; i < rows && slot !== 0; i++) slot = this.#older.get(slot - 1);
    return slot - 1;
  }

  /** Lets go of rows that are neither in the frame nor within reach of LAG; they can be read until `release`. */
  trim(partition: number): void {
    const wanted = Math.max(this.#inFrame.get(partition), this.#lookBack);
    while (this.#kept.get(partition) > wanted) this.#dropOldest(partition);
  }

  /** Lets go of all rows of a partition. */
  clear(partition: number): void {
    while (this.#kept.get(partition) > 0) this.#dropOldest(partition);
    this.#youngest.set(partition, 0);
    this.#inFrame.set(partition, 0);
  }

  release(): void {
    for (const slot of this.#freed) {
      this.#store.clear(slot);
      this.#pool.give(slot);
    }
    this.#freed = [];
  }

  /** Rows as a batch of the input has them; columns that are not kept are absent. */
  read(slots: Int32Array, count: number): Column[] {
    const columns: Column[] = new Array<Column>(this.#width);
    const read = this.#store.read(slots, count);
    this.#columns.forEach((column, i) => {
      columns[column] = read[i]!;
    });
    return columns;
  }

  column(column: number, slots: Int32Array, count: number): Column {
    return this.#store.column(this.#columns.indexOf(column), slots, count);
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into.scope('historyPool'));
  }

  restore(from: StateReader): void {
    this.#pool.restore(from.scope('historyPool'));
  }

  #dropOldest(partition: number): void {
    const slot = this.#oldest.get(partition) - 1;
    const next = this.#younger.get(slot);
    this.#oldest.set(partition, next);
    if (next === 0) this.#youngest.set(partition, 0);
    else this.#older.set(next - 1, 0);
    this.#kept.set(partition, this.#kept.get(partition) - 1);
    this.#freed.push(slot);
  }
}
