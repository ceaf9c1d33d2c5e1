import { fold } from '../../expr/fold.ts';
import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/** `WHERE a > 1 + 2` → `WHERE a > 3`. What fails to compute stays: its row may never come. */
export const foldConstants: Rule = {
  name: 'fold-constants',
  apply: (plan) => rewriteUp(plan, foldNode) as LogicalRoot,
};

function foldNode(node: LogicalNode): LogicalNode {
  switch (node.kind) {
    case 'filter': {
      const condition = fold(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    }
    case 'join':
    case 'lookup-join':
    case 'temporal-join': {
      const condition = node.condition && fold(node.condition);
      return condition === node.condition ? node : { ...node, condition };
    }
    case 'correlate': {
      const args = node.args.map(fold);
      return args.every((one, i) => one === node.args[i]) ? node : { ...node, args };
    }
    case 'project': {
      const exprs = node.exprs.map(fold);
      return exprs.every((one, i) => one === node.exprs[i]) ? node : { ...node, exprs };
    }
    case 'scan': {
      const outputs = node.outputs.map(fold);
      return outputs.every((one, i) => one === node.outputs[i]) ? node : { ...node, outputs };
    }
    default:
      return node;
  }
}
