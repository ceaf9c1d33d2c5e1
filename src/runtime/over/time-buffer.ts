import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Counter, OperatorContext } from '../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { Schema } from '../../types/schema.ts';
import { decodeMs, encodeMs } from '../epoch-json.ts';
import { TimeQueue } from '../joins/time-queue.ts';
import { rowsOf } from '../rows.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import type { StateRegistry } from '../state/state-registry.ts';

/**
 * Rows that wait for the watermark. Those before it come out in the order of their times, equal ones in the order of
 * their arrival; a row that comes when its time is over already is dropped and counted (D4), as is one without a time.
 */
export class TimeBuffer {
  readonly #column: number;
  readonly #store: RowStore;
  readonly #pool = new SlotPool();
  readonly #times: PagedArray<'f64'>;
  readonly #arrivals: PagedArray<'f64'>;
  readonly #queue: TimeQueue;
  #late: Counter | undefined;
  #none: Counter | undefined;
  #watermark = -Infinity;
  #arrived = 0;

  /** @param column of the time */
  constructor(state: StateRegistry, schema: Schema, column: number) {
    this.#column = column;
    const scope = state.scope('buffer');
    this.#store = new RowStore(scope.scope('rows'), schema);
    this.#times = scope.array('times', 'f64');
    this.#arrivals = scope.array('arrivals', 'f64');
    this.#queue = new TimeQueue(scope.scope('queue'), this.#times);
  }

  get size(): number {
    return this.#pool.size;
  }

  /** Bytes besides those of the registry. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  open({ metrics }: OperatorContext): void {
    this.#late = metrics.counter('lateRows');
    this.#none = metrics.counter('nullRowtime');
  }

  add(batch: Batch): void {
    const column = batch.columns[this.#column]!;
    if (column.layout !== 'f64') throw new InternalError('a time is no TIMESTAMP');
    const { values, nulls } = column;
    const rows = rowsOf(batch);
    const taken = new Int32Array(batch.size);
    const slots = new Int32Array(batch.size);
    let count = 0;
    for (let k = 0; k < batch.size; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) {
        this.#none?.add(1);
        continue;
      }
      if (values[row]! < this.#watermark) {
        this.#late?.add(1);
        continue;
      }
      const slot = this.#pool.take();
      if (slot >= this.#times.capacity) this.#times.ensure(slot + 1);
      if (slot >= this.#arrivals.capacity) this.#arrivals.ensure(slot + 1);
      this.#times.set(slot, values[row]!);
      this.#arrivals.set(slot, this.#arrived++);
      this.#queue.push(slot);
      taken[count] = row;
      slots[count++] = slot;
    }
    if (count > 0) this.#store.write(batch.columns, taken, slots, count);
  }

  /** Takes out the rows before the watermark; they can be read until they are freed. */
  due(atMs: number): Int32Array {
    this.#watermark = atMs;
    const slots: number[] = [];
    let sorted = true;
    while (this.#queue.firstMs < atMs) {
      const slot = this.#queue.pop();
      const before = slots[slots.length - 1];
      if (before !== undefined && this.#compare(before, slot) > 0) sorted = false;
      slots.push(slot);
    }
    const due = Int32Array.from(slots);
    return sorted ? due : due.sort((a, b) => this.#compare(a, b));
  }

  timeOf(slot: number): number {
    return this.#times.get(slot);
  }

  read(slots: Int32Array, count: number): Column[] {
    return this.#store.read(slots, count);
  }

  free(slots: Int32Array): void {
    for (const slot of slots) {
      this.#store.clear(slot);
      this.#pool.give(slot);
    }
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    into.putJson('arrived', this.#arrived);
    this.#pool.snapshot(into.scope('pool'));
    this.#queue.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#arrived = from.getJson('arrived') as number;
    this.#pool.restore(from.scope('pool'));
    this.#queue.restore(from);
  }

  #compare(a: number, b: number): number {
    return this.#times.get(a) - this.#times.get(b) || this.#arrivals.get(a) - this.#arrivals.get(b);
  }
}
