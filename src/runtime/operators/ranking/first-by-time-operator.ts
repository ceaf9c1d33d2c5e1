import { Batch } from '../../../columnar/batch.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { FirstRowsExec } from '../../../planner/physical/over-plan.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { TimeQueue } from '../../joins/time-queue.ts';
import { rowsOf } from '../../rows.ts';
import { RowStore } from '../../state/row-store.ts';
import { SlotPool } from '../../state/slot-pool.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { StateTtl } from '../../state/state-ttl.ts';

const WAITING = 1;
const DONE = 2;
const OUTPUT_ROWS = 4096;

/**
 * Keep-first deduplication by event time: the earliest row of each partition, of equal times the one that came first,
 * sent when the watermark has passed it. Behind that the partition is only remembered.
 */
export class FirstByTimeOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: FirstRowsExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  /** By partition. */
  readonly #marks: PagedArray<'u8'>;
  readonly #times: PagedArray<'f64'>;
  readonly #rows: RowStore;
  /** A call for each row that was the earliest for a while: its time and its partition. */
  readonly #calls = new SlotPool();
  readonly #callTimes: PagedArray<'f64'>;
  readonly #callPartitions: PagedArray<'i32'>;
  readonly #queue: TimeQueue;
  readonly #ttl: StateTtl | undefined;
  #late: Counter | undefined;
  #none: Counter | undefined;
  #context: OperatorContext | undefined;
  #watermark = -Infinity;
  #slots = new Int32Array(0);

  constructor(node: FirstRowsExec) {
    this.#node = node;
    const { schema } = node.input;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => schema.fields[column]!.type),
    );
    this.#marks = this.#state.array('marks', 'u8');
    this.#times = this.#state.array('times', 'f64');
    this.#rows = new RowStore(this.#state.scope('rows'), schema);
    this.#callTimes = this.#state.array('callTimes', 'f64');
    this.#callPartitions = this.#state.array('callPartitions', 'i32');
    this.#queue = new TimeQueue(this.#state.scope('queue'), this.#callTimes);
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#late = context.metrics.counter('lateRows');
    this.#none = context.metrics.counter('nullRowtime');
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#calls.bytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch): void {
    const time = batch.columns[this.#node.timeColumn]!;
    if (time.layout !== 'f64') throw new InternalError('a time is no TIMESTAMP');
    const rows = this.#inTime(batch, time.values, time.nulls);
    const count = rows.length;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = this.#node.partition.map((column) => batch.columns[column]!);
    const fresh = this.#partitions.upsert(keys, rows, count, this.#slots);
    this.#marks.ensure(this.#partitions.slotCount);
    this.#times.ensure(this.#partitions.slotCount);
    for (let k = 0; k < fresh; k++) this.#marks.set(this.#partitions.freshSlots[k]!, 0);
    const now = this.#context?.now() ?? 0;
    const earliest = new Map<number, number>();
    for (let k = 0; k < count; k++) {
      const slot = this.#slots[k]!;
      const at = time.values[rows[k]!]!;
      if (this.#marks.get(slot) === DONE) {
        if (this.#ttl?.expired(slot, now) !== true) continue;
        this.#marks.set(slot, 0);
      }
      if (this.#marks.get(slot) === WAITING && this.#times.get(slot) <= at) continue;
      this.#marks.set(slot, WAITING);
      this.#times.set(slot, at);
      this.#ttl?.touch(this.#slots.subarray(k, k + 1), 1, now);
      earliest.set(slot, rows[k]!);
    }
    for (const slot of earliest.keys()) this.#call(slot);
    if (earliest.size > 0) {
      const from = Int32Array.from(earliest.values());
      this.#rows.write(batch.columns, from, Int32Array.from(earliest.keys()), from.length);
    }
  }

  async onWatermark(atMs: number, out: Out): Promise<void> {
    this.#watermark = atMs;
    while (this.#queue.firstMs < atMs) {
      const due = this.#due(atMs);
      if (due.length === 0) continue;
      const columns = this.#rows.read(due, due.length);
      for (const slot of due) this.#rows.clear(slot);
      const pushed = out.emit(new Batch(this.#node.schema, columns, due.length));
      if (pushed !== undefined) await pushed;
    }
    await out.push({ kind: 'watermark', atMs });
  }

  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#partitions.liveSlots(), nowMs, (slot) => {
      if (this.#marks.get(slot) === DONE) this.#partitions.remove(slot);
    });
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    this.#calls.snapshot(into.scope('calls'));
    this.#queue.snapshot(into);
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#calls.restore(from.scope('calls'));
    this.#queue.restore(from);
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { ranks: '1', time: 'event time' };
  }

  #inTime(batch: Batch, times: Float64Array, nulls: Uint8Array | null): Int32Array {
    return rowsOf(batch)
      .subarray(0, batch.size)
      .filter((row) => {
        if (nulls !== null && nulls[row] === 1) {
          this.#none?.add(1);
          return false;
        }
        if (times[row]! >= this.#watermark) return true;
        this.#late?.add(1);
        return false;
      });
  }

  #call(partition: number): void {
    const call = this.#calls.take();
    this.#callTimes.ensure(call + 1);
    this.#callPartitions.ensure(call + 1);
    this.#callTimes.set(call, this.#times.get(partition));
    this.#callPartitions.set(call, partition);
    this.#queue.push(call);
  }

  /** Partitions whose earliest row is before the watermark; calls of rows that lost meanwhile come to nothing. */
  #due(atMs: number): Int32Array {
    const due: number[] = [];
    while (due.length < OUTPUT_ROWS && this.#queue.firstMs < atMs) {
      const call = this.#queue.pop();
      const partition = this.#callPartitions.get(call);
      const isEarliest =
        this.#marks.get(partition) === WAITING && this.#times.get(partition) === this.#callTimes.get(call);
      this.#calls.give(call);
      if (!isEarliest) continue;
      this.#marks.set(partition, DONE);
      due.push(partition);
    }
    return Int32Array.from(due);
  }
}
