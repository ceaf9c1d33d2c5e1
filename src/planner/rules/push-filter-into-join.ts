import type { Expr } from '../../contracts/expression.ts';
import { conjunction, conjunctsOf, isDeterministic, moveColumns } from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import { join, sideOf } from '../logical/join.ts';
import type { FilterNode, JoinNode, JoinType, LogicalNode } from '../logical/plan.ts';
import { factored } from './factor-conditions.ts';

/**
 * A filter above a join: a condition on one side goes to that side where the join cannot turn its rows into NULLs, a
 * condition on both becomes part of an inner join's. An outer join whose filled-up rows the filter drops anyway is an
 * inner one first (`t LEFT JOIN d … WHERE d.x > 1`).
 */
export function pushFilterIntoJoin(node: JoinNode, given: readonly Expr[], from: FilterNode): LogicalNode {
  const conjuncts = given.flatMap(factored);
  const width = node.left.schema.fields.length;
  const joinType = simplified(node.joinType, conjuncts, width);
  const toLeft: Expr[] = [];
  const toRight: Expr[] = [];
  const toCondition: Expr[] = [];
  const rest: Expr[] = [];
  for (const one of conjuncts) {
    const side = sideOf(one, width);
    if (!isDeterministic(one) || (joinType === 'mark' && side !== 'left')) rest.push(one);
    else if (side === 'left' && joinType !== 'right' && joinType !== 'full') toLeft.push(one);
    else if (side === 'right' && (joinType === 'inner' || joinType === 'right')) toRight.push(one);
    else if (side === undefined && joinType === 'inner') toCondition.push(one);
    else rest.push(one);
  }
  if (joinType === node.joinType && rest.length === conjuncts.length) return from;
  const condition = conjunction([...(node.condition === undefined ? [] : conjunctsOf(node.condition)), ...toCondition]);
  const left = filtered(node.left, toLeft, from);
  const right = filtered(
    node.right,
    toRight.map((one) => moveColumns(one, (index) => index - width)),
    from,
  );
  const joined = join(joinType, left, right, { condition, span: node.span });
  const above = conjunction(rest);
  return above === undefined ? joined : filter(joined, above, from.span);
}

/**
 * Conjuncts of ON that read one side only go to that side where a row that fails them has no partner and is not shown
 * for itself.
 */
export function pushCondition(node: JoinNode): JoinNode {
  if (node.condition === undefined) return node;
  const { joinType } = node;
  const width = node.left.schema.fields.length;
  const mayLeft = joinType === 'inner' || joinType === 'right' || joinType === 'semi';
  const mayRight = joinType !== 'right' && joinType !== 'full';
  const toLeft: Expr[] = [];
  const toRight: Expr[] = [];
  const rest: Expr[] = [];
  const conjuncts = factored(node.condition);
  for (const one of conjuncts) {
    const side = isDeterministic(one) ? sideOf(one, width) : undefined;
    if (one.kind === 'literal' && one.value === true) continue;
    if (side === 'left' && mayLeft) toLeft.push(one);
    else if (side === 'right' && mayRight) toRight.push(moveColumns(one, (index) => index - width));
    else rest.push(one);
  }
  const condition = conjunction(rest);
  if (toLeft.length === 0 && toRight.length === 0) {
    return condition === undefined || conjuncts.length > conjunctsOf(node.condition).length
      ? { ...node, condition }
      : node;
  }
  return join(joinType, filtered(node.left, toLeft, node), filtered(node.right, toRight, node), {
    condition,
    span: node.span,
  });
}

function filtered(input: LogicalNode, conjuncts: readonly Expr[], from: LogicalNode): LogicalNode {
  const condition = conjunction(conjuncts);
  return condition === undefined ? input : filter(input, condition, from.span);
}

/** An outer join without the sides whose filled-up rows never pass. */
function simplified(joinType: JoinType, conjuncts: readonly Expr[], width: number): JoinType {
  const rejects = (side: 'left' | 'right'): boolean =>
    conjuncts.some((one) => isNotTrueOverNulls(one, (index) => index < width === (side === 'left')));
  switch (joinType) {
    case 'left':
      return rejects('right') ? 'inner' : 'left';
    case 'right':
      return rejects('left') ? 'inner' : 'right';
    case 'full': {
      const [left, right] = [rejects('left'), rejects('right')];
      if (left && right) return 'inner';
      return left ? 'left' : right ? 'right' : 'full';
    }
    default:
      return joinType;
  }
}

/** Whether a condition can never be TRUE where all of these columns are NULL; false where it is not certain. */
function isNotTrueOverNulls(condition: Expr, isNull: (index: number) => boolean): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.args.some((one) => isNotTrueOverNulls(one, isNull));
    case 'or':
      return condition.args.every((one) => isNotTrueOverNulls(one, isNull));
    case 'is-not-null':
      return isNullOverNulls(condition.arg, isNull);
    default:
      return isNullOverNulls(condition, isNull);
  }
}

function isNullOverNulls(expr: Expr, isNull: (index: number) => boolean): boolean {
  switch (expr.kind) {
    case 'column':
      return isNull(expr.index);
    case 'literal':
      return expr.value === null;
    case 'call':
      return expr.impl.nulls === 'propagate' && expr.args.some((arg) => isNullOverNulls(arg, isNull));
    case 'not':
    case 'in':
      return isNullOverNulls(expr.arg, isNull);
    default:
      return false;
  }
}
