import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import { moveWindow } from './move-window.ts';
import type { Rule } from './rule.ts';

/** An aggregation names its columns by place: a projection below it that only reorders them is not needed. */
export const skipReordering: Rule = {
  name: 'skip-reordering',
  apply: (plan) => rewriteUp(plan, skip) as LogicalRoot,
};

function skip(node: LogicalNode): LogicalNode {
  if ((node.kind !== 'aggregate' && node.kind !== 'window-aggregate') || node.input.kind !== 'project') return node;
  const places: number[] = [];
  for (const expr of node.input.exprs) {
    if (expr.kind !== 'column') return node;
    places.push(expr.index);
  }
  // A narrowing projection stays: the exchange would carry what it drops.
  if (places.length < node.input.input.schema.fields.length) return node;
  const place = (column: number): number => places[column]!;
  const moved = {
    input: node.input.input,
    keys: node.keys.map(place),
    calls: node.calls.map((call) => ({
      ...call,
      args: call.args.map(place),
      filter: call.filter === undefined ? undefined : place(call.filter),
    })),
  };
  return node.kind === 'aggregate' ? { ...node, ...moved } : { ...node, ...moved, ...moveWindow(node, place) };
}
