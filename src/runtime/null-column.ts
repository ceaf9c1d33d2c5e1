import { allocateValues, bytesColumn, fixedColumn, type Column } from '../columnar/column.ts';
import { layoutOf } from '../types/layout.ts';
import type { SqlType } from '../types/sql-type.ts';

/** A column of NULLs: the other side of an outer join. */
export function nullColumn(type: SqlType, count: number): Column {
  const nulls = new Uint8Array(count).fill(1);
  const layout = layoutOf(type);
  if (layout !== 'bytes') return fixedColumn(type, allocateValues(layout, count), count, nulls);
  const nowhere = new Int32Array(count);
  return bytesColumn(type, { bytes: new Uint8Array(0), offsets: nowhere, lengths: nowhere }, count, nulls);
}
