import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, moveColumns } from '../expr-tree.ts';
import { columnsOf, project } from '../logical/build.ts';
import type { ExpandNode, LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { withInputs } from '../logical/tree.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { pruneCorrelate } from './prune-correlate.ts';
import { pruneJoin } from './prune-join.ts';
import { pruneLookupJoin, pruneTemporalJoin } from './prune-time-joins.ts';
import { pruneMatch } from './prune-match.ts';
import { pruneOver, pruneRank } from './prune-over.ts';
import { pruneTogether } from './prune-together.ts';
import { moveWindow, windowReads } from './move-window.ts';
import { pruneWindowRank } from './prune-window-rank.ts';
import { pruneWindowTable } from './prune-window-table.ts';
import type { Rule } from './rule.ts';

/**
 * Nothing computes, carries or decodes a column that nobody above reads. In a scan this is the projection push-down:
 * `outputs` shrink, and what they no longer read is not decoded. The rowtime goes too unless a window needs it.
 */
export const pruneColumns: Rule = {
  name: 'prune-columns',
  apply: (plan) => pruneRoot(plan, plain),
  applyAll: (plans, { sharing }) => {
    if (sharing === undefined) return plans.map((plan) => pruneRoot(plan, plain));
    const interned = sharing.intern(plans);
    return pruneTogether(interned, pruneNode, pruneRoot);
  },
};

function pruneRoot(plan: LogicalRoot, prune: Prune): LogicalRoot {
  const { input } = plan;
  const all = input.schema.fields.map((_, i) => i);
  return withInputs<LogicalRoot>(plan, [exactly(prune(input, new Set(all)), all)]);
}

function plain(node: LogicalNode, needed: ReadonlySet<number>): Pruned {
  return pruneNode(node, needed, plain);
}

/** A node without some of its columns, and where each kept column stands now. */
export interface Pruned {
  readonly node: LogicalNode;
  readonly place: (column: number) => number;
}

export type Prune = (node: LogicalNode, needed: ReadonlySet<number>) => Pruned;

function pruneNode(node: LogicalNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const width = node.schema.fields.length;
  const kept = Array.from({ length: width }, (_, i) => i).filter((i) => needed.has(i));
  const place = (column: number): number => kept.indexOf(column);
  const schema = { fields: kept.map((i) => node.schema.fields[i]!) };
  switch (node.kind) {
    case 'scan': {
      if (kept.length === width) return same(node);
      return { node: { ...node, outputs: kept.map((i) => node.outputs[i]!), schema }, place };
    }
    case 'values':
      if (kept.length === width) return same(node);
      return { node: { ...node, rows: node.rows.map((row) => kept.map((i) => row[i]!)), schema }, place };
    case 'project': {
      const exprs = kept.map((i) => node.exprs[i]!);
      const input = prune(node.input, columnsRead(exprs));
      const moved = exprs.map((one) => moveColumns(one, input.place));
      if (kept.length === width && input.node === node.input) return same(node);
      return { node: { ...node, input: input.node, exprs: moved, schema }, place };
    }
    case 'filter': {
      const input = prune(node.input, columnsRead([node.condition], needed));
      if (input.node === node.input) return same(node);
      const condition = moveColumns(node.condition, input.place);
      return { node: { ...node, input: input.node, condition, schema: input.node.schema }, place: input.place };
    }
    case 'aggregate':
    case 'window-aggregate':
      return pruneAggregate(node, needed, prune);
    case 'window-rank':
      return pruneWindowRank(node, needed, prune);
    case 'window-table':
      return pruneWindowTable(node, needed, prune);
    case 'expand':
      return pruneExpand(node, needed, prune);
    case 'union': {
      const inputs = node.inputs.map((one) => exactly(prune(one, needed), kept));
      if (kept.length === width) return { node: withInputs(node, inputs), place };
      return { node: { ...node, inputs, schema }, place };
    }
    case 'correlate':
      return pruneCorrelate(node, needed, prune);
    case 'set-operation': {
      // Rows are compared as a whole.
      const all = Array.from({ length: width }, (_, i) => i);
      const inputs = [node.left, node.right].map((one) => exactly(prune(one, new Set(all)), all));
      return same(withInputs(node, inputs));
    }
    case 'join':
      return pruneJoin(node, needed, prune);
    case 'lookup-join':
      return pruneLookupJoin(node, needed, prune);
    case 'temporal-join':
      return pruneTemporalJoin(node, needed, prune);
    case 'match':
      return pruneMatch(node, needed, prune);
    case 'over':
      return pruneOver(node, needed, prune);
    case 'rank':
      return pruneRank(node, needed, prune);
    case 'sort': {
      const wanted = new Set([...needed, ...node.keys.map((key) => key.column)]);
      const input = prune(node.input, wanted);
      if (input.node === node.input) return same(node);
      const keys = node.keys.map((key) => ({ ...key, column: input.place(key.column) }));
      return { node: { ...node, input: input.node, keys, schema: input.node.schema }, place: input.place };
    }
    case 'sink':
    case 'collect':
      return same(node);
  }
}

function pruneAggregate(
  node: Extract<LogicalNode, { kind: 'aggregate' | 'window-aggregate' }>,
  needed: ReadonlySet<number>,
  prune: Prune,
): Pruned {
  const keyCount = node.keys.length;
  // Keys decide what a group is and stay; the last call of a global aggregate stays because a row must come out.
  const calls = node.calls.map((call, i) => ({ call, at: keyCount + i })).filter(({ at }) => needed.has(at));
  const keptCalls =
    calls.length > 0 || keyCount > 0 ? calls : node.calls.map((call, i) => ({ call, at: i })).slice(0, 1);
  const reads = new Set(node.keys);
  for (const { call } of keptCalls) {
    call.args.forEach((arg) => reads.add(arg));
    if (call.filter !== undefined) reads.add(call.filter);
  }
  if (node.kind === 'window-aggregate') windowReads(node).forEach((column) => reads.add(column));
  const input = prune(node.input, reads);
  const firstProperty = keyCount + node.calls.length;
  const properties =
    node.kind === 'window-aggregate'
      ? node.properties.map((one, i) => ({ one, at: firstProperty + i })).filter(({ at }) => needed.has(at))
      : [];
  const kept = [...node.keys.map((_, i) => i), ...keptCalls.map(({ at }) => at), ...properties.map(({ at }) => at)];
  if (kept.length === node.schema.fields.length && input.node === node.input) return same(node);
  const changed = {
    input: input.node,
    keys: node.keys.map(input.place),
    calls: keptCalls.map(({ call }) => moveCall(call, input.place)),
    schema: { fields: kept.map((i) => node.schema.fields[i]!) },
  };
  const place = (column: number): number => kept.indexOf(column);
  if (node.kind === 'aggregate') return { node: { ...node, ...changed }, place };
  const moved = moveWindow(node, input.place);
  return { node: { ...node, ...changed, ...moved, properties: properties.map(({ one }) => one) }, place };
}

/** The set's number stays, as the last column. */
function pruneExpand(node: ExpandNode, needed: ReadonlySet<number>, prune: Prune): Pruned {
  const id = node.schema.fields.length - 1;
  const kept = node.input.schema.fields.map((_, i) => i).filter((i) => needed.has(i));
  const input = exactly(prune(node.input, new Set(kept)), kept);
  if (kept.length === id && input === node.input) return same(node);
  const place = (column: number): number => (column === id ? kept.length : kept.indexOf(column));
  const nulled = node.nulled.map((columns) => columns.map(place).filter((column) => column >= 0));
  const schema = { fields: [...kept, id].map((i) => node.schema.fields[i]!) };
  return { node: { ...node, input, nulled, schema }, place };
}

function moveCall(call: AggregateCall, place: (column: number) => number): AggregateCall {
  return {
    ...call,
    args: call.args.map(place),
    filter: call.filter === undefined ? undefined : place(call.filter),
  };
}

function same(node: LogicalNode): Pruned {
  return { node, place: (column) => column };
}

function columnsRead(exprs: readonly Expr[], and: ReadonlySet<number> = new Set()): Set<number> {
  const columns = new Set(and);
  for (const expr of exprs) collectColumns(expr, columns);
  return columns;
}

/** A pruned node with exactly these columns in this order. */
function exactly({ node, place }: Pruned, columns: readonly number[]): LogicalNode {
  const places = columns.map(place);
  if (places.length === node.schema.fields.length && places.every((at, i) => at === i)) return node;
  const all = columnsOf(node);
  return project(
    node,
    places.map((at) => all[at]!),
    places.map((at) => node.schema.fields[at]!.name),
    node.span,
  );
}
