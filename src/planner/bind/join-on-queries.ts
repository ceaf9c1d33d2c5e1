import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Expression } from '../../parser/ast/expression.ts';
import { conjunction, moveColumns } from '../expr-tree.ts';
import { columnsOf, project } from '../logical/build.ts';
import { join, joinFields, sameValue } from '../logical/join.ts';
import type { JoinType, LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { bindWhere } from './bind-where.ts';
import { condition } from './coerce.ts';
import type { QueryBinder } from './query-tail.ts';
import type { Scope } from './scope.ts';
import { isSteady } from './steady-rows.ts';
import { SubQueries } from './sub-queries.ts';

interface OnPlace {
  readonly scope: Scope;
  readonly context: BindContext;
  readonly bindQuery: QueryBinder;
}

type Sides = readonly [left: LogicalNode, right: LogicalNode];

/**
 * A join with sub-queries in its condition: each is joined with the side whose columns it reads, and gives that side a
 * column; one that reads both sides is asked for each pair. The result has the columns of both sides only.
 * @throws PlanError PLAN_UNSUPPORTED where pairs would have to be found twice and are not the same twice
 */
export function joinOnQueries(on: Expression, joinType: JoinType, sides: Sides, place: OnPlace): LogicalNode {
  const { scope, context, bindQuery } = place;
  const [left, right] = sides;
  const fields = [...left.schema.fields, ...right.schema.fields];
  const queries = new SubQueries(scope, fields, { context, bindQuery });
  const bound = condition(new ExpressionBinder(scope, context, undefined, queries).bind(on), 'ON');
  const attached = queries.joins.attachSides(left, right);
  if (attached === undefined) return joinByPairs(on, joinType, sides, place);
  const made = join(joinType, attached.left, attached.right, { condition: attached.resolve(bound), span: on.span });
  const width = left.schema.fields.length;
  const leftWidth = attached.left.schema.fields.length;
  return columnsAt(made, (i) => i < width || (i >= leftWidth && i < leftWidth + right.schema.fields.length));
}

/** The pairs as an inner join finds them, and the rows of each outer side that are in none: equal rows are alike in that. */
function joinByPairs(on: Expression, joinType: JoinType, sides: Sides, place: OnPlace): LogicalNode {
  const [left, right] = sides;
  if (!sides.every(isSteady)) {
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      'ON of an outer join asks a sub-query about values that are others each time',
      {
        span: on.span,
        hint: 'Leave RAND(), UUID() and NOW() out of both sides, or write an inner join.',
      },
    );
  }
  const width = left.schema.fields.length;
  const count = width + right.schema.fields.length;
  const all = join('inner', left, right, { condition: undefined, span: on.span });
  const pairs = columnsAt(bindWhere(on, all, place.scope, place), (i) => i < count);
  const rows = (side: LogicalNode, from: number, kind: 'semi' | 'anti'): LogicalNode => {
    const own = columnsOf(side);
    const paired = columnsAt(pairs, (i) => i >= from && i < from + own.length);
    const same = own.map((one) =>
      sameValue(
        one,
        moveColumns(one, (i) => i + own.length),
      ),
    );
    return join(kind, side, paired, { condition: conjunction(same), span: on.span });
  };
  if (joinType === 'semi' || joinType === 'anti') return rows(left, 0, joinType);
  const fields = joinFields(joinType, left, right).map(({ name, type, nullable }) => ({ name, type, nullable }));
  const names = fields.map((field) => field.name);
  const nulls = fields.map(({ type }): Expr => ({ kind: 'literal', value: null, type }));
  const inputs: LogicalNode[] = [pairs];
  if (joinType === 'left' || joinType === 'full') {
    const alone = rows(left, 0, 'anti');
    inputs.push(project(alone, [...columnsOf(alone), ...nulls.slice(width)], names, on.span));
  }
  if (joinType === 'right' || joinType === 'full') {
    const alone = rows(right, width, 'anti');
    inputs.push(project(alone, [...nulls.slice(0, width), ...columnsOf(alone)], names, on.span));
  }
  return { kind: 'union', inputs, schema: { fields }, span: on.span };
}

function columnsAt(node: LogicalNode, isKept: (column: number) => boolean): LogicalNode {
  const kept = columnsOf(node).filter((_, i) => isKept(i));
  if (kept.length === node.schema.fields.length) return node;
  const names = node.schema.fields.filter((_, i) => isKept(i)).map((field) => field.name);
  return project(node, kept, names, node.span);
}
