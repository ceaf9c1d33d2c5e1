import type { LogicalNode, WindowTableNode } from '../logical/plan.ts';
import { windowTable } from '../logical/window.ts';
import type { Pruned } from './prune-columns.ts';

/** Windows keep their three columns; of the input what is read above, the time and the key of sessions. */
export function pruneWindowTable(
  node: WindowTableNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const width = node.input.schema.fields.length;
  const reads = new Set([...needed].filter((index) => index < width));
  if (node.timeColumn >= 0 && !node.processingTime) reads.add(node.timeColumn);
  node.partition.forEach((index) => reads.add(index));
  const input = prune(node.input, reads);
  if (input.node === node.input) return { node, place: (column) => column };
  const newWidth = input.node.schema.fields.length;
  const place = (column: number): number => (column < width ? input.place(column) : column - width + newWidth);
  const { window, processingTime, span } = node;
  const timeColumn = processingTime ? -1 : input.place(node.timeColumn);
  const partition = node.partition.map(input.place);
  return { node: windowTable(input.node, { window, processingTime, timeColumn, partition, span }), place };
}
