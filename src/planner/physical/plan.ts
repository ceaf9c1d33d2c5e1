import type { ConnectorEntry, TableDescriptor } from '../../contracts/connector.ts';
import type { Expr, Value } from '../../contracts/expression.ts';
import type { AggregateBinding, TableBinding } from '../../contracts/function.ts';
import type { Span } from '../../errors/span.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { MatchSpec } from './match-plan.ts';
import type { FirstRowsExec, LastRowExec, LeadExec, OverExec, RankExec, TemporalSortExec } from './over-plan.ts';
import type { JoinType } from '../logical/plan.ts';
import type { SinkRules } from './sink-rules.ts';
import type { IntervalJoinExec, LookupJoinExec, TemporalJoinExec } from './time-joins.ts';
import type { WindowJoinExec, WindowRankExec, WindowTableExec } from './window-plan.ts';

/** What flows on the output edge of a node (D5). */
export type Changelog = 'insert-only' | 'retract' | 'upsert';

export interface ExecBase {
  /** Stable: derived from plan position and names, so that state survives edits elsewhere. Unique in a plan. */
  readonly id: string;
  readonly schema: Schema;
  readonly changelog: Changelog;
  readonly span?: Span | undefined;
}

/** Event time of a source: the rowtime's place in the scan's output and how far the watermark stays behind it. */
export interface WatermarkSpec {
  readonly column: number;
  readonly delayMs: number;
  /**
   * The smallest pane downstream: a batch need only be cut before a row whose pane `[k·size + offset, …)` has already
   * closed (D4). 1 = cut before every row at or below the running watermark.
   */
  readonly paneMs: number;
  readonly paneOffsetMs: number;
  /** Cut also before a row right behind what has closed: sessions that touch are one. */
  readonly touches?: boolean;
  /** Cut wherever the watermark moves: CURRENT_WATERMARK is asked on every row. */
  readonly everyMove?: boolean;
  /** Rows without rowtime go on, because something besides windows reads the table; windows drop and count them. */
  readonly keepsNulls?: boolean;
}

/** Reads a table: decode wanted columns → computed columns → watermark. Output = `outputs` over the decoded columns. */
export interface ScanExec extends ExecBase {
  readonly kind: 'scan';
  readonly table: TableDescriptor;
  readonly source: ScanSource;
  /** Indexes into `table.columns` to decode, in order. */
  readonly wanted: readonly number[];
  /** Conjuncts the source evaluates, over the wanted columns. */
  readonly pushed: readonly Expr[];
  /** Output columns, over the wanted columns (plain column expressions pass by reference). */
  readonly outputs: readonly Expr[];
  readonly watermark: WatermarkSpec | undefined;
  /** Whether the read ends by itself. */
  readonly bounded: boolean;
}

/** Where the rows of a scan come from: a connector, or rows registered through the API. */
export type ScanSource =
  | { readonly kind: 'connector'; readonly entry: ConnectorEntry }
  | { readonly kind: 'registered'; readonly name: string };

/** A constant list of rows; bounded. `SELECT 1` reads one row without columns. */
export interface ValuesExec extends ExecBase {
  readonly kind: 'values';
  readonly rows: readonly (readonly Value[])[];
}

/** Filter, then project, compiled into one function. Absent parts do nothing. */
export interface CalcExec extends ExecBase {
  readonly kind: 'calc';
  readonly input: PhysicalNode;
  readonly filter: Expr | undefined;
  readonly projection: readonly Expr[] | undefined;
}

/** Routes rows to the instances of the next operator; with parallelism 1 it vanishes. */
export interface ExchangeExec extends ExecBase {
  readonly kind: 'exchange';
  readonly input: PhysicalNode;
  readonly distribution: { readonly kind: 'hash'; readonly keys: readonly number[] } | { readonly kind: 'single' };
}

export interface AggregateCall {
  readonly name: string;
  readonly binding: AggregateBinding;
  /** Input columns of the arguments; empty for COUNT(*). */
  readonly args: readonly number[];
  readonly distinct: boolean;
  /** BOOLEAN input column; only TRUE rows are taken. */
  readonly filter: number | undefined;
  readonly type: SqlType;
}

/** Output: keys, then aggregates. Emits an update for each change of a group. Keys empty = one global group. */
export interface GroupAggregateExec extends ExecBase {
  readonly kind: 'group-aggregate';
  readonly input: PhysicalNode;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  /** The input carries -U / -D. */
  readonly retracts: boolean;
  /** Whether -U rows must be emitted (`retract`) or only +U (`upsert`). */
  readonly emitBefore: boolean;
  /** Groups that were not written for so long are forgotten; undefined: never. */
  readonly stateTtlMs?: number | undefined;
}

