import type { Batch } from '../../../columnar/batch.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { AttachedWindow, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { AttachedBuckets } from '../../windows/attached-buckets.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';
import { WindowStates } from '../../windows/window-states.ts';
import { GroupState } from '../grouping/group-state.ts';
import { emitGroups } from './window-output.ts';

/** Aggregates of rows that carry their windows: results of other windows, or of a window table function. */
export class AttachedAggregateOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: WindowAggregateExec;
  readonly #buckets: AttachedBuckets;
  readonly #states: WindowStates<GroupState>;
  #watermark = -Infinity;
  #late: Counter | undefined;
  #none: Counter | undefined;
  #timer: ProcessingTimer | undefined;
  #now: () => number = () => 0;

  constructor(node: WindowAggregateExec, window: AttachedWindow) {
    this.#node = node;
    this.#buckets = new AttachedBuckets(window);
    const { keys, calls, retracts = false } = node;
    const grouping = { input: node.input.schema, keys, calls, retracts };
    this.#states = new WindowStates(() => new GroupState(grouping));
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#none = context.metrics.counter('nullRowtime');
    this.#now = context.now;
    if (this.#node.processingTime) this.#timer = new ProcessingTimer(context);
    context.metrics.gauge('stateBytes', () => this.#states.bytes);
    context.metrics.gauge('stateKeys', () => this.#states.open().reduce((sum, one) => sum + one.state.keys.size, 0));
  }

  process(batch: Batch): void {
    const counters = { ...(this.#late && { late: this.#late }), ...(this.#none && { none: this.#none }) };
    for (const { startMs, endMs, rows, count } of this.#buckets.of(batch, this.#watermark, counters)) {
      this.#states.at(startMs, endMs).add(batch, rows, count);
    }
    this.#timer?.wakeAt(this.#states.nextEnd);
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    if (this.#timer !== undefined) return out.push({ kind: 'watermark', atMs });
    this.#watermark = atMs;
    if (this.#states.nextEnd - 1 > atMs) return out.push({ kind: 'watermark', atMs });
    return this.#fire(out).then(() => out.push({ kind: 'watermark', atMs }));
  }

  async onTimer(nowMs: number, out: Out): Promise<void> {
    if (this.#timer === undefined) return;
    this.#watermark = this.#timer.woken(nowMs);
    await this.#fire(out);
    this.#timer.wakeAt(this.#states.nextEnd);
  }

  async onEnd(out: Out): Promise<void> {
    if (this.#timer === undefined) return;
    this.#watermark = Infinity;
    await this.#fire(out);
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    this.#states.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#states.restore(from);
    this.#timer?.wakeAt(this.#states.nextEnd);
  }

  describe(): Readonly<Record<string, string>> {
    return { window: 'of the rows', keys: this.#node.keys.join(', ') };
  }

  async #fire(out: Out): Promise<void> {
    for (const window of this.#states.due(this.#watermark)) {
      const { startMs, endMs, state } = window;
      await emitGroups(this.#node, state, { startMs, endMs, now: this.#now }, out);
      this.#states.remove(window);
    }
  }
}
