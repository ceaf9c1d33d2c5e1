import type { Batch } from '../../../columnar/batch.ts';
import type { OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { AlignedWindow, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { rowsOf } from '../../rows.ts';
import type { WindowLayout } from '../../windows/aligned-windows.ts';
import { WindowStates } from '../../windows/window-states.ts';
import { windowLayout } from '../../windows/zoned-windows.ts';
import { GroupState } from '../grouping/group-state.ts';
import { WindowOperator } from './window-operator.ts';
import { emitGroups } from './window-output.ts';

/** The rows of one batch that fall into one pane. */
interface Bucket {
  startMs: number;
  rows: Int32Array;
  count: number;
}

/**
 * TUMBLE, HOP and CUMULATE. Rows are kept by pane (`WindowLayout`): one update a row, however many windows it is in.
 * A window fires when the watermark reaches its end − 1, windows in the order of their ends; a pane goes with its last
 * window, or into the first pane of its window where windows only grow (CUMULATE). A row all of whose windows have fired
 * is late (design D4). By processing time the clock takes the place of the watermark.
 */
export class WindowAggregateOperator extends WindowOperator {
  readonly #node: WindowAggregateExec;
  readonly #window: AlignedWindow;
  readonly #windows: WindowLayout;
  readonly #panes = new Map<number, GroupState>();
  readonly #states: WindowStates<GroupState>;
  /** Reused from batch to batch. */
  readonly #buckets: Bucket[] = [];
  readonly #byPane = new Map<number, Bucket>();
  /** Start of the first pane there is; Infinity where there is none. */
  #firstPane = Infinity;
  /** Windows with an end up to here have fired. */
  #firedEnd = -Infinity;

  constructor(node: WindowAggregateExec, window: AlignedWindow) {
    super(node);
    this.#node = node;
    this.#window = window;
    this.#windows = windowLayout(window);
    const grouping = {
      input: node.input.schema,
      keys: node.keys,
      calls: node.calls,
      retracts: node.retracts ?? false,
    };
    this.#states = new WindowStates(() => new GroupState(grouping));
  }

  override open(context: OperatorContext): void {
    super.open(context);
    context.metrics.gauge('stateBytes', () => [...this.#panes.values()].reduce((sum, pane) => sum + pane.bytes, 0));
    context.metrics.gauge('stateKeys', () => [...this.#panes.values()].reduce((sum, pane) => sum + pane.keys.size, 0));
  }

  override process(batch: Batch): void {
    if (this.timer !== undefined) {
      this.#add(batch, this.#windows.paneOf(this.timer.now()), rowsOf(batch), batch.size);
      this.timer.wakeAt(this.nextEnd());
      return;
    }
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

  override snapshot(into: StateWriter): void {
    super.snapshot(into);
    into.putJson('panes', [...this.#panes.keys()]);
    for (const [startMs, pane] of this.#panes) pane.snapshot(into.scope(`pane${startMs}`));
  }

  override restore(from: StateReader): void {
    super.restore(from);
    this.#firedEnd = this.watermarkMs + 1;
    for (const startMs of from.getJson('panes') as number[]) this.#pane(startMs).restore(from.scope(`pane${startMs}`));
    this.resume();
  }

  override describe(): Readonly<Record<string, string>> {
    const window = this.#window;
    const step = window.kind === 'hop' ? window.slideMs : window.kind === 'cumulate' ? window.stepMs : undefined;
    const every = step === undefined ? '' : ` every ${step} ms`;
    return { window: `${window.kind} ${window.sizeMs} ms${every}`, keys: this.#node.keys.join(', ') };
  }

  /** End of the first window that has rows and has not fired; Infinity where there is none. */
  protected override nextEnd(): number {
    return this.#firstPane === Infinity ? Infinity : this.#windows.nextEnd(this.#firstPane, this.#firedEnd);
  }

  protected override fire(out: Out): void | Promise<void> {
    if (this.nextEnd() - 1 <= this.watermarkMs) return this.#fireDue(out);
    this.#firedEnd = this.watermarkMs + 1;
    return undefined;
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
        this.dropped.withoutTime?.add(1);
        continue;
      }
      const ms = values[row]!;
      if (bucket === undefined || ms < low || ms >= high) {
        low = this.#windows.paneOf(ms);
        high = this.#windows.paneEnd(low);
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
    const lastEnd = this.#windows.lastEnd(paneMs);
    if (paneMs >= lastEnd) return;
    if (lastEnd - 1 <= this.watermarkMs) this.dropped.late?.add(count);
    else this.#pane(paneMs).add(batch, rows, count);
  }

  /** The pane of all rows where there is only one (and no NULL): the normal case, in which nothing is sorted. */
  #onlyPane(batch: Batch): number | undefined {
    const time = batch.columns[this.#node.timeColumn]!;
    if (time.layout !== 'f64' || time.nulls !== null || batch.size === 0) return undefined;
    const { values } = time;
    const rows = rowsOf(batch);
    const low = this.#windows.paneOf(values[rows[0]!]!);
    const high = this.#windows.paneEnd(low);
    for (let k = 0, size = batch.size; k < size; k++) {
      const ms = values[rows[k]!]!;
      if (ms < low || ms >= high) return undefined;
    }
    return low;
  }

  #pane(startMs: number): GroupState {
    let pane = this.#panes.get(startMs);
    if (pane === undefined) {
      pane = this.#states.take();
      this.#panes.set(startMs, pane);
      if (startMs < this.#firstPane) this.#firstPane = startMs;
    }
    return pane;
  }

  async #fireDue(out: Out): Promise<void> {
    const starts = Float64Array.from(this.#panes.keys()).sort();
    let head = 0;
    for (let end = this.nextEnd(); end - 1 <= this.watermarkMs && end !== Infinity; end = this.nextEnd()) {
      let inside = 0;
      while (head + inside < starts.length && starts[head + inside]! < end) inside++;
      const panes = starts.subarray(head, head + inside);
      const state = this.#whole(panes);
      await emitGroups(this.#node, state, { startMs: this.#windows.startOf(end), endMs: end, now: this.now }, out);
      if (this.#window.kind === 'cumulate') {
        // The state of the window is the first pane now; the others went into it.
        for (const startMs of panes.subarray(1)) this.#drop(startMs);
        head += inside - 1;
        starts[head] = panes[0]!;
      } else if (inside > 1) {
        this.#states.release(state);
      }
      this.#firedEnd = end;
      for (; head < starts.length && this.#windows.lastEnd(starts[head]!) <= end; head++) this.#drop(starts[head]!);
      this.#firstPane = head < starts.length ? starts[head]! : Infinity;
    }
    this.#firedEnd = this.watermarkMs + 1;
  }

  #drop(startMs: number): void {
    const pane = this.#pane(startMs);
    this.#panes.delete(startMs);
    this.#states.release(pane);
  }

  /** What the panes of one window hold together. */
  #whole(starts: Float64Array): GroupState {
    const first = this.#pane(starts[0]!);
    if (starts.length === 1) return first;
    const into = this.#window.kind === 'cumulate' ? first : this.#states.take();
    for (const startMs of into === first ? starts.subarray(1) : starts) into.merge(this.#pane(startMs));
    return into;
  }
}

function doubled(rows: Int32Array): Int32Array {
  const larger = new Int32Array(rows.length * 2);
  larger.set(rows);
  return larger;
}
