import { KIND_DELETE, KIND_INSERT, KIND_UPDATE_BEFORE, type Batch } from '../../../columnar/batch.ts';
import type { Counter, EpochMs, Operator, OperatorContext, Out } from '../../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { TemporalJoinExec } from '../../../planner/physical/time-joins.ts';
import { complete, keptColumns, timesOf } from '../../joins/join-input.ts';
import { ABSENT, PairOutput } from '../../joins/pair-output.ts';
import { TimedRows } from '../../joins/timed-rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';

const OUTPUT_ROWS = 4096;
/** A version that says that the row was deleted at its time. */
const DELETED = 1;

/**
 * Event-time temporal join. Left rows wait in the order of their times and go out when the watermark has passed them:
 * by then every version up to their time is known. Of the versions of a key those before the last one that the watermark
 * has passed are forgotten. A left row behind the watermark is late and dropped; a version is never too late for the
 * rows that still wait.
 */
export class TemporalJoinOperator implements Operator {
  readonly holds = 'copies';
  readonly #node: TemporalJoinExec;
  readonly #times: { readonly left: number; readonly right: number };
  readonly #state = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #left: TimedRows;
  readonly #right: TimedRows;
  readonly #pairs: PairOutput;
  #watermark = -Infinity;
  #late: Counter | undefined;
  #nullTime: Counter | undefined;
  #slots = new Int32Array(0);

