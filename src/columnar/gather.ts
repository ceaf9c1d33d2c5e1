import { Batch } from './batch.ts';
import { allocateValues, bytesColumn, fixedColumn, type Column } from './column.ts';

/**
 * The chosen rows of a column as a new column. Bytes stay shared: only offsets and lengths are copied.
 * @param rows physical rows; a prefix of `count` entries is used
 */
export function gatherColumn(column: Column, rows: Int32Array, count: number): Column {
  let nulls: Uint8Array | null = null;
  if (column.nulls !== null) {
    nulls = new Uint8Array(count);
    for (let k = 0; k < count; k++) nulls[k] = column.nulls[rows[k]!]!;
  }
  if (column.layout === 'bytes') {
    const offsets = new Int32Array(count);
    const lengths = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      offsets[k] = column.offsets[row]!;
      lengths[k] = column.lengths[row]!;
    }
    return bytesColumn(column.type, { bytes: column.bytes, offsets, lengths }, count, nulls);
  }
  const target = allocateValues(column.layout, count);
  if (column.layout === 'i64' || column.layout === 'f64' || column.layout === 'i128') {
    // As 32-bit words, which make no bigint on the heap.
    const width = column.layout === 'i128' ? 4 : 2;
    const from = new Int32Array(column.values.buffer, column.values.byteOffset, column.values.byteLength >> 2);
    const to = new Int32Array(target.buffer);
    for (let k = 0; k < count; k++) {
      const row = rows[k]! * width;
      for (let w = 0; w < width; w++) to[k * width + w] = from[row + w]!;
    }
  } else {
    // One loop body for all element kinds: gathering happens at edges (results, sinks, sort), not per operator.
    const from = column.values as { readonly [index: number]: number };
    const to = target as { [index: number]: number };
    for (let k = 0; k < count; k++) to[k] = from[rows[k]!]!;
  }
  return fixedColumn(column.type, target, count, nulls);
}

/** The same rows without a selection: physical rows are exactly the rows of the batch. */
export function compact(batch: Batch): Batch {
  const selection = batch.selection;
  if (selection === null) return batch;
  const count = selection.length;
  let kinds: Uint8Array | null = null;
  if (batch.kinds !== null) {
    kinds = new Uint8Array(count);
    for (let k = 0; k < count; k++) kinds[k] = batch.kinds[selection[k]!]!;
  }
  return new Batch(
    batch.schema,
    batch.columns.map((column) => gatherColumn(column, selection, count)),
    count,
    null,
    kinds,
  );
}
