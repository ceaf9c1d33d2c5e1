import type { Batch } from '../../columnar/batch.ts';
import type { Column } from '../../columnar/column.ts';
import type { Lookup } from '../../contracts/lookup.ts';
import type { Counter, OperatorContext } from '../../contracts/operator.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import type { LookupJoinExec } from '../../planner/physical/time-joins.ts';
import type { Schema } from '../../types/schema.ts';
import type { Dimension, Found } from './dimension.ts';
import { fetchedSchema } from './dimension.ts';
import { RowIndex } from './row-index.ts';

/**
 * cache = 'ALL': the whole table in memory, loaded before the first row and again every `ttlMs`, not in quiet periods.
 * While it is loaded again, and when that fails, rows meet the table as it was.
 */
export class LoadedDimension implements Dimension {
  readonly #node: LookupJoinExec;
  readonly #lookup: Lookup;
  readonly #context: OperatorContext;
  readonly #schema: Schema;
  readonly #loads: Counter;
  #index: RowIndex | undefined;
  #loading: Promise<void> | undefined;
  #dueMs = Infinity;
  #first = new Int32Array(0);

  constructor(node: LookupJoinExec, lookup: Lookup, context: OperatorContext) {
    this.#node = node;
    this.#lookup = lookup;
    this.#context = context;
    this.#schema = fetchedSchema(node);
    this.#loads = context.metrics.counter('loads');
    context.metrics.gauge('tableRows', () => this.#index?.rowCount ?? 0);
    context.metrics.gauge('tableBytes', () => this.#index?.bytes ?? 0);
  }

  async open(): Promise<void> {
    await this.#lookup.open();
    this.#index = await this.#load();
    this.#schedule();
  }

  find(keys: readonly Column[], rows: Int32Array, count: number): Found {
    const index = this.#index;
    if (index === undefined) throw new ConnectorError('CONNECTOR_FAILED', 'a table is looked up before it is loaded');
    if (this.#first.length < count) this.#first = new Int32Array(count * 2);
    const first = this.#first;
    index.find(keys, rows, count, first);
    return {
      first: (k) => first[k]!,
      next: (row) => index.next(row),
      column: (column, refs, size) => index.column(column, refs, size),
      done: () => {},
    };
  }

  onTimer(nowMs: number): void {
    if (nowMs < this.#dueMs || this.#loading !== undefined) return;
    const quiet = this.#node.cache.quiet.find(([from, to]) => nowMs >= from && nowMs < to);
    if (quiet !== undefined) {
      this.#wake(quiet[1]);
      return;
    }
    this.#loading = this.#load().then(
      (index) => {
        this.#index = index;
        this.#again();
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#context.warn(`dimension table "${this.#node.table.name}" was not loaded again: ${reason}`);
        this.#again();
      },
    );
  }

  async close(): Promise<void> {
    await this.#loading;
    await this.#lookup.close();
  }

  #again(): void {
    this.#loading = undefined;
    this.#schedule();
  }

  #schedule(): void {
    const { ttlMs } = this.#node.cache;
    if (ttlMs !== undefined) this.#wake(this.#context.now() + ttlMs);
  }

  #wake(atMs: number): void {
    this.#dueMs = atMs;
    this.#context.setTimer(atMs);
  }

  async #load(): Promise<RowIndex> {
    const batches: Batch[] = [];
    for await (const batch of this.#lookup.scanAll?.() ?? []) batches.push(batch);
    this.#loads.add(1);
    const { keys, wanted, maxRows } = this.#node;
    const key = keys.map((one) => wanted.indexOf(one.column));
    return new RowIndex(batches, this.#schema, { key, unique: maxRows === 1 });
  }
}
