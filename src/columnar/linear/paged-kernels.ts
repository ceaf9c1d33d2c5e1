import type { PagedArray } from '../paged-array.ts';
import { KERNEL_ROWS } from './state-kernels.ts';

/** Adds `by` to the items of these slots. @returns false where the pages are not in a linear memory: nothing is done */
export function addConstant(array: PagedArray<'f64'>, slots: Int32Array, count: number, by: number): boolean {
  const { linear } = array;
  const memory = linear?.memory;
  if (linear === undefined || memory === undefined) return false;
  memory.doubles[0] = by;
  for (let from = 0; from < count; from += KERNEL_ROWS) {
    const size = Math.min(KERNEL_ROWS, count - from);
    memory.slots.set(slots.subarray(from, from + size));
    memory.kernels.addConstant(size, linear.table);
  }
  return true;
}

/** Makes the items of these slots 1. @returns false where the pages are not in a linear memory */
export function markSlots(array: PagedArray<'u8'>, slots: Int32Array, count: number): boolean {
  const { linear } = array;
  const memory = linear?.memory;
  if (linear === undefined || memory === undefined) return false;
  for (let from = 0; from < count; from += KERNEL_ROWS) {
    const size = Math.min(KERNEL_ROWS, count - from);
    memory.slots.set(slots.subarray(from, from + size));
    memory.kernels.mark(size, linear.table);
  }
  return true;
}

/**
 * Adds (`sign` 1) or subtracts (−1) the 64-bit integers of these rows, given as pairs of words, to the items of the
 * slots. @returns false where the pages are not in a linear memory
 */
export function addLongs(
  array: PagedArray<'i64'>,
  slots: Int32Array,
  rows: Int32Array,
  count: number,
  values: Int32Array,
  sign: 1 | -1,
): boolean {
  const { linear } = array;
  const memory = linear?.memory;
  if (linear === undefined || memory === undefined) return false;
  for (let from = 0; from < count; from += KERNEL_ROWS) {
    const size = Math.min(KERNEL_ROWS, count - from);
    memory.slots.set(slots.subarray(from, from + size));
    pickPairs(values, rows, from, size, memory.words);
    if (sign === 1) memory.kernels.addLongs(size, linear.table);
    else memory.kernels.subtractLongs(size, linear.table);
  }
  return true;
}

/** Copies 8 bytes of each slot to `into`, as pairs of words. @returns false where the pages are not in a linear memory */
export function gatherWords(array: PagedArray, slots: Int32Array, count: number, into: Int32Array): boolean {
  const { linear } = array;
  const memory = linear?.memory;
  if (linear === undefined || memory === undefined) return false;
  for (let from = 0; from < count; from += KERNEL_ROWS) {
    const size = Math.min(KERNEL_ROWS, count - from);
    memory.slots.set(slots.subarray(from, from + size));
    memory.kernels.gather8(size, linear.table);
    into.set(memory.words.subarray(0, size << 1), from << 1);
  }
  return true;
}

/** Copies the 8 bytes of these rows, pairs of words, to the slots. @returns false where the pages are not in a linear memory */
export function scatterWords(
  array: PagedArray,
  slots: Int32Array,
  rows: Int32Array,
  count: number,
  values: Int32Array,
): boolean {
  const { linear } = array;
  const memory = linear?.memory;
  if (linear === undefined || memory === undefined) return false;
  for (let from = 0; from < count; from += KERNEL_ROWS) {
    const size = Math.min(KERNEL_ROWS, count - from);
    memory.slots.set(slots.subarray(from, from + size));
    pickPairs(values, rows, from, size, memory.words);
    memory.kernels.scatter8(size, linear.table);
  }
  return true;
}

/** The pairs of words of the rows `rows[from … from + size)`. */
export function pickPairs(values: Int32Array, rows: Int32Array, from: number, size: number, into: Int32Array): void {
  for (let k = 0; k < size; k++) {
    const row = rows[from + k]! << 1;
    into[k << 1] = values[row]!;
    into[(k << 1) + 1] = values[row + 1]!;
  }
}
