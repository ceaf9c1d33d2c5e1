import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { Counter } from '../../contracts/operator.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import type { AttachedWindow } from '../../planner/physical/plan.ts';
import { rowsOf } from '../rows.ts';

/** Counts rows that no window takes; absent before the operator is opened. */
export interface DroppedRows {
  readonly late?: Counter;
  readonly withoutTime?: Counter;
}

/** The rows of one batch that are of one window. */
export interface Bucket {
  startMs: number;
  endMs: number;
  rows: Int32Array;
  count: number;
}

/** Sorts the rows of batches by the window that they carry. Reused from batch to batch. */
export class AttachedBuckets {
  readonly #window: AttachedWindow;
  readonly #buckets: Bucket[] = [];
  readonly #byEnd = new Map<number, Bucket[]>();

  constructor(window: AttachedWindow) {
    this.#window = window;
  }

  /**
   * The buckets of a batch, valid until the next one. Rows whose window is over at `watermarkMs` and rows without a
   * window are counted and left out.
   */
  of(batch: Batch, watermarkMs: number, dropped: DroppedRows): Bucket[] {
    const starts = times(batch.columns[this.#window.startColumn]!);
    const ends = times(batch.columns[this.#window.endColumn]!);
    const rows = rowsOf(batch);
    this.#byEnd.clear();
    let used = 0;
    let bucket: Bucket | undefined;
    for (let k = 0, size = batch.size; k < size; k++) {
      const row = rows[k]!;
      if (starts.nulls?.[row] === 1 || ends.nulls?.[row] === 1) {
        dropped.withoutTime?.add(1);
        continue;
      }
      const startMs = starts.values[row]!;
      const endMs = ends.values[row]!;
      if (endMs - 1 <= watermarkMs) {
        dropped.late?.add(1);
        continue;
      }
      if (bucket === undefined || bucket.endMs !== endMs || bucket.startMs !== startMs) {
        bucket = this.#find(startMs, endMs) ?? this.#open(used++, startMs, endMs);
      }
      if (bucket.count === bucket.rows.length) {
        const larger = new Int32Array(bucket.count * 2);
        larger.set(bucket.rows);
        bucket.rows = larger;
      }
      bucket.rows[bucket.count++] = row;
    }
    return this.#buckets.slice(0, used);
  }

  #find(startMs: number, endMs: number): Bucket | undefined {
    return this.#byEnd.get(endMs)?.find((one) => one.startMs === startMs);
  }

  #open(index: number, startMs: number, endMs: number): Bucket {
    const bucket = (this.#buckets[index] ??= { startMs, endMs, rows: new Int32Array(64), count: 0 });
    bucket.startMs = startMs;
    bucket.endMs = endMs;
    bucket.count = 0;
    const same = this.#byEnd.get(endMs);
    if (same === undefined) this.#byEnd.set(endMs, [bucket]);
    else same.push(bucket);
    return bucket;
  }
}

function times(column: Column): { readonly values: Float64Array; readonly nulls: Uint8Array | null } {
  if (column.layout !== 'f64') throw new InternalError('the bound of a window is not TIMESTAMP');
  return column;
}
