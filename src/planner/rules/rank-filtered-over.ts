import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { BIGINT } from '../../types/sql-type.ts';
import { collectColumns, conjunction, conjunctsOf, isDeterministic } from '../expr-tree.ts';
import { columnsOf, filter, project } from '../logical/build.ts';
import type { FilterNode, LogicalNode, LogicalRoot, OverNode, RankNode } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * `WHERE rn <= 10` above ROW_NUMBER becomes a ranking that keeps the rows it needs. Recognised: comparisons of the rank
 * itself with numbers, and `rn <= column`, joined with AND to any other conditions. A rank that is always the same
 * number becomes that number.
 */
export const rankFilteredOver: Rule = {
  name: 'rank-filtered-over',
  apply: (plan) => rewriteUp(plan, rank) as LogicalRoot,
};

interface Bounds {
  from: number;
  to: number | undefined;
  /** `rn <= expr`, over the input. */
  toExpr: Expr | undefined;
  readonly rest: Expr[];
}

function rank(node: LogicalNode): LogicalNode {
  if (node.kind !== 'filter' || node.input.kind !== 'over') return node;
  const over = node.input;
  const [call] = over.calls;
  if (over.calls.length !== 1 || call?.kind !== 'rank' || call.name !== 'ROW_NUMBER') return node;
  const { from, to, toExpr, rest } = boundsOf(node, over.input.schema.fields.length);
  if (to !== undefined && to < from) return { kind: 'values', rows: [], schema: node.schema, span: node.span };
  const ranked =
    to !== undefined ? byNumber(over, from, to) : toExpr !== undefined ? byColumn(over, from, toExpr) : undefined;
  if (ranked === undefined) return node;
  const condition = conjunction(rest);
  return condition === undefined ? ranked : filter(ranked, condition, node.span);
}

function byNumber(over: OverNode, fromRank: number, toRank: number): LogicalNode {
  const isConstant = fromRank === toRank;
  const node = ranking(over, over.input, { fromRank, toRank, rankColumn: !isConstant });
  if (!isConstant) return node;
  const value: LiteralExpr = { kind: 'literal', value: BigInt(toRank), type: BIGINT };
  return project(node, [...columnsOf(node), value], names(over), over.span);
}

function byColumn(over: OverNode, fromRank: number, end: Expr): LogicalNode {
  const { input } = over;
  const width = input.schema.fields.length;
  if (end.kind === 'column') return ranking(over, input, { fromRank, toRank: { column: end.index }, rankColumn: true });
  const withEnd = project(
    input,
    [...columnsOf(input), end],
    [...input.schema.fields.map((field) => field.name), 'end$'],
    over.span,
  );
  const node = ranking(over, withEnd, { fromRank, toRank: { column: width }, rankColumn: true });
  return project(
    node,
    columnsOf(node).filter((_, i) => i !== width),
    names(over),
    over.span,
  );
}

function ranking(
  over: OverNode,
  input: LogicalNode,
  range: Pick<RankNode, 'fromRank' | 'toRank' | 'rankColumn'>,
): RankNode {
  const { partition, order, compatibility, span } = over;
  const { fields: all } = over.schema;
  const fields = range.rankColumn ? [...input.schema.fields, all[all.length - 1]!] : input.schema.fields;
  return { kind: 'rank', input, partition, order, compatibility, ...range, schema: { fields }, span };
}

function names(over: OverNode): readonly string[] {
  return over.schema.fields.map((field) => field.name);
}

/** @param column the rank */
function boundsOf({ condition }: FilterNode, column: number): Bounds {
  const bounds: Bounds = { from: 1, to: undefined, toExpr: undefined, rest: [] };
  const conjuncts = conjunctsOf(condition);
  for (const one of conjuncts) if (!narrow(bounds, one, column)) bounds.rest.push(one);
  // Only one end can be kept; the number is the cheaper one.
  if (bounds.to !== undefined && bounds.toExpr !== undefined) {
    const same = conjuncts.find((one) => !bounds.rest.includes(one) && collectColumns(one, new Set()).size > 1);
    if (same !== undefined) bounds.rest.push(same);
    bounds.toExpr = undefined;
  }
  return bounds;
}

const flipped: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function narrow(bounds: Bounds, conjunct: Expr, column: number): boolean {
  if (conjunct.kind === 'in') return narrowToList(bounds, conjunct, column);
  if (conjunct.kind === 'or') return narrowToAny(bounds, conjunct.args, column);
  if (conjunct.kind !== 'call' || conjunct.args.length !== 2 || flipped[conjunct.name] === undefined) return false;
  const [left, right] = conjunct.args as [Expr, Expr];
  const isRank = (expr: Expr): boolean => expr.kind === 'column' && expr.index === column;
  if (isRank(right) && !isRank(left)) return narrowBy(bounds, flipped[conjunct.name]!, left, column);
  return isRank(left) && narrowBy(bounds, conjunct.name, right, column);
}

function narrowBy(bounds: Bounds, operator: string, value: Expr, column: number): boolean {
  if (value.kind !== 'literal') {
    const reads = collectColumns(value, new Set());
    if (operator !== '<=' || bounds.toExpr !== undefined || reads.size === 0) return false;
    if (reads.has(column) || !isDeterministic(value)) return false;
    bounds.toExpr = value;
    return true;
  }
  const number = typeof value.value === 'bigint' || typeof value.value === 'number' ? Number(value.value) : Number.NaN;
  if (!Number.isSafeInteger(number) || value.type.kind !== 'bigint') return false;
  const least = operator === '>' ? number + 1 : operator === '>=' || operator === '=' ? number : 1;
  const most = operator === '<' ? number - 1 : operator === '<=' || operator === '=' ? number : undefined;
  bounds.from = Math.max(bounds.from, least);
  if (most !== undefined) bounds.to = Math.min(bounds.to ?? most, most);
  return true;
}

/** `rn = 1 OR rn = 3` stays as a condition; what all parts bound, the whole bounds. */
function narrowToAny(bounds: Bounds, parts: readonly Expr[], column: number): boolean {
  const all = parts.map((part): Bounds => {
    const one: Bounds = { from: 1, to: undefined, toExpr: undefined, rest: [] };
    for (const conjunct of conjunctsOf(part)) narrow(one, conjunct, column);
    return one;
  });
  const ends = all.flatMap((one) => (one.to === undefined ? [] : [one.to]));
  if (ends.length < all.length) return false;
  bounds.from = Math.max(bounds.from, Math.min(...all.map((one) => one.from)));
  bounds.to = Math.min(bounds.to ?? Infinity, Math.max(...ends));
  return false;
}

/** The list stays as a condition, its ends are the range. */
function narrowToList(bounds: Bounds, { arg, values }: Extract<Expr, { kind: 'in' }>, column: number): boolean {
  if (arg.kind !== 'column' || arg.index !== column) return false;
  const numbers = values.map((one) => Number(one.value));
  if (numbers.length === 0 || !numbers.every(Number.isSafeInteger)) return false;
  bounds.from = Math.max(bounds.from, Math.min(...numbers));
  bounds.to = Math.min(bounds.to ?? Infinity, Math.max(...numbers));
  return false;
}
