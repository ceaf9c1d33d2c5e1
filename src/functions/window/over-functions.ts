import type { OverFunction } from '../../contracts/function.ts';

function overFunction(name: string, syntax: string, doc: string): OverFunction {
  return { kind: 'over', name, category: 'window', syntax: [syntax], doc, examples: [] };
}

const over = 'OVER (PARTITION BY k ORDER BY ts)';

/** Functions that exist with OVER only; `LAG` and `LEAD` take the type of their first argument, the others are BIGINT. */
export const overFunctions: readonly OverFunction[] = [
  overFunction(
    'ROW_NUMBER',
    `ROW_NUMBER() ${over}`,
    'The number of the row in its partition, from 1. Ordered by any column and filtered outside (`WHERE rn <= 10`) it is TopN.',
  ),
  overFunction('RANK', `RANK() ${over}`, 'One more than the rows of the partition with an earlier time.'),
  overFunction(
    'DENSE_RANK',
    `DENSE_RANK() ${over}`,
    'One more than the different earlier times of the rows of the partition.',
  ),
  overFunction(
    'LAG',
    `LAG(x [, rows [, default]]) ${over}`,
    'The value of the row so many rows (1) before this one in its partition; the default (NULL) where there is none.',
  ),
  overFunction(
    'LEAD',
    `LEAD(x [, rows [, default]]) ${over}`,
    'The value of the row so many rows (1) behind this one, which waits for it; the default (NULL) at the end of the input.',
  ),
];
