import type { Column } from '../../columnar/column.ts';
import type { SortKey } from '../../planner/physical/plan.ts';
import { comparator } from '../compare-columns.ts';
import { ascendingRows } from '../rows.ts';
import { createKeyTable } from '../state/key-table.ts';

export interface Ranking {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  /** Which of rows with equal sort keys comes first: by arrival. */
  readonly ties: 'first' | 'last';
}

/**
 * Rows in the order of their partitions (by first arrival) and within them by the sort keys.
 * @returns places of rows with their ranks from 1, up to `most` of each partition
 */
export function ranked(
  columns: readonly Column[],
  count: number,
  { partition, order, ties }: Ranking,
  most: number,
): { readonly places: Int32Array; readonly ranks: Int32Array } {
  const groups = new Int32Array(count);
  if (partition.length > 0) {
    const types = partition.map((index) => columns[index]!.type);
    const keys = partition.map((index) => columns[index]!);
    createKeyTable(types).upsert(keys, ascendingRows(count), count, groups);
  }
  const compare = order.map((key) => comparator(columns[key.column]!, key));
  const sign = ties === 'first' ? 1 : -1;
  const sorted = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    const apart = groups[a]! - groups[b]!;
    if (apart !== 0) return apart;
    for (const one of compare) {
      const result = one(a, b);
      if (result !== 0) return result;
    }
    return sign * (a - b);
  });
  const places = new Int32Array(count);
  const ranks = new Int32Array(count);
  let kept = 0;
  let rank = 0;
  for (let k = 0; k < count; k++) {
    rank = k > 0 && groups[sorted[k]!] === groups[sorted[k - 1]!] ? rank + 1 : 1;
    if (rank > most) continue;
    places[kept] = sorted[k]!;
    ranks[kept++] = rank;
  }
  return { places: places.subarray(0, kept), ranks: ranks.subarray(0, kept) };
}
