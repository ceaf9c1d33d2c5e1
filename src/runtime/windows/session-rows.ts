import type { Batch } from '../../columnar/batch.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { rowsOf } from '../rows.ts';
import type { SessionRows } from './session-windows.ts';

/**
 * The rows of a batch that have a time, as sessions take them.
 * @param nowMs processing time; undefined: by the time column
 */
export function sessionRows(
  batch: Batch,
  node: { readonly keys: readonly number[]; readonly timeColumn: number },
  nowMs: number | undefined,
): SessionRows & { readonly withoutTime: number } {
  const { kinds, size } = batch;
  const keys = node.keys.map((index) => batch.columns[index]!);
  const all = rowsOf(batch);
  if (nowMs !== undefined) return { keys, rows: all, count: size, times: nowMs, kinds, withoutTime: 0 };
  const time = batch.columns[node.timeColumn];
  if (time?.layout !== 'f64') throw new InternalError('the time of a window is not TIMESTAMP');
  const { values: times, nulls } = time;
  if (nulls === null) return { keys, rows: all, count: size, times, kinds, withoutTime: 0 };
  const rows = all.subarray(0, size).filter((row) => nulls[row] !== 1);
  return { keys, rows, count: rows.length, times, kinds, withoutTime: size - rows.length };
}
