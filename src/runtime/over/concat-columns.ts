import { allocateValues, bytesColumn, fixedColumn, type Column } from '../../columnar/column.ts';
import { InternalError } from '../../errors/sluice-error.ts';

/** The rows of several columns of one type, one column after the other. At least one. */
export function concatColumns(columns: readonly Column[]): Column {
  const [first] = columns;
  if (first === undefined) throw new InternalError('no columns to put together');
  if (columns.length === 1) return first;
  const count = columns.reduce((sum, one) => sum + one.length, 0);
  const nulls = columns.some((one) => one.nulls !== null) ? concatNulls(columns, count) : null;
  if (first.layout === 'bytes') return concatBytes(columns, first, count, nulls);
  const width = first.layout === 'i128' ? 2 : 1;
  const values = allocateValues(first.layout, count);
  let at = 0;
  for (const one of columns) {
    if (one.layout !== first.layout) throw new InternalError('columns of two layouts');
    const from = one.values as Float64Array;
    const length = one.length * width;
    if (length === 1) (values as Float64Array)[at] = from[0]!;
    else (values as Float64Array).set(from.subarray(0, length), at);
    at += length;
  }
  return fixedColumn(first.type, values, count, nulls);
}

function concatNulls(columns: readonly Column[], count: number): Uint8Array {
  const nulls = new Uint8Array(count);
  let at = 0;
  for (const one of columns) {
    if (one.nulls !== null) nulls.set(one.nulls.subarray(0, one.length), at);
    at += one.length;
  }
  return nulls;
}

/** Only the bytes that are looked at are copied. */
function concatBytes(columns: readonly Column[], first: Column, count: number, nulls: Uint8Array | null): Column {
  const offsets = new Int32Array(count);
  const lengths = new Int32Array(count);
  let size = 0;
  for (const one of columns) {
    if (one.layout !== 'bytes') throw new InternalError('columns of two layouts');
    for (let i = 0; i < one.length; i++) size += one.lengths[i]!;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  let used = 0;
  for (const one of columns) {
    if (one.layout !== 'bytes') continue;
    for (let i = 0; i < one.length; i++) {
      const from = one.offsets[i]!;
      const length = one.lengths[i]!;
      for (let b = 0; b < length; b++) bytes[used + b] = one.bytes[from + b]!;
      offsets[at] = used;
      lengths[at++] = length;
      used += length;
    }
  }
  return bytesColumn(first.type, { bytes, offsets, lengths }, count, nulls);
}
