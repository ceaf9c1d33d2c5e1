import type { Schema } from '../../types/schema.ts';
import type { RowFilter } from './row-filter.ts';

/** A value that does not parse as the type of its column. */
export interface InvalidField {
  /** Output column. */
  readonly column: number;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** Where the values of an output column come from. */
export type ColumnOrigin =
  | { readonly kind: 'content'; readonly key: string }
  | { readonly kind: 'tag'; readonly key: string }
  /** The same text in every row: what the caller knows and the log does not say. */
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'topic' | 'source' | 'time' | 'time-ns' };

export interface LogGroupDecoderSettings {
  /** The output columns, in order. */
  readonly schema: Schema;
  /** One a field of `schema`. */
  readonly origins: readonly ColumnOrigin[];
  /** For types that are read in a zone (TIMESTAMP). */
  readonly timeZone: string;
  /** At most this many rows a batch. */
  readonly maxRows?: number;
  /** Rows that fail stay in the batch unselected; only `alwaysValid` columns are valid for them. */
  readonly filter?: RowFilter;
  readonly alwaysValid?: readonly number[];
  /** A field that does not parse: NULL, or the row unselected. May throw. */
  readonly onInvalid?: (field: InvalidField) => 'null' | 'skip';
}

/** Rows found by one scan, with the place of every wanted value; becomes one batch. */
export interface RowChunk {
  readonly capacity: number;
  rowCount: number;
  /**
   * Column c: offsets at `2c·capacity + row` (−1 = absent), lengths at `(2c+1)·capacity + row`. For Time and Time_ns
   * the "offset" is the number itself.
   */
  readonly slots: Int32Array;
}
