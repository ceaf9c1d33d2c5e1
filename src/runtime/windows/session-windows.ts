import { KIND_DELETE, KIND_INSERT, KIND_UPDATE_BEFORE } from '../../columnar/batch.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Column } from '../../columnar/column.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { SlotPool } from '../state/slot-pool.ts';
import type { StateRegistry } from '../state/state-registry.ts';
import { EndBuckets } from './end-buckets.ts';

/** What the owner does with what it keeps by session. */
export interface SessionOwner {
  /** Two sessions have become one: rows up to `row` (exclusive) of the batch are assigned. */
  merge(from: number, into: number, row: number): void;
}

export interface SessionRows {
  readonly keys: readonly Column[];
  readonly rows: Int32Array;
  readonly count: number;
  /** By physical row; a number: all rows have this time. */
  readonly times: Float64Array | number;
  /** By physical row; rows that are taken back begin no session. */
  readonly kinds: Uint8Array | null;
}

/** In `slots`: a row of no session. */
export const NO_SESSION = -1;

/**
 * The live sessions of every key. A row is in `[t, t + gap)`; sessions that overlap or touch are one (Flink). A row is
 * late when the session it would be in is over, so an old row that still reaches a live one is not. Ends are found
 * through `EndBuckets`.
 */
export class SessionWindows {
  readonly #gapMs: number;
  readonly keys: KeyTable;
  /** By key: 1 + its first session. */
  readonly #heads: PagedArray<'i32'>;
  readonly #sessions = new SlotPool();
  readonly #starts: PagedArray<'f64'>;
  readonly #ends: PagedArray<'f64'>;
  /** By session: 1 + the next session of its key. */
  readonly #next: PagedArray<'i32'>;
  readonly #owners: PagedArray<'i32'>;
  #buckets: EndBuckets;
  #keySlots = new Int32Array(0);

  constructor(state: StateRegistry, gapMs: number, types: readonly SqlType[]) {
    this.#gapMs = gapMs;
    this.keys = state.keys('keys', types);
    this.#heads = state.array('heads', 'i32');
    this.#starts = state.array('starts', 'f64');
    this.#ends = state.array('ends', 'f64');
    this.#next = state.array('next', 'i32');
    this.#owners = state.array('owners', 'i32');
    this.#buckets = this.#emptyBuckets();
  }

  /** Sessions alive. */
  get size(): number {
    return this.#sessions.size;
  }

  get slotCount(): number {
    return this.#sessions.slotCount;
  }

  get bytes(): number {
    return this.#sessions.bytes;
  }

  startOf(slot: number): number {
    return this.#starts.get(slot);
  }

  endOf(slot: number): number {
    return this.#ends.get(slot);
  }

  ownerOf(slot: number): number {
    return this.#owners.get(slot);
  }

