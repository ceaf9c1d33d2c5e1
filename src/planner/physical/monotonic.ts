import type { LogicalNode, RankNode } from '../logical/plan.ts';
import { isUpdating } from './changelog.ts';

type Direction = 'up' | 'down';

/**
 * Whether a row that changes can only move towards the first rank, and stays in its partition: then a row that fell out
 * of the ranking comes back by an update of its own or never, and need not be kept.
 * @param rowKey columns that identify a row
 */
export function onlyRises({ input, partition, order }: RankNode, rowKey: readonly number[]): boolean {
  if (!partition.every((column) => rowKey.includes(column) || isFixed(input, column))) return false;
  return order.every(({ column, descending }) => {
    if (isFixed(input, column)) return true;
    return directionOf(input, column) === (descending ? 'up' : 'down');
  });
}

/** A grouping key: updates of a row leave it as it is. */
function isFixed(node: LogicalNode, column: number): boolean {
  switch (node.kind) {
    case 'project': {
      const expr = node.exprs[column]!;
      return expr.kind === 'column' && isFixed(node.input, expr.index);
    }
    case 'aggregate':
      return column < node.keys.length;
    default:
      return false;
  }
}

/** The way in which a column of a result moves whenever its row is updated. A filter may take rows away again. */
function directionOf(node: LogicalNode, column: number): Direction | undefined {
  switch (node.kind) {
    case 'project': {
      const expr = node.exprs[column]!;
      return expr.kind === 'column' ? directionOf(node.input, expr.index) : undefined;
    }
    case 'aggregate': {
      const call = node.calls[column - node.keys.length];
      if (call === undefined || isUpdating(node.input)) return undefined;
      switch (call.name) {
        case 'COUNT':
        case 'MAX':
        case 'INCR_SUM':
          return 'up';
        case 'MIN':
          return 'down';
        default:
          return undefined;
      }
    }
    default:
      return undefined;
  }
}
