import type { ResultColumn, TextBatch } from '../index.ts';

/**
 * Turns a result into the text of one format. Every call returns what can be printed now, so a stream is printed as it
 * comes; only the table keeps its rows until `end`, because its widths depend on all of them.
 */
export interface RowWriter {
  begin(): string;
  rows(batch: TextBatch): string;
  end(): string;
}

export interface RowWriterOptions {
  readonly columns: readonly ResultColumn[];
  /** `changelog` puts the change kind in front of every row. */
  readonly changelog: boolean;
}