  /**
   * Writes the session of each row to `slots`, NO_SESSION for rows that are late. `owner.merge` is called as it happens.
   * @returns how many rows are late
   */
  assign(given: SessionRows, slots: Int32Array, watermarkMs: number, owner: SessionOwner): number {
    const { keys, rows, count, times, kinds } = given;
    if (this.#keySlots.length < count) this.#keySlots = new Int32Array(count * 2);
    this.keys.upsert(keys, rows, count, this.#keySlots);
    this.#heads.ensure(this.keys.slotCount);
    let late = 0;
    let empty: Set<number> | undefined;
    let current = 0;
    const merge = (from: number, into: number): void => owner.merge(from, into, current);
    for (let k = 0; k < count; k++) {
      const key = this.#keySlots[k]!;
      const ms = typeof times === 'number' ? times : times[rows[k]!]!;
      let slot = this.#prolonged(key, ms);
      if (slot === NO_SESSION) {
        current = k;
        const kind = kinds === null ? KIND_INSERT : kinds[rows[k]!]!;
        const takesBack = kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE;
        slot = this.#place(key, ms, watermarkMs, takesBack, merge);
      }
      slots[k] = slot;
      if (slot !== NO_SESSION) continue;
      late++;
      if (this.#heads.get(key) === 0) (empty ??= new Set()).add(key);
    }
    for (const key of empty ?? []) if (this.#heads.get(key) === 0) this.keys.remove(key);
    return late;
  }

  /** The sessions that are over at this watermark, in the order of their ends. They stay until `remove`. */
  due(watermarkMs: number): Int32Array {
    const due = Int32Array.from(this.#buckets.take(watermarkMs + 1));
    return due.sort((a, b) => this.endOf(a) - this.endOf(b) || this.startOf(a) - this.startOf(b) || a - b);
  }

  /** No session ends before; Infinity where there is none. */
  nextEnd(): number {
    return this.#buckets.next();
  }

  remove(slot: number): void {
    const key = this.#owners.get(slot);
    this.#unlink(key, slot);
    this.#free(slot);
    if (this.#heads.get(key) === 0) this.keys.remove(key);
  }

  snapshot(into: StateWriter): void {
    this.#sessions.snapshot(into.scope('sessions'));
  }

  /** After the registry was restored. */
  restore(from: StateReader): void {
    this.#sessions.restore(from.scope('sessions'));
    this.#buckets = this.#emptyBuckets();
    const free = this.#sessions.freeMarks();
    for (let slot = 0; slot < free.length; slot++) if (free[slot] === 0) this.#buckets.add(slot);
  }

  #emptyBuckets(): EndBuckets {
    return new EndBuckets(this.#gapMs, (slot) => this.#ends.get(slot));
  }

  /** The normal case: the only session of the key takes the row and keeps its begin. */
  #prolonged(key: number, ms: number): number {
    const slot = this.#heads.get(key) - 1;
    if (slot < 0 || this.#next.get(slot) !== 0) return NO_SESSION;
    const end = this.#ends.get(slot);
    if (ms > end || ms < this.#starts.get(slot)) return NO_SESSION;
    if (ms + this.#gapMs > end) this.#ends.set(slot, ms + this.#gapMs);
    return slot;
  }

  #place(
    key: number,
    ms: number,
    watermarkMs: number,
    takesBack: boolean,
    merge: (from: number, into: number) => void,
  ): number {
    const end = ms + this.#gapMs;
    let found = NO_SESSION;
    for (let slot = this.#heads.get(key) - 1; slot >= 0;) {
      const next = this.#next.get(slot) - 1;
      if (this.#starts.get(slot) <= end && this.#ends.get(slot) >= ms) {
        found = found === NO_SESSION ? slot : this.#join(key, found, slot, merge);
      }
      slot = next;
    }
    if (found !== NO_SESSION) {
      if (ms < this.#starts.get(found)) this.#starts.set(found, ms);
      if (end > this.#ends.get(found)) this.#ends.set(found, end);
      return found;
    }
    if (end - 1 <= watermarkMs || takesBack) return NO_SESSION;
    return this.#begin(key, ms, end);
  }

  #begin(key: number, startMs: number, endMs: number): number {
    const slot = this.#sessions.take();
    if (slot >= this.#starts.capacity || slot >= this.#next.capacity) this.#reserve(slot + 1);
    this.#starts.set(slot, startMs);
    this.#ends.set(slot, endMs);
    this.#owners.set(slot, key);
    this.#next.set(slot, this.#heads.get(key));
    this.#heads.set(key, slot + 1);
    this.#buckets.add(slot);
    return slot;
  }

  #reserve(slotCount: number): void {
    for (const array of [this.#starts, this.#ends, this.#next, this.#owners]) array.ensure(slotCount);
  }

  /** Two sessions become the one that began first. */
  #join(key: number, one: number, other: number, merge: (from: number, into: number) => void): number {
    const [into, from] = this.#starts.get(one) <= this.#starts.get(other) ? [one, other] : [other, one];
    merge(from, into);
    this.#ends.set(into, Math.max(this.#ends.get(into), this.#ends.get(from)));
    this.#unlink(key, from);
    this.#free(from);
    return into;
  }

  #free(slot: number): void {
    this.#buckets.remove(slot);
    this.#sessions.give(slot);
  }

  #unlink(key: number, slot: number): void {
    const after = this.#next.get(slot);
    if (this.#heads.get(key) === slot + 1) {
      this.#heads.set(key, after);
      return;
    }
    for (let at = this.#heads.get(key) - 1; at >= 0; at = this.#next.get(at) - 1) {
      if (this.#next.get(at) !== slot + 1) continue;
      this.#next.set(at, after);
      return;
    }
  }
}
