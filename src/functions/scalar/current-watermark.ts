import { TIMESTAMP } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** The value is known to the operator that evaluates it alone: it puts its own kernel in place of this one. */
export const currentWatermark = scalar({
  name: 'CURRENT_WATERMARK',
  category: 'datetime',
  syntax: ['CURRENT_WATERMARK(rowtime)'],
  doc: 'The watermark that the row meets, of a column with WATERMARK; NULL before the first one. `ts <= CURRENT_WATERMARK(ts)` is TRUE for late rows. It stands in SELECT and WHERE, and the rows of the table are then cut wherever their watermark moves.',
  examples: [],
  overloads: [
    {
      params: ['any'],
      returns: TIMESTAMP,
      nulls: 'custom',
      mayReturnNull: true,
      deterministic: false,
      kernel: () => null,
    },
  ],
});
