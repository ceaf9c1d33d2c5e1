import { collectColumns, moveColumns } from '../expr-tree.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { lookupJoin, temporalJoin, type LookupJoinNode, type TemporalJoinNode } from '../logical/time-joins.ts';
import type { Pruned } from './prune-columns.ts';

type Prune = (input: LogicalNode, needed: ReadonlySet<number>) => Pruned;

/** What is fetched of a dimension table is what is read above and what the condition compares. */
export function pruneLookupJoin(node: LookupJoinNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const width = node.input.schema.fields.length;
  const reads = new Set(needed);
  if (node.condition !== undefined) collectColumns(node.condition, reads);
  const input = prune(node.input, new Set([...reads].filter((index) => index < width)));
  const kept = node.outputs.map((_, i) => i).filter((i) => reads.has(width + i));
  if (input.node === node.input && kept.length === node.outputs.length) return { node, place: (column) => column };
  const newWidth = input.node.schema.fields.length;
  const place = (column: number): number =>
    column < width ? input.place(column) : newWidth + kept.indexOf(column - width);
  const pruned = lookupJoin({
    ...node,
    input: input.node,
    outputs: kept.map((i) => node.outputs[i]!),
    names: kept.map((i) => node.names[i]!),
    condition: node.condition && moveColumns(node.condition, place),
  });
  return { node: pruned, place };
}

export function pruneTemporalJoin(node: TemporalJoinNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const width = node.left.schema.fields.length;
  const reads = new Set(needed);
  if (node.condition !== undefined) collectColumns(node.condition, reads);
  if (node.times !== undefined) reads.add(node.times.left).add(width + node.times.right);
  for (const column of node.versionKey ?? []) reads.add(width + column);
  const left = prune(node.left, new Set([...reads].filter((index) => index < width)));
  const right = prune(node.right, new Set([...reads].filter((index) => index >= width).map((index) => index - width)));
  if (left.node === node.left && right.node === node.right) return { node, place: (column) => column };
  const newWidth = left.node.schema.fields.length;
  const place = (column: number): number =>
    column < width ? left.place(column) : newWidth + right.place(column - width);
  const pruned = temporalJoin({
    ...node,
    left: left.node,
    right: right.node,
    versionKey: node.versionKey?.map(right.place),
    times: node.times && { left: left.place(node.times.left), right: right.place(node.times.right) },
    condition: node.condition && moveColumns(node.condition, place),
  });
  return { node: pruned, place };
}
