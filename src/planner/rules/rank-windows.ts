import type { Expr } from '../../contracts/expression.ts';
import { collectColumns, conjunction, conjunctsOf } from '../expr-tree.ts';
import { filter } from '../logical/build.ts';
import type { FilterNode, LogicalNode, LogicalRoot, OverNode, WindowRankNode } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import { windowColumns, windowKey } from '../logical/window.ts';
import { isUpdating } from '../physical/changelog.ts';
import type { Rule } from './rule.ts';

/**
 * `… WHERE rn <= 3` above `ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY x) AS rn`: the first rows of
 * each window, known when it is over. With `ORDER BY` the time and `rn = 1` it is deduplication.
 */
export const rankWindows: Rule = {
  name: 'rank-windows',
  apply: (plan) => rewriteUp(plan, rank) as LogicalRoot,
};

function rank(node: LogicalNode): LogicalNode {
  if (node.kind !== 'filter' || node.input.kind !== 'over') return node;
  const over = node.input;
  const [call] = over.calls;
  if (call?.kind !== 'rank' || call.name !== 'ROW_NUMBER' || over.calls.length > 1) return node;
  const { fields } = over.input.schema;
  const window = windowColumns(over.partition, fields);
  if (window === undefined || over.order.length === 0 || isUpdating(over.input)) return node;
  const ranks = ranksOf(node, fields.length);
  if (ranks === undefined) return node;
  const partition = over.partition.filter((column) => {
    const own = fields[column]?.window;
    return own === undefined || windowKey(own) !== windowKey(window.attribute);
  });
  const ranked: WindowRankNode = {
    kind: 'window-rank',
    input: over.input,
    window: { kind: 'attached', startColumn: window.startColumn, endColumn: window.endColumn },
    processingTime: window.attribute.time === 'proctime',
    partition,
    order: over.order,
    fromRank: ranks.from,
    toRank: ranks.to,
    rankColumn: true,
    ties: tiesOf(over, ranks.to),
    schema: over.schema,
    span: over.span,
  };
  return ranks.rest === undefined ? ranked : filter(ranked, ranks.rest, node.span);
}

/** Deduplication by time keeps the last row that came, where it keeps the last (Flink). */
function tiesOf({ order, input }: OverNode, to: number): WindowRankNode['ties'] {
  const [key] = order;
  const byTime = order.length === 1 && key !== undefined && input.schema.fields[key.column]?.time !== undefined;
  return byTime && to === 1 && key.descending ? 'last' : 'first';
}

/** The ranks that a condition lets pass, with what else it says; undefined where it sets no end. */
function ranksOf(
  { condition }: FilterNode,
  column: number,
): { readonly from: number; readonly to: number; readonly rest: Expr | undefined } | undefined {
  let from = 1;
  let to = Infinity;
  const rest: Expr[] = [];
  for (const one of conjunctsOf(condition)) {
    const bound = boundOf(one, column);
    if (bound === undefined) {
      rest.push(one);
      continue;
    }
    from = Math.max(from, bound.from);
    to = Math.min(to, bound.to);
  }
  return to === Infinity ? undefined : { from, to, rest: conjunction(rest) };
}

const mirrored: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** `rn <= 3` and the like; 3 may stand on either side. */
function boundOf(expr: Expr, column: number): { readonly from: number; readonly to: number } | undefined {
  if (expr.kind !== 'call' || mirrored[expr.name] === undefined) return undefined;
  const [left, right] = expr.args;
  if (left === undefined || right === undefined || !collectColumns(expr, new Set()).has(column)) return undefined;
  const isRank = (one: Expr): boolean => one.kind === 'column' && one.index === column;
  const name = isRank(left) ? expr.name : mirrored[expr.name];
  const constant = isRank(left) ? right : isRank(right) ? left : undefined;
  if (constant?.kind !== 'literal' || (typeof constant.value !== 'bigint' && typeof constant.value !== 'number')) {
    return undefined;
  }
  const value = Number(constant.value);
  switch (name) {
    case '=':
      return Number.isInteger(value) ? { from: value, to: value } : undefined;
    case '<=':
      return { from: 1, to: Math.floor(value) };
    case '<':
      return { from: 1, to: Math.ceil(value) - 1 };
    case '>=':
      return { from: Math.ceil(value), to: Infinity };
    default:
      return { from: Math.floor(value) + 1, to: Infinity };
  }
}
