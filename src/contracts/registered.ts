import type { Batch } from '../columnar/batch.ts';

/** Rows a user registered under a table name; always bounded. */
export interface RegisteredRows {
  /**
   * Batches of all columns of the table (`TableDescriptor.columns`, in that order), with change kinds where the table
   * has them. Each call begins at the first row again where the rows allow it.
   */
  batches(): AsyncIterable<Batch> | Iterable<Batch>;
}
