import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { AggregateBinding, Aggregator } from '../../contracts/function.ts';
import type { KeyTable, StateFactory } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { INT } from '../../types/sql-type.ts';

/** DISTINCT for any aggregate: only the first occurrence of (group, values) and its last retraction reach the inner one. */
export class DistinctAggregator implements Aggregator {
  readonly #inner: Aggregator;
  readonly #entries: KeyTable;
  /** How often each entry occurs now. */
  readonly #references: PagedArray<'i32'>;
  /** Entries of each group, so that empty groups are cleared without looking. */
  readonly #perGroup: PagedArray<'i32'>;
  readonly #argCount: number;
  #groups = new Int32Array(0);
  #found = new Int32Array(0);
  #rows = new Int32Array(0);
  #slots = new Int32Array(0);

  constructor(binding: AggregateBinding, state: StateFactory, retracts: boolean) {
    this.#inner = binding.create(state.scope('inner'), retracts);
    this.#entries = state.keys('distinct', [INT, ...binding.args]);
    this.#references = state.array('references', 'i32');
    this.#perGroup = state.array('entries', 'i32');
    this.#argCount = binding.args.length;
  }

  ensure(slotCount: number): void {
    this.#inner.ensure(slotCount);
    this.#perGroup.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const found = this.#room(count);
    this.#entries.upsert([this.#groupColumn(args, rows, slots, count), ...args], rows, count, found);
    this.#references.ensure(this.#entries.slotCount);
    let first = 0;
    for (let k = 0; k < count; k++) {
      const before = this.#references.get(found[k]!);
      this.#references.set(found[k]!, before + 1);
      if (before > 0) continue;
      this.#perGroup.set(slots[k]!, this.#perGroup.get(slots[k]!) + 1);
      this.#rows[first] = rows[k]!;
      this.#slots[first++] = slots[k]!;
    }
    if (first > 0) this.#inner.accumulate(args, this.#rows, this.#slots, first);
  }

  retract(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    if (this.#inner.retract === undefined) throw new InternalError('an aggregate without retract got a retraction');
    const found = this.#room(count);
    this.#entries.find([this.#groupColumn(args, rows, slots, count), ...args], rows, count, found);
    let last = 0;
    for (let k = 0; k < count; k++) {
      const entry = found[k]!;
      if (entry < 0) continue;
      const left = this.#references.get(entry) - 1;
      // A retraction of what was never added is ignored.
      if (left < 0) continue;
      this.#references.set(entry, left);
      if (left > 0) continue;
      this.#entries.remove(entry);
      this.#perGroup.set(slots[k]!, this.#perGroup.get(slots[k]!) - 1);
      this.#rows[last] = rows[k]!;
      this.#slots[last++] = slots[k]!;
    }
    if (last > 0) this.#inner.retract(args, this.#rows, this.#slots, last);
  }

  /** Adds the values of the other side that are new here; its inner accumulators are not looked at. */
  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    if (!(from instanceof DistinctAggregator)) throw new InternalError('aggregates of two kinds are merged');
    const entries = from.#entries.liveSlots();
    const groups = from.#entries.keyColumn(0, entries, entries.length);
    if (groups.layout !== 'i32') throw new InternalError('a group number is not INT');
    const target = new Map<number, number>();
    for (let k = 0; k < count; k++) target.set(fromSlots[k]!, slots[k]!);
    const rows = new Int32Array(entries.length);
    const into = new Int32Array(entries.length);
    let taken = 0;
    for (let k = 0; k < entries.length; k++) {
      const slot = target.get(groups.values[k]!);
      if (slot === undefined) continue;
      rows[taken] = k;
      into[taken++] = slot;
    }
    const args = Array.from({ length: this.#argCount }, (_, i) =>
      from.#entries.keyColumn(i + 1, entries, entries.length),
    );
    this.accumulate(args, rows, into, taken);
  }

  result(slots: Int32Array, count: number): Column {
    return this.#inner.result(slots, count);
  }

  clear(slot: number): void {
    this.#inner.clear(slot);
    if (this.#perGroup.get(slot) === 0) return;
    this.#perGroup.set(slot, 0);
    const entries = this.#entries.liveSlots();
    const groups = this.#entries.keyColumn(0, entries, entries.length);
    if (groups.layout !== 'i32') throw new InternalError('a group number is not INT');
    for (let k = 0; k < entries.length; k++) {
      if (groups.values[k] !== slot) continue;
      this.#references.set(entries[k]!, 0);
      this.#entries.remove(entries[k]!);
    }
  }

  clearAll(slotCount: number): void {
    this.#references.zero(this.#entries.slotCount);
    this.#entries.clear();
    this.#perGroup.zero(slotCount);
    if (this.#inner.clearAll !== undefined) this.#inner.clearAll(slotCount);
    else for (let slot = 0; slot < slotCount; slot++) this.#inner.clear(slot);
  }

  /** Makes room for `count` results. */
  #room(count: number): Int32Array {
    if (this.#found.length < count) {
      this.#found = new Int32Array(count * 2);
      this.#rows = new Int32Array(count * 2);
      this.#slots = new Int32Array(count * 2);
    }
    return this.#found;
  }

  /** The group of each row as a key column, by physical row. */
  #groupColumn(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): Column {
    const length = args[0]?.length ?? 0;
    if (this.#groups.length < length) this.#groups = new Int32Array(length * 2);
    for (let k = 0; k < count; k++) this.#groups[rows[k]!] = slots[k]!;
    return fixedColumn(INT, this.#groups, this.#groups.length);
  }
}
