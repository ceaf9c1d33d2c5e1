import { fixedColumn, type Column } from '../../../columnar/column.ts';
import type { PagedArray } from '../../../columnar/paged-array.ts';
import type { AggregateBinding, Aggregator } from '../../../contracts/function.ts';
import type { KeyTable, StateFactory } from '../../../contracts/state.ts';
import { InternalError } from '../../../errors/sluice-error.ts';
import { INT } from '../../../types/sql-type.ts';
import { ascendingRows } from '../../rows.ts';

/** DISTINCT for any aggregate: only the first occurrence of (group, values) and its last retraction reach the inner one. */
export class DistinctAggregator implements Aggregator {
  readonly #inner: Aggregator;
  readonly #entries: KeyTable;
  /** How often each entry occurs now. */
  readonly #references: PagedArray<'i32'>;
  /** By group: 1 + its entry that came last. */
  readonly #heads: PagedArray<'i32'>;
  /** By entry: 1 + the next and the previous one of its group. */
  readonly #next: PagedArray<'i32'>;
  readonly #previous: PagedArray<'i32'>;
  readonly #argCount: number;
  #groups = new Int32Array(0);
  #found = new Int32Array(0);
  #rows = new Int32Array(0);
  #slots = new Int32Array(0);

  constructor(binding: AggregateBinding, state: StateFactory, retracts: boolean) {
    this.#inner = binding.create(state.scope('inner'), retracts);
    this.#entries = state.keys('distinct', [INT, ...binding.args]);
    this.#references = state.array('references', 'i32');
    this.#heads = state.array('heads', 'i32');
    this.#next = state.array('next', 'i32');
    this.#previous = state.array('previous', 'i32');
    this.#argCount = binding.args.length;
  }

  ensure(slotCount: number): void {
    this.#inner.ensure(slotCount);
    this.#heads.ensure(slotCount);
  }

  accumulate(args: readonly Column[], rows: Int32Array, slots: Int32Array, count: number): void {
    const found = this.#room(count);
    this.#entries.upsert([this.#groupColumn(args, rows, slots, count), ...args], rows, count, found);
    for (const array of [this.#references, this.#next, this.#previous]) array.ensure(this.#entries.slotCount);
    let first = 0;
    for (let k = 0; k < count; k++) {
      const before = this.#references.get(found[k]!);
      this.#references.set(found[k]!, before + 1);
      if (before > 0) continue;
      this.#link(slots[k]!, found[k]!);
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
      this.#unlink(slots[k]!, entry);
      this.#entries.remove(entry);
      this.#rows[last] = rows[k]!;
      this.#slots[last++] = slots[k]!;
    }
    if (last > 0) this.#inner.retract(args, this.#rows, this.#slots, last);
  }

  /** Adds the values of the other side that are new here; its inner accumulators are not looked at. */
  merge(from: Aggregator, fromSlots: Int32Array, slots: Int32Array, count: number): void {
    if (!(from instanceof DistinctAggregator)) throw new InternalError('aggregates of two kinds are merged');
    const found: number[] = [];
    const targets: number[] = [];
    for (let k = 0; k < count; k++) {
      for (let at = from.#heads.get(fromSlots[k]!); at > 0; at = from.#next.get(at - 1)) {
        found.push(at - 1);
        targets.push(slots[k]!);
      }
    }
    const entries = Int32Array.from(found);
    const args = Array.from({ length: this.#argCount }, (_, i) =>
      from.#entries.keyColumn(i + 1, entries, entries.length),
    );
    this.accumulate(args, ascendingRows(entries.length), Int32Array.from(targets), entries.length);
    for (let k = 0; k < entries.length; k++) {
      const entry = this.#found[k]!;
      this.#references.set(entry, this.#references.get(entry) + from.#references.get(entries[k]!) - 1);
    }
  }

  result(slots: Int32Array, count: number): Column {
    return this.#inner.result(slots, count);
  }

  clear(slot: number): void {
    this.#inner.clear(slot);
    for (let at = this.#heads.get(slot); at > 0;) {
      const entry = at - 1;
      at = this.#next.get(entry);
      this.#references.set(entry, 0);
      this.#entries.remove(entry);
    }
    this.#heads.set(slot, 0);
  }

  clearAll(slotCount: number): void {
    this.#references.zero(this.#entries.slotCount);
    this.#entries.clear();
    this.#heads.zero(slotCount);
    if (this.#inner.clearAll !== undefined) this.#inner.clearAll(slotCount);
    else for (let slot = 0; slot < slotCount; slot++) this.#inner.clear(slot);
  }

  #link(group: number, entry: number): void {
    const head = this.#heads.get(group);
    this.#next.set(entry, head);
    this.#previous.set(entry, 0);
    if (head > 0) this.#previous.set(head - 1, entry + 1);
    this.#heads.set(group, entry + 1);
  }

  #unlink(group: number, entry: number): void {
    const [next, previous] = [this.#next.get(entry), this.#previous.get(entry)];
    if (previous > 0) this.#next.set(previous - 1, next);
    else this.#heads.set(group, next);
    if (next > 0) this.#previous.set(next - 1, previous);
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
