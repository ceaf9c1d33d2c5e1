import type { Span } from '../../errors/span.ts';
import type { Expression, Identifier, NumberLiteral, StringLiteral, TypeName } from './expression.ts';
import type { Query } from './query.ts';

/** `column type [NOT NULL] [HEADER] [COMMENT 'text']`; `METADATA [FROM 'key'] [VIRTUAL]` of Flink is a header with its key. */
export interface PhysicalColumn {
  readonly kind: 'physical-column';
  readonly name: Identifier;
  readonly type: TypeName;
  readonly notNull: boolean;
  /** An attribute of the record, not of its content. */
  readonly header: boolean;
  /** `METADATA FROM 'key'`. */
  readonly headerKey: StringLiteral | undefined;
  /** `column type PRIMARY KEY` written at the column. */
  readonly primaryKey: boolean;
  readonly comment: StringLiteral | undefined;
  readonly span: Span;
}

export interface ComputedColumn {
  readonly kind: 'computed-column';
  readonly name: Identifier;
  readonly expression: Expression;
  readonly comment: StringLiteral | undefined;
  readonly span: Span;
}

/** `withOffset(ts, 4000)`: event time minus so many ms. */
export interface WithOffsetStrategy {
  readonly kind: 'with-offset';
  readonly column: Identifier;
  readonly offsetMs: NumberLiteral;
  readonly span: Span;
}

/** Flink's `ts - INTERVAL '4' SECOND` or `ts`: any expression; the planner says which it takes. */
export interface ExpressionStrategy {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly span: Span;
}

/** `WATERMARK [name] FOR column AS strategy`. */
export interface WatermarkElement {
  readonly kind: 'watermark';
  readonly name: Identifier | undefined;
  readonly column: Identifier;
  readonly strategy: WithOffsetStrategy | ExpressionStrategy;
  readonly span: Span;
}

export interface PrimaryKeyElement {
  readonly kind: 'primary-key';
  /** `CONSTRAINT name PRIMARY KEY …`. */
  readonly name: Identifier | undefined;
  readonly columns: readonly Identifier[];
  readonly notEnforced: boolean;
  readonly span: Span;
}

export interface UniqueElement {
  readonly kind: 'unique';
  readonly columns: readonly Identifier[];
  readonly span: Span;
}

/** `[UNIQUE] INDEX [name] (columns)`. */
export interface IndexElement {
  readonly kind: 'index';
  readonly name: Identifier | undefined;
  readonly unique: boolean;
  readonly columns: readonly Identifier[];
  readonly span: Span;
}

/** `PERIOD FOR SYSTEM_TIME`: marks a dimension table. */
export interface PeriodElement {
  readonly kind: 'period';
  readonly span: Span;
}

/** Only a name: a column of the query of `CREATE TABLE … AS`, in this place. */
export interface ColumnName {
  readonly kind: 'column-name';
  readonly name: Identifier;
  readonly span: Span;
}

export type TableElement =
  | PhysicalColumn
  | ComputedColumn
  | WatermarkElement
  | PrimaryKeyElement
  | UniqueElement
  | IndexElement
  | PeriodElement
  | ColumnName;

/** `key` as written, quotes undone, dots kept (`bootstrap.servers`); keys are compared without case. */
export interface WithOption {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: StringLiteral;
  readonly span: Span;
}

export type LikePart = 'all' | 'constraints' | 'partitions' | 'generated' | 'metadata' | 'options' | 'watermarks';

/** `INCLUDING ALL`, `EXCLUDING OPTIONS`, `OVERWRITING WATERMARKS`. */
export interface LikeRule {
  readonly strategy: 'including' | 'excluding' | 'overwriting';
  readonly part: LikePart;
  readonly span: Span;
}

/** `LIKE t (EXCLUDING OPTIONS INCLUDING GENERATED)`. */
export interface LikeClause {
  readonly table: readonly Identifier[];
  readonly rules: readonly LikeRule[];
  readonly span: Span;
}

/** `PARTITIONED BY (a, b)`. */
export interface PartitionedBy {
  readonly columns: readonly Identifier[];
  readonly span: Span;
}

export interface CreateTable {
  readonly kind: 'create-table';
  readonly name: readonly Identifier[];
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  /** Empty: no list in parentheses. */
  readonly elements: readonly TableElement[];
  readonly comment: StringLiteral | undefined;
  readonly partitionedBy: PartitionedBy | undefined;
  readonly options: readonly WithOption[];
  readonly like: LikeClause | undefined;
  /** `AS query`: its columns and then its rows. */
  readonly query: Query | undefined;
  readonly span: Span;
}
