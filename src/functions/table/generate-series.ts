import { valueAt } from '../../columnar/row-view.ts';
import type { TableExpander } from '../../contracts/function.ts';
import { field } from '../../types/schema.ts';
import { BIGINT, INT, isInteger, type SqlType } from '../../types/sql-type.ts';
import { tableFunction } from './table-definition.ts';

export const generateSeries = tableFunction({
  name: 'GENERATE_SERIES',
  syntax: ['GENERATE_SERIES(from, to)'],
  doc: 'The whole numbers from the first to the one before the second: the end is excluded. No rows for NULL or where the end is not above the start.',
  resolve({ types }) {
    if (types.length !== 2 || !types.every((type) => isInteger(type) || type.kind === 'null')) return undefined;
    const type = types.some((one) => one.kind === 'bigint') ? BIGINT : INT;
    return { args: [type, type], columns: [field('f0', type, false)], create: () => series(type) };
  },
});

function series(type: SqlType): TableExpander {
  return type.kind === 'bigint' ? bigSeries : smallSeries;
}

const smallSeries: TableExpander = {
  expand(args, row, from, out) {
    const start = valueAt(args[0]!, row) as number | null;
    const end = valueAt(args[1]!, row) as number | null;
    if (start === null || end === null) return 0;
    const column = out.columns[0]!;
    const count = end - start;
    let i = from;
    for (; i < count && !out.isFull; i++) {
      column.append(start + i);
      out.endRow();
    }
    return i < count ? i : 0;
  },
};

const bigSeries: TableExpander = {
  expand(args, row, from, out) {
    const start = valueAt(args[0]!, row) as bigint | null;
    const end = valueAt(args[1]!, row) as bigint | null;
    if (start === null || end === null) return 0;
    const column = out.columns[0]!;
    // Exact where it matters: a range so long that its length is not is never walked to its end.
    const count = Number(end - start);
    let i = from;
    for (; i < count && !out.isFull; i++) {
      column.append(start + BigInt(i));
      out.endRow();
    }
    return i < count ? i : 0;
  },
};
