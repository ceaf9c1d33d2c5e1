import { bytesEqual, compareBytes, type ByteSlice } from '../../columnar/byte-slice.ts';
import { layoutOf } from '../../types/layout.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** Negative, 0 or positive. */
type Comparator = (a: never, b: never) => number;

/**
 * The order of two values of one type, total: NaN is equal to itself and above all numbers (as MIN, MAX, GREATEST and
 * sorting need it; the operator `<` follows IEEE instead).
 */
export function comparatorOf(type: SqlType): Comparator {
  switch (layoutOf(type)) {
    case 'bytes':
      return compareSlices;
    case 'i64':
    case 'i128':
      return (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
    case 'bool':
      return (a: boolean, b: boolean) => Number(a) - Number(b);
    case 'f32':
    case 'f64':
      return compareDoubles;
    default:
      return (a: number, b: number) => a - b;
  }
}

export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
}

export function compareSlices(a: ByteSlice, b: ByteSlice): number {
  return compareBytes(a.bytes, a.offset, a.length, b.bytes, b.offset, b.length);
}

export function slicesEqual(a: ByteSlice, b: ByteSlice): boolean {
  return bytesEqual(a.bytes, a.offset, a.length, b.bytes, b.offset, b.length);
}
