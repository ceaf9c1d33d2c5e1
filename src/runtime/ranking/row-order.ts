import { compareBytes } from '../../columnar/byte-slice.ts';
import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { BytesStore, StateFactory } from '../../contracts/state.ts';
import type { SortKey } from '../../planner/physical/plan.ts';
import type { Schema } from '../../types/schema.ts';
import { SortKeyEncoder } from './sort-key-encoder.ts';

interface Stored {
  bytes: Uint8Array;
  offset: number;
  length: number;
  view(bytes: Uint8Array, offset: number, length: number): void;
}

function register(): Stored {
  return {
    bytes: new Uint8Array(0),
    offset: 0,
    length: 0,
    view(bytes, offset, length) {
      this.bytes = bytes;
      this.offset = offset;
      this.length = length;
    },
  };
}

/**
 * Rows of many partitions, each partition a search tree in the order of sort keys, equal ones in the order of arrival.
 * The trees are treaps: what is random in them comes from the number of the arrival. Nodes are slot + 1, 0 = none.
 */
export class RowOrder {
  readonly #encoder: SortKeyEncoder;
  readonly #prefixes: PagedArray<'f64'>;
  /** In the order of arrival. */
  readonly #arrivals: PagedArray<'f64'>;
  readonly #left: PagedArray<'i32'>;
  readonly #right: PagedArray<'i32'>;
  readonly #keys: BytesStore | undefined;
  readonly #one = register();
  readonly #other = register();
  #prefix = 0;
  #arrival = 0;
  #splitLeft = 0;
  #splitRight = 0;

  constructor(state: StateFactory, order: readonly SortKey[], schema: Schema) {
    this.#encoder = new SortKeyEncoder(order, schema);
    this.#prefixes = state.array('prefix', 'f64');
    this.#arrivals = state.array('arrival', 'f64');
    this.#left = state.array('left', 'i32');
    this.#right = state.array('right', 'i32');
    this.#keys = this.#encoder.exact ? undefined : state.bytes('keys');
  }

  /** Takes the row that `isAfter`, `replace` and `insert` are about. */
  take(columns: readonly Column[], row: number, arrival: number): void {
    this.#arrival = arrival;
    this.#prefix = this.#encoder.prefix(columns, row);
    if (this.#keys !== undefined) this.#encoder.encode(columns, row);
  }

  /** Whether the row at hand ranks behind the row of a slot. */
  isAfter(slot: number): boolean {
    return (this.#apart(slot) || this.#arrival - this.#arrivals.get(slot)) > 0;
  }

  /** The row at hand takes over the arrival of a row with equal sort keys. */
  replace(slot: number): void {
    if (this.#apart(slot) === 0) this.#arrival = this.#arrivals.get(slot);
  }

  /** How the sort keys of the row at hand compare with those of a slot. */
  #apart(slot: number): number {
    const prefix = this.#prefixes.get(slot);
    if (this.#prefix !== prefix) return this.#prefix > prefix ? 1 : -1;
    if (this.#keys === undefined) return 0;
    this.#keys.read(slot, this.#one);
    const { bytes, offset, length } = this.#one;
    return compareBytes(this.#encoder.bytes, 0, this.#encoder.length, bytes, offset, length);
  }

  /** Puts the row at hand into a tree. @returns its root */
  insert(root: number, slot: number): number {
    if (slot >= this.#prefixes.capacity) this.#ensure(slot + 1);
    this.#prefixes.set(slot, this.#prefix);
    this.#arrivals.set(slot, this.#arrival);
    this.#left.set(slot, 0);
    this.#right.set(slot, 0);
    this.#keys?.set(slot, this.#encoder.bytes, 0, this.#encoder.length);
    return this.#insert(root, slot);
  }

  /** Takes a slot out of its tree. @returns the root */
  remove(root: number, slot: number): number {
    if (root === 0) return 0;
    const at = root - 1;
    if (at === slot) return this.#merge(this.#left.get(slot), this.#right.get(slot));
    const side = this.compare(slot, at) < 0 ? this.#left : this.#right;
    side.set(at, this.remove(side.get(at), slot));
    return root;
  }

  /** Gives the bytes of a slot back. */
  clear(slot: number): void {
    this.#keys?.clear(slot);
  }

  compare(a: number, b: number): number {
    const apart = this.#prefixes.get(a) - this.#prefixes.get(b);
    // Two infinities differ by NaN.
    if (apart !== 0 && !Number.isNaN(apart)) return apart;
    if (this.#keys !== undefined) {
      this.#keys.read(a, this.#one);
      this.#keys.read(b, this.#other);
      const one = this.#one;
      const other = this.#other;
      const result = compareBytes(one.bytes, one.offset, one.length, other.bytes, other.offset, other.length);
      if (result !== 0) return result;
    }
    return this.#arrivals.get(a) - this.#arrivals.get(b);
  }

  last(root: number): number {
    let at = root - 1;
    while (this.#right.get(at) !== 0) at = this.#right.get(at) - 1;
    return at;
  }

  /** Appends the first `most` slots of a tree to `into`. */
  first(root: number, most: number, into: number[]): void {
    if (root === 0 || into.length >= most) return;
    this.first(this.#left.get(root - 1), most, into);
    if (into.length >= most) return;
    into.push(root - 1);
    this.first(this.#right.get(root - 1), most, into);
  }

  #insert(root: number, slot: number): number {
    if (root === 0) return slot + 1;
    const at = root - 1;
    if (this.#weight(slot) > this.#weight(at)) {
      this.#split(root);
      this.#left.set(slot, this.#splitLeft);
      this.#right.set(slot, this.#splitRight);
      return slot + 1;
    }
    const side = this.isAfter(at) ? this.#right : this.#left;
    side.set(at, this.#insert(side.get(at), slot));
    return root;
  }

  /** Into what is before the row at hand and what is behind it. */
  #split(root: number): void {
    if (root === 0) {
      this.#splitLeft = 0;
      this.#splitRight = 0;
      return;
    }
    const at = root - 1;
    if (this.isAfter(at)) {
      this.#split(this.#right.get(at));
      this.#right.set(at, this.#splitLeft);
      this.#splitLeft = root;
    } else {
      this.#split(this.#left.get(at));
      this.#left.set(at, this.#splitRight);
      this.#splitRight = root;
    }
  }

  #merge(left: number, right: number): number {
    if (left === 0) return right;
    if (right === 0) return left;
    if (this.#weight(left - 1) > this.#weight(right - 1)) {
      this.#right.set(left - 1, this.#merge(this.#right.get(left - 1), right));
      return left;
    }
    this.#left.set(right - 1, this.#merge(left, this.#left.get(right - 1)));
    return right;
  }

  #weight(slot: number): number {
    let hash = Math.imul(this.#arrivals.get(slot) | 0, 0x9e37_79b1) + slot;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #ensure(slotCount: number): void {
    this.#prefixes.ensure(slotCount);
    this.#arrivals.ensure(slotCount);
    this.#left.ensure(slotCount);
    this.#right.ensure(slotCount);
    this.#keys?.ensure(slotCount);
  }
}
