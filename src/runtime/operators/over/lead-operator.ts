import { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { LeadExec } from '../../../planner/physical/over-plan.ts';
import { nullColumn } from '../../null-column.ts';
import { concatColumns } from '../../over/concat-columns.ts';
import { gather, rowsOf } from '../../rows.ts';
import { RowStore } from '../../state/row-store.ts';
import { SlotPool } from '../../state/slot-pool.ts';
import { StateRegistry } from '../../state/state-registry.ts';

const FLUSHED_ROWS = 4096;

/** LEAD: a row waits until the rows are there that it asks about; at the end of the input it takes the default. */
export class LeadOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: LeadExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  readonly #rows: RowStore;
  readonly #pool = new SlotPool();
  /** How many later rows a row waits for. */
  readonly #reach: number;
  /** By row: slot + 1 of the next one. */
  readonly #next: PagedArray<'i32'>;
  /** By partition: slot + 1, 0 = none; and how many rows wait. */
  readonly #oldest: PagedArray<'i32'>;
  readonly #youngest: PagedArray<'i32'>;
  readonly #waiting: PagedArray<'i32'>;

  constructor(node: LeadExec) {
    this.#node = node;
    const { schema } = node.input;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => schema.fields[column]!.type),
    );
    this.#rows = new RowStore(this.#state.scope('rows'), schema);
    this.#reach = node.calls.reduce((most, one) => Math.max(most, one.offset), 0);
    this.#next = this.#state.array('next', 'i32');
    this.#oldest = this.#state.array('oldest', 'i32');
    this.#youngest = this.#state.array('youngest', 'i32');
    this.#waiting = this.#state.array('waiting', 'i32');
  }

  open(context: OperatorContext): void {
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#pool.bytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const rows = rowsOf(batch);
    const { size, columns } = batch;
    const partitions = new Int32Array(size);
    const keys = this.#node.partition.map((column) => columns[column]!);
    this.#partitions.upsert(keys, rows, size, partitions);
    for (const one of [this.#oldest, this.#youngest, this.#waiting]) one.ensure(this.#partitions.slotCount);
    const slots = new Int32Array(size);
    for (let k = 0; k < size; k++) slots[k] = this.#pool.take();
    this.#next.ensure(this.#pool.slotCount);
    this.#rows.write(columns, rows, slots, size);
    const done: number[] = [];
    const leads = this.#node.calls.map((): number[] => []);
    for (let k = 0; k < size; k++) {
      this.#push(partitions[k]!, slots[k]!);
      if (this.#waiting.get(partitions[k]!) > this.#reach) done.push(this.#release(partitions[k]!, leads));
    }
    return this.#emit(done, leads, out);
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    if (atMs === Infinity) await this.#flush(out);
    await out.push({ kind: 'watermark', atMs });
  }

  onEnd(out: Out): Promise<void> {
    return this.#flush(out);
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into.scope('pool'));
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#pool.restore(from.scope('pool'));
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { ahead: String(this.#reach) };
  }

  #push(partition: number, slot: number): void {
    const before = this.#youngest.get(partition);
    this.#next.set(slot, 0);
    if (before === 0) this.#oldest.set(partition, slot + 1);
    else this.#next.set(before - 1, slot + 1);
    this.#youngest.set(partition, slot + 1);
    this.#waiting.set(partition, this.#waiting.get(partition) + 1);
  }

  /** Takes the oldest row out, and notes the rows that its calls ask about (−1: none). */
  #release(partition: number, leads: readonly number[][]): number {
    const slot = this.#oldest.get(partition) - 1;
    this.#node.calls.forEach((call, c) => {
      let at = slot + 1;
      for (let i = 0; i < call.offset && at !== 0; i++) at = this.#next.get(at - 1);
      leads[c]!.push(at - 1);
    });
    const next = this.#next.get(slot);
    this.#oldest.set(partition, next);
    if (next === 0) this.#youngest.set(partition, 0);
    this.#waiting.set(partition, this.#waiting.get(partition) - 1);
    return slot;
  }

  /** Nothing more will come. */
  async #flush(out: Out): Promise<void> {
    let done: number[] = [];
    let leads = this.#node.calls.map((): number[] => []);
    for (const partition of this.#partitions.liveSlots()) {
      while (this.#waiting.get(partition) > 0) done.push(this.#release(partition, leads));
      this.#partitions.remove(partition);
      if (done.length < FLUSHED_ROWS) continue;
      await this.#emit(done, leads, out);
      done = [];
      leads = this.#node.calls.map(() => []);
    }
    await this.#emit(done, leads, out);
  }

  #emit(done: readonly number[], leads: readonly (readonly number[])[], out: Out): void | Promise<void> {
    const count = done.length;
    if (count === 0) return undefined;
    const slots = Int32Array.from(done);
    const passed = this.#rows.read(slots, count);
    const values = this.#node.calls.map((call, c) => {
      const fallback = call.fallback === undefined ? nullColumn(call.type, 1) : passed[call.fallback]!;
      return this.#values(call.column, leads[c]!, fallback);
    });
    for (const slot of slots) {
      this.#rows.clear(slot);
      this.#pool.give(slot);
    }
    const all = [...passed, ...values];
    const columns = this.#node.outputs.map((column) => all[column]!);
    return out.emit(new Batch(this.#node.schema, columns, count));
  }

  /** The column of rows that may be none; then the fallback. */
  #values(column: number, slots: readonly number[], fallback: Column): Column {
    const found = Int32Array.from(slots.filter((slot) => slot >= 0));
    let next = 0;
    const places = Int32Array.from(slots, (slot, k) =>
      slot >= 0 ? next++ : found.length + (fallback.length === 1 ? 0 : k),
    );
    if (found.length === 0) return gather(fallback, places, places.length);
    return gather(concatColumns([this.#rows.column(column, found, found.length), fallback]), places, places.length);
  }
}
