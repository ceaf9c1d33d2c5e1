import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Out } from '../../../contracts/operator.ts';
import type { SessionWindow, WindowAggregateExec } from '../../../planner/physical/plan.ts';
import { TIMESTAMP } from '../../../types/sql-type.ts';
import { NO_SESSION } from '../../windows/session-windows.ts';
import { AggregateSet } from '../grouping/aggregate-set.ts';
import { SessionOperator } from './session-operator.ts';
import { propertyOf } from './window-output.ts';

const OUTPUT_ROWS = 4096;

/** SESSION windows: aggregates by session. A session fires when the watermark reaches its end − 1. */
export class SessionAggregateOperator extends SessionOperator {
  readonly #node: WindowAggregateExec;
  readonly #aggregates: AggregateSet;
  /** Rows of each session; only where rows can be taken back. */
  readonly #rowCounts: PagedArray<'f64'> | undefined;
  #rows = new Int32Array(0);
  #rowSlots = new Int32Array(0);

  constructor(node: WindowAggregateExec, window: SessionWindow) {
    super(node, window);
    this.#node = node;
    const retracts = node.retracts ?? false;
    this.#aggregates = new AggregateSet(node.calls, this.state, { retracts });
    this.#rowCounts = retracts ? this.state.array('rows', 'f64') : undefined;
  }

  protected override take(batch: Batch, rows: Int32Array, from: number, to: number): void {
    if (this.#rows.length < to - from) {
      this.#rows = new Int32Array((to - from) * 2);
      this.#rowSlots = new Int32Array((to - from) * 2);
    }
    const { slotCount } = this.sessions;
    this.#aggregates.ensure(slotCount);
    this.#rowCounts?.ensure(slotCount);
    const added = this.#pick(batch, rows, from, to, 1);
    if (added > 0) this.#aggregates.accumulate(batch, this.#rows, this.#rowSlots, added);
    if (this.#rowCounts === undefined) return;
    const taken = this.#pick(batch, rows, from, to, -1);
    if (taken > 0) this.#aggregates.retract(batch, this.#rows, this.#rowSlots, taken);
  }

  protected override merge(from: number, into: number): void {
    this.#aggregates.merge(this.#aggregates, Int32Array.of(from), Int32Array.of(into), 1);
    this.#aggregates.clear(from);
    if (this.#rowCounts === undefined) return;
    this.#rowCounts.set(into, this.#rowCounts.get(into) + this.#rowCounts.get(from));
    this.#rowCounts.set(from, 0);
  }

  protected override async send(due: Int32Array, out: Out): Promise<void> {
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
      this.sessions.remove(slot);
    }
  }

  #pick({ kinds }: Batch, rows: Int32Array, from: number, to: number, sign: 1 | -1): number {
    const counts = this.#rowCounts;
    let kept = 0;
    for (let k = from; k < to; k++) {
      const slot = this.slots[k]!;
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

  #result(slots: Int32Array, count: number): Batch {
    const sessions = this.sessions;
    const owners = slots.map((slot) => sessions.ownerOf(slot));
    const columns: Column[] = this.#node.keys.map((_, part) => sessions.keys.keyColumn(part, owners, count));
    columns.push(...this.#aggregates.results(slots, count));
    for (const property of this.#node.properties) {
      const values = Float64Array.from(slots, (slot) => {
        const window = { startMs: sessions.startOf(slot), endMs: sessions.endOf(slot), now: this.now };
        return propertyOf(property, window);
      });
      columns.push(fixedColumn(TIMESTAMP, values, count));
    }
    return new Batch(this.#node.schema, columns, count);
  }
}
