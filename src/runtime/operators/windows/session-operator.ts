import type { Batch } from '../../../columnar/batch.ts';
import type { OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { SessionWindow } from '../../../planner/physical/plan.ts';
import type { Schema } from '../../../types/schema.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { sessionRows } from '../../windows/session-rows.ts';
import { SessionWindows } from '../../windows/session-windows.ts';
import { WindowOperator } from './window-operator.ts';

interface SessionShape {
  readonly input: { readonly schema: Schema };
  readonly keys: readonly number[];
  readonly timeColumn: number;
  readonly processingTime?: boolean;
}

/** Rows to their sessions, sessions that become one, sessions that are over; what is kept of them is the subclass's. */
export abstract class SessionOperator extends WindowOperator {
  protected readonly state = new StateRegistry();
  protected readonly sessions: SessionWindows;
  /** The session of each row of the list at hand, or NO_SESSION. */
  protected slots = new Int32Array(0);
  readonly #shape: SessionShape;

  protected constructor(shape: SessionShape, window: SessionWindow) {
    super(shape);
    this.#shape = shape;
    const types = shape.keys.map((index) => shape.input.schema.fields[index]!.type);
    this.sessions = new SessionWindows(this.state, window.gapMs, types);
  }

  /** Takes rows `from … to` of the list into their sessions (`slots`). */
  protected abstract take(batch: Batch, rows: Int32Array, from: number, to: number): void;

  /** What one session holds goes into another one. */
  protected abstract merge(from: number, into: number): void;

  /** Sends these sessions and removes them. */
  protected abstract send(due: Int32Array, out: Out): Promise<void>;

  protected stateBytes(): number {
    return this.state.memoryBytes + this.sessions.bytes;
  }

  override open(context: OperatorContext): void {
    super.open(context);
    context.metrics.gauge('stateBytes', () => this.stateBytes());
    context.metrics.gauge('stateKeys', () => this.sessions.size);
  }

  override process(batch: Batch): void {
    const given = sessionRows(batch, this.#shape, this.timer?.now());
    if (given.withoutTime > 0) this.dropped.withoutTime?.add(given.withoutTime);
    const { rows, count } = given;
    if (this.slots.length < count) this.slots = new Int32Array(count * 2);
    let taken = 0;
    const late = this.sessions.assign(given, this.slots, this.watermarkMs, {
      merge: (from, into, row) => {
        this.take(batch, rows, taken, row);
        taken = row;
        this.merge(from, into);
      },
    });
    if (late > 0) this.dropped.late?.add(late);
    this.take(batch, rows, taken, count);
    if (this.timer?.waits === false) this.timer.wakeAt(this.nextEnd());
  }

  override snapshot(into: StateWriter): void {
    super.snapshot(into);
    this.state.snapshot(into.scope('state'));
    this.sessions.snapshot(into);
  }

  override restore(from: StateReader): void {
    super.restore(from);
    this.state.restore(from.scope('state'));
    this.sessions.restore(from);
    this.resume();
  }

  override describe(): Readonly<Record<string, string>> {
    return { window: 'session', keys: this.#shape.keys.join(', ') };
  }

  protected override nextEnd(): number {
    return this.sessions.nextEnd();
  }

  protected override fire(out: Out): void | Promise<void> {
    const due = this.sessions.due(this.watermarkMs);
    return due.length === 0 ? undefined : this.send(due, out);
  }
}
