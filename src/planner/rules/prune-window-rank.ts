import type { LogicalNode, WindowRankNode } from '../logical/plan.ts';
import type { Pruned } from './prune-columns.ts';

/** The rank itself goes where nobody reads it; window, partition and order stay. */
export function pruneWindowRank(
  node: WindowRankNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const width = node.input.schema.fields.length;
  const { startColumn, endColumn } = node.window;
  const own = [startColumn, endColumn, ...node.partition, ...node.order.map((key) => key.column)];
  const input = prune(node.input, new Set([...[...needed].filter((index) => index < width), ...own]));
  const rankColumn = node.rankColumn && needed.has(width);
  if (input.node === node.input && rankColumn === node.rankColumn) return { node, place: (column) => column };
  const newWidth = input.node.schema.fields.length;
  const { fields } = input.node.schema;
  const rank = rankColumn ? node.schema.fields.slice(width) : [];
  const pruned: WindowRankNode = {
    ...node,
    input: input.node,
    window: { kind: 'attached', startColumn: input.place(startColumn), endColumn: input.place(endColumn) },
    partition: node.partition.map(input.place),
    order: node.order.map((key) => ({ ...key, column: input.place(key.column) })),
    rankColumn,
    schema: { fields: [...fields, ...rank] },
  };
  return { node: pruned, place: (column) => (column < width ? input.place(column) : column - width + newWidth) };
}
