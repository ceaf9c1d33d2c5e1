import type { Batch } from '../../../columnar/batch.ts';
import type { OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { AttachedWindow, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { AttachedBuckets } from '../../windows/attached-buckets.ts';
import { WindowStates, type OpenWindow } from '../../windows/window-states.ts';
import { GroupState } from '../grouping/group-state.ts';
import { WindowOperator } from './window-operator.ts';
import { emitGroups } from './window-output.ts';

/** Aggregates of rows that carry their windows: results of other windows, or of a window table function. */
export class AttachedAggregateOperator extends WindowOperator {
  readonly #node: WindowAggregateExec;
  readonly #buckets: AttachedBuckets;
  readonly #states: WindowStates<GroupState>;

  constructor(node: WindowAggregateExec, window: AttachedWindow) {
    super(node);
    this.#node = node;
    this.#buckets = new AttachedBuckets(window);
    const { keys, calls, retracts = false } = node;
    const grouping = { input: node.input.schema, keys, calls, retracts };
    this.#states = new WindowStates(() => new GroupState(grouping));
  }

  override open(context: OperatorContext): void {
    super.open(context);
    context.metrics.gauge('stateBytes', () => this.#states.bytes);
    context.metrics.gauge('stateKeys', () => this.#states.open().reduce((sum, one) => sum + one.state.keys.size, 0));
  }

  override process(batch: Batch): void {
    for (const { startMs, endMs, rows, count } of this.#buckets.of(batch, this.watermarkMs, this.dropped)) {
      this.#states.at(startMs, endMs).add(batch, rows, count);
    }
    this.timer?.wakeAt(this.nextEnd());
  }

  override snapshot(into: StateWriter): void {
    super.snapshot(into);
    this.#states.snapshot(into);
  }

  override restore(from: StateReader): void {
    super.restore(from);
    this.#states.restore(from);
    this.resume();
  }

  override describe(): Readonly<Record<string, string>> {
    return { window: 'of the rows', keys: this.#node.keys.join(', ') };
  }

  protected override nextEnd(): number {
    return this.#states.nextEnd;
  }

  protected override fire(out: Out): void | Promise<void> {
    const due = this.#states.due(this.watermarkMs);
    return due.length === 0 ? undefined : this.#close(due, out);
  }

  async #close(due: readonly OpenWindow<GroupState>[], out: Out): Promise<void> {
    for (const window of due) {
      const { startMs, endMs, state } = window;
      await emitGroups(this.#node, state, { startMs, endMs, now: this.now }, out);
      this.#states.remove(window);
    }
  }
}
