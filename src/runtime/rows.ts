import { allocateValues, bytesColumn, fixedColumn, type Column } from '../columnar/column.ts';
import type { Batch } from '../columnar/batch.ts';
import { InternalError } from '../errors/sluice-error.ts';

export { gatherColumn as gather } from '../columnar/gather.ts';

let ascending = new Int32Array(0);

/** 0, 1, 2 …: at least `count` entries, shared; not to be written. */
export function ascendingRows(count: number): Int32Array {
  if (ascending.length < count) ascending = Int32Array.from({ length: Math.max(4096, count * 2) }, (_, i) => i);
  return ascending;
}

/** The physical rows of a batch; the first `batch.size` entries count. */
export function rowsOf(batch: Batch): Int32Array {
  return batch.selection ?? ascendingRows(batch.rowCount);
}

/** The rows of one column followed by those of another of the same type. */
export function concat(first: Column, second: Column): Column {
  const count = first.length + second.length;
  let nulls: Uint8Array | null = null;
  if (first.nulls !== null || second.nulls !== null) {
    nulls = new Uint8Array(count);
    if (first.nulls !== null) nulls.set(first.nulls.subarray(0, first.length));
    if (second.nulls !== null) nulls.set(second.nulls.subarray(0, second.length), first.length);
  }
  if (first.layout === 'bytes' && second.layout === 'bytes') {
    const bytes = new Uint8Array(first.bytes.length + second.bytes.length);
    bytes.set(first.bytes);
    bytes.set(second.bytes, first.bytes.length);
    const offsets = new Int32Array(count);
    const lengths = new Int32Array(count);
    offsets.set(first.offsets.subarray(0, first.length));
    lengths.set(first.lengths.subarray(0, first.length));
    lengths.set(second.lengths.subarray(0, second.length), first.length);
    for (let i = 0; i < second.length; i++) offsets[first.length + i] = second.offsets[i]! + first.bytes.length;
    return bytesColumn(first.type, { bytes, offsets, lengths }, count, nulls);
  }
  if (first.layout === 'bytes' || second.layout !== first.layout) throw new InternalError('columns of two layouts');
  const width = first.layout === 'i128' ? 2 : 1;
  const values = allocateValues(first.layout, count);
  (values as Float64Array).set((first.values as Float64Array).subarray(0, first.length * width));
  (values as Float64Array).set(
    (second.values as Float64Array).subarray(0, second.length * width),
    first.length * width,
  );
  return fixedColumn(first.type, values, count, nulls);
}

/** Marks rows k of two columns of the same type and length where they differ. NULL equals NULL, NaN equals NaN. */
export function markDifferences(a: Column, b: Column, marks: Uint8Array): void {
  for (let k = 0; k < a.length; k++) {
    const aNull = a.nulls !== null && a.nulls[k] === 1;
    const bNull = b.nulls !== null && b.nulls[k] === 1;
    if (aNull || bNull) {
      if (aNull !== bNull) marks[k] = 1;
    } else if (!sameValue(a, b, k)) {
      marks[k] = 1;
    }
  }
}

function sameValue(a: Column, b: Column, k: number): boolean {
  if (a.layout === 'bytes') {
    if (b.layout !== 'bytes') return false;
    const length = a.lengths[k]!;
    if (length !== b.lengths[k]) return false;
    const aAt = a.offsets[k]!;
    const bAt = b.offsets[k]!;
    for (let i = 0; i < length; i++) if (a.bytes[aAt + i] !== b.bytes[bAt + i]) return false;
    return true;
  }
  if (b.layout === 'bytes') return false;
  if (a.layout === 'i128') {
    return a.values[2 * k] === b.values[2 * k] && a.values[2 * k + 1] === b.values[2 * k + 1];
  }
  const one = a.values[k]!;
  const other = b.values[k]!;
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}
