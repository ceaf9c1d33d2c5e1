import type { Column } from '../../columnar/column.ts';
import { canonicalColumn } from '../../columnar/nested/canonical.ts';
import { holdsMap } from '../../columnar/nested/equality.ts';
import type { StateReader, StateWriter } from '../../contracts/state.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { StoredKeyTable } from './key-table.ts';

/** Keys with maps in them: equal maps are one key, whatever the order of their entries. They come back in one order. */
export class MapKeyTable implements StoredKeyTable {
  readonly #table: StoredKeyTable;
  readonly #isMap: readonly boolean[];

  constructor(table: StoredKeyTable, types: readonly SqlType[]) {
    this.#table = table;
    this.#isMap = types.map(holdsMap);
  }

  get slotCount(): number {
    return this.#table.slotCount;
  }

  get size(): number {
    return this.#table.size;
  }

  get freshSlots(): Int32Array {
    return this.#table.freshSlots;
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  upsert(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): number {
    return this.#table.upsert(this.#canonical(keys, rows, count), rows, count, slots);
  }

  find(keys: readonly Column[], rows: Int32Array, count: number, slots: Int32Array): void {
    this.#table.find(this.#canonical(keys, rows, count), rows, count, slots);
  }

  keyColumn(part: number, slots: Int32Array, count: number): Column {
    return this.#table.keyColumn(part, slots, count);
  }

  remove(slot: number): void {
    this.#table.remove(slot);
  }

  liveSlots(): Int32Array {
    return this.#table.liveSlots();
  }

  clear(): void {
    this.#table.clear();
  }

  snapshot(into: StateWriter): void {
    this.#table.snapshot(into);
  }

  restore(from: StateReader): void {
    this.#table.restore(from);
  }

  #canonical(keys: readonly Column[], rows: Int32Array, count: number): readonly Column[] {
    return keys.map((column, i) => (this.#isMap[i] === true ? canonicalColumn(column, rows, count) : column));
  }
}
