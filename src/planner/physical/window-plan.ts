import type { Expr } from '../../contracts/expression.ts';
import type { JoinType } from '../logical/plan.ts';
import type { AssignedWindow, AttachedWindow, ExecBase, PhysicalNode, SortKey } from './plan.ts';

export interface WindowTableSpec {
  readonly window: AssignedWindow;
  readonly processingTime: boolean;
  readonly timeColumn: number;
  /** Of a session: its key. */
  readonly partition: readonly number[];
}

/** Rows with their windows: the input's columns, then window_start, window_end, window_time; a row for each window. */
export interface WindowTableExec extends ExecBase, WindowTableSpec {
  readonly kind: 'window-table';
  readonly input: PhysicalNode;
}

export interface WindowRankSpec {
  readonly window: AttachedWindow;
  readonly processingTime: boolean;
  /** Besides the window. */
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  readonly fromRank: number;
  readonly toRank: number;
  readonly rankColumn: boolean;
  /** Which of rows with equal sort keys comes first. */
  readonly ties: 'first' | 'last';
}

/** The first rows of each partition of each window. Output: the input's columns, then (`rankColumn`) the rank (BIGINT). */
export interface WindowRankExec extends ExecBase, WindowRankSpec {
  readonly kind: 'window-rank';
  readonly input: PhysicalNode;
}

/** Joins rows of the same window. Output as of a JoinNode. */
export interface WindowJoinExec extends ExecBase {
  readonly kind: 'window-join';
  readonly joinType: JoinType;
  readonly left: PhysicalNode;
  readonly right: PhysicalNode;
  readonly leftWindow: AttachedWindow;
  readonly rightWindow: AttachedWindow;
  readonly processingTime: boolean;
  /** Columns that are equal in pairs, besides the window. */
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  /** What else must hold, over the columns of the left, then of the right. */
  readonly condition: Expr | undefined;
}
