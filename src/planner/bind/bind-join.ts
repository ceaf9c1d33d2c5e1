import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import type { JoinTable } from '../../parser/ast/query.ts';
import { conjunction, moveColumns } from '../expr-tree.ts';
import { join } from '../logical/join.ts';
import type { JoinType, LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { bindWhere, hasQuery } from './bind-where.ts';
import { condition } from './coerce.ts';
import type { QueryBinder } from './query-tail.ts';
import { joinOnQueries } from './join-on-queries.ts';
import { Scope, type MergedColumn, type ScopeTable } from './scope.ts';

/** `a, b`, `a JOIN b ON …`, `… USING (…)`, `a NATURAL JOIN b`, `a CROSS JOIN b` of two bound sides. */
export function bindJoin(
  node: JoinTable,
  left: BoundFrom,
  right: BoundFrom,
  { context, bindQuery }: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): BoundFrom {
  const { width, tables } = sideBySide(left, right);
  const joinType: JoinType = node.type === 'cross' ? 'inner' : node.type;
  const shared = node.natural ? commonNames(left, right) : node.using;
  const outer = [...(left.merged ?? []), ...(right.merged ?? []).map((one) => moved(one, width))];
  const scope = new Scope(tables, [], outer, context.outer);
  const binder = new ExpressionBinder(scope, context);
  if (shared === undefined || shared.length === 0) {
    if (node.on !== undefined && joinType === 'inner' && hasQuery(node.on)) {
      // An inner join with a sub-query in its condition is a filter over all pairs.
      const pairs = join('inner', left.plan, right.plan, { condition: undefined, span: node.span });
      return { plan: bindWhere(node.on, pairs, scope, { context, bindQuery }), tables, merged: outer };
    }
    if (node.on !== undefined && hasQuery(node.on)) {
      const place = { scope, context, bindQuery };
      return {
        plan: joinOnQueries(node.on, joinType, [left.plan, right.plan], place),
        ...visible(joinType, left, tables, outer),
      };
    }
    const on = node.on && condition(binder.bind(node.on), 'ON');
    return { plan: joined(joinType, left.plan, right.plan, on, node.span), ...visible(joinType, left, tables, outer) };
  }
  const leftScope = new Scope(left.tables, [], left.merged);
  const rightScope = new Scope(tables.slice(left.tables.length), [], outer.slice(left.merged?.length ?? 0));
  const pairs = shared.map((name) => ({
    name,
    left: usingColumn(leftScope, name, 'left'),
    right: usingColumn(rightScope, name, 'right'),
  }));
  const on = conjunction(pairs.map((one) => binder.compare('=', one.left, one.right, one.name.span)));
  const merged = pairs.map((one): MergedColumn => {
    const sources = [one.left, one.right].flatMap((side) => sourcesOf(side, outer));
    const name = one.left.kind === 'column' ? one.left.name : one.name.name;
    if (joinType === 'right') return { name, expr: one.right, sources };
    if (joinType !== 'full') return { name, expr: one.left, sources };
    const both = binder.unify([one.left, one.right], `columns "${name}" of USING`, one.name.span);
    return { name, expr: binder.call('COALESCE', both, one.name.span), sources };
  });
  const names = new Set(merged.map((one) => one.name.toLowerCase()));
  const all = [...merged, ...outer.filter((one) => !names.has(one.name.toLowerCase()))];
  return { plan: joined(joinType, left.plan, right.plan, on, node.span), ...visible(joinType, left, tables, all) };
}

/**
 * The tables of both sides as one scope sees them.
 * @throws PlanError PLAN_DDL when two have one name
 */
export function sideBySide(
  left: BoundFrom,
  right: BoundFrom,
): { readonly width: number; readonly tables: readonly ScopeTable[] } {
  const width = left.plan.schema.fields.length;
  for (const { name, span } of right.tables) {
    const known = left.tables.some((one) => one.name !== undefined && one.name.toLowerCase() === name?.toLowerCase());
    if (!known) continue;
    throw new PlanError('PLAN_AMBIGUOUS_COLUMN', `table "${name ?? ''}" stands twice in FROM`, {
      span,
      hint: 'Give one of them another name with AS.',
    });
  }
  return { width, tables: [...left.tables, ...right.tables.map((one) => ({ ...one, from: one.from + width }))] };
}

function joined(
  joinType: JoinType,
  left: LogicalNode,
  right: LogicalNode,
  on: Expr | undefined,
  span: Span,
): LogicalNode {
  return join(joinType, left, right, { condition: on, span });
}

/** What the rest of the query sees of a join: after SEMI and ANTI the left side only. */
function visible(
  joinType: JoinType,
  left: BoundFrom,
  tables: readonly ScopeTable[],
  merged: readonly MergedColumn[],
): Pick<BoundFrom, 'tables' | 'merged'> {
  return joinType === 'semi' || joinType === 'anti' ? { tables: left.tables, merged: left.merged } : { tables, merged };
}

function usingColumn(scope: Scope, name: Identifier, side: string): Expr {
  if (!scope.has(name)) {
    throw new PlanError(
      'PLAN_UNKNOWN_COLUMN',
      `column "${name.name}" of USING is not on the ${side} side of the join`,
      {
        span: name.span,
      },
    );
  }
  return scope.column({ kind: 'column-ref', parts: [name], span: name.span });
}

/** The columns that both sides have, in the order of the left. */
function commonNames(left: BoundFrom, right: BoundFrom): readonly Identifier[] {
  const names = (side: BoundFrom): readonly string[] =>
    side.tables.flatMap((table) => table.fields.map((field) => field.name));
  const rights = new Set(names(right).map((name) => name.toLowerCase()));
  const found = names(left).filter((name) => rights.has(name.toLowerCase()));
  return [...new Set(found)].map((name) => ({ kind: 'identifier', name, quoted: true, span: { start: 0, end: 0 } }));
}

function sourcesOf(side: Expr, merged: readonly MergedColumn[]): readonly number[] {
  const known = merged.find((one) => one.expr === side);
  if (known !== undefined) return known.sources;
  return side.kind === 'column'
    ? [side.index, ...merged.flatMap((one) => (one.sources.includes(side.index) ? one.sources : []))]
    : [];
}

function moved(one: MergedColumn, width: number): MergedColumn {
  return {
    ...one,
    expr: moveColumns(one.expr, (index) => index + width),
    sources: one.sources.map((index) => index + width),
  };
}
