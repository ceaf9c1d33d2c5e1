import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { AggregateCall } from '../../planner/physical/plan.ts';
import type { Schema } from '../../types/schema.ts';
import { ascendingRows } from '../rows.ts';
import { StateRegistry } from '../state/state-registry.ts';
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
  #slots = new Int32Array(0);

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
    const types = grouping.keys.map((index) => grouping.input.fields[index]!.type);
    this.keys = this.#registry.keys('keys', types);
    this.aggregates = new AggregateSet(grouping.calls, this.#registry, { retracts: grouping.retracts });
  }

  get bytes(): number {
    return this.#registry.memoryBytes;
  }

  add(batch: Batch, rows: Int32Array, count: number): void {
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const keys = this.#grouping.keys.map((index) => batch.columns[index]!);
    this.keys.upsert(keys, rows, count, this.#slots);
    this.aggregates.ensure(this.keys.slotCount);
    this.aggregates.accumulate(batch, rows, this.#slots, count);
  }

  /** Adds all groups of another state. */
  merge(from: GroupState): void {
    const count = from.keys.slotCount;
    if (this.#slots.length < count) this.#slots = new Int32Array(count * 2);
    const slots = ascendingRows(count);
    this.keys.upsert(from.keyColumns(slots, count), slots, count, this.#slots);
    this.aggregates.ensure(this.keys.slotCount);
    this.aggregates.merge(from.aggregates, slots, this.#slots, count);
  }

  keyColumns(slots: Int32Array, count: number): Column[] {
    return this.#grouping.keys.map((_, part) => this.keys.keyColumn(part, slots, count));
  }

  /** Empties it for the next window; its pages are kept. */
  reset(): void {
    this.aggregates.reset(this.keys.slotCount);
    this.keys.clear();
  }

  snapshot(into: StateWriter): void {
    this.#registry.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#registry.restore(from);
  }
}
