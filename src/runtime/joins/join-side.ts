import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { OperatorContext } from '../../contracts/operator.ts';
import type { KeyTable, StateReader, StateWriter } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { RowStore } from '../state/row-store.ts';
import { SlotPool } from '../state/slot-pool.ts';
import type { StateRegistry } from '../state/state-registry.ts';
import { StateTtl } from '../state/state-ttl.ts';

export interface JoinSideOptions {
  /** Rows of this side can be taken back: equal rows are one slot with a count. */
  readonly retracts: boolean;
  /** How many rows of the other side each row meets is kept: its row without partner is shown. */
  readonly counted: boolean;
  readonly ttlMs: number | undefined;
}

/**
 * The rows of one side of a join. Rows of one join key are a chain of slots (`heads` → `next`; all links are slot + 1,
 * 0 ends). Without retractions every row has a slot of its own; with them equal rows share one, found by their values.
 */
export class JoinSide {
  /** By join key: the latest row. */
  readonly heads: PagedArray<'i32'>;
  readonly next: PagedArray<'i32'>;
  /** How many rows of the other side a row meets, each of its copies alike. */
  readonly matches: PagedArray<'i32'> | undefined;
  /** How often a row is there; undefined: once. */
  readonly copies: PagedArray<'i32'> | undefined;
  /** What is needed to take a row out of its chain: the row before it, and its key should it be the first. */
  readonly #chain: { readonly previous: PagedArray<'i32'>; readonly key: PagedArray<'i32'> } | undefined;
  readonly #table: KeyTable | undefined;
  readonly #store: RowStore | undefined;
  readonly #pool = new SlotPool();
  readonly #ttl: StateTtl | undefined;
  /** With retractions: the slot of each row of the batch at hand. */
  rowSlots = new Int32Array(0);
  #pendingRows = new Int32Array(0);
  #pendingSlots = new Int32Array(0);
  #pending = 0;

  constructor(state: StateRegistry, types: readonly SqlType[], { retracts, counted, ttlMs }: JoinSideOptions) {
    this.heads = state.array('heads', 'i32');
    this.next = state.array('next', 'i32');
    this.matches = counted ? state.array('matches', 'i32') : undefined;
    this.copies = retracts ? state.array('copies', 'i32') : undefined;
    this.#chain =
      retracts || ttlMs !== undefined
        ? { previous: state.array('previous', 'i32'), key: state.array('key', 'i32') }
        : undefined;
    this.#table = retracts ? state.keys('rows', types) : undefined;
    const fields = types.map((type, i) => ({ name: `c${i}`, type, nullable: true }));
    this.#store = retracts ? undefined : new RowStore(state.scope('store'), { fields });
    this.#ttl = ttlMs === undefined ? undefined : new StateTtl(state, ttlMs);
  }

  get size(): number {
    return this.#table?.size ?? this.#pool.size;
  }

