/** What a sink looks at before it writes. */
export interface SinkRules {
  /** Columns that may not be NULL. */
  readonly notNull: readonly number[];
  /** Rows with such a NULL are dropped and counted; else the job fails. */
  readonly dropsNulls: boolean;
  /** Of texts and bytes that are longer, or for CHAR and BINARY shorter, than declared. */
  readonly lengths: 'ignore' | 'trim-pad' | 'error';
}
