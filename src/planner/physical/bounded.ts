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
    default:
      return [node.input];
  }
}

/** Whether every source of the plan ends by itself. */
export function isBounded(plan: PhysicalPlan): boolean {
  const bounded = (node: PhysicalNode): boolean =>
    node.kind === 'scan' ? node.bounded : physicalInputs(node).every(bounded);
  return plan.roots.every(bounded);
}
