import type { TableDescriptor } from '../../contracts/connector.ts';
import type { Expr } from '../../contracts/expression.ts';
import type { ExecBase, JoinCondition, PhysicalNode, ScanSource } from './plan.ts';

/** What the joins of two inputs have in common. */
interface TimeJoinExec extends ExecBase {
  readonly left: PhysicalNode;
  readonly right: PhysicalNode;
  /** Columns that are equal in pairs; NULL equals nothing unless `nullKeys` says so. */
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  readonly condition: JoinCondition | undefined;
  /** The columns that go on, of the left, then of the right. */
  readonly outputs: readonly number[];
}

/**
 * Pairs of rows with equal keys whose times are close: `lowerMs ≤ left − right ≤ upperMs`. Rows are kept as long as the
 * watermark lets a partner come; then those of an outer side that had none go out with NULLs. Insert-only.
 */
export interface IntervalJoinExec extends TimeJoinExec {
  readonly kind: 'interval-join';
  readonly joinType: 'inner' | 'left' | 'right' | 'full';
  readonly leftTime: number;
  readonly rightTime: number;
  readonly lowerMs: number;
  readonly upperMs: number;
  /** By pair of keys: NULL meets NULL (IS NOT DISTINCT FROM). Absent: nowhere. */
  readonly nullKeys?: readonly boolean[] | undefined;
  /** The times are processing time. */
  readonly processingTime: boolean;
}

/**
 * Each left row with the version of its key in the right input that is valid at its time: the latest one not after it.
 * By event time left rows wait for the watermark. The keys identify a row of the right input.
 */
export interface TemporalJoinExec extends TimeJoinExec {
  readonly kind: 'temporal-join';
  readonly joinType: 'inner' | 'left';
  /** Undefined: by processing time, with the version that is there. */
  readonly times: { readonly left: number; readonly right: number } | undefined;
}

/** How the rows of a dimension table are kept at hand. */
export interface LookupCache {
  readonly kind: 'none' | 'lru' | 'all';
  /** Rows of `lru`. */
  readonly size: number;
  /** `lru`: how long a row counts; `all`: time between two loads. Undefined: for ever. */
  readonly ttlMs: number | undefined;
  /** Whether `lru` remembers that a key has no row. */
  readonly empty: boolean;
  /** `all`: periods without loading, `[from, to)` in epoch ms. */
  readonly quiet: readonly (readonly [number, number])[];
}

/**
 * Each row with the rows of a dimension table that have its key, as the table is when the row passes. Output: the
 * input's columns (`inputWidth` of them: key columns that were computed follow), then `outputs` over the fetched ones.
 */
export interface LookupJoinExec extends ExecBase {
  readonly kind: 'lookup-join';
  readonly joinType: 'inner' | 'left';
  readonly input: PhysicalNode;
  readonly inputWidth: number;
  readonly table: TableDescriptor;
  readonly source: ScanSource;
  /** Columns of `table` that are fetched, in this order. */
  readonly wanted: readonly number[];
  /** Columns of the right side, over the fetched ones. */
  readonly fetched: readonly Expr[];
  /** `input` column equals `column` of the table. */
  readonly keys: readonly { readonly input: number; readonly column: number }[];
  /** What else must hold, over `inputWidth` columns of the input, then `fetched`. */
  readonly condition: JoinCondition | undefined;
  /** Most rows a key has; undefined: any number. */
  readonly maxRows: number | undefined;
  readonly cache: LookupCache;
}
