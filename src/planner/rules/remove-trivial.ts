import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * Drops filters that let everything pass and projections that change nothing; a filter that lets nothing pass becomes
 * an empty list of rows. A projection that only renames stays where its names reach the user: directly below the root.
 */
export const removeTrivial: Rule = {
  name: 'remove-trivial',
  apply: (plan) => rewriteUp(plan, remove) as LogicalRoot,
};

function remove(node: LogicalNode): LogicalNode {
  if (node.kind === 'filter' && node.condition.kind === 'literal') {
    if (node.condition.value === true) return node.input;
    return { kind: 'values', rows: [], schema: node.schema, span: node.span };
  }
  if (node.kind === 'project' && changesNothing(node.exprs, node.input, node)) return node.input;
  return node;
}

function changesNothing(
  exprs: Extract<LogicalNode, { kind: 'project' }>['exprs'],
  input: LogicalNode,
  node: LogicalNode,
): boolean {
  return (
    exprs.length === input.schema.fields.length &&
    exprs.every(
      (expr, i) =>
        expr.kind === 'column' && expr.index === i && input.schema.fields[i]?.name === node.schema.fields[i]?.name,
    )
  );
}
