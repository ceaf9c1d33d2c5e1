import type { ConnectorEntry, ConnectorRegistry, TableDescriptor } from '../contracts/connector.ts';
import type { Expr } from '../contracts/expression.ts';
import type { FunctionRegistry } from '../contracts/function.ts';
import type { SourceText, Span } from '../errors/span.ts';
import type { CreateTable } from '../parser/ast/create-table.ts';
import type { Identifier } from '../parser/ast/expression.ts';
import type { CreateView } from '../parser/ast/statements.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Changelog, ScanSource } from './physical/plan.ts';

/** What makes a TIMESTAMP column more than a value: it is what watermarks speak about, or the processing time. */
export type TimeAttribute = 'rowtime' | 'proctime';

/** A declared column. `expr` computes it from the columns of the descriptor; for physical columns it is that column. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly kind: 'physical' | 'header' | 'computed';
  readonly expr: Expr;
  readonly time: TimeAttribute | undefined;
}

/** Where a table or view was declared, for notes. */
interface Declared {
  readonly name: string;
  readonly span: Span | undefined;
  readonly source: SourceText | undefined;
}

/** `[UNIQUE] INDEX (columns)`. */
export interface TableIndex {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface CatalogTable extends Declared {
  readonly kind: 'table';
  /** Physical, HEADER and computed columns in declaration order. */
  readonly columns: readonly CatalogColumn[];
  readonly descriptor: TableDescriptor;
  readonly from: ScanSource;
  /** `column` is an index into `columns`. */
  readonly watermark: { readonly column: number; readonly delayMs: number } | undefined;
  readonly changelog: Changelog;
  readonly bounded: boolean;
  /** All rows are there from the start; looked up by key. */
  readonly dimension: boolean;
  /** What else a dimension table is looked up by. */
  readonly indexes?: readonly TableIndex[] | undefined;
  readonly statement: CreateTable | undefined;
}

export interface CatalogView extends Declared {
  readonly kind: 'view';
  readonly statement: CreateView;
}

export type CatalogEntry = CatalogTable | CatalogView;

/** What binding needs of the catalog. */
export interface CatalogLookup {
  readonly functions: FunctionRegistry;
  readonly connectors: ConnectorRegistry;
  get(name: string): CatalogEntry | undefined;
  /** @throws PlanError PLAN_UNKNOWN_TABLE with a suggestion */
  resolve(name: readonly Identifier[], span: Span): CatalogEntry;
}

export function entryOf(table: CatalogTable): ConnectorEntry | undefined {
  return table.from.kind === 'connector' ? table.from.entry : undefined;
}
