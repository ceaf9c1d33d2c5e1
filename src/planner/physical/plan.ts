import type { ConnectorEntry, TableDescriptor } from '../../contracts/connector.ts';
import type { Expr, Value } from '../../contracts/expression.ts';
import type { AggregateBinding } from '../../contracts/function.ts';
import type { Span } from '../../errors/span.ts';
import type { Schema } from '../../types/schema.ts';
import type { SqlType } from '../../types/sql-type.ts';

/** What flows on the output edge of a node (D5). */
export type Changelog = 'insert-only' | 'retract' | 'upsert';

interface ExecBase {
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

export type WindowSpec =
  | { readonly kind: 'tumble'; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'hop'; readonly sizeMs: number; readonly slideMs: number; readonly offsetMs: number };

export type WindowProperty = 'start' | 'end' | 'rowtime' | 'proctime';

/** Event-time group window. Output: keys, then aggregates, then properties (TIMESTAMP(3)). Insert-only. */
export interface WindowAggregateExec extends ExecBase {
  readonly kind: 'window-aggregate';
  readonly input: PhysicalNode;
  readonly window: WindowSpec;
  readonly timeColumn: number;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly properties: readonly WindowProperty[];
}

/** Every row once for each grouping set: the input's columns, some NULL in some sets, then the set's number (INT). */
export interface ExpandExec extends ExecBase {
  readonly kind: 'expand';
  readonly input: PhysicalNode;
  /** By set: the columns that are NULL in it. */
  readonly nulled: readonly (readonly number[])[];
}

export interface UnionExec extends ExecBase {
  readonly kind: 'union';
  readonly inputs: readonly PhysicalNode[];
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
  | ExpandExec
  | UnionExec
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
