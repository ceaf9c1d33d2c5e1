import { Batch, KIND_DELETE, KIND_UPDATE_BEFORE } from '../../columnar/batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { compact } from '../../columnar/gather.ts';
import type { KeyTable } from '../../contracts/state.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { layoutOf } from '../../types/layout.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { ascendingRows, gather, rowsOf } from '../rows.ts';
import { createKeyTable } from '../state/key-table.ts';

interface RowIndexKey {
  readonly key: readonly number[];
  readonly unique: boolean;
}

/** All rows of a dimension table in memory, found by key. Built once and never changed. */
export class RowIndex {
  readonly #columns: readonly Column[];
  readonly #keys: KeyTable;
  /** By key slot and by row: 1 + the next row of the same key, 0 ends. In the order of the table. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly rowCount: number;

  /**
   * @param key places of the key in the columns
   * @param unique a key has one row: of several the last counts
   */
  constructor(batches: readonly Batch[], schema: Schema, { key, unique }: RowIndexKey) {
    const changes = batches.some((one) => one.kinds !== null);
    const table = merged(changes && !unique ? [current(batches, schema)] : batches, schema);
    this.#columns = table.columns;
    this.rowCount = table.rowCount;
    this.#keys = createKeyTable(key.map((column) => schema.fields[column]!.type));
    const slots = new Int32Array(this.rowCount);
    const keyed = key.map((column) => this.#columns[column]!);
    this.#keys.upsert(keyed, ascendingRows(this.rowCount), this.rowCount, slots);
    this.#first = new Int32Array(this.#keys.slotCount);
    this.#next = new Int32Array(unique ? 0 : this.rowCount);
    const isNull = (row: number): boolean => keyed.some((column) => column.nulls !== null && column.nulls[row] === 1);
    if (unique) {
      for (let row = 0; row < this.rowCount; row++) {
        if (!isNull(row)) this.#first[slots[row]!] = table.kinds !== null && takesBack(table.kinds[row]!) ? 0 : row + 1;
      }
      return;
    }
    // From the end, so that chains have the order of the table.
    for (let row = this.rowCount - 1; row >= 0; row--) {
      if (isNull(row)) continue;
      this.#next[row] = this.#first[slots[row]!]!;
      this.#first[slots[row]!] = row + 1;
    }
  }

  /** The first row of each key, −1 where there is none. Keys of NULL find nothing. */
  find(keys: readonly Column[], rows: Int32Array, count: number, first: Int32Array): void {
    this.#keys.find(keys, rows, count, first);
    for (let k = 0; k < count; k++) {
      if (first[k]! < 0) continue;
      const row = rows[k]!;
      const isNull = keys.some((column) => column.nulls !== null && column.nulls[row] === 1);
      first[k] = isNull ? -1 : this.#first[first[k]!]! - 1;
    }
  }

  /** The next row of the same key, −1 behind the last. */
  next(row: number): number {
    return this.#next.length === 0 ? -1 : this.#next[row]! - 1;
  }

  column(column: number, refs: Int32Array, count: number): Column {
    return gather(this.#columns[column]!, refs, count);
  }

  get bytes(): number {
    const columns = this.#columns.reduce(
      (sum, one) => sum + (one.layout === 'bytes' ? one.bytes.byteLength + one.length * 8 : one.values.byteLength),
      0,
    );
    return columns + this.#keys.bytes + this.#first.byteLength + this.#next.byteLength;
  }
}

/** All rows as one batch that holds no memory but theirs: what was read may be views of whole chunks of a file. */
function merged(batches: readonly Batch[], schema: Schema): Batch {
  const parts = batches.map(compact).filter((one) => one.rowCount > 0);
  const rowCount = parts.reduce((sum, one) => sum + one.rowCount, 0);
  const columns = schema.fields.map((field, i) => joined(parts, i, field.type, rowCount));
  const kinds = parts.some((one) => one.kinds !== null) ? new Uint8Array(rowCount) : null;
  let at = 0;
  for (const one of parts) {
    if (one.kinds !== null) kinds?.set(one.kinds.subarray(0, one.rowCount), at);
    at += one.rowCount;
  }
  return new Batch(schema, columns, rowCount, null, kinds);
}

function joined(parts: readonly Batch[], column: number, type: SqlType, rowCount: number): Column {
  const all = parts.map((one) => ({ column: one.columns[column]!, count: one.rowCount }));
  const nulls = all.some((one) => one.column.nulls !== null) ? new Uint8Array(rowCount) : null;
  let at = 0;
  for (const { column: part, count } of all) {
    if (part.nulls !== null) nulls?.set(part.nulls.subarray(0, count), at);
    at += count;
  }
  const layout = layoutOf(type);
  if (layout === 'bytes') return bytesColumn(type, joinedBytes(all, rowCount), rowCount, nulls);
  const values = allocateValues(layout, rowCount);
  const width = layout === 'i128' ? 2 : 1;
  at = 0;
  for (const { column: part, count } of all) {
    if (part.layout !== layout) throw new InternalError('columns of two layouts');
    // One element kind: the layouts are the same.
    (values as Float64Array).set(part.values.subarray(0, count * width) as Float64Array, at * width);
    at += count;
  }
  return fixedColumn(type, values, rowCount, nulls);
}

interface Part {
  readonly column: Column;
  readonly count: number;
}

function joinedBytes(parts: readonly Part[], rowCount: number): Parameters<typeof bytesColumn>[1] {
  const offsets = new Int32Array(rowCount);
  const lengths = new Int32Array(rowCount);
  const views = parts.map(({ column, count }) => {
    if (column.layout !== 'bytes') throw new InternalError('columns of two layouts');
    return { column, count };
  });
  let size = 0;
  for (const { column, count } of views) for (let i = 0; i < count; i++) size += column.lengths[i]!;
  const bytes = new Uint8Array(size);
  let row = 0;
  let used = 0;
  for (const { column, count } of views) {
    for (let i = 0; i < count; i++, row++) {
      const length = column.lengths[i]!;
      bytes.set(column.bytes.subarray(column.offsets[i], column.offsets[i]! + length), used);
      offsets[row] = used;
      lengths[row] = length;
      used += length;
    }
  }
  return { bytes, offsets, lengths };
}

function takesBack(kind: number): boolean {
  return kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE;
}

/** The rows that are left of a table given as changes: a row taken back removes its latest equal. */
function current(batches: readonly Batch[], schema: Schema): Batch {
  const table = createKeyTable(schema.fields.map((one) => one.type));
  const copies: number[] = [];
  for (const batch of batches) {
    const rows = rowsOf(batch);
    const slots = new Int32Array(batch.size);
    table.upsert(batch.columns, rows, batch.size, slots);
    for (let k = 0; k < batch.size; k++) {
      const step = batch.kinds !== null && takesBack(batch.kinds[rows[k]!]!) ? -1 : 1;
      copies[slots[k]!] = Math.max(0, (copies[slots[k]!] ?? 0) + step);
    }
  }
  const left: number[] = [];
  for (let slot = 0; slot < table.slotCount; slot++) for (let i = 0; i < (copies[slot] ?? 0); i++) left.push(slot);
  const slots = Int32Array.from(left);
  return new Batch(
    schema,
    schema.fields.map((_, i) => table.keyColumn(i, slots, slots.length)),
    slots.length,
  );
}
