import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { inputsOf, withInputs } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * ORDER BY without LIMIT means something at the top of a query only: below, rows have no order that anybody could see.
 * LIMIT 0 takes no row.
 */
export const removeIdleSorts: Rule = {
  name: 'remove-idle-sorts',
  apply: (plan) => remove(plan, true) as LogicalRoot,
};

/** @param top whether the order of the rows of `node` reaches the result */
function remove(node: LogicalNode, top: boolean): LogicalNode {
  if (node.kind === 'sort') {
    if (node.limit === 0) return { kind: 'values', rows: [], schema: node.schema, span: node.span };
    if (!top && node.limit === undefined && node.offset === 0) return remove(node.input, false);
  }
  const passes = top && (node.kind === 'project' || node.kind === 'collect' || node.kind === 'sink');
  return withInputs(
    node,
    inputsOf(node).map((one) => remove(one, passes)),
  );
}
