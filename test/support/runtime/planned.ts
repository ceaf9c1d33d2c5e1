import type { PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { planScript } from '../../unit/planner/planning.ts';

/** The operators of a query. */
export function planned(script: string): PhysicalNode {
  return planScript(script).physical.roots[0]!.input;
}

/** The operators of a query over one table, reading `input` in place of the table, whose columns are all read. */
export function plannedOver(script: string, input: PhysicalNode): PhysicalNode {
  const replace = (node: PhysicalNode): PhysicalNode => {
    if (node.kind === 'scan') return input;
    if (!('input' in node)) throw new Error(`${node.kind} has not one input`);
    return { ...node, input: replace(node.input) };
  };
  return replace(planned(script));
}
