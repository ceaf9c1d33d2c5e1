import { Batch, KIND_DELETE, KIND_INSERT, KIND_UPDATE_AFTER } from '../../../columnar/batch.ts';
import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { RankExec } from '../../../planner/physical/over-plan.ts';
import { BIGINT } from '../../../types/sql-type.ts';
import { rankChanges, type RankChange } from '../../ranking/rank-changes.ts';
import { EqualRows, KeyedRows, NamelessRows, type RowIdentity } from '../../ranking/row-identity.ts';
import { RowOrder } from '../../ranking/row-order.ts';
import { rowsOf } from '../../rows.ts';
import { SlotPool } from '../../state/slot-pool.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { StateTtl } from '../../state/state-ttl.ts';

/**
 * TopN, kept up to date. The rows of each partition lie in a tree by rank; a batch changes the trees, then the first
 * rows of each partition that could have changed are compared with what they were, and the differences go out.
 */
export class RankOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: RankExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  /** By partition: root of its tree, rows in it, how many ranks it has, slot + 1 of the row at the last rank. */
  readonly #roots: PagedArray<'i32'>;
  readonly #sizes: PagedArray<'i32'>;
  readonly #ends: PagedArray<'f64'>;
  readonly #bounds: PagedArray<'i32'>;
  /** By row. */
  readonly #partitionOf: PagedArray<'i32'>;
  readonly #rows: RowIdentity;
  readonly #order: RowOrder;
  readonly #pool = new SlotPool();
  readonly #ttl: StateTtl | undefined;
  #context: OperatorContext | undefined;
  #arrivals = 0;
  #slots = new Int32Array(0);
  /** First rows of the partitions that this batch changes, as they were. */
  readonly #before = new Map<number, readonly number[]>();
  #forgotten: number[] = [];

  constructor(node: RankExec) {
    this.#node = node;
    const { schema } = node.input;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => schema.fields[column]!.type),
    );
    this.#roots = this.#state.array('roots', 'i32');
    this.#sizes = this.#state.array('sizes', 'i32');
    this.#ends = this.#state.array('ends', 'f64');
    this.#bounds = this.#state.array('bounds', 'i32');
    this.#partitionOf = this.#state.array('partitionOf', 'i32');
    const scope = this.#state.scope('rows');
    this.#rows =
      node.strategy === 'append'
        ? new NamelessRows(scope, schema)
        : node.rowKey === undefined
          ? new EqualRows(scope, schema)
          : new KeyedRows(scope, schema, node.rowKey);
    this.#order = new RowOrder(this.#state.scope('order'), node.order, schema);
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#pool.bytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const rows = rowsOf(batch);
    const { size, columns, kinds } = batch;
    if (this.#slots.length < size) this.#slots = new Int32Array(size * 2);
    const keys = this.#node.partition.map((column) => columns[column]!);
    const fresh = this.#partitions.upsert(keys, rows, size, this.#slots);
    this.#makeRoom(fresh);
    this.#renew(size);
    this.#rows.begin(batch, rows, size);
    for (let k = 0; k < size; k++) {
      const kind = kinds === null ? KIND_INSERT : kinds[rows[k]!]!;
      if (kind === KIND_INSERT || kind === KIND_UPDATE_AFTER) this.#add(k, columns, rows[k]!);
      else {
        const slot = this.#rows.retracted(k);
        if (slot >= 0) this.#takeOut(slot);
      }
    }
    this.#rows.flush();
    const result = this.#changes();
    this.#clean(fresh);
    return result === undefined ? undefined : out.emit(result);
  }

  /** Forgets partitions that were not written for their time to live; nothing is sent. */
  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#partitions.liveSlots(), nowMs, (partition) => {
      this.#empty(partition);
      this.#partitions.remove(partition);
    });
    this.#release();
  }

  snapshot(into: StateWriter): void {
    into.putJson('arrivals', this.#arrivals);
    this.#pool.snapshot(into.scope('pool'));
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#arrivals = from.getJson('arrivals') as number;
    this.#pool.restore(from.scope('pool'));
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    const { fromRank, toRank, strategy } = this.#node;
    return { ranks: `${fromRank} to ${typeof toRank === 'number' ? toRank : 'column'}`, strategy };
  }

  /** New partitions start empty, whoever had their numbers before. */
  #makeRoom(fresh: number): void {
    const { slotCount, freshSlots } = this.#partitions;
    for (const array of [this.#roots, this.#sizes, this.#ends, this.#bounds]) array.ensure(slotCount);
    for (let k = 0; k < fresh; k++) {
      const partition = freshSlots[k]!;
      this.#roots.set(partition, 0);
      this.#sizes.set(partition, 0);
      this.#bounds.set(partition, 0);
      this.#ends.set(partition, typeof this.#node.toRank === 'number' ? this.#node.toRank : -1);
    }
  }

  /** Starts partitions of this batch anew whose time is over. */
  #renew(size: number): void {
    const now = this.#context?.now();
    if (this.#ttl === undefined || now === undefined) return;
    for (let k = 0; k < size; k++) {
      const partition = this.#slots[k]!;
      if (this.#roots.get(partition) !== 0 && this.#ttl.expired(partition, now)) this.#empty(partition);
    }
    this.#release();
    this.#ttl.touch(this.#slots, size, now);
  }

  #add(k: number, columns: readonly Column[], row: number): void {
    const partition = this.#slots[k]!;
    const replaced = this.#rows.replaced(k);
    if (replaced >= 0) this.#takeOut(replaced);
    let end = this.#ends.get(partition);
    if (end < 0) this.#ends.set(partition, (end = endOf(this.#node, columns, row)));
    const keepsAll = this.#node.strategy === 'retract';
    const size = this.#sizes.get(partition);
    this.#order.take(columns, row, this.#arrivals++);
    // A row that only moves up keeps its place among equals while its sort keys stay.
    if (replaced >= 0 && this.#node.strategy === 'update-fast') this.#order.replace(replaced);
    if (!keepsAll && size >= end) {
      if (end === 0 || this.#order.isAfter(this.#order.last(this.#roots.get(partition)))) return;
      this.#touch(partition);
      this.#drop(this.#order.last(this.#roots.get(partition)));
    } else {
      const bound = this.#bounds.get(partition);
      if (end > 0 && (bound === 0 || !this.#order.isAfter(bound - 1))) this.#touch(partition);
    }
    const slot = this.#pool.take();
    if (slot >= this.#partitionOf.capacity) this.#partitionOf.ensure(slot + 1);
    this.#partitionOf.set(slot, partition);
    this.#roots.set(partition, this.#order.insert(this.#roots.get(partition), slot));
    this.#sizes.set(partition, this.#sizes.get(partition) + 1);
    this.#rows.store(k, slot);
  }

  /** A row goes; when it has a rank, others may move up. */
  #takeOut(slot: number): void {
    const partition = this.#partitionOf.get(slot);
    const bound = this.#bounds.get(partition);
    if (bound === 0 || this.#order.compare(slot, bound - 1) <= 0) this.#touch(partition);
    this.#drop(slot);
  }

  #drop(slot: number): void {
    const partition = this.#partitionOf.get(slot);
    this.#roots.set(partition, this.#order.remove(this.#roots.get(partition), slot));
    this.#sizes.set(partition, this.#sizes.get(partition) - 1);
    this.#rows.forget(slot);
    this.#forgotten.push(slot);
  }

  /** Remembers the first rows before the first change of this batch. */
  #touch(partition: number): void {
    if (!this.#before.has(partition)) this.#before.set(partition, this.#first(partition));
  }

  #first(partition: number): number[] {
    const slots: number[] = [];
    this.#order.first(this.#roots.get(partition), Math.max(0, this.#ends.get(partition)), slots);
    return slots;
  }

  /** What the batch changed, and where the last rank is now. */
  #changes(): Batch | undefined {
    const changes: RankChange[] = [];
    const { fromRank, toRank, rankColumn, emitBefore } = this.#node;
    const { idOf } = this.#rows instanceof KeyedRows ? { idOf: keyedIds(this.#rows) } : { idOf: undefined };
    const settings = { byPlace: rankColumn || fromRank === toRank, fromRank, emitBefore, idOf };
    for (const [partition, before] of this.#before) {
      const after = this.#first(partition);
      const end = this.#ends.get(partition);
      this.#bounds.set(partition, after.length >= end && end > 0 ? after[after.length - 1]! + 1 : 0);
      rankChanges(before, after, settings, changes);
    }
    if (changes.length === 0) return undefined;
    // A row that moved to another partition goes before it comes, or its key would be deleted behind it.
    const isGone = (one: RankChange): boolean => one.kind === KIND_DELETE;
    const several = this.#before.size > 1 && !settings.byPlace && changes.some(isGone);
    return this.#output(several ? [...changes.filter(isGone), ...changes.filter((one) => !isGone(one))] : changes);
  }

  #output(changes: readonly RankChange[]): Batch {
    const count = changes.length;
    const columns = this.#rows.read(
      Int32Array.from(changes, (one) => one.slot),
      count,
    );
    if (this.#node.rankColumn) {
      const ranks = BigInt64Array.from(changes, (one) => BigInt(one.rank));
      columns.push(fixedColumn(BIGINT, ranks, count));
    }
    const kinds = Uint8Array.from(changes, (one) => one.kind);
    return new Batch(
      this.#node.schema,
      columns,
      count,
      null,
      kinds.some((kind) => kind !== KIND_INSERT) ? kinds : null,
    );
  }

  /** Partitions and rows without anything left go. */
  #clean(fresh: number): void {
    for (const partition of this.#before.keys()) this.#removeEmpty(partition);
    const { freshSlots } = this.#partitions;
    // Retractions of what never was may have made partitions.
    for (let k = 0; k < fresh; k++) if (!this.#before.has(freshSlots[k]!)) this.#removeEmpty(freshSlots[k]!);
    this.#before.clear();
    this.#release();
  }

  #removeEmpty(partition: number): void {
    if (this.#sizes.get(partition) === 0) this.#partitions.remove(partition);
  }

  #release(): void {
    this.#rows.end(this.#forgotten);
    for (const slot of this.#forgotten) {
      this.#order.clear(slot);
      this.#pool.give(slot);
    }
    this.#forgotten = [];
  }

  #empty(partition: number): void {
    const slots: number[] = [];
    this.#order.first(this.#roots.get(partition), Infinity, slots);
    for (const slot of slots) {
      this.#rows.forget(slot);
      this.#forgotten.push(slot);
    }
    this.#roots.set(partition, 0);
    this.#sizes.set(partition, 0);
    this.#bounds.set(partition, 0);
    this.#ends.set(partition, typeof this.#node.toRank === 'number' ? this.#node.toRank : -1);
  }
}

function keyedIds(rows: KeyedRows): (slot: number) => number {
  return (slot) => rows.idOf(slot);
}

/** How many ranks a partition has: what its first row says. NULL and negative numbers: none. */
function endOf({ toRank }: RankExec, columns: readonly Column[], row: number): number {
  if (typeof toRank === 'number') return toRank;
  const column = columns[toRank.column]!;
  if (column.layout === 'bytes' || (column.nulls !== null && column.nulls[row] === 1)) return 0;
  const value = Number(column.values[row]);
  return Number.isFinite(value) ? Math.max(0, Math.floor(value)) : 0;
}
