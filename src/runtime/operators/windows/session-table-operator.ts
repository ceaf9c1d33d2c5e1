import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import { fixedColumn } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Out } from '../../../contracts/operator.ts';
import type { StateReader, StateWriter } from '../../../contracts/state.ts';
import type { SessionWindow } from '../../../planner/physical/plan.ts';
import type { WindowTableExec } from '../../../planner/physical/window-plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { RowStore } from '../../state/row-store.ts';
import { SlotPool } from '../../state/slot-pool.ts';
import { NO_SESSION } from '../../windows/session-windows.ts';
import { SessionOperator } from './session-operator.ts';

const OUTPUT_ROWS = 4096;

/** Rows with the session they are in: sent when the session is over, because only then its bounds are known. */
export class SessionTableOperator extends SessionOperator {
  readonly #node: WindowTableExec;
  readonly #rows: RowStore;
  readonly #places = new SlotPool();
  /** By session: 1 + its first and last row. By row: 1 + the next row of its session. */
  readonly #heads: PagedArray<'i32'>;
  readonly #tails: PagedArray<'i32'>;
  readonly #next: PagedArray<'i32'>;

  constructor(node: WindowTableExec, window: SessionWindow) {
    super({ ...node, keys: node.partition }, window);
    this.#node = node;
    this.#rows = new RowStore(this.state.scope('rows'), node.input.schema);
    this.#heads = this.state.array('first', 'i32');
    this.#tails = this.state.array('last', 'i32');
    this.#next = this.state.array('following', 'i32');
  }

  override snapshot(into: StateWriter): void {
    super.snapshot(into);
    this.#places.snapshot(into.scope('places'));
  }

  override restore(from: StateReader): void {
    super.restore(from);
    this.#places.restore(from.scope('places'));
  }

  protected override stateBytes(): number {
    return super.stateBytes() + this.#places.bytes;
  }

  protected override take(batch: Batch, rows: Int32Array, from: number, to: number): void {
    this.#heads.ensure(this.sessions.slotCount);
    this.#tails.ensure(this.sessions.slotCount);
    const kept = new Int32Array(to - from);
    const places = new Int32Array(to - from);
    let count = 0;
    for (let k = from; k < to; k++) {
      const session = this.slots[k]!;
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

  protected override merge(from: number, into: number): void {
    const head = this.#heads.get(from);
    if (head > 0) {
      if (this.#tails.get(into) === 0) this.#heads.set(into, head);
      else this.#next.set(this.#tails.get(into) - 1, head);
      this.#tails.set(into, this.#tails.get(from));
    }
    this.#heads.set(from, 0);
    this.#tails.set(from, 0);
  }

  protected override async send(due: Int32Array, out: Out): Promise<void> {
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
      this.sessions.remove(session);
    }
  }

  #result(session: number, places: Int32Array): Batch {
    const count = places.length;
    const end = this.sessions.endOf(session);
    const bounds = [this.sessions.startOf(session), end, end - 1].map((ms) =>
      fixedColumn(TIMESTAMP, new Float64Array(count).fill(ms), count),
    );
    return new Batch(this.#node.schema, [...this.#rows.read(places, count), ...bounds], count);
  }
}
