import type { Schema } from '../types/schema.ts';
import { sliceColumn, type Column } from './column.ts';

/** Change kinds as they are stored in `Batch.kinds`. */
export const KIND_INSERT = 0;
export const KIND_UPDATE_BEFORE = 1;
export const KIND_UPDATE_AFTER = 2;
export const KIND_DELETE = 3;
export type ChangeKind = '+I' | '-U' | '+U' | '-D';
export const changeKindNames: readonly ChangeKind[] = ['+I', '-U', '+U', '-D'];

/**
 * An immutable set of rows, column by column. `rowCount` physical rows lie in the columns; where `selection` is set
 * only the rows it lists (ascending physical indexes) belong to the batch, otherwise all do. `kinds` is indexed by
 * physical row and absent where every row is an insert.
 */
export class Batch {
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  readonly selection: Int32Array | null;
  readonly kinds: Uint8Array | null;

  constructor(
    schema: Schema,
    columns: readonly Column[],
    rowCount: number,
    selection: Int32Array | null = null,
    kinds: Uint8Array | null = null,
  ) {
    this.schema = schema;
    this.columns = columns;
    this.rowCount = rowCount;
    this.selection = selection;
    this.kinds = kinds;
  }

  /** Rows that belong to the batch. */
  get size(): number {
    return this.selection === null ? this.rowCount : this.selection.length;
  }

  /** The same rows narrowed to `selection` (physical indexes, ascending, a subset of the present ones). */
  select(selection: Int32Array): Batch {
    return new Batch(this.schema, this.columns, this.rowCount, selection, this.kinds);
  }

  /** The same rows with other columns. */
  withColumns(schema: Schema, columns: readonly Column[]): Batch {
    return new Batch(schema, columns, this.rowCount, this.selection, this.kinds);
  }

  /** Physical rows `start … end` as views; the selection is cut and shifted with them. */
  slice(start: number, end: number): Batch {
    if (start === 0 && end === this.rowCount) return this;
    let selection: Int32Array | null = null;
    if (this.selection !== null) {
      const from = lowerBound(this.selection, start);
      const to = lowerBound(this.selection, end);
      selection = new Int32Array(to - from);
      for (let k = from; k < to; k++) selection[k - from] = this.selection[k]! - start;
    }
    return new Batch(
      this.schema,
      this.columns.map((column) => sliceColumn(column, start, end)),
      end - start,
      selection,
      this.kinds === null ? null : this.kinds.subarray(start, end),
    );
  }
}

/** The first position in an ascending array whose value is not below `bound`. */
function lowerBound(ascending: Int32Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
