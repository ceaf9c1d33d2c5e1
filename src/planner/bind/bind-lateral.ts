import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { fold } from '../../expr/fold.ts';
import type { DerivedTable, JoinTable } from '../../parser/ast/query.ts';
import { conjunction, moveColumns } from '../expr-tree.ts';
import { columnsOf, filter, project } from '../logical/build.ts';
import { join } from '../logical/join.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { sideBySide } from './bind-join.ts';
import { unsupported } from './binder.ts';
import { condition } from './coerce.ts';
import { decorrelate } from './decorrelate.ts';
import { fromOuter, isOuter, outerNames, readsOuter } from './outer-columns.ts';
import type { QueryBinder } from './query-tail.ts';
import { Scope } from './scope.ts';

/** A join whose right side is a query over columns of the left. */
export type LateralJoin = JoinTable & { readonly right: DerivedTable };

export function isLateral(node: JoinTable): node is LateralJoin {
  return node.right.kind === 'derived-table' && node.right.lateral;
}

/**
 * `t, LATERAL (SELECT … FROM u WHERE u.k = t.k) AS x`: what the query says about `t` becomes the condition of a join.
 * @throws PlanError PLAN_UNSUPPORTED where it cannot
 */
export function bindLateral(
  node: LateralJoin,
  left: BoundFrom,
  { context, bindQuery }: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): BoundFrom {
  const { type, right, span } = node;
  if (type !== 'cross' && type !== 'inner' && type !== 'left') {
    throw new PlanError('PLAN_UNSUPPORTED', `${type.toUpperCase()} JOIN does not take LATERAL`, {
      span: right.span,
      hint: 'The query is asked for each row of the left side: write CROSS JOIN or LEFT JOIN.',
    });
  }
  if (node.using !== undefined || node.natural) throw unsupported('USING with LATERAL', right.span);
  const outer = outerNames(new Scope(left.tables, [], left.merged, context.outer));
  const bound = bindQuery(right.query, { ...context, outer });
  const freed = decorrelate(bound);
  const names = columnNames(
    right,
    bound.schema.fields.map((field) => field.name),
  );
  // What LEFT JOIN fills up with NULL is computed below it.
  const isLeft = type === 'left' || freed.single;
  const below = isLeft && !freed.single;
  if (below && freed.columns.some(readsOuter))
    throw unsupported('LEFT JOIN LATERAL with columns of the left side', right.span);
  const own = columnsOf(freed.plan);
  const inner = below
    ? project(freed.plan, [...own, ...freed.columns], [...own.map((_, i) => `own$${i}`), ...names], right.span)
    : freed.plan;
  const width = left.plan.schema.fields.length;
  const place = (expr: Expr): Expr => moveColumns(expr, (index) => (isOuter(index) ? fromOuter(index) : index + width));
  const on = conjunction(freed.conditions.map(place));
  const joined = join(isLeft ? 'left' : 'inner', left.plan, inner, { condition: on, span });
  const all = columnsOf(joined);
  const results = below ? all.slice(width + own.length) : freed.columns.map(place);
  const plan = project(
    joined,
    [...all.slice(0, width), ...results],
    [...left.plan.schema.fields.map((one) => one.name), ...names],
    span,
  );
  const table = { name: right.alias?.name.name, fields: plan.schema.fields.slice(width), from: 0, span: right.span };
  const both = sideBySide(left, { plan, tables: [table] });
  const from: BoundFrom = { plan, tables: both.tables, merged: left.merged };
  if (node.on === undefined) return from;
  const scope = new Scope(both.tables, [], left.merged ?? [], context.outer);
  const bounded = fold(condition(new ExpressionBinder(scope, context).bind(node.on), 'ON'));
  if (bounded.kind === 'literal' && bounded.value === true) return from;
  if (type === 'left') throw unsupported('LEFT JOIN LATERAL with a condition other than TRUE', node.on.span);
  return { ...from, plan: filter(plan, bounded, node.on.span) };
}

function columnNames({ alias, span }: DerivedTable, names: readonly string[]): readonly string[] {
  const given = alias?.columns;
  if (given === undefined) return names;
  if (given.length === names.length) return given.map((one) => one.name);
  throw new PlanError('PLAN_TYPE', `${given.length} column names are given for ${names.length} columns`, {
    span: given[0]?.span ?? span,
  });
}
