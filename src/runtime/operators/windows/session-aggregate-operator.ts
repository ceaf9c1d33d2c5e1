import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { SessionWindow, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';
import { sessionRows } from '../../windows/session-rows.ts';
import { NO_SESSION, SessionWindows } from '../../windows/session-windows.ts';
import { AggregateSet } from '../grouping/aggregate-set.ts';
import { propertyOf } from './window-output.ts';

const OUTPUT_ROWS = 4096;

/** SESSION windows: aggregates by session. A session fires when the watermark reaches its end − 1. */
export class SessionAggregateOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: WindowAggregateExec;
  readonly #state = new StateRegistry();
  readonly #sessions: SessionWindows;
  readonly #aggregates: AggregateSet;
  /** Rows of each session; only where rows can be taken back. */
  readonly #rowCounts: PagedArray<'f64'> | undefined;
  #watermark = -Infinity;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #timer: ProcessingTimer | undefined;
  #now: () => number = () => 0;
  #slots = new Int32Array(0);
  #rows = new Int32Array(0);
  #rowSlots = new Int32Array(0);

  constructor(node: WindowAggregateExec, window: SessionWindow) {
    this.#node = node;
    const types = node.keys.map((index) => node.input.schema.fields[index]!.type);
    this.#sessions = new SessionWindows(this.#state, window.gapMs, types);
    const retracts = node.retracts ?? false;
    this.#aggregates = new AggregateSet(node.calls, this.#state, { retracts });
    this.#rowCounts = retracts ? this.#state.array('rows', 'f64') : undefined;
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    this.#now = context.now;
    if (this.#node.processingTime) this.#timer = new ProcessingTimer(context);
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#sessions.bytes);
    context.metrics.gauge('stateKeys', () => this.#sessions.size);
  }

  process(batch: Batch): void {
    const given = sessionRows(batch, this.#node, this.#timer?.now());
    if (given.withoutTime > 0) this.#nullTime?.add(given.withoutTime);
    const { count } = given;
    if (this.#slots.length < count) {
      this.#slots = new Int32Array(count * 2);
      this.#rows = new Int32Array(count * 2);
      this.#rowSlots = new Int32Array(count * 2);
    }
    let applied = 0;
    const late = this.#sessions.assign(given, this.#slots, this.#watermark, {
      merge: (from, into, row) => {
        this.#apply(batch, given.rows, applied, row);
        applied = row;
        this.#merge(from, into);
      },
    });
    if (late > 0) this.#late?.add(late);
    this.#apply(batch, given.rows, applied, count);
    if (this.#timer?.waits === false) this.#timer.wakeAt(this.#sessions.nextEnd());
  }

  onWatermark(atMs: number, out: Out): void | Promise<void> {
    if (this.#timer !== undefined) return out.push({ kind: 'watermark', atMs });
    this.#watermark = atMs;
    const due = this.#sessions.due(atMs);
    if (due.length === 0) return out.push({ kind: 'watermark', atMs });
    return this.#fire(due, out).then(() => out.push({ kind: 'watermark', atMs }));
  }

  async onTimer(nowMs: number, out: Out): Promise<void> {
    if (this.#timer === undefined) return;
    this.#watermark = this.#timer.woken(nowMs);
    await this.#fire(this.#sessions.due(this.#watermark), out);
    this.#timer.wakeAt(this.#sessions.nextEnd());
  }

  async onEnd(out: Out): Promise<void> {
    if (this.#timer === undefined) return;
    this.#watermark = Infinity;
    await this.#fire(this.#sessions.due(Infinity), out);
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', encodeMs(this.#watermark));
    this.#state.snapshot(into.scope('state'));
    this.#sessions.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#state.restore(from.scope('state'));
    this.#sessions.restore(from);
    this.#timer?.wakeAt(this.#sessions.nextEnd());
  }

  describe(): Readonly<Record<string, string>> {
    return { window: 'session', keys: this.#node.keys.join(', ') };
  }

  /** Adds rows `from … to` of the list to their sessions. */
  #apply(batch: Batch, rows: Int32Array, from: number, to: number): void {
    const { slotCount } = this.#sessions;
    this.#aggregates.ensure(slotCount);
    this.#rowCounts?.ensure(slotCount);
    const added = this.#pick(batch, rows, from, to, 1);
    if (added > 0) this.#aggregates.accumulate(batch, this.#rows, this.#rowSlots, added);
    if (this.#rowCounts === undefined) return;
    const taken = this.#pick(batch, rows, from, to, -1);
    if (taken > 0) this.#aggregates.retract(batch, this.#rows, this.#rowSlots, taken);
  }

  #pick({ kinds }: Batch, rows: Int32Array, from: number, to: number, sign: 1 | -1): number {
    const counts = this.#rowCounts;
    let kept = 0;
    for (let k = from; k < to; k++) {
      const slot = this.#slots[k]!;
      if (slot === NO_SESSION) continue;
      if (counts !== undefined) {
        const kind = kinds === null ? 0 : kinds[rows[k]!]!;
        if ((kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE) !== sign < 0) continue;
        if (sign < 0 && counts.get(slot) <= 0) continue;
        counts.set(slot, counts.get(slot) + sign);
      }
      this.#rows[kept] = rows[k]!;
      this.#rowSlots[kept++] = slot;
    }
    return kept;
  }

  #merge(from: number, into: number): void {
    this.#aggregates.merge(this.#aggregates, Int32Array.of(from), Int32Array.of(into), 1);
    this.#aggregates.clear(from);
    if (this.#rowCounts === undefined) return;
    this.#rowCounts.set(into, this.#rowCounts.get(into) + this.#rowCounts.get(from));
    this.#rowCounts.set(from, 0);
  }

  async #fire(due: Int32Array, out: Out): Promise<void> {
    const counts = this.#rowCounts;
    const present = counts === undefined ? due : due.filter((slot) => counts.get(slot) > 0);
    for (let from = 0; from < present.length; from += OUTPUT_ROWS) {
      const slots = present.subarray(from, from + OUTPUT_ROWS);
      const pushed = out.emit(this.#result(slots, slots.length));
      if (pushed !== undefined) await pushed;
    }
    for (const slot of due) {
      this.#aggregates.clear(slot);
      counts?.set(slot, 0);
      this.#sessions.remove(slot);
    }
  }

  #result(slots: Int32Array, count: number): Batch {
    const sessions = this.#sessions;
    const owners = slots.map((slot) => sessions.ownerOf(slot));
    const columns: Column[] = this.#node.keys.map((_, part) => sessions.keys.keyColumn(part, owners, count));
    columns.push(...this.#aggregates.results(slots, count));
    for (const property of this.#node.properties) {
      const values = Float64Array.from(slots, (slot) => {
        const window = { startMs: sessions.startOf(slot), endMs: sessions.endOf(slot), now: this.#now };
        return propertyOf(property, window);
      });
      columns.push(fixedColumn(TIMESTAMP, values, count));
    }
    return new Batch(this.#node.schema, columns, count);
  }
}
