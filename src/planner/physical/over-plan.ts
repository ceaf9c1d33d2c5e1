import type { SqlType } from '../../types/sql-type.ts';
import type { AggregateCall, ExecBase, PhysicalNode, SortKey } from './plan.ts';

/** Which rows of the partition an aggregate takes besides the current one: all those before it, or some of them. */
export interface OverFrame {
  /** `range`: rows of the same time belong together. */
  readonly unit: 'rows' | 'range';
  /** Rows, or milliseconds; undefined: all. */
  readonly preceding: number | undefined;
}

/** One call with OVER. Columns are of the input. */
export type OverCall =
  | { readonly kind: 'aggregate'; readonly call: AggregateCall }
  | { readonly kind: 'rank'; readonly name: 'ROW_NUMBER' | 'RANK' | 'DENSE_RANK'; readonly type: SqlType }
  | {
      readonly kind: 'shift';
      readonly name: 'LAG' | 'LEAD';
      readonly column: number;
      /** Rows back (LAG) or ahead (LEAD). */
      readonly offset: number;
      /** Taken where there is no such row; undefined: NULL. */
      readonly fallback: number | undefined;
      readonly type: SqlType;
    };

export interface OverSpec {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly frame: OverFrame;
  readonly calls: readonly OverCall[];
}

/** Rows in the order of time, with the results of calls: the input's columns, then the calls. Insert-only. */
export interface OverExec extends ExecBase {
  readonly kind: 'over';
  readonly input: PhysicalNode;
  readonly partition: readonly number[];
  readonly frame: OverFrame;
  /** No LEAD. */
  readonly calls: readonly OverCall[];
  /** Of event time; −1 by processing time. */
  readonly timeColumn: number;
}

/** Rows with values of rows that come after them in their partition: the input's columns, then the calls. */
export interface LeadExec extends ExecBase {
  readonly kind: 'lead';
  readonly input: PhysicalNode;
  readonly partition: readonly number[];
  /** `fallback` and `column` are of the input. */
  readonly calls: readonly Extract<OverCall, { kind: 'shift' }>[];
  /** Columns of the input and, beyond them, of the calls, in the order in which they go out. */
  readonly outputs: readonly number[];
}

/** How many rows of each partition are in a ranking: a number, or a column whose value in its first row counts. */
export type RankEnd = number | { readonly column: number };

export interface RankSpec {
  readonly partition: readonly number[];
  /** Empty: by arrival. */
  readonly order: readonly SortKey[];
  /** From 1. */
  readonly fromRank: number;
  readonly toRank: RankEnd;
  /** The rank goes out as the last column. */
  readonly rankColumn: boolean;
}

/**
 * TopN: the rows of each partition whose rank lies in a range, kept up to date. Equal sort keys: the row that came first
 * is first. Output: the input's columns, then (`rankColumn`) the rank (BIGINT).
 */
export interface RankExec extends ExecBase, RankSpec {
  readonly kind: 'rank';
  readonly input: PhysicalNode;
  /**
   * `append`: the input only adds rows, those that cannot rank are not kept. `update-fast`: rows are known by `rowKey`
   * and only move up, so that those that cannot rank are not kept either. `retract`: every row is kept.
   */
  readonly strategy: 'append' | 'update-fast' | 'retract';
  /** Columns that identify a row of the input; undefined: all of them together, as often as they come. */
  readonly rowKey: readonly number[] | undefined;
  /** Whether -U rows must be emitted or only +U. */
  readonly emitBefore: boolean;
  readonly stateTtlMs: number | undefined;
}

/** The first rows of each partition as they come; nothing is ever taken back. Output as of RankExec. */
export interface FirstRowsExec extends ExecBase {
  readonly kind: 'first-rows';
  readonly input: PhysicalNode;
  readonly partition: readonly number[];
  readonly fromRank: number;
  readonly toRank: number;
  readonly rankColumn: boolean;
  /** Of event time: the watermark decides which row is first, `toRank` is 1. −1: by arrival. */
  readonly timeColumn: number;
  readonly stateTtlMs: number | undefined;
}

/** The latest row of each partition. */
export interface LastRowExec extends ExecBase {
  readonly kind: 'last-row';
  readonly input: PhysicalNode;
  readonly partition: readonly number[];
  /** Of event time; −1: by arrival. */
  readonly timeColumn: number;
  /** Which of rows of equal event time counts, by arrival: Flink's deduplication takes the last, Blink's TopN the first. */
  readonly ties: 'first' | 'last';
  readonly emitBefore: boolean;
  readonly stateTtlMs: number | undefined;
}

/** ORDER BY a time attribute: rows in the order of event time as the watermark passes, of equal times by `order`. */
export interface TemporalSortExec extends ExecBase {
  readonly kind: 'temporal-sort';
  readonly input: PhysicalNode;
  readonly timeColumn: number;
  /** The other keys. */
  readonly order: readonly SortKey[];
}