  /** Bytes besides those of the registry. */
  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Before the rows of a batch are added or removed one by one. */
  begin(columns: readonly Column[], rows: Int32Array, size: number): void {
    if (this.#pendingRows.length < size) {
      this.#pendingRows = new Int32Array(size * 2);
      this.#pendingSlots = new Int32Array(size * 2);
    }
    if (this.#table === undefined || this.copies === undefined) return;
    if (this.rowSlots.length < size) this.rowSlots = new Int32Array(size * 2);
    const fresh = this.#table.upsert(columns, rows, size, this.rowSlots);
    this.#ensure(this.#table.slotCount);
    const { freshSlots } = this.#table;
    for (let k = 0; k < fresh; k++) this.copies.set(freshSlots[k]!, 0);
  }

  /** Whether row k of the batch is there, so that it can be taken back. */
  knows(k: number): boolean {
    return this.copies === undefined || this.copies.get(this.rowSlots[k]!) > 0;
  }

  /** Adds row k of the batch, physical row `row`, which meets `matched` rows of the other side. */
  add(k: number, row: number, key: number, matched: number): void {
    if (this.copies !== undefined) {
      const slot = this.rowSlots[k]!;
      const before = this.copies.get(slot);
      this.copies.set(slot, before + 1);
      if (before > 0) return;
      this.#link(slot, key);
      this.matches?.set(slot, matched);
      return;
    }
    const slot = this.#pool.take();
    if (slot >= this.next.capacity) this.#ensure(slot + 1);
    this.#link(slot, key);
    this.matches?.set(slot, matched);
    this.#pendingRows[this.#pending] = row;
    this.#pendingSlots[this.#pending++] = slot;
  }

  /** Takes row k of the batch back, which is known. */
  remove(k: number): void {
    if (this.copies === undefined) return;
    const slot = this.rowSlots[k]!;
    const left = this.copies.get(slot) - 1;
    this.copies.set(slot, left);
    if (left === 0) this.#unlink(slot);
  }

  /** Writes what was added since the last call. */
  store(columns: readonly Column[], nowMs: number): void {
    if (this.#store === undefined || this.#pending === 0) return;
    this.#store.write(columns, this.#pendingRows, this.#pendingSlots, this.#pending);
    this.#ttl?.touch(this.#pendingSlots, this.#pending, nowMs);
    this.#pending = 0;
  }

  /** After the last row of a batch: forgets rows of it that are not there any more. */
  finish(size: number, nowMs: number): void {
    if (this.#table === undefined || this.copies === undefined) return;
    this.#ttl?.touch(this.rowSlots, size, nowMs);
    for (let k = 0; k < size; k++) {
      const slot = this.rowSlots[k]!;
      if (this.copies.get(slot) !== 0) continue;
      this.copies.set(slot, GONE);
      this.#table.remove(slot);
    }
  }

  /** Stored column `column` of these rows. */
  column(column: number, slots: Int32Array, count: number): Column {
    const rows = this.#store?.column(column, slots, count) ?? this.#table?.keyColumn(column, slots, count);
    if (rows === undefined) throw new InternalError('a side of a join keeps no rows');
    return rows;
  }

  /** Asks for a timer whenever rows may have outlived their time. */
  start(context: OperatorContext): void {
    this.#ttl?.start(context);
  }

  /** Forgets the rows whose time to live is over; @returns their join keys */
  sweep(nowMs: number): readonly number[] {
    if (this.#ttl === undefined) return [];
    const live = this.#table?.liveSlots() ?? this.#liveSlots();
    const keys: number[] = [];
    this.#ttl.removeExpired(live, nowMs, (slot) => {
      keys.push(this.#unlink(slot));
      if (this.#table === undefined) {
        this.#store?.clear(slot);
        this.#pool.give(slot);
      } else {
        this.copies?.set(slot, GONE);
        this.#table.remove(slot);
      }
    });
    return keys;
  }

  /** Whether the time to live of a row is over although it was not swept yet. */
  expired(slot: number, nowMs: number): boolean {
    return this.#ttl?.expired(slot, nowMs) ?? false;
  }

  snapshot(into: StateWriter): void {
    this.#pool.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#pool.restore(from);
  }

  #ensure(slotCount: number): void {
    this.next.ensure(slotCount);
    this.matches?.ensure(slotCount);
    this.copies?.ensure(slotCount);
    this.#chain?.previous.ensure(slotCount);
    this.#chain?.key.ensure(slotCount);
  }

  #link(slot: number, key: number): void {
    const { heads, next } = this;
    const { shift, mask } = heads;
    const page = heads.pages[key >> shift]!;
    const first = page[key & mask]!;
    page[key & mask] = slot + 1;
    next.pages[slot >> shift]![slot & mask] = first;
    const chain = this.#chain;
    if (chain === undefined) return;
    chain.previous.set(slot, 0);
    if (first > 0) chain.previous.set(first - 1, slot + 1);
    chain.key.set(slot, key);
  }

  /** @returns the key whose row it was */
  #unlink(slot: number): number {
    const chain = this.#chain;
    if (chain === undefined) throw new InternalError('a row is taken out of a chain that only grows');
    const key = chain.key.get(slot);
    const previous = chain.previous.get(slot);
    const next = this.next.get(slot);
    if (previous === 0) this.heads.set(key, next);
    else this.next.set(previous - 1, next);
    if (next > 0) chain.previous.set(next - 1, previous);
    return key;
  }

  #liveSlots(): Int32Array {
    const free = this.#pool.freeMarks();
    const slots = new Int32Array(this.#pool.size);
    let count = 0;
    for (let slot = 0; slot < free.length; slot++) if (free[slot] === 0) slots[count++] = slot;
    return slots;
  }
}

/** `copies` of a slot that the table has given up. */
const GONE = -1;
