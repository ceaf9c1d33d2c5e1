import type { LogicalNode, OverNode, RankNode } from '../logical/plan.ts';
import type { OverCall } from '../physical/over-plan.ts';
import type { Pruned } from './prune-columns.ts';

type Prune = (node: LogicalNode, needed: ReadonlySet<number>) => Pruned;

/** A call that nobody reads is not made; without calls the rows pass as they are. */
export function pruneOver(node: OverNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const width = node.input.schema.fields.length;
  const kept = node.calls.map((_, i) => i).filter((i) => needed.has(width + i));
  const passing = [...needed].filter((column) => column < width);
  if (kept.length === 0) return prune(node.input, new Set(passing));
  const calls = kept.map((i) => node.calls[i]!);
  const reads = [...node.partition, ...node.order.map((key) => key.column), ...calls.flatMap(columnsOf)];
  const input = prune(node.input, new Set([...passing, ...reads]));
  if (kept.length === node.calls.length && input.node === node.input) return { node, place: (column) => column };
  const newWidth = input.node.schema.fields.length;
  const callFields = kept.map((i) => node.schema.fields[width + i]!);
  const pruned: OverNode = {
    ...node,
    input: input.node,
    partition: node.partition.map(input.place),
    order: node.order.map((key) => ({ ...key, column: input.place(key.column) })),
    calls: calls.map((call) => moveOverCall(call, input.place)),
    schema: { fields: [...passingFields(node, input, width), ...callFields] },
  };
  const place = (column: number): number =>
    column < width ? input.place(column) : newWidth + kept.indexOf(column - width);
  return { node: pruned, place };
}

/** Without a reader the rank is not computed: fewer rows change. */
export function pruneRank(node: RankNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const width = node.input.schema.fields.length;
  const rankColumn = node.rankColumn && needed.has(width);
  const reads = [
    ...node.partition,
    ...node.order.map((key) => key.column),
    ...(typeof node.toRank === 'number' ? [] : [node.toRank.column]),
  ];
  const input = prune(node.input, new Set([...[...needed].filter((column) => column < width), ...reads]));
  if (rankColumn === node.rankColumn && input.node === node.input) return { node, place: (column) => column };
  const { fields } = input.node.schema;
  const pruned: RankNode = {
    ...node,
    input: input.node,
    partition: node.partition.map(input.place),
    order: node.order.map((key) => ({ ...key, column: input.place(key.column) })),
    toRank: typeof node.toRank === 'number' ? node.toRank : { column: input.place(node.toRank.column) },
    rankColumn,
    schema: { fields: rankColumn ? [...fields, node.schema.fields[width]!] : fields },
  };
  return { node: pruned, place: (column) => (column < width ? input.place(column) : fields.length) };
}

/** The input's fields as the node gives them: a time attribute may end here. */
function passingFields(node: OverNode, input: Pruned, width: number): LogicalNode['schema']['fields'] {
  const fields = [...input.node.schema.fields];
  for (let column = 0; column < width; column++) {
    const at = input.place(column);
    if (at >= 0) fields[at] = node.schema.fields[column]!;
  }
  return fields;
}

/** The input columns that a call reads. */
function columnsOf(call: OverCall): readonly number[] {
  switch (call.kind) {
    case 'aggregate':
      return [...call.call.args, ...(call.call.filter === undefined ? [] : [call.call.filter])];
    case 'rank':
      return [];
    case 'shift':
      return [call.column, ...(call.fallback === undefined ? [] : [call.fallback])];
  }
}

/** The same call over an input whose columns stand elsewhere. */
function moveOverCall(call: OverCall, place: (column: number) => number): OverCall {
  switch (call.kind) {
    case 'aggregate': {
      const { args, filter } = call.call;
      const moved = { args: args.map(place), filter: filter === undefined ? undefined : place(filter) };
      return { kind: 'aggregate', call: { ...call.call, ...moved } };
    }
    case 'rank':
      return call;
    case 'shift':
      return {
        ...call,
        column: place(call.column),
        fallback: call.fallback === undefined ? undefined : place(call.fallback),
      };
  }
}
