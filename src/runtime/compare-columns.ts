import { compareBytes } from '../columnar/byte-slice.ts';
import type { Column } from '../columnar/column.ts';
import { readI128 } from '../columnar/i128.ts';
import type { SortKey } from '../planner/physical/plan.ts';

/** Compares rows of one column as ORDER BY does: negative, 0 or positive. */
export function comparator(column: Column, key: SortKey): (a: number, b: number) => number {
  const values = valueComparator(column);
  const { nulls } = column;
  const sign = key.descending ? -1 : 1;
  if (nulls === null) return (a, b) => sign * values(a, b);
  const nullFirst = key.nullsFirst ? -1 : 1;
  return (a, b) => {
    if (nulls[a] === 1) return nulls[b] === 1 ? 0 : nullFirst;
    if (nulls[b] === 1) return -nullFirst;
    return sign * values(a, b);
  };
}

/** NaN is above every number (and equal to itself), −0 below 0, as Double.compare of Java has it. */
function valueComparator(column: Column): (a: number, b: number) => number {
  if (column.layout === 'bytes') {
    const { bytes, offsets, lengths } = column;
    return (a, b) => compareBytes(bytes, offsets[a]!, lengths[a]!, bytes, offsets[b]!, lengths[b]!);
  }
  if (column.layout === 'i128') {
    const { values } = column;
    return (a, b) => {
      const one = readI128(values, a);
      const other = readI128(values, b);
      return one < other ? -1 : one > other ? 1 : 0;
    };
  }
  if (column.layout === 'f32' || column.layout === 'f64') {
    const { values } = column;
    return (a, b) => {
      const one = values[a]!;
      const other = values[b]!;
      if (one < other) return -1;
      if (one > other) return 1;
      if (one === other) return one === 0 ? Math.sign(1 / one) - Math.sign(1 / other) : 0;
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    };
  }
  const { values } = column;
  return (a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0);
}
