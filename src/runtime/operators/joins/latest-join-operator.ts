import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../../columnar/batch.ts';
import type { Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { TemporalJoinExec } from '../../../planner/physical/time-joins.ts';
import { complete, keptColumns } from '../../joins/join-input.ts';
import { ABSENT, batchSide, PairOutput, type PairSide } from '../../joins/pair-output.ts';
import { rowsOf } from '../../rows.ts';
import { RowStore } from '../../state/row-store.ts';
import { StateRegistry } from '../../state/state-registry.ts';

/**
 * Processing-time temporal join: the right side is kept as its current rows by key, a left row meets the one that is
 * there when it passes. Later changes of the right side change nothing that went out.
 */
export class LatestJoinOperator implements Operator {
  readonly holds = 'forwards';
  readonly #node: TemporalJoinExec;
  readonly #state = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #rows: RowStore;
  readonly #kept: readonly number[];
  readonly #right: PairSide;
  readonly #pairs: PairOutput;
  #slots = new Int32Array(0);

  constructor(node: TemporalJoinExec) {
    this.#node = node;
    const { fields } = node.right.schema;
    this.#keys = this.#state.keys(
      'keys',
      node.rightKeys.map((column) => fields[column]!.type),
    );
    const [, kept] = keptColumns(node);
    this.#kept = kept;
    this.#rows = new RowStore(this.#state.scope('rows'), { fields: kept.map((column) => fields[column]!) });
    this.#right = { column: (column, refs, count) => this.#rows.column(kept.indexOf(column), refs, count) };
    this.#pairs = new PairOutput(node);
  }

  open(context: OperatorContext): void {
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
  }

  process(batch: Batch, out: Out, input: number): void | Promise<void> {
    if (this.#slots.length < batch.size) this.#slots = new Int32Array(batch.size * 2);
    if (input === 0) return this.#join(batch, out);
    this.#change(batch);
    return undefined;
  }

  snapshot(into: StateWriter): void {
    this.#state.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#state.restore(from);
  }

  describe(): Readonly<Record<string, string>> {
    return { join: this.#node.joinType, time: 'processing time' };
  }

  /** The last change of a key in a batch is what counts. */
  #change(batch: Batch): void {
    const { rows, count } = complete(batch, this.#node.rightKeys);
    const keys = this.#node.rightKeys.map((column) => batch.columns[column]!);
    const columns = this.#kept.map((column) => batch.columns[column]!);
    this.#keys.upsert(keys, rows, count, this.#slots);
    const isGone = (k: number): boolean => {
      const kind = batch.kinds === null ? 0 : batch.kinds[rows[k]!]!;
      return kind === KIND_DELETE || kind === KIND_UPDATE_BEFORE;
    };
    this.#rows.write(columns, rows, this.#slots, count);
    if (batch.kinds === null) return;
    const gone = new Map<number, boolean>();
    for (let k = 0; k < count; k++) gone.set(this.#slots[k]!, isGone(k));
    for (const [slot, last] of gone) {
      if (!last) continue;
      this.#rows.clear(slot);
      this.#keys.remove(slot);
    }
  }

  #join(batch: Batch, out: Out): void | Promise<void> {
    const { joinType, leftKeys } = this.#node;
    const { rows, count } = complete(batch, leftKeys);
    const keys = leftKeys.map((column) => batch.columns[column]!);
    this.#keys.find(keys, rows, count, this.#slots);
    let left = new Int32Array(count);
    let right = new Int32Array(count);
    let found = 0;
    for (let k = 0; k < count; k++) {
      if (this.#slots[k]! < 0) continue;
      left[found] = rows[k]!;
      right[found++] = this.#slots[k]!;
    }
    const sides = [batchSide(batch), this.#right] as const;
    let size = this.#pairs.passing(left, right, found, sides);
    if (joinType === 'left') {
      const partners = new Int32Array(batch.rowCount).fill(ABSENT);
      for (let k = 0; k < size; k++) partners[left[k]!] = right[k]!;
      size = batch.size;
      left = rowsOf(batch).slice(0, size);
      right = Int32Array.from(left, (row) => partners[row]!);
    }
    if (size === 0) return undefined;
    const { kinds } = batch;
    const passed = kinds === null ? null : Uint8Array.from(left.subarray(0, size), (row) => kinds[row]!);
    return out.emit(this.#pairs.rows(left, right, size, sides, passed));
  }
}
