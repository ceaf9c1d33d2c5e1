import type { PagedArray } from '../../columnar/paged-array.ts';
import type { Column } from '../../columnar/column.ts';
import type { KeyTable } from '../../contracts/state.ts';
import type { LookupResult } from '../../contracts/lookup.ts';
import type { LookupCache } from '../../planner/physical/time-joins.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { rowsOf } from '../rows.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import { StateRegistry } from '../state/state-registry.ts';

interface Shape {
  readonly schema: Schema;
  readonly keyTypes: readonly SqlType[];
  readonly maxRows: number | undefined;
}

/**
 * Fetched rows by key, also of keys that have none; the keys that were not asked for longest go first. A batch asks for
 * its keys, fills in the missing ones, reads, and then says that it is done: until then nothing goes, so that a cache
 * that keeps nothing works too. It is no state of the job and in no snapshot.
 */
export class KeyCache {
  readonly #cache: LookupCache;
  readonly #maxRows: number;
  readonly #registry = new StateRegistry();
  readonly #keys: KeyTable;
  readonly #rows: RowStore;
  readonly #pool = new SlotPool();
  /** By key: 1 + its first and last row; links of the order of use, 1 + slot; when it was fetched. */
  readonly #first: PagedArray<'i32'>;
  readonly #last: PagedArray<'i32'>;
  readonly #newer: PagedArray<'i32'>;
  readonly #older: PagedArray<'i32'>;
  readonly #fetchedMs: PagedArray<'f64'>;
  /** By row. */
  readonly #next: PagedArray<'i32'>;
  #newest = 0;
  #oldest = 0;
  #lone = 0;
  /** Keys fetched since the last batch was done. */
  readonly #filled: number[] = [];

  constructor(cache: LookupCache, { schema, keyTypes, maxRows }: Shape) {
    this.#cache = cache;
    this.#maxRows = maxRows ?? Infinity;
    this.#keys = this.#registry.keys('keys', keyTypes);
    this.#rows = new RowStore(this.#registry.scope('rows'), schema);
    this.#first = this.#registry.array('first', 'i32');
    this.#last = this.#registry.array('last', 'i32');
    this.#newer = this.#registry.array('newer', 'i32');
    this.#older = this.#registry.array('older', 'i32');
    this.#fetchedMs = this.#registry.array('fetched', 'f64');
    this.#next = this.#registry.array('next', 'i32');
  }

  get bytes(): number {
    return this.#registry.memoryBytes + this.#pool.bytes;
  }

  get size(): number {
    return this.#keys.size;
  }

  /**
   * The slots of keys, none NULL.
   * @returns places (in `rows`) of keys that must be fetched, each once
   */
  ask(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array, nowMs: number): number[] {
    const freshCount = this.#keys.upsert(keys, rows, count, slots);
    for (const array of [this.#first, this.#last, this.#newer, this.#older, this.#fetchedMs]) {
      array.ensure(this.#keys.slotCount);
    }
    for (let k = 0; k < freshCount; k++) this.#begin(this.#keys.freshSlots[k]!);
    const missing: number[] = [];
    const { ttlMs } = this.#cache;
    for (let k = 0; k < count; k++) {
      const slot = slots[k]!;
      const fetched = this.#fetchedMs.get(slot);
      const isOld = fetched >= 0 && ttlMs !== undefined && nowMs - fetched >= ttlMs;
      if (fetched !== UNKNOWN && !isOld) {
        this.#use(slot);
        continue;
      }
      if (fetched === ASKED) continue;
      this.#clearRows(slot);
      this.#fetchedMs.set(slot, ASKED);
      this.#use(slot);
      missing.push(k);
    }
    return missing;
  }

  /** Rows of fetched keys. @param slots of the keys in the order of the request */
  fill(slots: Int32Array, result: LookupResult, nowMs: number): void {
    for (const slot of slots) {
      this.#filled.push(slot);
      this.#fetchedMs.set(slot, nowMs);
      this.#lone++;
    }
    const physical = rowsOf(result.rows);
    const { size } = result.rows;
    const rows = new Int32Array(size);
    const places = new Int32Array(size);
    const counts = new Int32Array(slots.length);
    let count = 0;
    for (let k = 0; k < size; k++) {
      const row = physical[k]!;
      const key = result.keyOf[row]!;
      if (counts[key]!++ >= this.#maxRows) continue;
      const place = this.#pool.take();
      this.#next.ensure(place + 1);
      this.#append(slots[key]!, place);
      rows[count] = row;
      places[count++] = place;
    }
    if (count > 0) this.#rows.write(result.rows.columns, rows, places, count);
  }

  /** The first row of a key, −1 where it has none. */
  first(slot: number): number {
    return this.#first.get(slot) - 1;
  }

  next(row: number): number {
    return this.#next.get(row) - 1;
  }

  column(column: number, refs: Int32Array, count: number): Column {
    return this.#rows.column(column, refs, count);
  }

  /** The rows of the batch are read: what is too much goes. */
  settle(): void {
    const { kind, size, empty } = this.#cache;
    const limit = kind === 'none' ? 0 : size;
    if (!empty) for (const slot of this.#filled) if (this.#first.get(slot) === 0) this.#forget(slot);
    this.#filled.length = 0;
    while (this.#oldest !== 0 && this.#pool.size + this.#lone > limit) this.#forget(this.#oldest - 1);
  }

  #begin(slot: number): void {
    this.#first.set(slot, 0);
    this.#last.set(slot, 0);
    this.#newer.set(slot, 0);
    this.#older.set(slot, 0);
    this.#fetchedMs.set(slot, UNKNOWN);
  }

  #append(slot: number, place: number): void {
    this.#next.set(place, 0);
    const last = this.#last.get(slot);
    if (last === 0) {
      this.#first.set(slot, place + 1);
      this.#lone--;
    } else {
      this.#next.set(last - 1, place + 1);
    }
    this.#last.set(slot, place + 1);
  }

  /** Makes a key the newest. */
  #use(slot: number): void {
    if (this.#newest === slot + 1) return;
    this.#unlink(slot);
    this.#older.set(slot, this.#newest);
    this.#newer.set(slot, 0);
    if (this.#newest !== 0) this.#newer.set(this.#newest - 1, slot + 1);
    this.#newest = slot + 1;
    if (this.#oldest === 0) this.#oldest = slot + 1;
  }

  #unlink(slot: number): void {
    const newer = this.#newer.get(slot);
    const older = this.#older.get(slot);
    if (newer !== 0) this.#older.set(newer - 1, older);
    else if (this.#newest === slot + 1) this.#newest = older;
    if (older !== 0) this.#newer.set(older - 1, newer);
    else if (this.#oldest === slot + 1) this.#oldest = newer;
  }

  /** Before a key is fetched again: it is as if it had never been. */
  #clearRows(slot: number): void {
    const fetched = this.#fetchedMs.get(slot) >= 0;
    let row = this.#first.get(slot);
    if (fetched && row === 0) this.#lone--;
    while (row !== 0) {
      const next = this.#next.get(row - 1);
      this.#rows.clear(row - 1);
      this.#pool.give(row - 1);
      row = next;
    }
    this.#first.set(slot, 0);
    this.#last.set(slot, 0);
  }

  #forget(slot: number): void {
    this.#clearRows(slot);
    this.#unlink(slot);
    this.#keys.remove(slot);
  }
}

/** `fetchedMs` of a key that nobody asked for yet, and of one that is being fetched. */
const UNKNOWN = -1;
const ASKED = -2;
