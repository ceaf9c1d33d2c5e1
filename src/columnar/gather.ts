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
  if (column.layout === 'i128') {
    const words = target as BigInt64Array;
    for (let k = 0; k < count; k++) {
      words[k * 2] = column.values[rows[k]! * 2]!;
      words[k * 2 + 1] = column.values[rows[k]! * 2 + 1]!;
    }
  } else {
    // One loop body for all element kinds: gathering happens at edges (results, sinks, sort), not per operator.
    const from = column.values as { readonly [index: number]: number | bigint };
    const to = target as { [index: number]: number | bigint };
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
