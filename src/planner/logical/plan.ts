import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import type { Span } from '../../errors/span.ts';
import type { Field } from '../../types/schema.ts';
import type { CatalogTable, TimeAttribute } from '../catalog-table.ts';
import type { AggregateCall, SortKey, WindowProperty, WindowSpec } from '../physical/plan.ts';

export interface LogicalField extends Field {
  readonly time?: TimeAttribute | undefined;
}

export interface LogicalSchema {
  readonly fields: readonly LogicalField[];
}

interface LogicalBase {
  readonly schema: LogicalSchema;
  readonly span?: Span | undefined;
}

/** Reads a table. `outputs` and `pushed` are over `table.descriptor.columns`; computed columns are written out. */
export interface ScanNode extends LogicalBase {
  readonly kind: 'scan';
  readonly table: CatalogTable;
  readonly outputs: readonly Expr[];
  /** Conjuncts that the source evaluates. */
  readonly pushed: readonly Expr[];
}

export interface ValuesNode extends LogicalBase {
  readonly kind: 'values';
  readonly rows: readonly (readonly LiteralExpr[])[];
}

export interface FilterNode extends LogicalBase {
  readonly kind: 'filter';
  readonly input: LogicalNode;
  readonly condition: Expr;
}

export interface ProjectNode extends LogicalBase {
  readonly kind: 'project';
  readonly input: LogicalNode;
  readonly exprs: readonly Expr[];
}

/** Output: keys, then aggregates. Without calls it is DISTINCT. */
export interface AggregateNode extends LogicalBase {
  readonly kind: 'aggregate';
  readonly input: LogicalNode;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
}

/** Output: keys, then aggregates, then window properties. */
export interface WindowAggregateNode extends LogicalBase {
  readonly kind: 'window-aggregate';
  readonly input: LogicalNode;
  readonly window: WindowSpec;
  readonly timeColumn: number;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly properties: readonly WindowProperty[];
}

export interface UnionNode extends LogicalBase {
  readonly kind: 'union';
  readonly inputs: readonly LogicalNode[];
}

/** ORDER BY and LIMIT; without keys LIMIT only. */
export interface SortNode extends LogicalBase {
  readonly kind: 'sort';
  readonly input: LogicalNode;
  readonly keys: readonly SortKey[];
  readonly limit: number | undefined;
  readonly offset: number;
}

/** INSERT INTO. The input's columns are those of `table.descriptor.columns`. */
export interface SinkNode extends LogicalBase {
  readonly kind: 'sink';
  readonly input: LogicalNode;
  readonly table: CatalogTable;
}

/** The result of a query goes to the caller. */
export interface CollectNode extends LogicalBase {
  readonly kind: 'collect';
  readonly input: LogicalNode;
}

export type LogicalNode =
  | ScanNode
  | ValuesNode
  | FilterNode
  | ProjectNode
  | AggregateNode
  | WindowAggregateNode
  | UnionNode
  | SortNode
  | SinkNode
  | CollectNode;

export type LogicalRoot = SinkNode | CollectNode;
