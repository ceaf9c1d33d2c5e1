import { fixedColumn, type Column } from '../../columnar/column.ts';
import type { PagedArray } from '../../columnar/paged-array.ts';
import type { StateFactory } from '../../contracts/state.ts';
import { BIGINT } from '../../types/sql-type.ts';

type RankName = 'ROW_NUMBER' | 'RANK' | 'DENSE_RANK';

/** ROW_NUMBER, RANK and DENSE_RANK of rows that come in the order of time. */
export class RankCounters {
  /** By partition: rows so far, the rank of the last one, distinct times, the last time. */
  readonly #rows: PagedArray<'f64'>;
  readonly #ranks: PagedArray<'f64'>;
  readonly #dense: PagedArray<'f64'>;
  readonly #times: PagedArray<'f64'>;

  constructor(state: StateFactory) {
    const scope = state.scope('ranks');
    this.#rows = scope.array('rows', 'f64');
    this.#ranks = scope.array('ranks', 'f64');
    this.#dense = scope.array('dense', 'f64');
    this.#times = scope.array('times', 'f64');
  }

  ensure(partitionCount: number): void {
    for (const one of [this.#rows, this.#ranks, this.#dense, this.#times]) one.ensure(partitionCount);
  }

  /** @param times undefined: every row has a time of its own */
  count(
    partitions: Int32Array,
    count: number,
    times: Float64Array | undefined,
    names: readonly RankName[],
  ): readonly Column[] {
    const results = names.map(() => new BigInt64Array(count));
    for (let k = 0; k < count; k++) {
      const partition = partitions[k]!;
      const row = this.#rows.get(partition) + 1;
      this.#rows.set(partition, row);
      if (row === 1 || times === undefined || times[k] !== this.#times.get(partition)) {
        this.#ranks.set(partition, row);
        this.#dense.set(partition, this.#dense.get(partition) + 1);
        if (times !== undefined) this.#times.set(partition, times[k]!);
      }
      names.forEach((name, i) => {
        const from = name === 'ROW_NUMBER' ? this.#rows : name === 'RANK' ? this.#ranks : this.#dense;
        results[i]![k] = BigInt(from.get(partition));
      });
    }
    return results.map((values) => fixedColumn(BIGINT, values, count));
  }
}
