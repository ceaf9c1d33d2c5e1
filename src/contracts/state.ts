import type { Column } from '../columnar/column.ts';
import type { Page, PagedArray, PagedLayout } from '../columnar/paged-array.ts';
import type { SqlType } from '../types/sql-type.ts';

/**
 * Where state comes from. Everything made here under a name is written by the owner's snapshot and filled by its
 * restore, so an aggregate or operator keeps nothing that matters anywhere else.
 */
export interface StateFactory {
  array<L extends PagedLayout>(name: string, layout: L): PagedArray<L>;
  /** Variable-length values addressed by slot (strings of MIN, FIRST_VALUE …). */
  bytes(name: string): BytesStore;
  /** A set of typed composite keys, each with a dense slot. */
  keys(name: string, types: readonly SqlType[]): KeyTable;
  /** JavaScript values by slot, for code that is not ours (accumulators of user functions). */
  values(name: string): ValueStore;
  /** The same factory under a longer name. */
  scope(name: string): StateFactory;
}

/** Byte strings by slot, in paged arenas; replaced values are compacted away. */
export interface BytesStore {
  ensure(slotCount: number): void;
  set(slot: number, bytes: Uint8Array, offset: number, length: number): void;
  /** Points `bytes/offset/length` of the register at the stored value; a slot never set is empty. */
  read(slot: number, into: { view(bytes: Uint8Array, offset: number, length: number): void }): void;
  clear(slot: number): void;
}

/** JavaScript values by slot; a snapshot writes them as structured clones. `undefined`: a slot never set. */
export interface ValueStore {
  ensure(slotCount: number): void;
  get(slot: number): unknown;
  set(slot: number, value: unknown): void;
  clear(slot: number): void;
}

/**
 * Keyed table: composite keys (NULL is a value) ↔ dense slots from 0; open addressing on hashes of the key bytes in
 * paged segments, so growth never copies the whole table. Freed slots are handed out again.
 */
export interface KeyTable {
  /** Slots ever handed out and not beyond: every live slot is below it. */
  readonly slotCount: number;
  /** Live keys. */
  readonly size: number;
  /**
   * Finds or adds the keys of the rows `rows[0 … count)` and writes their slots to `slots`.
   * @returns how many were new; their slots are `freshSlots[0 … n)`.
   */
  upsert(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): number;
  readonly freshSlots: Int32Array;
  /** Slots of these keys, −1 where absent. */
  find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void;
  /** Key part `part` of these slots as a column. */
  keyColumn(part: number, slots: Int32Array, count: number): Column;
  remove(slot: number): void;
  /** Live slots, in no particular order. */
  liveSlots(): Int32Array;
  clear(): void;
  readonly bytes: number;
}

/** One named array of a snapshot. */
export interface StateArray {
  readonly pages: readonly Page[];
  /** Items in use. */
  readonly length: number;
}

/** Takes a snapshot: what is put is copied (or shared copy-on-write) before the call returns. */
export interface StateWriter {
  put(name: string, array: StateArray): void;
  /** Small facts: watermarks, counters, cursors. JSON-compatible values. */
  putJson(name: string, value: unknown): void;
  scope(name: string): StateWriter;
}

/** @throws StateError STATE_RESTORE when a name that is asked for is missing. */
export interface StateReader {
  get(name: string): StateArray;
  getJson(name: string): unknown;
  has(name: string): boolean;
  scope(name: string): StateReader;
}
