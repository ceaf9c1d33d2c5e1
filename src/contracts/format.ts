import type { Batch } from '../columnar/batch.ts';
import type { Column } from '../columnar/column.ts';
import type { Schema } from '../types/schema.ts';
import type { OptionSet, OptionValues } from './options.ts';
import type { RowErrors } from './row-errors.ts';
import type { TableColumn } from './connector.ts';

/** Rows decoded from text, before the connector adds its HEADER columns. */
export interface DecodedRows {
  /** The wanted columns, in output order. */
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** 1-based line on which each row begins. */
  readonly lines: Int32Array;
}

/** Turns the bytes of one split into rows. Stateful: a chunk may end inside a record. */
export interface Decoder {
  /** Bytes taken by complete records so far; where a restart goes on. */
  readonly consumed: number;
  /** Lines taken by complete records so far, counted from the split's beginning. */
  readonly line: number;
  /**
   * Takes over `chunk`: the decoder may unescape text in place, and the returned columns view it.
   * @throws ConnectorError ROW_INVALID under onError = 'fail'
   */
  decode(chunk: Uint8Array): readonly DecodedRows[];
  /** The last record, which has no line end. */
  finish(): readonly DecodedRows[];
}

export interface DecodeContext {
  /** The columns to fill, in output order (no HEADER columns). */
  readonly wanted: readonly TableColumn[];
  /** All physical columns of the table in declaration order: formats by position need their places. */
  readonly physical: readonly TableColumn[];
  readonly options: OptionValues;
  readonly timeZone: string;
  readonly errors: RowErrors;
  readonly maxBatchRows: number;
  /** Set when a read goes on in the middle of a split. */
  readonly resume?: { readonly line: number; readonly firstLine: Uint8Array };
}

/** Turns batches into bytes. */
export interface Encoder {
  /** What stands before the first row of an empty file (a CSV header). */
  header(): Uint8Array;
  /** The bytes stay valid until the next call. */
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
  readonly encodes: boolean;
  /** Plan-time check of the declaration (a `raw` table has one column, a pattern has its groups). */
  readonly validate?: (columns: readonly TableColumn[], options: OptionValues) => void;
  load(): Promise<FormatModule>;
}
