import { Batch } from '../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { WindowAggregateExec, WindowProperty } from '../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../types/sql-type.ts';
import { decodeMs, encodeMs } from '../epoch-json.ts';
import { ascendingRows, rowsOf } from '../rows.ts';
import { GroupState, type Grouping } from './group-state.ts';

const OUTPUT_ROWS = 4096;
/** Kept of states that are not in use. More is given back: one window with many keys must not be held for ever. */
const POOLED_BYTES = 8 << 20;

/** The rows of one batch that fall into one pane. */
interface Bucket {
  startMs: number;
  rows: Int32Array;
  count: number;
}

/**
 * TUMBLE and HOP over event time. Rows are kept by pane: the greatest common divisor of size and slide, so that a pane
 * lies wholly inside or outside of each window; TUMBLE is the case of one pane a window. A window fires when the
 * watermark reaches its end − 1, windows in the order of their ends; a pane goes with its last window. A row all of
 * whose windows have fired is late (design D4).
 */
export class WindowAggregateOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: WindowAggregateExec;
  readonly #grouping: Grouping;
  readonly #sizeMs: number;
  readonly #slideMs: number;
  readonly #offsetMs: number;
  readonly #paneMs: number;
  readonly #panes = new Map<number, GroupState>();
  readonly #pool: { readonly state: GroupState; readonly bytes: number }[] = [];
  #pooledBytes = 0;
  /** Reused from batch to batch. */
  readonly #buckets: Bucket[] = [];
  readonly #byPane = new Map<number, Bucket>();
  /** Start of the first pane there is; Infinity where there is none. */
  #firstPane = Infinity;
  #watermark = -Infinity;
  /** Windows with an end up to here have fired. */
  #firedEnd = -Infinity;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #now: () => number = () => 0;

  constructor(node: WindowAggregateExec) {
    this.#node = node;
    const { window } = node;
    this.#sizeMs = window.sizeMs;
    this.#slideMs = window.kind === 'hop' ? window.slideMs : window.sizeMs;
    this.#offsetMs = window.offsetMs;
    this.#paneMs = greatestCommonDivisor(this.#sizeMs, this.#slideMs);
    this.#grouping = { input: node.input.schema, keys: node.keys, calls: node.calls, retracts: false };
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    this.#now = context.now;
    context.metrics.gauge('stateBytes', () => [...this.#panes.values()].reduce((sum, pane) => sum + pane.bytes, 0));
    context.metrics.gauge('stateKeys', () => [...this.#panes.values()].reduce((sum, pane) => sum + pane.keys.size, 0));
  }

  process(batch: Batch): void {
    const whole = this.#onlyPane(batch);
    if (whole !== undefined) {
      this.#add(batch, whole, rowsOf(batch), batch.size);
      return;
    }
    const used = this.#distribute(batch);
    for (let b = 0; b < used; b++) {
      const bucket = this.#buckets[b]!;
      this.#add(batch, bucket.startMs, bucket.rows, bucket.count);
    }
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    this.#watermark = atMs;
    if (this.#nextEnd() - 1 <= atMs) return this.#fire(out);
    this.#firedEnd = atMs + 1;
    return out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    into.putJson('panes', [...this.#panes.keys()]);
    for (const [startMs, pane] of this.#panes) pane.snapshot(into.scope(`pane${startMs}`));
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#firedEnd = this.#watermark + 1;
    for (const startMs of from.getJson('panes') as number[]) this.#pane(startMs).restore(from.scope(`pane${startMs}`));
  }

  describe(): Readonly<Record<string, string>> {
    const { window } = this.#node;
    const slide = window.kind === 'hop' ? ` every ${window.slideMs} ms` : '';
    return { window: `${window.kind} ${window.sizeMs} ms${slide}`, keys: this.#node.keys.join(', ') };
  }

  /** Sorts the rows of a batch into buckets by pane and returns how many buckets are used. */
  #distribute(batch: Batch): number {
    const time = batch.columns[this.#node.timeColumn]!;
    if (time.layout !== 'f64') throw new InternalError('the time of a window is not TIMESTAMP');
    const { values, nulls } = time;
    const rows = rowsOf(batch);
    const size = batch.size;
    this.#byPane.clear();
    let used = 0;
    let low = 0;
    let high = 0;
    let bucket: Bucket | undefined;
    for (let k = 0; k < size; k++) {
      const row = rows[k]!;
      if (nulls !== null && nulls[row] === 1) {
        this.#nullTime?.add(1);
        continue;
      }
      const ms = values[row]!;
      if (bucket === undefined || ms < low || ms >= high) {
        low = this.#paneOf(ms);
        high = low + this.#paneMs;
        bucket = this.#byPane.get(low);
        if (bucket === undefined) this.#byPane.set(low, (bucket = this.#openBucket(used++, low)));
      }
      if (bucket.count === bucket.rows.length) bucket.rows = doubled(bucket.rows);
      bucket.rows[bucket.count++] = row;
    }
    return used;
  }

  #openBucket(index: number, startMs: number): Bucket {
    let bucket = this.#buckets[index];
    if (bucket === undefined) {
      bucket = { startMs, rows: new Int32Array(64), count: 0 };
      this.#buckets.push(bucket);
    }
    bucket.startMs = startMs;
    bucket.count = 0;
    return bucket;
  }

  /** Adds rows of one pane, unless all its windows have fired or it lies between two windows. */
  #add(batch: Batch, paneMs: number, rows: Int32Array, count: number): void {
    const lastEnd = this.#lastStart(paneMs) + this.#sizeMs;
    if (paneMs >= lastEnd) return;
    if (lastEnd - 1 <= this.#watermark) this.#late?.add(count);
    else this.#pane(paneMs).add(batch, rows, count);
  }

  /** The pane of all rows where there is only one (and no NULL): the normal case, in which nothing is sorted. */
  #onlyPane(batch: Batch): number | undefined {
    const time = batch.columns[this.#node.timeColumn]!;
    if (time.layout !== 'f64' || time.nulls !== null || batch.size === 0) return undefined;
    const { values } = time;
    const rows = rowsOf(batch);
    const low = this.#paneOf(values[rows[0]!]!);
    const high = low + this.#paneMs;
    for (let k = 0, size = batch.size; k < size; k++) {
      const ms = values[rows[k]!]!;
      if (ms < low || ms >= high) return undefined;
    }
    return low;
  }

  #paneOf(ms: number): number {
    return Math.floor((ms - this.#offsetMs) / this.#paneMs) * this.#paneMs + this.#offsetMs;
  }

  /** Start of the last window that can contain the pane. */
  #lastStart(paneMs: number): number {
    return Math.floor((paneMs - this.#offsetMs) / this.#slideMs) * this.#slideMs + this.#offsetMs;
  }

  #pane(startMs: number): GroupState {
    let pane = this.#panes.get(startMs);
    if (pane === undefined) {
      pane = this.#take();
      this.#panes.set(startMs, pane);
      if (startMs < this.#firstPane) this.#firstPane = startMs;
    }
    return pane;
  }

  /** An empty state. */
  #take(): GroupState {
    const pooled = this.#pool.pop();
    if (pooled === undefined) return new GroupState(this.#grouping);
    this.#pooledBytes -= pooled.bytes;
    return pooled.state;
  }

  #release(state: GroupState): void {
    const { bytes } = state;
    if (this.#pooledBytes + bytes > POOLED_BYTES) return;
    state.reset();
    this.#pool.push({ state, bytes });
    this.#pooledBytes += bytes;
  }

  /** End of the first window that has rows and has not fired; Infinity where there is none. */
  #nextEnd(): number {
    if (this.#firstPane === Infinity) return Infinity;
    // The first window that reaches over the pane, and the first one that has not fired.
    const reach = Math.max(this.#firstPane + this.#paneMs, this.#firedEnd + 1);
    const from = Math.ceil((reach - this.#sizeMs - this.#offsetMs) / this.#slideMs);
    return from * this.#slideMs + this.#offsetMs + this.#sizeMs;
  }

  async #fire(out: Out): Promise<void> {
    const starts = Float64Array.from(this.#panes.keys()).sort();
    let head = 0;
    for (let end = this.#nextEnd(); end - 1 <= this.#watermark && end !== Infinity; end = this.#nextEnd()) {
      let inside = 0;
      while (head + inside < starts.length && starts[head + inside]! < end) inside++;
      const state = inside === 1 ? this.#pane(starts[head]!) : this.#merged(starts.subarray(head, head + inside));
      await this.#emit(state, end - this.#sizeMs, end, out);
      if (inside > 1) this.#release(state);
      this.#firedEnd = end;
      for (; head < starts.length && this.#lastStart(starts[head]!) + this.#sizeMs <= end; head++) {
        const pane = this.#pane(starts[head]!);
        this.#panes.delete(starts[head]!);
        this.#release(pane);
      }
      this.#firstPane = head < starts.length ? starts[head]! : Infinity;
    }
    this.#firedEnd = this.#watermark + 1;
    await out.push({ kind: 'watermark', atMs: this.#watermark });
  }

  #merged(starts: Float64Array): GroupState {
    const whole = this.#take();
    for (const startMs of starts) whole.merge(this.#pane(startMs));
    return whole;
  }

  async #emit(state: GroupState, startMs: number, endMs: number, out: Out): Promise<void> {
    // A state of a window never loses a key, so its slots are 0 … slotCount − 1 in the order of arrival.
    const total = state.keys.slotCount;
    const all = ascendingRows(total);
    for (let from = 0; from < total; from += OUTPUT_ROWS) {
      const count = Math.min(OUTPUT_ROWS, total - from);
      const slots = all.subarray(from, from + count);
      const columns: Column[] = [...state.keyColumns(slots, count), ...state.aggregates.results(slots, count)];
      for (const property of this.#node.properties) {
        columns.push(
          fixedColumn(TIMESTAMP, new Float64Array(count).fill(this.#property(property, startMs, endMs)), count),
        );
      }
      const pushed = out.emit(new Batch(this.#node.schema, columns, count));
      if (pushed !== undefined) await pushed;
    }
  }

  #property(property: WindowProperty, startMs: number, endMs: number): number {
    switch (property) {
      case 'start':
        return startMs;
      case 'end':
        return endMs;
      case 'rowtime':
        return endMs - 1;
      case 'proctime':
        return this.#now();
    }
  }
}

function doubled(rows: Int32Array): Int32Array {
  const larger = new Int32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
