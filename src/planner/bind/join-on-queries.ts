import type { Expression } from '../../parser/ast/expression.ts';
import { columnsOf, project } from '../logical/build.ts';
import { join } from '../logical/join.ts';
import type { JoinType, LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { condition } from './coerce.ts';
import type { QueryBinder } from './query-tail.ts';
import type { Scope } from './scope.ts';
import { SubQueries } from './sub-queries.ts';

/**
 * A join with sub-queries in its condition: each is joined with the side whose columns it reads, and gives that side a
 * column. The result has the columns of both sides only.
 * @throws PlanError PLAN_UNSUPPORTED where a sub-query reads both sides
 */
export function joinOnQueries(
  on: Expression,
  joinType: JoinType,
  [left, right]: readonly [LogicalNode, LogicalNode],
  {
    scope,
    context,
    bindQuery,
  }: { readonly scope: Scope; readonly context: BindContext; readonly bindQuery: QueryBinder },
): LogicalNode {
  const fields = [...left.schema.fields, ...right.schema.fields];
  const queries = new SubQueries(scope, fields, { context, bindQuery });
  const bound = condition(new ExpressionBinder(scope, context, undefined, queries).bind(on), 'ON');
  const sides = queries.joins.attachSides(left, right);
  const made = join(joinType, sides.left, sides.right, { condition: sides.resolve(bound), span: on.span });
  const width = left.schema.fields.length;
  const leftWidth = sides.left.schema.fields.length;
  const isKept = (i: number): boolean => i < width || (i >= leftWidth && i < leftWidth + right.schema.fields.length);
  const kept = columnsOf(made).filter((_, i) => isKept(i));
  const names = made.schema.fields.filter((_, i) => isKept(i)).map((field) => field.name);
  return project(made, kept, names, on.span);
}
