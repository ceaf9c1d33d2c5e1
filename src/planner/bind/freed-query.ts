import type { Expr } from '../../contracts/expression.ts';
import { BIGINT, BOOLEAN } from '../../types/sql-type.ts';
import { replaceColumns } from '../expr-tree.ts';
import type { LogicalNode, TableCall } from '../logical/plan.ts';
import type { FoldSpec } from '../physical/plan.ts';
import type { Domain } from './domain.ts';
import { isOuter } from './outer-columns.ts';

/** A sub-query without columns of the query around it. */
export interface FreedQuery {
  readonly plan: LogicalNode;
  /** The columns of the sub-query, over `plan` and the query around. */
  readonly columns: readonly Expr[];
  /** Which of its rows belong to a row of the query around, over both. */
  readonly conditions: readonly Expr[];
  /** It gives one row whatever it reads: an aggregate without GROUP BY, a list of one row. */
  readonly single: boolean;
  /** What `plan` is computed for, where it is not for all values at once. */
  readonly domain?: Domain | undefined;
  /** What a table function makes of each row of the query around: nothing is joined, `plan` only says which columns. */
  readonly perRow?: PerRow | undefined;
}

export interface PerRow {
  readonly call: TableCall;
  /** Over the query around. */
  readonly args: readonly Expr[];
  /** Over the columns of the function and the query around; without calls rows are only counted. */
  readonly fold: FoldSpec;
}

/** An expression over what its columns have become. */
export function over(columns: readonly Expr[], expr: Expr): Expr {
  return replaceColumns(expr, (index, _, column) => (isOuter(index) ? column : columns[index]!));
}

const counts = new Set(['COUNT', 'APPROX_COUNT_DISTINCT']);

/** A row without partner has no count; what it counts is nothing. */
export function countOfNone(column: Expr, call: string | undefined): Expr {
  if (call === undefined || !counts.has(call)) return column;
  return {
    kind: 'case',
    whens: [
      { when: { kind: 'is-null', arg: column, type: BOOLEAN }, then: { kind: 'literal', value: 0n, type: BIGINT } },
    ],
    otherwise: column,
    type: BIGINT,
  };
}
