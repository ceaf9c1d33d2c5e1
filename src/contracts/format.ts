import type { Batch } from '../columnar/batch.ts';
import type { Schema } from '../types/schema.ts';
import type { OptionSet, OptionValues } from './options.ts';
import type { RowErrors } from './row-errors.ts';
import type { TableColumn } from './connector.ts';

/** Turns bytes of one split into batches. Stateful: a chunk may end inside a record. */
export interface Decoder {
  /**
   * @param chunk stays valid and unchanged for as long as the returned batches are used (VARCHAR columns view it)
   * @returns batches of the wanted columns, with `lines[i]` = 1-based line of the first row of batch i
   */
  decode(chunk: Uint8Array): readonly Batch[];
  /** The last record without a line end. */
  finish(): readonly Batch[];
}

export interface DecodeContext {
  /** Physical columns of the table in declaration order. */
  readonly columns: readonly TableColumn[];
  /** Indexes into `columns`, in output order. */
  readonly wanted: readonly number[];
  readonly schema: Schema;
  readonly options: OptionValues;
  readonly timeZone: string;
  readonly errors: RowErrors;
  readonly maxBatchRows: number;
}

export interface Encoder {
  /** What stands before the first row (a CSV header), possibly empty. */
  header(): Uint8Array;
  encode(batch: Batch): Uint8Array;
}

export interface EncodeContext {
  readonly schema: Schema;
  readonly options: OptionValues;
  readonly timeZone: string;
}

export interface FormatModule {
  decoder(context: DecodeContext): Decoder;
  encoder?(context: EncodeContext): Encoder;
}

/** One line of formats/registry.ts. */
export interface FormatEntry {
  readonly name: string;
  readonly title: string;
  readonly options: OptionSet;
  load(): Promise<FormatModule>;
}
