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

/** Rows that win, with their ranks from 1: partitions in the order of their first rows, within them by the sort keys. */
export interface Ranked {
  readonly places: Int32Array;
  readonly ranks: Int32Array;
}

type Compare = (a: number, b: number) => number;

/** Up to here the winners of each partition are kept in a list while the rows pass; beyond, everything is sorted. */
const MOST_LISTED = 64;
const MOST_LIST_ITEMS = 1 << 22;

/** The first `most` rows of each partition. */
export function ranked(columns: readonly Column[], count: number, ranking: Ranking, most: number): Ranked {
  const { partition, order, ties } = ranking;
  if (most < 1) return { places: new Int32Array(0), ranks: new Int32Array(0) };
  const groups = new Int32Array(count);
  let groupCount = 1;
  if (partition.length > 0) {
    const keys = partition.map((index) => columns[index]!);
    const table = createKeyTable(keys.map((one) => one.type));
    table.upsert(keys, ascendingRows(count), count, groups);
    groupCount = table.slotCount;
  }
  const byKeys = order.map((key) => comparator(columns[key.column]!, key));
  const sign = ties === 'first' ? 1 : -1;
  const compare: Compare = (a, b) => {
    for (let i = 0; i < byKeys.length; i++) {
      const result = byKeys[i]!(a, b);
      if (result !== 0) return result;
    }
    return sign * (a - b);
  };
  const lists = most <= MOST_LISTED && groupCount * most <= MOST_LIST_ITEMS;
  return lists ? listed(groups, groupCount, compare, most) : sorted(groups, compare, most);
}

/** A row that cannot win costs one comparison. */
function listed(groups: Int32Array, groupCount: number, compare: Compare, most: number): Ranked {
  const winners = new Int32Array(groupCount * most);
  const lengths = new Int32Array(groupCount);
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row]!;
    const first = group * most;
    let at = lengths[group]!;
    if (at < most) lengths[group] = at + 1;
    else if (compare(row, winners[first + --at]!) > 0) continue;
    for (; at > 0 && compare(row, winners[first + at - 1]!) < 0; at--) winners[first + at] = winners[first + at - 1]!;
    winners[first + at] = row;
  }
  const total = lengths.reduce((sum, one) => sum + one, 0);
  const places = new Int32Array(total);
  const ranks = new Int32Array(total);
  let kept = 0;
  for (let group = 0; group < groupCount; group++) {
    for (let k = 0; k < lengths[group]!; k++) {
      places[kept] = winners[group * most + k]!;
      ranks[kept++] = k + 1;
    }
  }
  return { places, ranks };
}

function sorted(groups: Int32Array, compare: Compare, most: number): Ranked {
  const count = groups.length;
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => groups[a]! - groups[b]! || compare(a, b),
  );
  const places = new Int32Array(count);
  const ranks = new Int32Array(count);
  let kept = 0;
  let rank = 0;
  for (let k = 0; k < count; k++) {
    rank = k > 0 && groups[order[k]!] === groups[order[k - 1]!] ? rank + 1 : 1;
    if (rank > most) continue;
    places[kept] = order[k]!;
    ranks[kept++] = rank;
  }
  return { places: places.subarray(0, kept), ranks: ranks.subarray(0, kept) };
}
