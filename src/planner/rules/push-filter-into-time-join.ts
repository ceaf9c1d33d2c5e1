import type { Expr } from '../../contracts/expression.ts';
import { conjunction, isDeterministic } from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import { sideOf } from '../logical/join.ts';
import type { FilterNode, LogicalNode } from '../logical/plan.ts';
import { leftOf, withCondition, type LookupJoinNode, type TemporalJoinNode } from '../logical/time-joins.ts';

/**
 * A filter above a dimension or temporal join: what reads the left side only goes there, so that fewer rows are looked
 * up; the rest becomes part of an inner join's condition, where it may give a key. Nothing goes to the right side: a
 * version that a filter drops would let an older one show.
 */
export function pushFilterIntoTimeJoin(
  node: LookupJoinNode | TemporalJoinNode,
  conjuncts: readonly Expr[],
  from: FilterNode,
): LogicalNode {
  const left = leftOf(node);
  const width = left.schema.fields.length;
  const toLeft: Expr[] = [];
  const toCondition: Expr[] = [];
  const rest: Expr[] = [];
  for (const one of conjuncts) {
    if (!isDeterministic(one)) rest.push(one);
    else if (sideOf(one, width) === 'left') toLeft.push(one);
    else if (node.joinType === 'inner') toCondition.push(one);
    else rest.push(one);
  }
  if (rest.length === conjuncts.length) return from;
  const below = conjunction(toLeft);
  const input = below === undefined ? left : filter(left, below, from.span);
  const joined: LogicalNode =
    node.kind === 'lookup-join'
      ? { ...withCondition(node, toCondition), input }
      : { ...withCondition(node, toCondition), left: input };
  const above = conjunction(rest);
  return above === undefined ? joined : filter(joined, above, from.span);
}
