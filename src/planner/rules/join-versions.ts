import type { Expr } from '../../contracts/expression.ts';
import { BIGINT } from '../../types/sql-type.ts';
import { conjunction, conjunctsOf, isDeterministic, moveColumns, replaceColumns } from '../expr-tree.ts';
import { columnsOf, project } from '../logical/build.ts';
import type { LogicalNode, LogicalRoot, RankNode } from '../logical/plan.ts';
import { temporalJoin, type TemporalJoinNode } from '../logical/time-joins.ts';
import { rewriteUp } from '../logical/tree.ts';
import { isUpdating } from '../physical/changelog.ts';
import type { Rule } from './rule.ts';

/**
 * A temporal join with a view that keeps the last row of each key by event time joins the rows below it: each of them is
 * a version, and the join keeps those that count itself. What the view filters above becomes part of the condition: a
 * version that fails it hides the older ones there as it does here.
 */
export const joinVersions: Rule = {
  name: 'join-versions',
  apply: (plan) =>
    rewriteUp(plan, (node) => (node.kind === 'temporal-join' ? overVersions(node) : node)) as LogicalRoot,
};

interface Versions {
  readonly rank: RankNode;
  /** The columns of the right side and its filters, over the input of the ranking. */
  readonly outputs: readonly Expr[];
  readonly filters: readonly Expr[];
}

function overVersions(node: TemporalJoinNode): LogicalNode {
  const { left, right, times, joinType, condition } = node;
  const found = times === undefined ? undefined : versionsOf(right, columnsOf(right), []);
  if (found === undefined || times === undefined) return node;
  const { rank, outputs, filters } = found;
  const form = lastRow(rank);
  const time = outputs[times.right];
  if (form === undefined || time?.kind !== 'column' || time.index !== form.timeColumn) return node;
  // What is computed would not be NULL where a left row has no version.
  if (!outputs.every((one) => one.kind === 'column' || (joinType === 'inner' && isDeterministic(one)))) return node;
  const width = left.schema.fields.length;
  const toRight = (expr: Expr): Expr => moveColumns(expr, (index) => index + width);
  const conditions = condition === undefined ? [] : conjunctsOf(condition);
  const moved = conditions.map((one) =>
    replaceColumns(one, (index, name) =>
      index < width ? leftColumn(left, index, name) : toRight(outputs[index - width]!),
    ),
  );
  const joined = temporalJoin({
    ...node,
    right: rank.input,
    times: { left: times.left, right: form.timeColumn },
    versionKey: rank.partition,
    condition: conjunction([...moved, ...filters.map(toRight)]),
  });
  const exprs = [...columnsOf(left), ...outputs.map(toRight)];
  const names = node.schema.fields.map((field) => field.name);
  return project(joined, exprs, names, node.span);
}

function leftColumn(left: LogicalNode, index: number, name: string): Expr {
  return { kind: 'column', index, name, type: left.schema.fields[index]!.type };
}

/** A ranking that keeps the last row by event time. Of rows of one time the join takes the one that came last. */
function lastRow(rank: RankNode): { readonly timeColumn: number } | undefined {
  const { order, input, fromRank, toRank } = rank;
  const [first] = order;
  if (first === undefined || order.length > 1 || !first.descending || fromRank !== 1 || toRank !== 1) return undefined;
  const isTime = input.schema.fields[first.column]?.time === 'rowtime';
  return isTime && !isUpdating(input) ? { timeColumn: first.column } : undefined;
}

/** The ranking below projections and filters. */
function versionsOf(node: LogicalNode, outputs: readonly Expr[], filters: readonly Expr[]): Versions | undefined {
  switch (node.kind) {
    case 'project': {
      const below = (expr: Expr): Expr => replaceColumns(expr, (index) => node.exprs[index]!);
      return versionsOf(node.input, outputs.map(below), filters.map(below));
    }
    case 'filter':
      return versionsOf(node.input, outputs, [...filters, ...conjunctsOf(node.condition)]);
    case 'rank': {
      const width = node.input.schema.fields.length;
      // The rank of a last row is one.
      const below = (expr: Expr): Expr =>
        replaceColumns(expr, (index, name) =>
          index < width
            ? { kind: 'column', index, name, type: node.input.schema.fields[index]!.type }
            : { kind: 'literal', value: 1n, type: BIGINT },
        );
      return { rank: node, outputs: outputs.map(below), filters: filters.map(below) };
    }
    default:
      return undefined;
  }
}
