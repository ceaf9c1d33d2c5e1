import type { Span } from '../../errors/span.ts';
import type { AlterTable, AlterView } from './alter.ts';
import type { ConsumerGroupStatement } from './consumer-group.ts';
import type { CreateTable } from './create-table.ts';
import type { Expression, Identifier, StringLiteral } from './expression.ts';
import type { Query } from './query.ts';
import type { SessionStatement, StatementSet } from './session-statements.ts';

export interface CreateView {
  readonly kind: 'create-view';
  readonly name: readonly Identifier[];
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly Identifier[] | undefined;
  readonly comment: StringLiteral | undefined;
  readonly query: Query;
  readonly span: Span;
}

/** `CREATE FUNCTION f AS './f.js'`. */
export interface CreateFunction {
  readonly kind: 'create-function';
  readonly name: readonly Identifier[];
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly implementation: StringLiteral;
  readonly language: Identifier | undefined;
  readonly span: Span;
}

/** `WITH DELAY '1' MINUTE BEFORE WATERMARK`, `WITHOUT DELAY AFTER WATERMARK`; `delay` undefined: WITHOUT DELAY. */
export interface EmitStrategy {
  readonly delay: Expression | undefined;
  readonly phase: 'before-watermark' | 'after-watermark' | undefined;
  readonly span: Span;
}

export interface InsertInto {
  readonly kind: 'insert';
  readonly table: readonly Identifier[];
  readonly tableSpan: Span;
  readonly overwrite: boolean;
  readonly columns: readonly Identifier[] | undefined;
  /** Values of VALUES may be the word DEFAULT. */
  readonly query: Query;
  /** Empty: no EMIT clause. */
  readonly emit: readonly EmitStrategy[];
  readonly span: Span;
}

/** A bare SELECT, VALUES or WITH. */
export interface QueryStatement {
  readonly kind: 'query';
  readonly query: Query;
  readonly emit: readonly EmitStrategy[];
  readonly span: Span;
}

export type ExplainStage = 'ast' | 'logical' | 'optimized' | 'physical';

export type ExplainFormat = 'text' | 'json' | 'mermaid';

/** What Flink's EXPLAIN shows besides the plan. */
export type ExplainDetail = 'changelog-mode' | 'estimated-cost' | 'json-execution-plan' | 'plan-advice';

/** `EXPLAIN [AST | LOGICAL | OPTIMIZED | PHYSICAL] [details] [FORMAT JSON] [PLAN FOR] statement`. */
export interface Explain {
  readonly kind: 'explain';
  /** Undefined: not written. */
  readonly stage: ExplainStage | undefined;
  readonly details: readonly ExplainDetail[];
  readonly format: ExplainFormat | undefined;
  readonly statement: Statement;
  readonly span: Span;
}

/** `[NOT] LIKE 'pattern'`, `ILIKE 'pattern'`. */
export interface LikeFilter {
  readonly pattern: StringLiteral;
  readonly negated: boolean;
  readonly anyCase: boolean;
}

export type ShowList =
  | 'tables'
  | 'views'
  | 'functions'
  | 'user-functions'
  | 'connectors'
  | 'formats'
  | 'jobs'
  | 'settings'
  | 'catalogs'
  | 'databases'
  | 'modules'
  | 'current-catalog'
  | 'current-database';

/** `SHOW TABLES`, `SHOW VIEWS`, `SHOW FUNCTIONS`, `SHOW CONNECTORS`, … optionally `FROM database` and `LIKE 'pattern'`. */
export interface Show {
  readonly kind: 'show';
  readonly what: ShowList;
  /** The database of `SHOW TABLES FROM`, the catalog of `SHOW DATABASES IN`. */
  readonly from: readonly Identifier[] | undefined;
  readonly like: LikeFilter | undefined;
  readonly span: Span;
}

/** `SHOW COLUMNS FROM t`. */
export interface ShowColumns {
  readonly kind: 'show-columns';
  readonly table: readonly Identifier[];
  readonly like: LikeFilter | undefined;
  readonly span: Span;
}

/** `SHOW CREATE TABLE t`, `SHOW CREATE VIEW v`. */
export interface ShowCreate {
  readonly kind: 'show-create';
  readonly what: 'table' | 'view';
  readonly name: readonly Identifier[];
  readonly span: Span;
}

/** `SHOW CONNECTOR sls`: its options. */
export interface ShowConnector {
  readonly kind: 'show-connector';
  readonly name: Identifier;
  readonly span: Span;
}

/** `DESCRIBE t`, `DESC t`, `DESCRIBE EXTENDED t`. */
export interface Describe {
  readonly kind: 'describe';
  readonly extended: boolean;
  readonly name: readonly Identifier[];
  readonly span: Span;
}

/** `DESCRIBE FUNCTION f`. */
export interface DescribeFunction {
  readonly kind: 'describe-function';
  readonly name: Identifier;
  readonly span: Span;
}

/** `SET 'k' = 'v'`, `SET k.l = v`, `SET` (all: key and value undefined), `SET 'k'` (show one). */
export interface SetOption {
  readonly kind: 'set';
  readonly key: string | undefined;
  readonly keySpan: Span | undefined;
  readonly value: string | undefined;
  readonly valueSpan: Span | undefined;
  readonly span: Span;
}

/** `RESET` (all) and `RESET 'k'`. */
export interface ResetOption {
  readonly kind: 'reset';
  readonly key: string | undefined;
  readonly keySpan: Span | undefined;
  readonly span: Span;
}

export interface Drop {
  readonly kind: 'drop';
  readonly what: 'table' | 'view' | 'function';
  readonly name: readonly Identifier[];
  readonly temporary: boolean;
  readonly ifExists: boolean;
  readonly span: Span;
}

export type Statement =
  | CreateTable
  | AlterTable
  | AlterView
  | CreateView
  | CreateFunction
  | InsertInto
  | StatementSet
  | SessionStatement
  | QueryStatement
  | Explain
  | Show
  | ShowCreate
  | ShowColumns
  | ShowConnector
  | Describe
  | DescribeFunction
  | ConsumerGroupStatement
  | SetOption
  | ResetOption
  | Drop;