  constructor(node: TemporalJoinExec, times: { readonly left: number; readonly right: number }) {
    this.#node = node;
    this.#times = times;
    const { left, right } = node;
    this.#keys = this.#state.keys(
      'keys',
      node.leftKeys.map((column) => left.schema.fields[column]!.type),
    );
    const [leftColumns, rightColumns] = keptColumns(node);
    this.#left = new TimedRows(this.#state.scope('left'), left.schema.fields, leftColumns);
    this.#right = new TimedRows(this.#state.scope('right'), right.schema.fields, rightColumns);
    this.#pairs = new PairOutput(node);
  }

  open(context: OperatorContext): void {
    this.#late = context.metrics.counter('lateRows');
    this.#nullTime = context.metrics.counter('nullRowtime');
    context.metrics.gauge('stateBytes', () => this.#state.memoryBytes + this.#left.bytes + this.#right.bytes);
    context.metrics.gauge('stateRows', () => this.#left.size + this.#right.size);
    context.metrics.gauge('stateKeys', () => this.#keys.size);
  }

  process(batch: Batch, _out: Out, input: number): void {
    if (input === 0) this.#addLeft(batch);
    else this.#addVersions(batch);
  }

  async onWatermark(atMs: EpochMs, out: Out): Promise<void> {
    // At the end of input no row is outstanding, whatever its time.
    this.#watermark = Math.max(this.#watermark, atMs);
    await this.#fire(out);
    this.#forgetVersions();
    await out.push({ kind: 'watermark', atMs });
  }

  snapshot(into: StateWriter): void {
    into.putJson('watermark', Number.isFinite(this.#watermark) ? this.#watermark : null);
    this.#state.snapshot(into);
    this.#left.snapshot(into.scope('left'));
    this.#right.snapshot(into.scope('right'));
  }

  restore(from: StateReader): void {
    this.#watermark = (from.getJson('watermark') as number | null) ?? -Infinity;
    this.#state.restore(from);
    this.#left.restore(from.scope('left'));
    this.#right.restore(from.scope('right'));
  }

  describe(): Readonly<Record<string, string>> {
    return { join: this.#node.joinType, time: 'event time' };
  }

  /** A row without a time cannot be placed and goes; one with a NULL key waits for its turn and finds no version. */
  #addLeft(batch: Batch): void {
    const column = batch.columns[this.#times.left]!;
    const { rows, count, incomplete } = complete(batch, [this.#times.left]);
    this.#nullTime?.add(incomplete.length);
    this.#upsert(this.#node.leftKeys, batch, rows, count);
    const times = timesOf(column);
    const unused = new Set<number>();
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      if (times.values[row]! < this.#watermark) {
        this.#late?.add(1);
        unused.add(this.#slots[k]!);
      } else {
        this.#left.add(this.#slots[k]!, times.values[row]!, row);
      }
    }
    for (const key of unused) this.#forgetKey(key);
    this.#left.flush(batch.columns);
  }

  #addVersions(batch: Batch): void {
    const column = batch.columns[this.#times.right]!;
    const { rows, count } = complete(batch, [this.#times.right, ...this.#node.rightKeys]);
    this.#upsert(this.#node.rightKeys, batch, rows, count);
    const times = timesOf(column);
    const unused = new Set<number>();
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      const kind = batch.kinds === null ? KIND_INSERT : batch.kinds[row]!;
      // The row that follows replaces it.
      if (kind === KIND_UPDATE_BEFORE) unused.add(this.#slots[k]!);
      else this.#addVersion(this.#slots[k]!, times.values[row]!, row, kind);
    }
    for (const key of unused) this.#forgetKey(key);
    this.#right.flush(batch.columns);
  }

  #addVersion(key: number, timeMs: number, row: number, kind: number): void {
    let slot = this.#right.latest.get(key) - 1;
    while (slot >= 0 && this.#right.times.get(slot) > timeMs) slot = this.#right.earlier.get(slot) - 1;
    if (slot >= 0 && this.#right.times.get(slot) === timeMs) this.#right.write(slot, row);
    else slot = this.#right.add(key, timeMs, row);
    this.#right.marks.set(slot, kind === KIND_DELETE ? DELETED : 0);
  }

  #upsert(columns: readonly number[], batch: Batch, rows: Int32Array, count: number): void {
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = columns.map((one) => batch.columns[one]!);
    this.#keys.upsert(keys, rows, count, this.#slots);
    this.#left.ensureKeys(this.#keys.slotCount);
    this.#right.ensureKeys(this.#keys.slotCount);
  }

  /** The left rows that the watermark has passed, in the order of their times. */
  async #fire(out: Out): Promise<void> {
    const { queue } = this.#left;
    const outer = this.#node.joinType === 'left';
    while (queue.firstMs < this.#watermark) {
      const left: number[] = [];
      const right: number[] = [];
      while (left.length < OUTPUT_ROWS && queue.firstMs < this.#watermark) {
        const slot = queue.pop();
        left.push(slot);
        right.push(this.#versionAt(this.#left.keyOf(slot), this.#left.times.get(slot)));
      }
      await this.#emit(left, right, outer, out);
      for (const slot of left) {
        const key = this.#left.keyOf(slot);
        this.#left.remove(slot);
        this.#forgetKey(key);
      }
    }
  }

  #emit(left: readonly number[], right: readonly number[], outer: boolean, out: Out): void | Promise<void> {
    const found = right.flatMap((version, k) => (version < 0 ? [] : [k]));
    const mine = Int32Array.from(found, (k) => left[k]!);
    const theirs = Int32Array.from(found, (k) => right[k]!);
    const sides = [this.#left, this.#right] as const;
    const count = this.#pairs.passing(mine, theirs, found.length, sides);
    if (!outer) return count === 0 ? undefined : out.emit(this.#pairs.rows(mine, theirs, count, sides));
    const partner = new Map<number, number>();
    for (let k = 0; k < count; k++) partner.set(mine[k]!, theirs[k]!);
    const theirOrNone = Int32Array.from(left, (slot) => partner.get(slot) ?? ABSENT);
    return out.emit(this.#pairs.rows(Int32Array.from(left), theirOrNone, left.length, sides));
  }

  /** The last version of a key that is not after a time. */
  #versionAt(key: number, timeMs: number): number {
    const { latest, earlier, times, marks } = this.#right;
    let slot = latest.get(key) - 1;
    while (slot >= 0 && times.get(slot) > timeMs) slot = earlier.get(slot) - 1;
    return slot >= 0 && marks.get(slot) === DELETED ? ABSENT : slot;
  }

  /** Rows still to come are not before the watermark: a version that it passed hides all before it. */
  #forgetVersions(): void {
    const { queue, earlier, marks } = this.#right;
    while (queue.firstMs <= this.#watermark && queue.firstMs !== Infinity) {
      const slot = queue.pop();
      const after = this.#right.laterOf(slot);
      if (after >= 0 && this.#right.times.get(after) <= this.#watermark) {
        this.#right.remove(slot);
        continue;
      }
      for (let before = earlier.get(slot); before !== 0; before = earlier.get(slot)) this.#right.remove(before - 1);
      if (marks.get(slot) !== DELETED) continue;
      const key = this.#right.keyOf(slot);
      this.#right.remove(slot);
      this.#forgetKey(key);
    }
  }

  #forgetKey(key: number): void {
    if (!this.#left.hasKey(key) && !this.#right.hasKey(key)) this.#keys.remove(key);
  }
}
