import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, isDeterministic, moveColumns } from '../expr-tree.ts';
import type { CorrelateNode } from '../logical/plan.ts';

/** Whether a condition reads only columns of the input: then it may run before the table function is called. */
export function readsInputOnly(node: CorrelateNode, condition: Expr): boolean {
  const columns = [...collectColumns(condition, new Set())];
  return isDeterministic(condition) && columns.length > 0 && columns.every((index) => index < node.pass.length);
}

/** The same condition over the input. */
export function overInput(node: CorrelateNode, condition: Expr): Expr {
  return moveColumns(condition, (index) => node.pass[index]!);
}
