import type { PhysicalNode } from '../planner/physical/plan.ts';

/**
 * The node whose rows really arrive: inside one task an exchange routes nothing and vanishes. With several tasks this is
 * where a chain ends and the next begins.
 */
export function withoutExchange(node: PhysicalNode): PhysicalNode {
  return node.kind === 'exchange' ? withoutExchange(node.input) : node;
}

/** The nodes a node reads. */
export function inputsOf(node: PhysicalNode): readonly PhysicalNode[] {
  switch (node.kind) {
    case 'scan':
    case 'values':
      return [];
    case 'union':
      return node.inputs.map(withoutExchange);
    case 'regular-join':
    case 'set-operation':
    case 'interval-join':
    case 'temporal-join':
    case 'window-join':
      return [withoutExchange(node.left), withoutExchange(node.right)];
    default:
      return [withoutExchange(node.input)];
  }
}
