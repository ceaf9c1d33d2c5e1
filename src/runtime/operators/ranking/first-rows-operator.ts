import type { Batch } from '../../../columnar/batch.ts';
import { fixedColumn } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { FirstRowsExec } from '../../../planner/physical/over-plan.ts';
import { BIGINT } from '../../../types/sql-type.ts';
import { rowsOf } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { StateTtl } from '../../state/state-ttl.ts';

/** The first rows of each partition by arrival (keep-first deduplication among them): passes them on and counts. */
export class FirstRowsOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: FirstRowsExec;
  readonly #state = new StateRegistry();
  readonly #partitions: KeyTable;
  readonly #counts: PagedArray<'f64'>;
  readonly #ttl: StateTtl | undefined;
  #context: OperatorContext | undefined;
  #slots = new Int32Array(0);

  constructor(node: FirstRowsExec) {
    this.#node = node;
    this.#partitions = this.#state.keys(
      'partitions',
      node.partition.map((column) => node.input.schema.fields[column]!.type),
    );
    this.#counts = this.#state.array('counts', 'f64');
    this.#ttl = node.stateTtlMs === undefined ? undefined : new StateTtl(this.#state, node.stateTtlMs);
  }

  open(context: OperatorContext): void {
    this.#context = context;
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#partitions.size);
    this.#ttl?.start(context);
  }

  process(batch: Batch, out: Out): void | Promise<void> {
    const { fromRank, toRank, rankColumn, partition, schema } = this.#node;
    const rows = rowsOf(batch);
    const { size } = batch;
    if (this.#slots.length < size) this.#slots = new Int32Array(size * 2);
    const keys = partition.map((column) => batch.columns[column]!);
    const fresh = this.#partitions.upsert(keys, rows, size, this.#slots);
    this.#counts.ensure(this.#partitions.slotCount);
    const now = this.#context?.now() ?? 0;
    const { freshSlots } = this.#partitions;
    for (let k = 0; k < fresh; k++) this.#counts.set(freshSlots[k]!, 0);
    this.#ttl?.touch(freshSlots, fresh, now);
    const selection = new Int32Array(size);
    const ranks = rankColumn ? new BigInt64Array(batch.rowCount) : undefined;
    let kept = 0;
    const { pages, shift, mask } = this.#counts;
    for (let k = 0; k < size; k++) {
      const slot = this.#slots[k]!;
      const page = pages[slot >> shift]!;
      if (this.#ttl?.expired(slot, now) === true) page[slot & mask] = 0;
      const rank = page[slot & mask]! + 1;
      if (rank > toRank) continue;
      page[slot & mask] = rank;
      this.#ttl?.touch(this.#slots.subarray(k, k + 1), 1, now);
      if (rank < fromRank) continue;
      if (ranks !== undefined) ranks[rows[k]!] = BigInt(rank);
      selection[kept++] = rows[k]!;
    }
    if (kept === 0) return undefined;
    const columns =
      ranks === undefined ? batch.columns : [...batch.columns, fixedColumn(BIGINT, ranks, batch.rowCount)];
    return out.emit(batch.withColumns(schema, columns).select(selection.subarray(0, kept)));
  }

  /** A partition that took no row for its time to live starts anew. */
  onTimer(nowMs: number): void {
    this.#ttl?.removeExpired(this.#partitions.liveSlots(), nowMs, (slot) => this.#partitions.remove(slot));
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { ranks: `${this.#node.fromRank} to ${this.#node.toRank}` };
  }
}
