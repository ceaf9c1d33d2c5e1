import type { LogicalNode } from './plan.ts';

export function inputsOf(node: LogicalNode): readonly LogicalNode[] {
  switch (node.kind) {
    case 'scan':
    case 'values':
      return [];
    case 'union':
      return node.inputs;
    case 'join':
    case 'set-operation':
    case 'temporal-join':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

/** The same node over other inputs; the node itself when nothing changed. */
export function withInputs<N extends LogicalNode>(node: N, inputs: readonly LogicalNode[]): N {
  const before = inputsOf(node);
  if (before.every((one, i) => one === inputs[i])) return node;
  if (node.kind === 'union') return { ...node, inputs };
  if (node.kind === 'join' || node.kind === 'set-operation' || node.kind === 'temporal-join') {
    return { ...node, left: inputs[0]!, right: inputs[1]! };
  }
  return { ...node, input: inputs[0]! };
}

/** Rewrites a tree from the leaves up. */
export function rewriteUp(node: LogicalNode, rewrite: (node: LogicalNode) => LogicalNode): LogicalNode {
  return rewrite(
    withInputs(
      node,
      inputsOf(node).map((one) => rewriteUp(one, rewrite)),
    ),
  );
}

/** Visits a node and everything below it, parents first. */
export function visit(node: LogicalNode, see: (node: LogicalNode) => void): void {
  see(node);
  for (const one of inputsOf(node)) visit(one, see);
}