/**
 * Windows that lie at the same times for every key. `offsetMs` moves their starts; `local`: counted from midnight of the
 * time zone whatever their length; `zoned`: the time zone is part of the offset; `zone`: they lie at the same local times
 * of this zone all year.
 */
export type AlignedWindow = {
  readonly offsetMs: number;
  readonly local?: true;
  readonly zoned?: true;
  readonly zone?: string;
} & (
  | { readonly kind: 'tumble'; readonly sizeMs: number }
  | { readonly kind: 'hop'; readonly sizeMs: number; readonly slideMs: number }
  /** Windows that begin every `sizeMs` and grow by `stepMs` until they are as long. */
  | { readonly kind: 'cumulate'; readonly sizeMs: number; readonly stepMs: number }
);

export interface SessionWindow {
  readonly kind: 'session';
  readonly gapMs: number;
}

/** Rows carry their windows as columns. */
export interface AttachedWindow {
  readonly kind: 'attached';
  readonly startColumn: number;
  readonly endColumn: number;
}

/** What makes windows of rows with a time. */
export type AssignedWindow = AlignedWindow | SessionWindow;
export type WindowSpec = AssignedWindow | AttachedWindow;

/** When windows give results besides the moment they are over (EMIT). Times are processing time. */
export interface EmitSpec {
  /** Results of open windows so long after their first row and from then on; 0: with every row. */
  readonly earlyMs: number | undefined;
  /** Corrections so long after the first late row; 0: with every row. */
  readonly lateMs: number | undefined;
  /** How long windows are kept behind their end for late rows, in event time. */
  readonly keepMs: number;
}

export type WindowProperty = 'start' | 'end' | 'rowtime' | 'proctime';

/** Output: keys, then aggregates, then properties (TIMESTAMP(3)). Insert-only without `emit`. */
export interface WindowAggregateExec extends ExecBase {
  readonly kind: 'window-aggregate';
  readonly input: PhysicalNode;
  readonly window: WindowSpec;
  /** Windows by processing time; then `timeColumn` is −1. */
  readonly processingTime?: boolean;
  readonly timeColumn: number;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly properties: readonly WindowProperty[];
  /** The input carries -U / -D. */
  readonly retracts?: boolean;
  readonly emit?: EmitSpec | undefined;
  /** Of `emit`: whether -U rows must be emitted or only +U. */
  readonly emitBefore?: boolean;
}

/** Every row once for each grouping set: the input's columns, some NULL in some sets, then the set's number (INT). */
export interface ExpandExec extends ExecBase {
  readonly kind: 'expand';
  readonly input: PhysicalNode;
  /** By set: the columns that are NULL in it. */
  readonly nulled: readonly (readonly number[])[];
}

export interface TableCall {
  readonly name: string;
  readonly binding: TableBinding;
}

export interface CorrelateSpec {
  readonly call: TableCall;
  /** Over the input. */
  readonly args: readonly Expr[];
  /** `left`: rows for which the function gives none stay, with NULLs. */
  readonly joinType: 'inner' | 'left';
  readonly pass: readonly number[];
  readonly columns: readonly number[];
  /** Each row stays one row: `columns` is empty, what the function gives for it is aggregated. */
  readonly fold?: FoldSpec | undefined;
}

/** Over the columns of the input, then all those of the function. */
export interface FoldSpec {
  readonly filter: Expr | undefined;
  /** What `calls` take. */
  readonly exprs: readonly Expr[];
  readonly calls: readonly AggregateCall[];
}

/** Rows with what a table function gives for each: columns `pass` of the input, then `columns` of the function. */
export interface CorrelateExec extends ExecBase, Omit<CorrelateSpec, 'fold'> {
  readonly kind: 'correlate';
  readonly input: PhysicalNode;
  readonly fold?: FoldExec;
}

/** `filter` and `exprs` are over the columns `inputs` of the input, then the columns `made` of the function. */
export interface FoldExec extends FoldSpec {
  readonly inputs: readonly number[];
  readonly made: readonly number[];
}

export interface UnionExec extends ExecBase {
  readonly kind: 'union';
  readonly inputs: readonly PhysicalNode[];
}

