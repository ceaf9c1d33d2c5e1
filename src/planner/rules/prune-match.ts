import { keepOutputs, matchReads, moveMatch } from '../logical/match.ts';
import type { LogicalNode, MatchNode } from '../logical/plan.ts';
import type { Pruned } from './prune-columns.ts';

/** Rows are kept in state: only what conditions and the columns that are read need of them. */
export function pruneMatch(
  node: MatchNode,
  needed: ReadonlySet<number>,
  prune: (input: LogicalNode, needed: ReadonlySet<number>) => Pruned,
): Pruned {
  const { fields } = node.schema;
  const kept = fields.map((_, i) => i).filter((i) => needed.has(i));
  const output = kept.length === fields.length ? node.spec.output : keepOutputs(node.spec.output, kept);
  const spec = { ...node.spec, output };
  const input = prune(node.input, matchReads(spec));
  if (kept.length === fields.length && input.node === node.input) return { node, place: (column) => column };
  return {
    node: {
      ...node,
      input: input.node,
      spec: moveMatch(spec, input.place),
      schema: { fields: kept.map((i) => fields[i]!) },
    },
    place: (column) => kept.indexOf(column),
  };
}
