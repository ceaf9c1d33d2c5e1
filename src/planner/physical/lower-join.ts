import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { LogicalField } from '../logical/plan.ts';
import { collectColumns, conjunction, moveColumns } from '../expr-tree.ts';
import { project, columnsOf } from '../logical/build.ts';
import { joinParts } from '../logical/join.ts';
import type { JoinNode, LogicalNode } from '../logical/plan.ts';
import { windowJoinColumns } from '../logical/window-join.ts';
import { unboundedTable } from './bounded.ts';
import { isRegularJoin } from './check-join-times.ts';
import { changelogOf, isIntervalJoin, isUpdating } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { JoinCondition, JoinKey, RegularJoinExec } from './plan.ts';

/** A regular join below a projection, and the columns of the node over what is left of them. */
interface NarrowJoin {
  readonly exec: RegularJoinExec;
  readonly filters: readonly Expr[];
  readonly columns: readonly Expr[];
}

/**
 * A regular join that gives, and keeps, only the columns that these expressions read: what it compares may go.
 * @returns undefined where the join is none
 */
export function narrowJoin(node: JoinNode, reads: readonly Expr[], lowerer: Lowerer): NarrowJoin | undefined {
  if (!isRegularJoin(node)) return undefined;
  const read = new Set<number>();
  for (const expr of reads) collectColumns(expr, read);
  const columnsRead = [...read].sort((a, b) => a - b);
  const { exec, wanted } = lowerer.join(node, columnsRead, (all) => joinOf(node, lowerer, all));
  const columns = node.schema.fields.map(({ name, type }, i): Expr => ({
    kind: 'column',
    index: wanted.indexOf(i),
    name,
    type,
  }));
  return { exec, filters: [], columns };
}

/** Whether neither a window nor the distance of times makes more of it. */
export function staysRegular(node: JoinNode): boolean {
  const byWindow = windowJoinColumns(node) !== undefined && !isUpdating(node.left) && !isUpdating(node.right);
  return !byWindow && !isIntervalJoin(node);
}

/**
 * A join that no rule made anything better of, with all its columns.
 * @throws PlanError PLAN_UNSUPPORTED without an equality
 */
export function lowerJoin(node: JoinNode, lowerer: Lowerer): RegularJoinExec {
  const all = node.schema.fields.map((_, i) => i);
  return lowerer.join(node, all, (wanted) => joinOf(node, lowerer, wanted)).exec;
}

/** @param outputs the columns that are read, ascending */
function joinOf(node: JoinNode, lowerer: Lowerer, outputs: readonly number[]): RegularJoinExec {
  const { joinType, span, schema } = node;
  const { equalities, rest } = joinParts(node);
  const id = lowerer.id('regular-join');
  if (equalities.length === 0) checkKeyless(node);
  const left = withKeys(
    node.left,
    equalities.map((one) => one.left),
  );
  const right = withKeys(
    node.right,
    equalities.map((one) => one.right),
  );
  const keys = equalities.map(({ nullsMatch }, i): JoinKey => ({
    left: left.keys[i]!,
    right: right.keys[i]!,
    nullsMatch,
  }));
  const width = node.left.schema.fields.length;
  const newWidth = left.node.schema.fields.length;
  const place = (index: number): number => (index < width ? index : index - width + newWidth);
  return {
    kind: 'regular-join',
    id,
    joinType,
    left: keyedExchange(lowerer.lower(left.node, true), left.keys, `${id}/left`),
    right: keyedExchange(lowerer.lower(right.node, true), right.keys, `${id}/right`),
    keys,
    condition: conditionOf(rest, place),
    outputs: outputs.map(place),
    stateTtlMs: lowerer.settings.stateTtlMs,
    ...(isForever(node.left) ? { forever: 'left' } : isForever(node.right) ? { forever: 'right' } : {}),
    schema: { fields: outputs.map((index) => withoutTime(schema.fields[index]!)) },
    changelog: changelogOf(isUpdating(node), true),
    span,
  };
}

/** The values that a sub-query is computed for: they are not sent again while they last. */
function isForever(node: LogicalNode): boolean {
  if (node.kind === 'project' || node.kind === 'filter') return isForever(node.input);
  return node.kind === 'aggregate' && node.forever === true;
}

/** A side with its keys as columns: what is computed is appended. */
export function withKeys(
  side: LogicalNode,
  exprs: readonly Expr[],
): { readonly node: LogicalNode; readonly keys: readonly number[] } {
  const added: Expr[] = [];
  const width = side.schema.fields.length;
  const keys = exprs.map((expr) => (expr.kind === 'column' ? expr.index : width + added.push(expr) - 1));
  if (added.length === 0) return { node: side, keys };
  const names = [...side.schema.fields.map((field) => field.name), ...added.map((_, i) => `key$${i}`)];
  return { node: project(side, [...columnsOf(side), ...added], names, side.span), keys };
}

export function conditionOf(rest: readonly Expr[], place: (index: number) => number): JoinCondition | undefined {
  const condition = conjunction(rest);
  if (condition === undefined) return undefined;
  const read = [...collectColumns(condition, new Set())].sort((a, b) => a - b);
  return { columns: read.map(place), expr: moveColumns(condition, (index) => read.indexOf(index)) };
}

/** Without an equality every row meets every row: fine as long as one side stays small. */
function checkKeyless(node: JoinNode): void {
  if (node.joinType === 'semi' || node.joinType === 'anti' || node.joinType === 'mark') return;
  const sides = [node.left, node.right];
  if (sides.some(staysSmall)) return;
  if (sides.some(isForever)) {
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      'a sub-query over an endless table is not compared with the query around it by =',
      {
        span: node.span,
        hint: 'Write a condition such as u.id = t.id in its WHERE: without one every row around would meet every row that ever comes.',
      },
    );
  }
  throw new PlanError('PLAN_UNSUPPORTED', 'a join of two endless tables needs an equality between their columns', {
    span: node.span,
    hint: 'Write a condition such as a.id = b.id: without one every row would meet every row that ever comes.',
  });
}

/** A side that ends, or that is a single row whatever comes. */
function staysSmall(node: LogicalNode): boolean {
  if (unboundedTable(node) === undefined) return true;
  switch (node.kind) {
    case 'aggregate':
      return node.keys.length === 0;
    case 'project':
    case 'filter':
      return staysSmall(node.input);
    default:
      return false;
  }
}

function withoutTime({ name, type, nullable }: LogicalField): LogicalField {
  return { name, type, nullable };
}
