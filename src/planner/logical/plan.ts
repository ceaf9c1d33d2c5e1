import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import type { Compatibility } from '../../contracts/function.ts';
import type { Span } from '../../errors/span.ts';
import type { Field } from '../../types/schema.ts';
import type { CatalogTable, TimeAttribute } from '../catalog-table.ts';
import type { LookupJoinNode, TemporalJoinNode } from './time-joins.ts';
import type { MatchSpec } from '../physical/match-plan.ts';
import type { OverSpec, RankSpec } from '../physical/over-plan.ts';
import type { SinkRules } from '../physical/sink-rules.ts';
import type {
  AggregateCall,
  AssignedWindow,
  CorrelateSpec,
  EmitSpec,
  SetOperator,
  SortKey,
  WindowProperty,
  WindowSpec,
} from '../physical/plan.ts';
import type { WindowRankSpec, WindowTableSpec } from '../physical/window-plan.ts';

/** Columns of equal windows are of rows that a join, an aggregation or a ranking may take by window. */
export interface WindowAttribute {
  readonly property: 'start' | 'end' | 'time';
  readonly window: AssignedWindow;
  readonly time: TimeAttribute;
}

export interface LogicalField extends Field {
  readonly time?: TimeAttribute | undefined;
  /** A bound of the window that the row is in. */
  readonly window?: WindowAttribute | undefined;
}

export interface LogicalSchema {
  readonly fields: readonly LogicalField[];
}

export interface LogicalBase {
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
  /** Groups outlive the time to live: a group made anew would be there twice for what is computed for it. */
  readonly forever?: boolean;
}

/** Output: keys, then aggregates, then window properties. */
export interface WindowAggregateNode extends LogicalBase {
  readonly kind: 'window-aggregate';
  readonly input: LogicalNode;
  readonly window: WindowSpec;
  /** Windows by processing time; then `timeColumn` is −1. */
  readonly processingTime?: boolean | undefined;
  readonly emit?: EmitSpec | undefined;
  readonly timeColumn: number;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly properties: readonly WindowProperty[];
}

/** Rows with their windows: the input's columns, then window_start, window_end, window_time. */
export interface WindowTableNode extends LogicalBase, WindowTableSpec {
  readonly kind: 'window-table';
  readonly input: LogicalNode;
}

/** The first rows of each partition of each window. Output: the input's columns, then (`rankColumn`) the rank (BIGINT). */
export interface WindowRankNode extends LogicalBase, WindowRankSpec {
  readonly kind: 'window-rank';
  readonly input: LogicalNode;
}

/** The name of the column that says which grouping set a row is of. */
export const EXPAND_ID = 'expand_id';

/** Every row once for each grouping set. Output: the input's columns, some NULL in some sets, then the set (INT). */
export interface ExpandNode extends LogicalBase {
  readonly kind: 'expand';
  readonly input: LogicalNode;
  /** By set: the columns that are NULL in it. */
  readonly nulled: readonly (readonly number[])[];
}

/** A call of a table function. */
export type { TableCall } from '../physical/plan.ts';

/**
 * Every row with each row that a table function gives for it; `left`: with NULLs where it gives none. Output: the
 * columns `pass` of the input, then the columns `columns` of the function.
 */
export interface CorrelateNode extends LogicalBase, CorrelateSpec {
  readonly kind: 'correlate';
  readonly input: LogicalNode;
}

export interface UnionNode extends LogicalBase {
  readonly kind: 'union';
  readonly inputs: readonly LogicalNode[];
}

/**
 * INTERSECT and EXCEPT over two inputs of the same types. Without `all` a row comes once; with it as often as in both
 * (the smaller count), or as the left has it more often.
 */
export interface SetOperationNode extends LogicalBase {
  readonly kind: 'set-operation';
  readonly operator: SetOperator;
  readonly all: boolean;
  readonly left: LogicalNode;
  readonly right: LogicalNode;
}

/**
 * What a join makes of rows without partner. `semi` gives the left rows that have one, `anti` those that have none,
 * `mark` all left rows with a BOOLEAN that tells.
 */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'mark';

/**
 * Output: the columns of the left, then (not `semi`, `anti`) of the right; what an outer join fills up is nullable. A
 * join keeps the time attributes of its inputs for the rules that make interval, window and temporal joins of it; the
 * join that is left over at the end gives them up.
 */
export interface JoinNode extends LogicalBase {
  readonly kind: 'join';
  readonly joinType: JoinType;
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  /** Over the columns of the left, then of the right, whatever the type. Undefined: every pair. */
  readonly condition: Expr | undefined;
}

/** MATCH_RECOGNIZE. Output: `spec.output`. */
export interface MatchNode extends LogicalBase {
  readonly kind: 'match';
  readonly input: LogicalNode;
  readonly spec: MatchSpec;
}

/** Calls with OVER, all over one window. Output: the input's columns, then the calls. */
export interface OverNode extends LogicalBase, OverSpec {
  readonly kind: 'over';
  readonly input: LogicalNode;
  readonly compatibility: Compatibility;
}

/** TopN: the rows whose rank lies in a range. Output: the input's columns, then (`rankColumn`) the rank (BIGINT). */
export interface RankNode extends LogicalBase, RankSpec {
  readonly kind: 'rank';
  readonly input: LogicalNode;
  /** Whose deduplication it is where it takes one row by event time; absent: it ranks. */
  readonly compatibility?: Compatibility;
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
  readonly rules: SinkRules;
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
  | WindowTableNode
  | WindowRankNode
  | ExpandNode
  | UnionNode
  | SetOperationNode
  | CorrelateNode
  | JoinNode
  | LookupJoinNode
  | TemporalJoinNode
  | MatchNode
  | OverNode
  | RankNode
  | SortNode
  | SinkNode
  | CollectNode;

export type LogicalRoot = SinkNode | CollectNode;
