import { collectColumns, moveColumns } from '../expr-tree.ts';
import { correlate } from '../logical/correlate.ts';
import type { CorrelateNode, LogicalNode } from '../logical/plan.ts';
import type { Pruned } from './prune-columns.ts';

/** A table function is called whatever is read of it; only the columns that are read are carried on. */
export function pruneCorrelate(
  node: CorrelateNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const width = node.pass.length;
  const keptPass = node.pass.filter((_, i) => needed.has(i));
  const kept = node.columns.map((_, i) => width + i).filter((i) => needed.has(i));
  const reads = new Set(keptPass);
  for (const arg of node.args) collectColumns(arg, reads);
  const input = prune(node.input, reads);
  const same = keptPass.length === width && kept.length === node.columns.length && input.node === node.input;
  if (same) return { node, place: (column) => column };
  const places = [...node.pass.map((_, i) => i).filter((i) => needed.has(i)), ...kept];
  const pruned = correlate({
    input: input.node,
    call: node.call,
    args: node.args.map((arg) => moveColumns(arg, input.place)),
    joinType: node.joinType,
    pass: keptPass.map(input.place),
    columns: kept.map((i) => node.columns[i - width]!),
    names: kept.map((i) => node.schema.fields[i]!.name),
    span: node.span,
  });
  return { node: pruned, place: (column) => places.indexOf(column) };
}
