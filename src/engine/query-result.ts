import type * as arrow from 'apache-arrow';
import type { Batch } from '../columnar/batch.ts';
import { toArrow } from '../columnar/ipc/to-arrow.ts';
import { PlanError } from '../errors/sluice-error.ts';
import type { Schema } from '../types/schema.ts';
import { typeName } from '../types/sql-type.ts';
import type {
  Change,
  OperatorMetricsRow,
  QueryResult,
  ResultColumn,
  Row,
  RowValue,
  TextBatch,
  TextChange,
  TextRow,
} from './api.ts';
import { FinalRows } from './final-rows.ts';
import { cellJson, cellText, cellValue, eachRow, type TextSettings } from './rows.ts';

/** A started query: its changes in order, and the way to end it. */
export interface RunningQuery {
  /** Leaving the iteration stops the query. */
  readonly changes: AsyncIterable<Batch>;
  stop(): Promise<void>;
  /** Settles when everything is closed; never throws. */
  closed(): Promise<void>;
  metrics(): readonly OperatorMetricsRow[];
}

export interface QueryParts {
  readonly schema: Schema;
  readonly bounded: boolean;
  /** The rows after which the query ends although its sources go on (LIMIT). */
  readonly endAfter: number | undefined;
  readonly updating: boolean;
  /** Columns of the upsert key where changes come without -U. */
  readonly upsertKey: readonly number[] | undefined;
  readonly text: TextSettings;
  /** The signal stops it, also while it still connects. */
  readonly start: (signal: AbortSignal) => Promise<RunningQuery>;
}

/** See `QueryResult`. One run: the first reader starts it, a second one is refused. */
export class LazyQuery implements QueryResult {
  readonly schema: readonly ResultColumn[];
  readonly bounded: boolean;
  readonly updating: boolean;
  readonly upsertKey: readonly number[] | undefined;
  readonly #parts: QueryParts;
  #running: Promise<RunningQuery> | undefined;
  #last: RunningQuery | undefined;
  readonly #halt = new AbortController();

  constructor(parts: QueryParts) {
    this.#parts = parts;
    this.schema = parts.schema.fields.map((f) => ({ name: f.name, type: typeName(f.type) }));
    this.bounded = parts.bounded;
    this.updating = parts.updating;
    this.upsertKey = parts.upsertKey;
  }

  toArray(): Promise<Row[]>;
  toArray(options: { readonly text: true }): Promise<TextRow[]>;
  async toArray(options?: { readonly text: true }): Promise<Row[] | TextRow[]> {
    if (!this.bounded) {
      throw new PlanError('PLAN_UNBOUNDED', 'the query never ends, so it has no final rows', {
        hint: 'Read changes() instead, or bound its sources (stopTime of an SLS table, rows of a random table).',
      });
    }
    const { text, upsertKey } = this.#parts;
    const final = new FinalRows(text, { updating: this.updating, keys: upsertKey });
    for await (const batch of this.#batches()) final.apply(batch);
    const cell: typeof cellText | typeof cellValue = options?.text === true ? cellText : cellValue;
    const rows: Record<string, RowValue>[] = [];
    for (const { batch, row } of final) rows.push(this.#row(batch, row, cell));
    return rows;
  }

  batches(): AsyncIterable<arrow.RecordBatch> {
    return this.#stoppable(this.#arrowBatches());
  }

  async *#arrowBatches(): AsyncGenerator<arrow.RecordBatch, undefined> {
    if (this.updating) {
      throw new PlanError('PLAN_CHANGELOG', 'the query updates earlier rows, which Arrow batches cannot say', {
        hint: 'Read changes(), or toArray() for the final rows.',
      });
    }
    const lib = await import('apache-arrow');
    for await (const batch of this.#batches()) if (batch.size > 0) yield toArrow(lib, batch);
  }

  changes(): AsyncIterable<Change>;
  changes(options: { readonly text: true }): AsyncIterable<TextChange>;
  changes(options?: { readonly text: true }): AsyncIterable<Change | TextChange> {
    return this.#stoppable(this.#changes(options));
  }

  async *#changes(options?: { readonly text: true }): AsyncGenerator<Change | TextChange, undefined> {
    const cell: typeof cellText | typeof cellValue = options?.text === true ? cellText : cellValue;
    for await (const batch of this.#batches()) {
      const changes: Change[] = [];
      eachRow(batch, (row, kind) => changes.push({ kind, row: this.#row(batch, row, cell) }));
      yield* changes;
    }
  }

  async *textBatches(options?: { readonly nested: 'json' }): AsyncIterable<TextBatch> {
    const cell = options?.nested === 'json' ? cellJson : cellText;
    for await (const batch of this.#batches()) {
      const kinds: TextBatch['kinds'][number][] = [];
      const cells: (string | null)[][] = [];
      eachRow(batch, (row, kind) => {
        kinds.push(kind);
        cells.push(batch.columns.map((column) => cell(column, row, this.#parts.text)));
      });
      yield { kinds, cells };
    }
  }

  async stop(): Promise<void> {
    this.#halt.abort();
    const running = await this.#running?.catch(() => undefined);
    await running?.stop();
  }

  metrics(): readonly OperatorMetricsRow[] {
    return this.#last?.metrics() ?? [];
  }

  /**
   * A generator takes `return()` only after the `next()` under way, which on a quiet stream may never settle: a reader
   * that leaves while it waits (a destroyed Readable, a time-out) stops the query first.
   */
  #stoppable<T>(generator: AsyncGenerator<T, undefined>): AsyncIterableIterator<T, undefined> {
    let waiting = 0;
    const settled = (): void => void waiting--;
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: () => {
        waiting++;
        const next = generator.next();
        next.then(settled, settled);
        return next;
      },
      return: async () => {
        if (waiting > 0) await this.stop();
        return generator.return(undefined);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  async *#batches(): AsyncGenerator<Batch> {
    if (this.#running !== undefined) {
      throw new PlanError('PLAN_UNSUPPORTED', 'the result of a query can be read once', {
        hint: 'Call engine.query again for another run.',
      });
    }
    let left = this.#parts.endAfter ?? Infinity;
    if (this.#halt.signal.aborted || left <= 0) return;
    this.#running = this.#parts.start(this.#halt.signal);
    // Whoever stops meanwhile waits for the same promise; the failure belongs to the reader.
    this.#running.catch(() => undefined);
    const running = await this.#running;
    this.#last = running;
    try {
      for await (const batch of running.changes) {
        yield batch;
        left -= batch.size;
        if (left <= 0) return;
      }
    } finally {
      await running.closed();
    }
  }

  #row(batch: Batch, row: number, cell: typeof cellText | typeof cellValue): Record<string, RowValue> {
    const result: Record<string, RowValue> = {};
    batch.columns.forEach((column, i) => {
      result[this.schema[i]!.name] = cell(column, row, this.#parts.text);
    });
    return result;
  }
}
