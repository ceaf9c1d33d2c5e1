import { setTimeout as sleep } from 'node:timers/promises';
import { Batch } from '../../columnar/batch.ts';
import type {
  ConnectorModule,
  Position,
  ReadResult,
  Source,
  SourceContext,
  Split,
  SplitReader,
} from '../../contracts/connector.ts';
import type { OptionValues } from '../../contracts/options.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { fieldSpec, partsOf } from './field-options.ts';
import { randomColumn, type RandomField } from './random-column.ts';
import { rowsOf } from './row-count.ts';

export const source: NonNullable<ConnectorModule['source']> = (context: SourceContext): Source => {
  const bounded = rowsOf(context.table.options) !== undefined;
  return {
    bounded,
    open: () => Promise.resolve([{ id: 'rows', canIdle: false }]),
    openSplit: (_split: Split, from: Position | undefined) => Promise.resolve(new RandomReader(context, from)),
    close: () => Promise.resolve(),
  };
};

/** With a rate, batches are cut so that the terminal sees rows about this often. */
const TICK_MS = 50;

/** Longest wait, so that a clock that is set meanwhile is noticed; Node turns waits above 24.8 days into 1 ms. */
const LONGEST_WAIT_MS = 60_000;

/** 2020-01-01 00:00:00 UTC. */
const SEEDED_BASE_MS = 1_577_836_800_000;

/**
 * Row n is computed from (seed, column, n) alone, so a restart at row n goes on with the same values. TIMESTAMP, DATE
 * and TIME columns are the row's own due time: the time of the first open plus n intervals (1 ms where no rate is set).
 * Where a seed is asked for and nothing paces the rows, that time is fixed: two runs then give the same bytes.
 * The position is `n:baseMs`.
 */
class RandomReader implements SplitReader {
  readonly #context: SourceContext;
  readonly #total: number;
  readonly #intervalMs: number;
  readonly #paced: boolean;
  readonly #baseMs: number;
  /** When the first row was due; moved where the clock is set back, which must not stop the rows. */
  #startedMs: number;
  #seenMs: number;
  readonly #firstRow: number;
  readonly #fields: readonly RandomField[];
  #row: number;

  constructor(context: SourceContext, from: Position | undefined) {
    const { options } = context.table;
    const rate = options.optionalInt('rate') ?? options.optionalInt('rows-per-second');
    const interval = options.optionalInt('interval');
    const rows = rowsOf(options);
    this.#context = context;
    this.#fields = context.table.columns.map(({ name, type }) => fieldOf(`fields.${name}`, type, options));
    this.#total = rows ?? Number.POSITIVE_INFINITY;
    this.#paced = rate !== undefined || interval !== undefined || rows === undefined;
    this.#intervalMs = rate !== undefined ? 1000 / rate : (interval ?? (rows === undefined ? 500 : 1));
    this.#startedMs = context.now();
    this.#seenMs = this.#startedMs;
    const firstDueMs = options.given('seed') && !this.#paced ? SEEDED_BASE_MS : this.#startedMs;
    const [row = 0, base = firstDueMs] = (from ?? '').split(':').filter(Boolean).map(Number);
    this.#row = row;
    this.#firstRow = row;
    this.#baseMs = base;
  }

  async read(): Promise<ReadResult> {
    const left = this.#total - this.#row;
    let count = Math.min(this.#context.maxBatchRows, left);
    if (this.#paced && left > 0) {
      const due = await this.#due();
      count = Math.min(count, due);
    }
    const first = this.#row;
    this.#row += count;
    const batches = count > 0 ? [this.#batch(first, count)] : [];
    return {
      batches,
      position: `${this.#row}:${this.#baseMs}`,
      status: this.#row >= this.#total ? 'end' : 'more',
      rawBytes: 0,
      lagMs: 0,
    };
  }

  close(): void {
    // Nothing is open.
  }

  /** Rows that are due by now, at least one; waits for it. */
  async #due(): Promise<number> {
    for (;;) {
      const now = this.#context.now();
      if (now < this.#seenMs) this.#startedMs -= this.#seenMs - now;
      this.#seenMs = now;
      const elapsed = now - this.#startedMs;
      const due = this.#firstRow + Math.floor(elapsed / this.#intervalMs) + 1 - this.#row;
      if (due >= 1) return due;
      const nextMs = (this.#row - this.#firstRow) * this.#intervalMs - elapsed;
      const pauseMs = Math.min(LONGEST_WAIT_MS, Math.max(nextMs, Math.min(TICK_MS, this.#intervalMs)));
      await sleep(pauseMs, undefined, { signal: this.#context.signal });
    }
  }

  #batch(first: number, count: number): Batch {
    const { table, wanted, schema } = this.#context;
    const seed = table.options.int('seed');
    const columns = wanted.map((index) =>
      randomColumn(this.#fields[index]!, {
        seed: seed * 1009 + index,
        first,
        count,
        baseMs: this.#baseMs,
        stepMs: this.#intervalMs,
      }),
    );
    return new Batch(schema, columns, count);
  }
}

function fieldOf(path: string, type: SqlType, options: OptionValues): RandomField {
  const parts = partsOf(type).map((one) => fieldOf(`${path}.${one.name}`, one.type, options));
  return { type, spec: fieldSpec(path, type, options), parts };
}
