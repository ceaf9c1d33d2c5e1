import { Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { OverExec } from '../../../planner/physical/over-plan.ts';
import { TimeQueue } from '../../joins/time-queue.ts';
import { OverEngine } from '../../over/over-engine.ts';
import { TimeBuffer } from '../../over/time-buffer.ts';
import { ascendingRows, gather, rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';

const RUN_ROWS = 4096;

/**
 * Aggregates, ranks and LAG with OVER. By event time rows wait until the watermark has passed them and then go in the
 * order of time; by processing time each row goes as it comes, at a time of its own. Partitions without a row in a
 * bounded RANGE are forgotten.
 */
export class OverOperator implements Operator {
  readonly holds: 'copies' | 'forwards';
  readonly #node: OverExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  readonly #engine: OverEngine;
  readonly #buffer: TimeBuffer | undefined;
  /** Partitions by the time at which their last row leaves the frame; where that is all there is to know of them. */
  readonly #expiry: Expiry | undefined;
  #timer: ProcessingTimer | undefined;

  constructor(node: OverExec) {
    this.#node = node;
    this.holds = node.timeColumn < 0 ? 'forwards' : 'copies';
    const { schema } = node.input;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => schema.fields[column]!.type),
    );
    this.#engine = new OverEngine(node, this.#state);
    this.#buffer = node.timeColumn < 0 ? undefined : new TimeBuffer(this.#state, schema, node.timeColumn);
    const { unit, preceding } = node.frame;
    const forgets = unit === 'range' && preceding !== undefined && node.calls.every((one) => one.kind === 'aggregate');
    this.#expiry = forgets ? new Expiry(this.#state, preceding) : undefined;
  }

  open(context: OperatorContext): void {
    this.#buffer?.open(context);
    if (this.#buffer === undefined) this.#timer = new ProcessingTimer(context);
    context.metrics.gauge(
      'stateBytes',
      () => this.#state.memoryBytes + (this.#buffer?.bytes ?? 0) + this.#engine.bytes,
    );
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    if (this.#buffer !== undefined) {
      this.#buffer.add(batch);
      return undefined;
    }
    const now = this.#timer?.now() ?? 0;
    this.#forget(now);
    const { size } = batch;
    const rows = rowsOf(batch);
    const results = this.#run(batch.columns, rows, size, new Float64Array(size).fill(now));
    if (this.#expiry !== undefined) this.#timer?.wakeAt(this.#expiry.nextMs + 1);
    const passed = batch.columns.map((column) => (batch.selection === null ? column : gather(column, rows, size)));
    return out.emit(new Batch(this.#node.schema, [...passed, ...results], size));
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    const buffer = this.#buffer;
    if (buffer !== undefined) {
      const due = buffer.due(atMs);
      for (let from = 0; from < due.length;) {
        // Rows of one time go together: they share their results.
        let end = Math.min(due.length, from + RUN_ROWS);
        while (end < due.length && buffer.timeOf(due[end]!) === buffer.timeOf(due[end - 1]!)) end++;
        const slots = due.subarray(from, end);
        const count = slots.length;
        const columns = buffer.read(slots, count);
        const times = Float64Array.from(slots, (slot) => buffer.timeOf(slot));
        this.#forget(times[0]!);
        const results = this.#run(columns, ascendingRows(count), count, times);
        buffer.free(slots);
        const pushed = out.emit(new Batch(this.#node.schema, [...columns, ...results], count));
        if (pushed !== undefined) await pushed;
        from = end;
      }
      if (atMs !== Infinity) this.#forget(atMs);
    }
    await out.push({ kind: 'watermark', atMs });
  }

  onTimer(nowMs: number): void {
    if (this.#timer === undefined) return;
    this.#forget(this.#timer.woken(nowMs) + 1);
    if (this.#expiry !== undefined) this.#timer.wakeAt(this.#expiry.nextMs + 1);
  }

  snapshot(into: StateWriter): void {
    this.#buffer?.snapshot(into);
    this.#engine.snapshot(into);
    this.#expiry?.snapshot(into);
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#buffer?.restore(from);
    this.#engine.restore(from);
    this.#expiry?.restore(from);
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { calls: this.#node.calls.map((one) => (one.kind === 'aggregate' ? one.call.name : one.name)).join(', ') };
  }

  #run(columns: readonly Column[], rows: Int32Array, count: number, times: Float64Array): Column[] {
    const partitions = new Int32Array(count);
    const keys = this.#node.partition.map((column) => columns[column]!);
    this.#partitions.upsert(keys, rows, count, partitions);
    const partitionCount = this.#partitions.slotCount;
    const hasPeers = this.#buffer !== undefined;
    this.#expiry?.note(partitions, times, partitionCount);
    return this.#engine.results({ columns, rows, count, partitions, partitionCount, times, hasPeers });
  }

  /** Partitions whose rows are all too old for a row of this time or a later one. */
  #forget(timeMs: number): void {
    if (this.#expiry === undefined) return;
    for (let partition = this.#expiry.take(timeMs); partition >= 0; partition = this.#expiry.take(timeMs)) {
      this.#engine.clear(partition);
      this.#partitions.remove(partition);
    }
  }
}

/** When partitions have no row in their frame any more. */
class Expiry {
  readonly #precedingMs: number;
  /** By partition: its last time; the time for which it stands in the queue; whether it does. */
  readonly #last: PagedArray<'f64'>;
  readonly #queued: PagedArray<'f64'>;
  readonly #waits: PagedArray<'u8'>;
  readonly #queue: TimeQueue;

  constructor(state: StateRegistry, precedingMs: number) {
    this.#precedingMs = precedingMs;
    const scope = state.scope('expiry');
    this.#last = scope.array('last', 'f64');
    this.#queued = scope.array('queued', 'f64');
    this.#waits = scope.array('waits', 'u8');
    this.#queue = new TimeQueue(scope.scope('queue'), this.#queued);
  }

  /** The last time at which the next partition may have a row in its frame. */
  get nextMs(): number {
    return this.#queue.firstMs;
  }

  note(partitions: Int32Array, times: Float64Array, partitionCount: number): void {
    for (const one of [this.#last, this.#queued, this.#waits]) one.ensure(partitionCount);
    for (let k = 0; k < partitions.length; k++) {
      const partition = partitions[k]!;
      this.#last.set(partition, times[k]!);
      if (this.#waits.get(partition) === 0) this.#push(partition);
    }
  }

  /** A partition whose frame is empty at this time; −1: none. */
  take(timeMs: number): number {
    while (this.#queue.firstMs < timeMs) {
      const partition = this.#queue.pop();
      this.#waits.set(partition, 0);
      if (this.#last.get(partition) + this.#precedingMs < timeMs) return partition;
      this.#push(partition);
    }
    return -1;
  }

  snapshot(into: StateWriter): void {
    this.#queue.snapshot(into.scope('expiry'));
  }

  restore(from: StateReader): void {
    this.#queue.restore(from.scope('expiry'));
  }

  #push(partition: number): void {
    this.#queued.set(partition, this.#last.get(partition) + this.#precedingMs);
    this.#waits.set(partition, 1);
    this.#queue.push(partition);
  }
}
