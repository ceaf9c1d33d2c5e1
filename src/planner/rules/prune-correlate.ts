import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, moveColumns } from '../expr-tree.ts';
import { correlate, foldedCorrelate } from '../logical/correlate.ts';
import type { CorrelateNode, LogicalNode } from '../logical/plan.ts';
import type { FoldSpec } from '../physical/plan.ts';
import type { Pruned } from './prune-columns.ts';

/** A table function is called whatever is read of it; only the columns that are read are carried on. */
export function pruneCorrelate(
  node: CorrelateNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  if (node.fold !== undefined) return pruneFolded(node, node.fold, needed, prune);
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

/** Aggregates of one row cost little: all of them stay. */
function pruneFolded(
  node: CorrelateNode,
  { filter, exprs, calls }: FoldSpec,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const width = node.input.schema.fields.length;
  const kept = node.pass.map((_, i) => i).filter((i) => needed.has(i));
  const reads = new Set(kept.map((i) => node.pass[i]!));
  for (const one of [...node.args, ...exprs, ...(filter === undefined ? [] : [filter])]) collectColumns(one, reads);
  const input = prune(node.input, new Set([...reads].filter((column) => column < width)));
  if (kept.length === node.pass.length && input.node === node.input) return { node, place: (column) => column };
  const moved = input.node.schema.fields.length - width;
  const move = (one: Expr): Expr =>
    moveColumns(one, (column) => (column < width ? input.place(column) : column + moved));
  const pruned = foldedCorrelate({
    input: input.node,
    call: node.call,
    args: node.args.map(move),
    pass: kept.map((i) => input.place(node.pass[i]!)),
    fold: { filter: filter && move(filter), exprs: exprs.map(move), calls },
    span: node.span,
  });
  const results = kept.length - node.pass.length;
  const place = (column: number): number => (column < node.pass.length ? kept.indexOf(column) : column + results);
  return { node: pruned, place };
}
