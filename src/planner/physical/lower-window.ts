import { PlanError } from '../../errors/sluice-error.ts';
import { conjunction, conjunctsOf } from '../expr-tree.ts';
import { joinParts } from '../logical/join.ts';
import type { JoinNode, LogicalNode, WindowAggregateNode, WindowRankNode, WindowTableNode } from '../logical/plan.ts';
import { windowJoinColumns } from '../logical/window-join.ts';
import type { WindowColumns } from '../logical/window.ts';
import { changelogOf, isUpdating } from './changelog.ts';
import { checkMergeable } from './check-mergeable.ts';
import { checkRetractable } from './lower-aggregate.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { AttachedWindow, WindowAggregateExec } from './plan.ts';
import type { WindowJoinExec, WindowRankExec, WindowTableExec } from './window-plan.ts';

export function lowerWindowAggregate(
  node: WindowAggregateNode,
  before: boolean,
  lowerer: Lowerer,
): WindowAggregateExec {
  const id = lowerer.id('window-aggregate');
  const retracts = isUpdating(node.input);
  if (retracts) checkRetractable(node);
  checkMergeable(node);
  const { window, processingTime, timeColumn, keys, calls, properties, emit, schema, span } = node;
  const input = keyedExchange(lowerer.lower(node.input, retracts), keys, id);
  const exec: WindowAggregateExec = {
    kind: 'window-aggregate',
    id,
    input,
    window,
    ...(processingTime ? { processingTime } : {}),
    timeColumn,
    keys,
    calls,
    properties,
    ...(retracts ? { retracts } : {}),
    schema,
    changelog: 'insert-only',
    span,
  };
  if (emit === undefined) return exec;
  return { ...exec, emit, emitBefore: before, changelog: changelogOf(true, before) };
}

export function lowerWindowTable(node: WindowTableNode, before: boolean, lowerer: Lowerer): WindowTableExec {
  const id = lowerer.id('window-table');
  const { window, processingTime, timeColumn, partition, schema, span } = node;
  if (window.kind === 'session') checkInserts(node.input, 'a session of rows', node);
  const lowered = lowerer.lower(node.input, before);
  const input = window.kind === 'session' ? keyedExchange(lowered, partition, id) : lowered;
  const { changelog } = lowered;
  return { kind: 'window-table', id, input, window, processingTime, timeColumn, partition, schema, changelog, span };
}

export function lowerWindowRank(node: WindowRankNode, lowerer: Lowerer): WindowRankExec {
  const id = lowerer.id('window-rank');
  const { window, processingTime, partition, order, fromRank, toRank, rankColumn, ties, schema, span } = node;
  const input = keyedExchange(lowerer.lower(node.input, false), partition, id);
  const ranks = { partition, order, fromRank, toRank, rankColumn, ties };
  return { kind: 'window-rank', id, input, window, processingTime, ...ranks, schema, changelog: 'insert-only', span };
}

/** @returns undefined where the join is not by window */
export function lowerWindowJoin(node: JoinNode, lowerer: Lowerer): WindowJoinExec | undefined {
  const windows = windowJoinColumns(node);
  if (windows === undefined || [node.left, node.right].some(isUpdating)) return undefined;
  const id = lowerer.id('window-join');
  const { joinType, schema, span } = node;
  const { left, right } = windows;
  const isBound = (one: { readonly left: number; readonly right: number }): boolean =>
    (one.left === left.startColumn && one.right === right.startColumn) ||
    (one.left === left.endColumn && one.right === right.endColumn);
  const pairs = joinParts(node).equalities.flatMap(({ left: a, right: b, nullsMatch }) =>
    a.kind === 'column' && b.kind === 'column' && !nullsMatch ? [{ left: a.index, right: b.index }] : [],
  );
  const keys = pairs.filter((one) => !isBound(one));
  const leftKeys = keys.map((one) => one.left);
  const rightKeys = keys.map((one) => one.right);
  return {
    kind: 'window-join',
    id,
    joinType,
    left: keyedExchange(lowerer.lower(node.left, false), leftKeys, `${id}/left`),
    right: keyedExchange(lowerer.lower(node.right, false), rightKeys, `${id}/right`),
    leftWindow: attached(left),
    rightWindow: attached(right),
    processingTime: left.attribute.time === 'proctime',
    leftKeys,
    rightKeys,
    condition: unkeyed(node, pairs),
    schema,
    changelog: 'insert-only',
    span,
  };
}

function attached({ startColumn, endColumn }: WindowColumns): AttachedWindow {
  return { kind: 'attached', startColumn, endColumn };
}

/** What of a condition the equal columns do not say. */
function unkeyed(
  node: JoinNode,
  pairs: readonly { readonly left: number; readonly right: number }[],
): WindowJoinExec['condition'] {
  const width = node.left.schema.fields.length;
  const rest = (node.condition === undefined ? [] : conjunctsOf(node.condition)).filter((one) => {
    if (one.kind !== 'call' || one.name !== '=') return true;
    const columns = one.args.map((arg) => (arg.kind === 'column' ? arg.index : -1)).sort((a, b) => a - b);
    return !pairs.some((pair) => columns[0] === pair.left && columns[1] === pair.right + width);
  });
  return conjunction(rest);
}

function checkInserts(input: LogicalNode, what: string, at: LogicalNode): void {
  if (!isUpdating(input)) return;
  throw new PlanError('PLAN_CHANGELOG', `${what} that are updated later is not supported`, {
    span: at.span,
    hint: 'Take a source that only adds rows, or group by a window first and take its results.',
  });
}
