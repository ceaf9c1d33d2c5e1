import { Batch, KIND_INSERT, KIND_UPDATE_AFTER, KIND_UPDATE_BEFORE } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Counter, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import type { LastRowExec } from '../../../planner/physical/over-plan.ts';
import { concat, gather, rowsOf } from '../../rows.ts';
import { RowStore } from '../../state/row-store.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { StateTtl } from '../../state/state-ttl.ts';

const LAST_BASE = 1 << 30;

/** Keep-last deduplication: the latest row of each partition; one update a batch and partition. */
export class LastRowOperator implements Operator {
  readonly holds: 'copies' | 'forwards';
  readonly #node: LastRowExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  /** Of the latest row, by partition; only by event time. */
  readonly #times: PagedArray<'f64'> | undefined;
  /** The latest rows, where they must be taken back. */
  readonly #rows: RowStore | undefined;
  readonly #ttl: StateTtl | undefined;
  #context: OperatorContext | undefined;
  #none: Counter | undefined;
  #slots = new Int32Array(0);
  /** By partition: `base` + which winner of the batch it is, or −`base` for one that is new with it. */
  readonly #marks = new StateRegistry().array('marks', 'i32');
  #base = 1;
  #winnerRows = new Int32Array(0);
  #winnerSlots = new Int32Array(0);
  #winnerIsNew = new Uint8Array(0);

  constructor(node: LastRowExec) {
    this.#node = node;
    this.holds = node.emitBefore ? 'copies' : 'forwards';
    const { schema } = node.input;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => schema.fields[column]!.type),
    );
    this.#times = node.timeColumn < 0 ? undefined : this.#state.array('times', 'f64');
    this.#rows = node.emitBefore ? new RowStore(this.#state.scope('rows'), schema) : undefined;
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    this.#none = context.metrics.counter('nullRowtime');
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#marks.bytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const rows = this.#rowsWithTime(batch);
    const count = rows.length;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = this.#node.partition.map((column) => batch.columns[column]!);
    const fresh = this.#partitions.upsert(keys, rows, count, this.#slots);
    this.#begin(count, fresh);
    const now = this.#context?.now() ?? 0;
    const times = this.#node.timeColumn < 0 ? undefined : timesOf(batch.columns, this.#node.timeColumn);
    const { pages, shift, mask } = this.#marks;
    const base = this.#base;
    let winners = 0;
    for (let k = 0; k < count; k++) {
      const slot = this.#slots[k]!;
      const page = pages[slot >> shift]!;
      const mark = page[slot & mask]!;
      let isNew = mark === -base;
      if (this.#ttl !== undefined && !isNew && this.#ttl.expired(slot, now)) {
        isNew = true;
        this.#times?.set(slot, -Infinity);
      }
      if (this.#times !== undefined && times !== undefined) {
        const at = times[rows[k]!]!;
        const held = this.#times.get(slot);
        if (at < held || (at === held && this.#node.ties === 'first')) continue;
        this.#times.set(slot, at);
      }
      this.#ttl?.touch(this.#slots.subarray(k, k + 1), 1, now);
      if (mark >= base) {
        this.#winnerRows[mark - base] = rows[k]!;
        continue;
      }
      page[slot & mask] = base + winners;
      this.#winnerSlots[winners] = slot;
      this.#winnerIsNew[winners] = isNew ? 1 : 0;
      this.#winnerRows[winners++] = rows[k]!;
    }
    return winners === 0 ? undefined : this.#emit(batch, winners, out);
  }

  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#partitions.liveSlots(), nowMs, (slot) => {
      this.#partitions.remove(slot);
      this.#rows?.clear(slot);
    });
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { keeps: 'last', time: this.#node.timeColumn < 0 ? 'processing time' : 'event time' };
  }

  #rowsWithTime(batch: Batch): Int32Array {
    const rows = rowsOf(batch).subarray(0, batch.size);
    const { timeColumn } = this.#node;
    const nulls = timeColumn < 0 ? null : batch.columns[timeColumn]!.nulls;
    if (nulls === null) return rows;
    return rows.filter((row) => {
      if (nulls[row] !== 1) return true;
      this.#none?.add(1);
      return false;
    });
  }

  /** Room for the batch, and marks for its new partitions. */
  #begin(count: number, fresh: number): void {
    const { slotCount, freshSlots } = this.#partitions;
    this.#times?.ensure(slotCount);
    this.#marks.ensure(slotCount);
    // Marks of former batches lie below the base; they are 32-bit and start anew before they run over.
    this.#base += this.#winnerRows.length + 1;
    if (this.#base > LAST_BASE - count) {
      this.#marks.zero(this.#marks.capacity);
      this.#base = 1;
    }
    if (this.#winnerRows.length < count) {
      this.#winnerRows = new Int32Array(count * 2);
      this.#winnerSlots = new Int32Array(count * 2);
      this.#winnerIsNew = new Uint8Array(count * 2);
    }
    for (let k = 0; k < fresh; k++) {
      const slot = freshSlots[k]!;
      this.#marks.set(slot, -this.#base);
      this.#times?.set(slot, -Infinity);
    }
  }

  #emit(batch: Batch, count: number, out: Out): void | Promise<void> {
    const { schema } = this.#node;
    const slots = this.#winnerSlots.slice(0, count);
    const rows = this.#winnerRows.slice(0, count);
    const isNew = this.#winnerIsNew;
    const old = slots.filter((_, k) => isNew[k] === 0);
    if (this.#rows === undefined) {
      const kinds = old.length === 0 ? null : Uint8Array.from(slots, (_, k) => kindOf(isNew[k]!));
      const columns = batch.columns.map((column) => gather(column, rows, count));
      return out.emit(new Batch(schema, columns, count, null, kinds));
    }
    const before = this.#rows.read(old, old.length);
    this.#rows.write(batch.columns, rows, slots, count);
    // Bytes are read back: those of the batch are not ours to keep.
    const store = this.#rows;
    const after = batch.columns.map((column, c) =>
      column.layout === 'bytes' ? store.column(c, slots, count) : gather(column, rows, count),
    );
    if (old.length === 0) return out.emit(new Batch(schema, after, count));
    const size = old.length + count;
    const places = new Int32Array(size);
    const kinds = new Uint8Array(size);
    let to = 0;
    let taken = 0;
    for (let k = 0; k < count; k++) {
      if (isNew[k] === 0) {
        kinds[to] = KIND_UPDATE_BEFORE;
        places[to++] = taken++;
      }
      kinds[to] = kindOf(isNew[k]!);
      places[to++] = old.length + k;
    }
    const columns = after.map((column, c) => gather(concat(before[c]!, column), places, size));
    return out.emit(new Batch(schema, columns, size, null, kinds));
  }
}

function kindOf(isNew: number): number {
  return isNew === 1 ? KIND_INSERT : KIND_UPDATE_AFTER;
}

function timesOf(columns: readonly Column[], column: number): Float64Array {
  const time = columns[column]!;
  if (time.layout !== 'f64') throw new InternalError('a time is no TIMESTAMP');
  return time.values;
}
