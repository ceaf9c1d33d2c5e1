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
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
    if (this.#ttl !== undefined) context.setTimer(this.#ttl.nextSweepMs(context.now()));
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const rows = this.#rowsWithTime(batch);
    const count = rows.length;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = this.#node.partition.map((column) => batch.columns[column]!);
    const fresh = this.#partitions.upsert(keys, rows, count, this.#slots);
    this.#times?.ensure(this.#partitions.slotCount);
    const isNew = new Set(this.#partitions.freshSlots.subarray(0, fresh));
    for (const slot of isNew) this.#times?.set(slot, -Infinity);
    const now = this.#context?.now() ?? 0;
    const winners = new Map<number, number>();
    for (let k = 0; k < count; k++) {
      const slot = this.#slots[k]!;
      if (this.#ttl !== undefined && !isNew.has(slot) && this.#ttl.expired(slot, now)) {
        isNew.add(slot);
        this.#times?.set(slot, -Infinity);
      }
      if (this.#times !== undefined) {
        const at = timesOf(batch.columns, this.#node.timeColumn)[rows[k]!]!;
        const held = this.#times.get(slot);
        if (at < held || (at === held && this.#node.ties === 'first')) continue;
        this.#times.set(slot, at);
      }
      this.#ttl?.touch(this.#slots.subarray(k, k + 1), 1, now);
      winners.set(slot, rows[k]!);
    }
    return winners.size === 0 ? undefined : this.#emit(batch, winners, isNew, out);
  }

  onTimer(nowMs: number): void {
    if (this.#ttl === undefined) return;
    for (const slot of this.#ttl.sweep(this.#partitions.liveSlots(), nowMs)) {
      this.#partitions.remove(slot);
      this.#rows?.clear(slot);
    }
    this.#context?.setTimer(this.#ttl.nextSweepMs(nowMs));
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

  #emit(
    batch: Batch,
    winners: ReadonlyMap<number, number>,
    isNew: ReadonlySet<number>,
    out: Out,
  ): void | Promise<void> {
    const { schema } = this.#node;
    const slots = Int32Array.from(winners.keys());
    const rows = Int32Array.from(winners.values());
    const count = rows.length;
    const old = slots.filter((slot) => !isNew.has(slot));
    const kind = (slot: number): number => (isNew.has(slot) ? KIND_INSERT : KIND_UPDATE_AFTER);
    if (this.#rows === undefined) {
      const kinds = old.length === 0 ? null : Uint8Array.from(slots, kind);
      const columns = batch.columns.map((column) => gather(column, rows, count));
      return out.emit(new Batch(schema, columns, count, null, kinds));
    }
    const before = this.#rows.read(old, old.length);
    this.#rows.write(batch.columns, rows, slots, count);
    const after = this.#rows.read(slots, count);
    if (old.length === 0) return out.emit(new Batch(schema, after, count));
    const picks: number[] = [];
    const kinds: number[] = [];
    let taken = 0;
    slots.forEach((slot, k) => {
      if (!isNew.has(slot)) {
        picks.push(taken++);
        kinds.push(KIND_UPDATE_BEFORE);
      }
      picks.push(old.length + k);
      kinds.push(kind(slot));
    });
    const places = Int32Array.from(picks);
    const columns = after.map((column, c) => gather(concat(before[c]!, column), places, places.length));
    return out.emit(new Batch(schema, columns, places.length, null, Uint8Array.from(kinds)));
  }
}

function timesOf(columns: readonly Column[], column: number): Float64Array {
  const time = columns[column]!;
  if (time.layout !== 'f64') throw new InternalError('a time is no TIMESTAMP');
  return time.values;
}
