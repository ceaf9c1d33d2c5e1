import type { TableFunction, TableRows } from '../../contracts/function.ts';
import type { Column } from '../../columnar/column.ts';
import type { ByteSlice } from '../../columnar/byte-slice.ts';

type Declaration = Omit<TableFunction, 'kind' | 'category' | 'examples'>;

/** The record of a table function. Its examples need a FROM, so they live in the conformance cases. */
export function tableFunction(declaration: Declaration): TableFunction {
  return { ...declaration, kind: 'table', category: 'table', examples: [] };
}

/** Points a register at a text or binary argument; false for NULL. */
export function readBytes(column: Column, row: number, into: ByteSlice): boolean {
  if (column.layout !== 'bytes' || (column.nulls !== null && column.nulls[row] === 1)) return false;
  into.view(column.bytes, column.offsets[row]!, column.lengths[row]!);
  return true;
}

/** A row of NULLs. */
export function addNulls(out: TableRows): void {
  for (const column of out.columns) column.appendNull();
  out.endRow();
}
