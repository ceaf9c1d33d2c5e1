import { collectColumns, moveColumns } from '../expr-tree.ts';
import { join } from '../logical/join.ts';
import type { JoinNode, LogicalNode } from '../logical/plan.ts';
import type { Pruned } from './prune-columns.ts';

/** A join keeps what is read above it and what its condition compares, in the order of its inputs. */
export function pruneJoin(
  node: JoinNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const width = node.left.schema.fields.length;
  // The column of a mark join is no column of its right side.
  const reads = new Set([...needed].filter((index) => node.joinType !== 'mark' || index < width));
  if (node.condition !== undefined) collectColumns(node.condition, reads);
  const left = prune(node.left, new Set([...reads].filter((index) => index < width)));
  const right = prune(node.right, new Set([...reads].filter((index) => index >= width).map((index) => index - width)));
  if (left.node === node.left && right.node === node.right) return { node, place: (column) => column };
  const newWidth = left.node.schema.fields.length;
  const inner = (column: number): number =>
    column < width ? left.place(column) : newWidth + right.place(column - width);
  const condition = node.condition && moveColumns(node.condition, inner);
  const place = node.joinType === 'mark' ? (column: number) => (column < width ? left.place(column) : newWidth) : inner;
  return { node: join(node.joinType, left.node, right.node, { condition, span: node.span }), place };
}
