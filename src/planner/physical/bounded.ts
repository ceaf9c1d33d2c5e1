import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import type { PhysicalNode, PhysicalPlan } from './plan.ts';

/** The first table below that is read without end. */
export function unboundedTable(node: LogicalNode): string | undefined {
  if (node.kind === 'scan') return node.table.bounded ? undefined : node.table.name;
  for (const one of inputsOf(node)) {
    const found = unboundedTable(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function physicalInputs(node: PhysicalNode): readonly PhysicalNode[] {
  switch (node.kind) {
    case 'scan':
    case 'values':
      return [];
    case 'union':
      return node.inputs;
    case 'regular-join':
    case 'set-operation':
    case 'interval-join':
    case 'temporal-join':
    case 'window-join':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

/** The rows after which a query has its whole answer, whatever its sources still have; undefined: when they end. */
export function rowsToEnd(plan: PhysicalPlan): number | undefined {
  const [root] = plan.roots;
  if (root?.kind !== 'collect' || root.input.kind !== 'sort-limit') return undefined;
  const { keys, limit, input } = root.input;
  return keys.length === 0 && input.changelog === 'insert-only' ? limit : undefined;
}

/** Whether the plan ends by itself: every source does, or a LIMIT ends the query. */
export function isBounded(plan: PhysicalPlan): boolean {
  const bounded = (node: PhysicalNode): boolean =>
    node.kind === 'scan' ? node.bounded : physicalInputs(node).every(bounded);
  return rowsToEnd(plan) !== undefined || plan.roots.every(bounded);
}
