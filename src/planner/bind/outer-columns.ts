import type { Expr } from '../../contracts/expression.ts';
import type { ColumnRef } from '../../parser/ast/expression.ts';
import { collectColumns, moveColumns } from '../expr-tree.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import type { Names } from './scope.ts';

/**
 * Columns of the query around a sub-query stand behind all others while the sub-query is bound; those of the query
 * around that one twice as far, and so on.
 */
const OUTER = 2 ** 32;

/** What a sub-query sees of the query around it. */
export function outerNames(names: Names): Names {
  return { column: (ref: ColumnRef) => moveColumns(names.column(ref), (index) => index + OUTER) };
}

export function isOuter(index: number): boolean {
  return index >= OUTER;
}

/** The column as the query around sees it. */
export function fromOuter(index: number): number {
  return index - OUTER;
}

export function readsOuter(expr: Expr): boolean {
  for (const index of collectColumns(expr, new Set())) if (isOuter(index)) return true;
  return false;
}

/** Whether anything in a plan depends on the query around it. */
export function isCorrelatedPlan(plan: LogicalNode): boolean {
  return exprsOf(plan).some(readsOuter) || inputsOf(plan).some(isCorrelatedPlan);
}

function exprsOf(node: LogicalNode): readonly Expr[] {
  switch (node.kind) {
    case 'project':
      return node.exprs;
    case 'filter':
      return [node.condition];
    case 'join':
      return node.condition === undefined ? [] : [node.condition];
    case 'correlate':
      return node.args;
    default:
      return [];
  }
}
