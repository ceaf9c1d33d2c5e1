import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import { fixedColumn } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { SessionWindow, WindowTableExec } from '../../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { decodeMs, encodeMs } from '../../epoch-json.ts';
import { RowStore } from '../../state/row-store.ts';
import { SlotPool } from '../../state/slot-pool.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { ProcessingTimer } from '../../windows/processing-timer.ts';
import { sessionRows } from '../../windows/session-rows.ts';
import { NO_SESSION, SessionWindows } from '../../windows/session-windows.ts';

const OUTPUT_ROWS = 4096;

/** Rows with the session they are in: sent when the session is over, because only then its bounds are known. */
export class SessionTableOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: WindowTableExec;
  readonly #state = new StateRegistry();
  readonly #sessions: SessionWindows;
  readonly #rows: RowStore;
  readonly #places = new SlotPool();
  /** By session: 1 + its first and last row. By row: 1 + the next row of its session. */
  readonly #heads: PagedArray<'i32'>;
  readonly #tails: PagedArray<'i32'>;
  readonly #next: PagedArray<'i32'>;
  #watermark = -Infinity;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #timer: ProcessingTimer | undefined;
  #slots = new Int32Array(0);

  constructor(node: WindowTableExec, window: SessionWindow) {
    this.#node = node;
    const types = node.partition.map((index) => node.input.schema.fields[index]!.type);
    this.#sessions = new SessionWindows(this.#state, window.gapMs, types);
    this.#rows = new RowStore(this.#state.scope('rows'), node.input.schema);
    this.#heads = this.#state.array('first', 'i32');
    this.#tails = this.#state.array('last', 'i32');
    this.#next = this.#state.array('following', 'i32');
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    if (this.#node.processingTime) this.#timer = new ProcessingTimer(context);
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#sessions.bytes + this.#places.bytes);
    context.metrics.gauge('stateKeys', () => this.#sessions.size);
  }

  process(batch: Batch): void {
    const { partition: keys, timeColumn } = this.#node;
    const given = sessionRows(batch, { keys, timeColumn }, this.#timer?.now());
    if (given.withoutTime > 0) this.#nullTime?.add(given.withoutTime);
    const { count } = given;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
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
    this.#places.snapshot(into.scope('places'));
    this.#sessions.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#watermark = decodeMs(from.getJson('watermark'));
    this.#state.restore(from.scope('state'));
    this.#places.restore(from.scope('places'));
    this.#sessions.restore(from);
    this.#timer?.wakeAt(this.#sessions.nextEnd());
  }

  describe(): Readonly<Record<string, string>> {
    return { window: 'session', keys: this.#node.partition.join(', ') };
  }

  /** Appends rows `from … to` of the list to their sessions. */
  #apply(batch: Batch, rows: Int32Array, from: number, to: number): void {
    this.#heads.ensure(this.#sessions.slotCount);
    this.#tails.ensure(this.#sessions.slotCount);
    const kept = new Int32Array(to - from);
    const places = new Int32Array(to - from);
    let count = 0;
    for (let k = from; k < to; k++) {
      const session = this.#slots[k]!;
      const kind = batch.kinds === null ? 0 : batch.kinds[rows[k]!]!;
      if (session === NO_SESSION || kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE) continue;
      const place = this.#places.take();
      this.#next.ensure(place + 1);
      this.#next.set(place, 0);
      const tail = this.#tails.get(session);
      if (tail === 0) this.#heads.set(session, place + 1);
      else this.#next.set(tail - 1, place + 1);
      this.#tails.set(session, place + 1);
      kept[count] = rows[k]!;
      places[count++] = place;
    }
    if (count > 0) this.#rows.write(batch.columns, kept, places, count);
  }

  #merge(from: number, into: number): void {
    const head = this.#heads.get(from);
    if (head > 0) {
      if (this.#tails.get(into) === 0) this.#heads.set(into, head);
      else this.#next.set(this.#tails.get(into) - 1, head);
      this.#tails.set(into, this.#tails.get(from));
    }
    this.#heads.set(from, 0);
    this.#tails.set(from, 0);
  }

  async #fire(due: Int32Array, out: Out): Promise<void> {
    for (const session of due) {
      const places: number[] = [];
      for (let at = this.#heads.get(session); at > 0; at = this.#next.get(at - 1)) places.push(at - 1);
      for (let from = 0; from < places.length; from += OUTPUT_ROWS) {
        await out.emit(this.#result(session, Int32Array.from(places.slice(from, from + OUTPUT_ROWS))));
      }
      for (const place of places) {
        this.#rows.clear(place);
        this.#places.give(place);
      }
      this.#heads.set(session, 0);
      this.#tails.set(session, 0);
      this.#sessions.remove(session);
    }
  }

  #result(session: number, places: Int32Array): Batch {
    const count = places.length;
    const end = this.#sessions.endOf(session);
    const bounds = [this.#sessions.startOf(session), end, end - 1].map((ms) =>
      fixedColumn(TIMESTAMP, new Float64Array(count).fill(ms), count),
    );
    return new Batch(this.#node.schema, [...this.#rows.read(places, count), ...bounds], count);
  }
}
