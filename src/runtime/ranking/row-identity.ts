import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { KeyTable } from '../../contracts/state.ts';
import type { Schema } from '../../types/schema.ts';
import { RowStore } from '../state/row-store.ts';
import type { StateRegistry } from '../state/state-registry.ts';

/** What rows look like, and which stored row a change of a batch is about. Slots are handed out by the owner. */
export interface RowIdentity {
  /** Takes the rows of a batch: `k` below is a place in `rows`. */
  begin(batch: Batch, rows: Int32Array, count: number): void;
  /** The stored row that row `k` takes the place of; −1: none. */
  replaced(k: number): number;
  /** The stored row that row `k` takes back; −1: none. */
  retracted(k: number): number;
  /** Row `k` is stored in a slot. */
  store(k: number, slot: number): void;
  /** A slot is no row any more; it can still be read until `end`. */
  forget(slot: number): void;
  /** Writes what was stored since `begin`. */
  flush(): void;
  read(slots: Int32Array, count: number): Column[];
  /** Gives back the bytes of forgotten slots. */
  end(forgotten: readonly number[]): void;
}

/** Rows are never spoken of again: the input only adds rows. */
export class NamelessRows implements RowIdentity {
  readonly #store: RowStore;
  #columns: readonly Column[] = [];
  #from: Int32Array = new Int32Array(0);
  #rows: number[] = [];
  #slots: number[] = [];

  constructor(state: StateRegistry, schema: Schema) {
    this.#store = new RowStore(state.scope('store'), schema);
  }

  begin(batch: Batch, rows: Int32Array): void {
    this.#columns = batch.columns;
    this.#from = rows;
  }

  replaced(): number {
    return -1;
  }

  retracted(): number {
    return -1;
  }

  store(k: number, slot: number): void {
    this.#rows.push(this.#from[k]!);
    this.#slots.push(slot);
  }

  forget(): void {
    // Nobody asks for it.
  }

  flush(): void {
    const count = this.#rows.length;
    if (count > 0) this.#store.write(this.#columns, Int32Array.from(this.#rows), Int32Array.from(this.#slots), count);
    this.#rows = [];
    this.#slots = [];
    this.#columns = [];
  }

  read(slots: Int32Array, count: number): Column[] {
    return this.#store.read(slots, count);
  }

  end(forgotten: readonly number[]): void {
    for (const slot of forgotten) this.#store.clear(slot);
  }
}

/** Ids of a table of keys with the rows they stand for; ids without rows go at the end of a batch. */
class Ids {
  readonly table: KeyTable;
  /** By id: slot + 1 of its (first) row, 0 = none, −1 = the id is gone. */
  readonly rows: PagedArray<'i32'>;
  readonly #byRow: PagedArray<'i32'>;
  ids = new Int32Array(0);
  #count = 0;
  #left: number[] = [];

  constructor(state: StateRegistry, types: Schema['fields'][number]['type'][]) {
    this.table = state.keys('ids', types);
    this.rows = state.array('rows', 'i32');
    this.#byRow = state.array('byRow', 'i32');
  }

  begin(keys: readonly Column[], rows: Int32Array, count: number): void {
    if (this.ids.length < count) this.ids = new Int32Array(count * 2);
    const fresh = this.table.upsert(keys, rows, count, this.ids);
    this.rows.ensure(this.table.slotCount);
    for (let k = 0; k < fresh; k++) this.rows.set(this.table.freshSlots[k]!, 0);
    this.#count = count;
  }

