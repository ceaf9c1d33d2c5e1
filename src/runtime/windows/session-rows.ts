import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../columnar/batch.ts';
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
  const { kinds } = batch;
  const keys = node.keys.map((index) => batch.columns[index]!);
  const all = rowsOf(batch);
  const takesBackRow = (row: number): boolean => {
    const kind = kinds === null ? 0 : kinds[row]!;
    return kind === KIND_UPDATE_BEFORE || kind === KIND_DELETE;
  };
  if (nowMs !== undefined) {
    const given = { keys, rows: all, count: batch.size, withoutTime: 0, timeAt: () => nowMs };
    return { ...given, takesBack: (k) => takesBackRow(all[k]!) };
  }
  const time = batch.columns[node.timeColumn];
  if (time?.layout !== 'f64') throw new InternalError('the time of a window is not TIMESTAMP');
  const { values, nulls } = time;
  const rows = nulls === null ? all : all.subarray(0, batch.size).filter((row) => nulls[row] !== 1);
  const count = nulls === null ? batch.size : rows.length;
  return {
    keys,
    rows,
    count,
    withoutTime: batch.size - count,
    timeAt: (k) => values[rows[k]!]!,
    takesBack: (k) => takesBackRow(rows[k]!),
  };
}
