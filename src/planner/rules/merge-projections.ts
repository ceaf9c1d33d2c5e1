import type { Expr } from '../../contracts/expression.ts';
import { isDeterministic, partsOf, replaceColumns } from '../expr-tree.ts';
import type { LogicalNode, LogicalRoot, ProjectNode } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * `SELECT a + 1 FROM (SELECT b AS a FROM t)` → one projection.
 * Not where an inner value would be computed twice, or where it must be computed once (RAND, NOW).
 */
export const mergeProjections: Rule = {
  name: 'merge-projections',
  apply: (plan) => rewriteUp(plan, merge) as LogicalRoot,
};

function merge(node: LogicalNode): LogicalNode {
  if (node.kind !== 'project' || node.input.kind !== 'project') return node;
  const inner = node.input;
  if (!mayMerge(node, inner)) return node;
  const exprs = node.exprs.map((expr) => replaceColumns(expr, (index) => inner.exprs[index]!));
  return merge({ ...node, input: inner.input, exprs });
}

function mayMerge(outer: ProjectNode, inner: ProjectNode): boolean {
  const uses = new Map<number, number>();
  outer.exprs.forEach((expr) => countColumns(expr, uses));
  return inner.exprs.every((expr, i) => {
    if (expr.kind === 'column' || expr.kind === 'literal') return true;
    const count = uses.get(i) ?? 0;
    return count === 0 || (count === 1 && isDeterministic(expr));
  });
}

function countColumns(expr: Expr, into: Map<number, number>): void {
  if (expr.kind === 'column') into.set(expr.index, (into.get(expr.index) ?? 0) + 1);
  else for (const part of partsOf(expr)) countColumns(part, into);
}