  assign(slot: number, id: number): void {
    if (slot >= this.#byRow.capacity) this.#byRow.ensure(slot + 1);
    this.#byRow.set(slot, id);
  }

  of(slot: number): number {
    return this.#byRow.get(slot);
  }

  leave(id: number): void {
    this.#left.push(id);
  }

  end(): void {
    for (let k = 0; k < this.#count; k++) this.#drop(this.ids[k]!);
    for (const id of this.#left) this.#drop(id);
    this.#left = [];
    this.#count = 0;
  }

  #drop(id: number): void {
    if (this.rows.get(id) !== 0) return;
    this.table.remove(id);
    this.rows.set(id, -1);
  }
}

/** Rows are known by some of their columns: there is one at a time. */
export class KeyedRows implements RowIdentity {
  readonly #key: readonly number[];
  readonly #ids: Ids;
  readonly #store: NamelessRows;

  constructor(state: StateRegistry, schema: Schema, key: readonly number[]) {
    this.#key = key;
    this.#ids = new Ids(
      state,
      key.map((column) => schema.fields[column]!.type),
    );
    this.#store = new NamelessRows(state, schema);
  }

  begin(batch: Batch, rows: Int32Array, count: number): void {
    this.#ids.begin(
      this.#key.map((column) => batch.columns[column]!),
      rows,
      count,
    );
    this.#store.begin(batch, rows);
  }

  replaced(k: number): number {
    return this.#ids.rows.get(this.#ids.ids[k]!) - 1;
  }

  retracted(k: number): number {
    return this.replaced(k);
  }

  store(k: number, slot: number): void {
    const id = this.#ids.ids[k]!;
    this.#ids.rows.set(id, slot + 1);
    this.#ids.assign(slot, id);
    this.#store.store(k, slot);
  }

  forget(slot: number): void {
    const id = this.#ids.of(slot);
    if (this.#ids.rows.get(id) !== slot + 1) return;
    this.#ids.rows.set(id, 0);
    this.#ids.leave(id);
  }

  /** Equal for the old and the new row of an update. */
  idOf(slot: number): number {
    return this.#ids.of(slot);
  }

  flush(): void {
    this.#store.flush();
  }

  read(slots: Int32Array, count: number): Column[] {
    return this.#store.read(slots, count);
  }

  end(forgotten: readonly number[]): void {
    this.#ids.end();
    this.#store.end(forgotten);
  }
}

/** Rows are known by all of their columns; of equal rows the one that came first goes first. */
export class EqualRows implements RowIdentity {
  readonly #schema: Schema;
  readonly #ids: Ids;
  /** By id: slot + 1 of its latest row. */
  readonly #last: PagedArray<'i32'>;
  /** By slot: slot + 1 of the next equal row. */
  readonly #next: PagedArray<'i32'>;

  constructor(state: StateRegistry, schema: Schema) {
    this.#schema = schema;
    this.#ids = new Ids(
      state,
      schema.fields.map((field) => field.type),
    );
    this.#last = state.array('last', 'i32');
    this.#next = state.array('next', 'i32');
  }

  begin(batch: Batch, rows: Int32Array, count: number): void {
    this.#ids.begin(batch.columns, rows, count);
    this.#last.ensure(this.#ids.table.slotCount);
  }

  replaced(): number {
    return -1;
  }

  retracted(k: number): number {
    return this.#ids.rows.get(this.#ids.ids[k]!) - 1;
  }

  store(k: number, slot: number): void {
    const id = this.#ids.ids[k]!;
    this.#ids.assign(slot, id);
    if (slot >= this.#next.capacity) this.#next.ensure(slot + 1);
    this.#next.set(slot, 0);
    if (this.#ids.rows.get(id) === 0) this.#ids.rows.set(id, slot + 1);
    else this.#next.set(this.#last.get(id) - 1, slot + 1);
    this.#last.set(id, slot + 1);
  }

  forget(slot: number): void {
    const id = this.#ids.of(slot);
    const next = this.#next.get(slot);
    let before = this.#ids.rows.get(id);
    if (before === slot + 1) {
      this.#ids.rows.set(id, next);
      if (next === 0) this.#ids.leave(id);
      return;
    }
    while (this.#next.get(before - 1) !== slot + 1) before = this.#next.get(before - 1);
    this.#next.set(before - 1, next);
    if (next === 0) this.#last.set(id, before);
  }

  flush(): void {
    // The table of keys holds the rows.
  }

  read(slots: Int32Array, count: number): Column[] {
    const ids = new Int32Array(count);
    for (let k = 0; k < count; k++) ids[k] = this.#ids.of(slots[k]!);
    return this.#schema.fields.map((_, part) => this.#ids.table.keyColumn(part, ids, count));
  }

  end(): void {
    this.#ids.end();
  }
}
