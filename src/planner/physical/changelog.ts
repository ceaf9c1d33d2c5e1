import type { JoinNode, LogicalNode, RankNode, WindowAggregateNode } from '../logical/plan.ts';
import { rankForm, sortForm, topNOf } from '../logical/rank.ts';
import { intervalJoin } from '../logical/interval-join.ts';
import { joinParts } from '../logical/join.ts';
import { windowJoinColumns } from '../logical/window-join.ts';
import { findKeys } from './lookup-keys.ts';
import type { Changelog } from './plan.ts';

/** Whether rows of this node are ever taken back or replaced (D5). */
export function isUpdating(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'scan':
      return node.table.changelog !== 'insert-only';
    case 'values':
    case 'match':
      return false;
    case 'window-rank':
      return false;
    case 'window-aggregate':
      return node.emit !== undefined;
    case 'aggregate':
      // DISTINCT of inserts only ever adds rows.
      return node.calls.length > 0 || isUpdating(node.input);
    case 'union':
      return node.inputs.some(isUpdating);
    case 'set-operation':
      return node.operator === 'except' || isUpdating(node.left) || isUpdating(node.right);
    case 'join':
      return isUpdatingJoin(node);
    case 'temporal-join':
      return isUpdating(node.left);
    case 'filter':
    case 'project':
    case 'expand':
    case 'window-table':
    case 'correlate':
    case 'lookup-join':
    case 'sink':
    case 'collect':
      return isUpdating(node.input);
    case 'over':
      return false;
    case 'rank':
      return rankForm(node, isUpdating(node.input)).kind !== 'first-rows';
    case 'sort':
      // What collects everything first emits its final rows.
      return sortForm(node, isUpdating(node.input)) === 'rank' && isUpdating(topNOf(node));
  }
}

/** Columns that identify a row among the current rows of a node, where they are known. */
export function uniqueKey(node: LogicalNode): readonly number[] | undefined {
  switch (node.kind) {
    case 'aggregate':
      return node.keys.map((_, i) => i);
    case 'window-aggregate':
      return windowAggregateKey(node);
    case 'scan': {
      const { descriptor } = node.table;
      if (descriptor.primaryKey.length === 0) return undefined;
      return allFound(
        descriptor.primaryKey.map((name) => {
          const column = descriptor.columns.findIndex((one) => one.name === name);
          return node.outputs.findIndex((expr) => expr.kind === 'column' && expr.index === column);
        }),
      );
    }
    case 'project': {
      const key = uniqueKey(node.input);
      if (key === undefined) return undefined;
      return allFound(
        key.map((column) => node.exprs.findIndex((expr) => expr.kind === 'column' && expr.index === column)),
      );
    }
    case 'filter':
    case 'over':
    case 'sort':
      return uniqueKey(node.input);
    case 'rank':
      return rankKey(node);
    case 'set-operation':
      return node.all ? undefined : node.schema.fields.map((_, i) => i);
    case 'join':
      return joinKey(node);
    case 'temporal-join':
      return uniqueKey(node.left);
    case 'correlate': {
      const key = node.fold === undefined ? undefined : uniqueKey(node.input);
      return key && allFound(key.map((column) => node.pass.indexOf(column)));
    }
    case 'lookup-join':
      return findKeys(node)?.unique === true ? uniqueKey(node.input) : undefined;
    default:
      return undefined;
  }
}

/** One row a partition, or one for each rank of it; without a rank the rows keep their own key. */
function rankKey({ input, partition, fromRank, toRank, rankColumn }: RankNode): readonly number[] | undefined {
  if (fromRank === toRank) return partition;
  return rankColumn ? [...partition, input.schema.fields.length] : uniqueKey(input);
}

/** An inner or semi join of rows that are only inserted only ever adds rows. */
function isUpdatingJoin(node: JoinNode): boolean {
  const { joinType, left, right } = node;
  if (windowJoinColumns(node) !== undefined && !isUpdating(left) && !isUpdating(right)) return false;
  if (isIntervalJoin(node)) return false;
  if (joinType !== 'inner' && joinType !== 'semi') return true;
  return isUpdating(left) || isUpdating(right);
}

/** By time, over rows that are only inserted: the result only ever adds rows. */
export function isIntervalJoin(node: JoinNode): boolean {
  return intervalJoin(node) !== undefined && !isUpdating(node.left) && !isUpdating(node.right);
}

/**
 * A left row is there once where it meets at most one right row; else a pair of rows is known by both keys. Outer rows
 * have NULL in the key of the side they lack: no pair has.
 */
function joinKey(node: JoinNode): readonly number[] | undefined {
  const left = uniqueKey(node.left);
  if (node.joinType === 'semi' || node.joinType === 'anti' || node.joinType === 'mark') return left;
  const right = uniqueKey(node.right);
  if (left === undefined || right === undefined) return undefined;
  const width = node.left.schema.fields.length;
  const { equalities } = joinParts(node);
  const covers = (key: readonly number[], side: 'left' | 'right'): boolean =>
    key.every((column) =>
      equalities.some((one) => one[side].kind === 'column' && one[side].index === column && !one.nullsMatch),
    );
  const { joinType } = node;
  if ((joinType === 'inner' || joinType === 'left') && covers(right, 'right')) return left;
  const shifted = right.map((column) => column + width);
  if ((joinType === 'inner' || joinType === 'right') && covers(left, 'left')) return shifted;
  return [...left, ...shifted];
}

/** The keys with the window: one of its bounds is enough. */
function windowAggregateKey(node: WindowAggregateNode): readonly number[] | undefined {
  const keys = node.keys.map((_, i) => i);
  if (node.window.kind === 'attached') return keys;
  const bounds = node.properties.flatMap((one, i) => (one === 'proctime' ? [] : [i]));
  // The start of a window that grows is not its own.
  const own = node.window.kind === 'cumulate' ? bounds.filter((i) => node.properties[i] !== 'start') : bounds;
  return own.length === 0 ? undefined : [...keys, keys.length + node.calls.length + own[0]!];
}

function allFound(places: readonly number[]): readonly number[] | undefined {
  return places.every((one) => one >= 0) ? places : undefined;
}

/**
 * Whether what reads from `node` is content with +U alone (`upsert`) only if its input sends -U as well: a filter lets
 * the new row of a key fail where the old one passed, and a projection may lose the key.
 */
export function needsBefore(node: LogicalNode, above: boolean): boolean {
  if (above) return true;
  switch (node.kind) {
    case 'filter':
    case 'window-table':
    case 'union':
    case 'correlate':
    case 'set-operation':
    case 'join':
    case 'lookup-join':
    case 'temporal-join':
    case 'aggregate':
    case 'sort':
    case 'collect':
      return true;
    case 'project':
      return uniqueKey(node) === undefined;
    default:
      return false;
  }
}

/** What an updating edge carries, given whether -U is asked of it. */
export function changelogOf(updating: boolean, before: boolean): Changelog {
  if (!updating) return 'insert-only';
  return before ? 'retract' : 'upsert';
}
