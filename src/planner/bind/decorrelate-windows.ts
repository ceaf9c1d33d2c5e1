import type { Expr } from '../../contracts/expression.ts';
import { columnsOf, project, uniqueNames } from '../logical/build.ts';
import type { LogicalField, LogicalNode, OverNode, WindowAggregateNode } from '../logical/plan.ts';
import type { FreedQuery } from './freed-query.ts';
import { readsOuter } from './outer-columns.ts';
import { comparedWithOuter, NotFree, replacePart, type ComparedWithOuter } from './outer-comparison.ts';

interface Keyed {
  readonly input: LogicalNode;
  readonly pairs: readonly ComparedWithOuter[];
  /** Places of what is compared with the query around, behind the columns of the sub-query. */
  readonly keys: readonly number[];
}

/** The rows of each value that is compared with the query around are a partition of their own. */
export function freeOver(node: OverNode, below: FreedQuery): FreedQuery {
  const { input, pairs, keys } = keyed(node.input, below);
  const width = node.input.schema.fields.length;
  const fields = [...input.schema.fields, ...node.schema.fields.slice(width)];
  const plan: LogicalNode = { ...node, input, partition: [...node.partition, ...keys], schema: { fields } };
  const all = columnsOf(plan);
  const conditions = pairs.map(({ condition, own }, i) => replacePart(condition, own, all[width + i]!));
  return { plan, columns: all.filter((_, i) => !keys.includes(i)), conditions, single: false };
}

/** A window of GROUP BY is also grouped by what is compared with the query around. */
export function freeWindowAggregate(node: WindowAggregateNode, below: FreedQuery): FreedQuery {
  const { input, pairs, keys } = keyed(node.input, below);
  const count = node.keys.length;
  const plain = ({ name, type, nullable }: LogicalField): LogicalField => ({ name, type, nullable });
  const fields = [
    ...node.schema.fields.slice(0, count),
    ...keys.map((key) => plain(input.schema.fields[key]!)),
    ...node.schema.fields.slice(count),
  ];
  const plan: LogicalNode = { ...node, input, keys: [...node.keys, ...keys], schema: { fields } };
  const all = columnsOf(plan);
  const conditions = pairs.map(({ condition, own }, i) => replacePart(condition, own, all[count + i]!));
  return { plan, columns: [...all.slice(0, count), ...all.slice(count + keys.length)], conditions, single: false };
}

/** The input with what is compared as further columns; times stay times, because they stay columns. */
function keyed(node: LogicalNode, below: FreedQuery): Keyed {
  if (below.columns.some(readsOuter)) throw new NotFree();
  const pairs = below.conditions.map(comparedWithOuter);
  const exprs: readonly Expr[] = [...below.columns, ...pairs.map(({ own }) => own)];
  const names = [...node.schema.fields.map((field) => field.name), ...pairs.map(() => 'key$')];
  const input = project(below.plan, exprs, uniqueNames(names), node.span);
  return { input, pairs, keys: pairs.map((_, i) => below.columns.length + i) };
}
