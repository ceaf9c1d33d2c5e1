import type { Batch } from '../columnar/batch.ts';
import type { Source, SplitReader } from '../contracts/connector.ts';
import type { RegisteredRows } from '../contracts/registered.ts';
import type { Schema } from '../types/schema.ts';

interface Reading {
  readonly wanted: readonly number[];
  readonly schema: Schema;
  readonly maxBatchRows: number;
}

/** Rows registered through the API as a bounded source of one split; its position is the number of rows read. */
export function registeredSource(rows: RegisteredRows, read: Reading): Source {
  return {
    bounded: true,
    open: async () => [{ id: 'rows', canIdle: false }],
    openSplit: async (_split, from) => new RegisteredReader(rows.batches(), read, Number(from ?? 0)),
    close: async () => {},
  };
}

class RegisteredReader implements SplitReader {
  readonly #batches: AsyncIterator<Batch> | Iterator<Batch>;
  readonly #read: Reading;
  #current: Batch | undefined;
  #at = 0;
  #skip: number;
  #position = 0;
  #reading = false;

  constructor(batches: AsyncIterable<Batch> | Iterable<Batch>, read: Reading, skip: number) {
    this.#batches = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.#read = read;
    this.#skip = skip;
  }

  async read(): ReturnType<SplitReader['read']> {
    for (;;) {
      if (this.#current === undefined) {
        this.#reading = true;
        const next = await this.#batches.next();
        this.#reading = false;
        if (next.done === true) {
          return { batches: [], position: String(this.#position), status: 'end', rawBytes: 0 };
        }
        this.#current = next.value;
        this.#at = 0;
      }
      const batch = this.#current;
      const start = this.#at;
      const skipped = Math.min(batch.rowCount - start, this.#skip);
      if (skipped > 0) {
        this.#skip -= skipped;
        this.#at += skipped;
        this.#position += skipped;
      }
      const end = Math.min(batch.rowCount, this.#at + this.#read.maxBatchRows);
      const part = batch.slice(this.#at, end);
      this.#position += end - this.#at;
      this.#at = end;
      if (end === batch.rowCount) this.#current = undefined;
      if (part.rowCount === 0) continue;
      const columns = this.#read.wanted.map((index) => part.columns[index]!);
      return {
        batches: [part.withColumns(this.#read.schema, columns)],
        position: String(this.#position),
        status: 'more',
        rawBytes: 0,
      };
    }
  }

  async close(): Promise<void> {
    const closed = this.#batches.return?.();
    // Behind a row that never comes the stream would never answer: it is told, not waited for.
    if (this.#reading) Promise.resolve(closed).catch(() => undefined);
    else await closed;
  }
}
