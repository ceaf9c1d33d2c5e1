import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../../columnar/batch.ts';
import type { Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { KeyTable, StateReader, StateWriter } from '../../../contracts/state.ts';
import type { AggregateCall } from '../../../planner/physical/plan.ts';
import type { Schema } from '../../../types/schema.ts';
import { ascendingRows } from '../../rows.ts';
import { StateRegistry } from '../../state/state-registry.ts';
import { AggregateSet } from './aggregate-set.ts';

/** What a grouping looks like; the same for every window of an operator. */
export interface Grouping {
  readonly input: Schema;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly retracts: boolean;
}

/** The groups of one window (or pane) and their accumulators. */
export class GroupState {
  readonly #grouping: Grouping;
  readonly #registry = new StateRegistry();
  readonly keys: KeyTable;
  readonly aggregates: AggregateSet;
  /** Rows of each group; only where rows can be taken back. */
  readonly #rowCounts: PagedArray<'f64'> | undefined;
  #slots = new Int32Array(0);
  #kept = new Int32Array(0);
  #keptSlots = new Int32Array(0);

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
    const types = grouping.keys.map((index) => grouping.input.fields[index]!.type);
    this.keys = this.#registry.keys('keys', types);
    this.aggregates = new AggregateSet(grouping.calls, this.#registry, { retracts: grouping.retracts });
    this.#rowCounts = grouping.retracts ? this.#registry.array('rows', 'f64') : undefined;
  }

  get bytes(): number {
    return this.#registry.memoryBytes;
  }

  add(batch: Batch, rows: Int32Array, count: number): void {
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = this.#grouping.keys.map((index) => batch.columns[index]!);
    this.keys.upsert(keys, rows, count, this.#slots);
    this.aggregates.ensure(this.keys.slotCount);
    if (this.#rowCounts === undefined) this.aggregates.accumulate(batch, rows, this.#slots, count);
    else this.#change(this.#rowCounts, batch, rows, count);
  }

  /** The group of each row of the last `add`. */
  get slots(): Int32Array {
    return this.#slots;
  }

  has(slot: number): boolean {
    return this.#rowCounts === undefined || this.#rowCounts.get(slot) > 0;
  }

  remove(slot: number): void {
    this.aggregates.clear(slot);
    this.#rowCounts?.set(slot, 0);
    this.keys.remove(slot);
  }

  /** The groups that have rows: a prefix of all slots, in the order of their arrival, where nothing is taken back. */
  present(): Int32Array {
    const all = ascendingRows(this.keys.slotCount).subarray(0, this.keys.slotCount);
    const counts = this.#rowCounts;
    return counts === undefined ? all : all.filter((slot) => counts.get(slot) > 0);
  }

  /** Adds all groups of another state. */
  merge(from: GroupState): void {
    const slots = from.present();
    const count = slots.length;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    this.keys.upsert(from.keyColumns(slots, count), ascendingRows(count), count, this.#slots);
    this.aggregates.ensure(this.keys.slotCount);
    this.aggregates.merge(from.aggregates, slots, this.#slots, count);
    const counts = this.#rowCounts;
    if (counts === undefined || from.#rowCounts === undefined) return;
    counts.ensure(this.keys.slotCount);
    for (let k = 0; k < count; k++) {
      counts.set(this.#slots[k]!, counts.get(this.#slots[k]!) + from.#rowCounts.get(slots[k]!));
    }
  }

  keyColumns(slots: Int32Array, count: number): Column[] {
    return this.#grouping.keys.map((_, part) => this.keys.keyColumn(part, slots, count));
  }

  /** Empties it for the next window; its pages are kept. */
  reset(): void {
    this.aggregates.reset(this.keys.slotCount);
    this.#rowCounts?.zero(this.keys.slotCount);
    this.keys.clear();
  }

  snapshot(into: StateWriter): void {
    this.#registry.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#registry.restore(from);
  }

  /** Additions first: a group never looks empty in between, and each retraction finds what it takes back. */
  #change(counts: PagedArray<'f64'>, batch: Batch, rows: Int32Array, count: number): void {
    counts.ensure(this.keys.slotCount);
    const added = this.#pick(counts, batch, rows, count, 1);
    if (added > 0) this.aggregates.accumulate(batch, this.#kept, this.#keptSlots, added);
    const taken = this.#pick(counts, batch, rows, count, -1);
    if (taken > 0) this.aggregates.retract(batch, this.#kept, this.#keptSlots, taken);
  }

  /** The rows that add (1) or take back (−1) in the scratch arrays; what was never there is not taken back. */
  #pick(counts: PagedArray<'f64'>, { kinds }: Batch, rows: Int32Array, count: number, sign: 1 | -1): number {
    if (this.#kept.length < count) {
      this.#kept = new Int32Array(count * 2);
      this.#keptSlots = new Int32Array(count * 2);
    }
    let kept = 0;
    for (let k = 0; k < count; k++) {
      const kind = kinds === null ? 0 : kinds[rows[k]!]!;
      const slot = this.#slots[k]!;
      if ((kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE) !== sign < 0) continue;
      if (sign < 0 && counts.get(slot) <= 0) continue;
      counts.set(slot, counts.get(slot) + sign);
      this.#kept[kept] = rows[k]!;
      this.#keptSlots[kept++] = slot;
    }
    return kept;
  }
}
