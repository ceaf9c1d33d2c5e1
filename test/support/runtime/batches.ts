import { Batch, changeKindNames, type ChangeKind } from '../../../src/columnar/batch.ts';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import { ColumnBuilder } from '../../../src/columnar/builder.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import type { Schema } from '../../../src/types/schema.ts';

export type Cell = string | number | bigint | boolean | null;
export type Row = readonly Cell[];

/** Rows of plain JS values as a batch; strings for VARCHAR, bigints for BIGINT, numbers for the rest. */
export function batchOf(schema: Schema, rows: readonly Row[], kinds?: readonly ChangeKind[]): Batch {
  const columns = schema.fields.map((field, c) => {
    const builder = new ColumnBuilder(field.type);
    for (const row of rows) {
      const cell = row[c]!;
      if (typeof cell === 'string') builder.appendString(cell);
      else builder.append(cell);
    }
    return builder.finish();
  });
  const bytes = kinds === undefined ? null : Uint8Array.from(kinds, (kind) => changeKindNames.indexOf(kind));
  return new Batch(schema, columns, rows.length, null, bytes);
}

/** The rows of a batch as JS values. */
export function rowsOfBatch(batch: Batch): Cell[][] {
  const rows: Cell[][] = [];
  for (let k = 0; k < batch.size; k++) {
    const row = batch.selection === null ? k : batch.selection[k]!;
    rows.push(
      batch.columns.map((column) => {
        const value = valueAt(column, row);
        return value instanceof ByteSlice ? value.toString() : value;
      }),
    );
  }
  return rows;
}

/** The rows with their change kinds in front: `+I a 1`. */
export function changesOf(batch: Batch): string[] {
  return rowsOfBatch(batch).map((cells, k) => {
    const row = batch.selection === null ? k : batch.selection[k]!;
    const kind = batch.kinds === null ? '+I' : changeKindNames[batch.kinds[row]!]!;
    return [kind, ...cells.map(String)].join(' ');
  });
}

/** Splits rows into batches of these sizes, again and again. */
export function chunk<T>(rows: readonly T[], ...sizes: readonly number[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0, i = 0; at < rows.length; i++) {
    const size = sizes[i % sizes.length]!;
    parts.push(rows.slice(at, at + size));
    at += size;
  }
  return parts;
}

/** What is left after applying changes in order, as sorted lines without kinds. */
export function applied(changes: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const change of changes) {
    const row = change.slice(3);
    const step = change.startsWith('+') ? 1 : -1;
    const count = (left.get(row) ?? 0) + step;
    if (count === 0) left.delete(row);
    else left.set(row, count);
  }
  return [...left].flatMap(([row, count]) => Array.from({ length: count }, () => row)).sort();
}