/** Gives the changes of a table that sends only new rows and deletes by key their old rows: -U, +U and whole -D. */
export interface ChangelogNormalizeExec extends ExecBase {
  readonly kind: 'changelog-normalize';
  readonly input: PhysicalNode;
  /** The primary key. */
  readonly keys: readonly number[];
  /** Rows that were not written for so long are forgotten; undefined: never. */
  readonly stateTtlMs: number | undefined;
}

export type SetOperator = 'intersect' | 'except';

/** Counts equal rows of both inputs and gives as many as INTERSECT or EXCEPT says; without `all` at most one. */
export interface SetOperationExec extends ExecBase {
  readonly kind: 'set-operation';
  readonly operator: SetOperator;
  readonly all: boolean;
  readonly left: PhysicalNode;
  readonly right: PhysicalNode;
  /** Rows that were not seen for so long are forgotten; undefined: never. */
  readonly stateTtlMs: number | undefined;
}

/** Rows of both sides with equal values here meet. */
export interface JoinKey {
  /** Column of the left input. */
  readonly left: number;
  /** Column of the right input. */
  readonly right: number;
  /** NULL meets NULL. */
  readonly nullsMatch: boolean;
}

/** What pairs must fulfil besides their keys. */
export interface JoinCondition {
  /** The columns it reads, of the left, then of the right. */
  readonly columns: readonly number[];
  /** Over `columns`. */
  readonly expr: Expr;
}

/** Both sides in keyed state; results are taken back and given again as partners come and go. */
export interface RegularJoinExec extends ExecBase {
  readonly kind: 'regular-join';
  readonly joinType: JoinType;
  readonly left: PhysicalNode;
  readonly right: PhysicalNode;
  /** Empty: every row meets every other one. */
  readonly keys: readonly JoinKey[];
  readonly condition: JoinCondition | undefined;
  /** The columns that go on, of the left, then of the right; for `mark` the first behind the left is the mark. */
  readonly outputs: readonly number[];
  /** Rows that were not written for so long are forgotten; undefined: never. */
  readonly stateTtlMs: number | undefined;
  /** The side whose rows are kept all the same. */
  readonly forever?: 'left' | 'right';
}

/** MATCH_RECOGNIZE. Output: `spec.output`. */
export interface MatchExec extends ExecBase {
  readonly kind: 'match';
  readonly input: PhysicalNode;
  readonly spec: MatchSpec;
}

export interface SortKey {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** ORDER BY and LIMIT over a bounded input: collects, applies changes, sorts, cuts. Keys empty = LIMIT only. */
export interface SortLimitExec extends ExecBase {
  readonly kind: 'sort-limit';
  readonly input: PhysicalNode;
  readonly keys: readonly SortKey[];
  readonly limit: number | undefined;
  readonly offset: number;
}

/** Writes into a table. Input columns are those of `table.columns`, in that order. */
export interface SinkExec extends ExecBase {
  readonly kind: 'sink';
  readonly input: PhysicalNode;
  readonly table: TableDescriptor;
  readonly entry: ConnectorEntry;
  /** D5: append-only sinks under 'blink' write +I and +U and drop -U and -D. */
  readonly dropRetractions: boolean;
  /** Absent: everything is written. */
  readonly rules?: SinkRules;
}

/** Hands the changes to the caller (`sluice query`, the REPL, `engine.query`). */
export interface CollectExec extends ExecBase {
  readonly kind: 'collect';
  readonly input: PhysicalNode;
}

export type PhysicalNode =
  | ScanExec
  | ValuesExec
  | CalcExec
  | ExchangeExec
  | GroupAggregateExec
  | WindowAggregateExec
  | WindowTableExec
  | WindowRankExec
  | WindowJoinExec
  | ExpandExec
  | UnionExec
  | CorrelateExec
  | RegularJoinExec
  | ChangelogNormalizeExec
  | IntervalJoinExec
  | TemporalJoinExec
  | LookupJoinExec
  | SetOperationExec
  | MatchExec
  | OverExec
  | LeadExec
  | RankExec
  | FirstRowsExec
  | LastRowExec
  | TemporalSortExec
  | SortLimitExec
  | SinkExec
  | CollectExec;

export type PhysicalKind = PhysicalNode['kind'];

/** One job: its roots are sinks or one collect. A node object that occurs under several parents runs once. */
export interface PhysicalPlan {
  readonly roots: readonly (SinkExec | CollectExec)[];
  /** Lines for stderr at the start of a run (dropped retractions, default startTime …). */
  readonly warnings: readonly string[];
}
