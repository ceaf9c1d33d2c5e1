import { PlanError } from '../../errors/sluice-error.ts';
import { fold } from '../../expr/fold.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import type { JoinTable, TableExpression, TableFunction, UnnestTable } from '../../parser/ast/query.ts';
import { filter } from '../logical/build.ts';
import { correlate } from '../logical/correlate.ts';
import type { CorrelateNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { sideBySide } from './bind-join.ts';
import { bindTableCall } from './bind-table-call.ts';
import { windowFunction } from './bind-window-table.ts';
import { hasQuery } from './bind-where.ts';
import { senseless, unsupported } from './binder.ts';
import { condition } from './coerce.ts';
import { oneRow, type QueryBinder } from './query-tail.ts';
import { Scope } from './scope.ts';
import { SubQueries } from './sub-queries.ts';

/** A join whose right side is called for each row of the left. */
export type CorrelatedJoin = JoinTable & { readonly right: TableFunction | UnnestTable };

/** Whether a table is a call of a table function; window functions over a table are not. */
function isTableCall(table: TableExpression): table is TableFunction | UnnestTable {
  if (table.kind === 'unnest') return true;
  return table.kind === 'table-function' && windowFunction(table.call) === undefined;
}

/** Whether a table is made anew for each row of what stands before it. */
function isPerRow(table: TableExpression): boolean {
  return isTableCall(table) || (table.kind === 'derived-table' && table.lateral);
}

/**
 * The join as one of rows with what is made for each, if it is one. `a, TABLE(f(a.x)) AS t JOIN b ON …` parses as `a`
 * with a join that begins with the call; the call belongs to what stands before the comma.
 */
export function correlatedJoin(join: JoinTable): JoinTable | undefined {
  if (isPerRow(join.right)) return join;
  if (!join.comma || join.right.kind !== 'join' || join.right.comma) return undefined;
  const inner = correlatedJoin({ ...join, right: join.right.left });
  if (inner === undefined || join.right.type === 'right' || join.right.type === 'full') return undefined;
  return { ...join.right, left: inner };
}

export function isCorrelated(join: JoinTable): join is CorrelatedJoin {
  return isTableCall(join.right);
}

/** `t, LATERAL TABLE(f(t.a)) AS x (c)`, `t LEFT JOIN LATERAL TABLE(…) AS x (c) ON TRUE`, `t CROSS JOIN UNNEST(t.a)`. */
export function bindCorrelatedJoin(
  join: CorrelatedJoin,
  left: BoundFrom,
  place: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): BoundFrom {
  const { context } = place;
  const { type, right } = join;
  if (type !== 'cross' && type !== 'inner' && type !== 'left') {
    throw new PlanError('PLAN_UNSUPPORTED', `${type.toUpperCase()} JOIN does not take a table function`, {
      span: right.span,
      hint: 'The function is called for each row of the left side: write CROSS JOIN or LEFT JOIN.',
    });
  }
  if (join.using !== undefined || join.natural) {
    throw unsupported(`${join.natural ? 'NATURAL JOIN' : 'USING'} with a table function`, right.span);
  }
  const made = call(right, left, place, type === 'left' ? 'left' : 'inner');
  const both = sideBySide(left, made.from);
  const from: BoundFrom = { plan: made.plan, tables: both.tables, merged: left.merged };
  if (join.on === undefined) return from;
  if (hasQuery(join.on)) throw senseless('ON of a table function', join.on.span);
  const binder = new ExpressionBinder(new Scope(both.tables, [], left.merged ?? [], context.outer), context);
  const on = fold(condition(binder.bind(join.on), 'ON'));
  if (on.kind === 'literal' && on.value === true) return from;
  if (type !== 'left') return { ...from, plan: filter(made.plan, on, join.on.span) };
  throw new PlanError('PLAN_UNSUPPORTED', 'LEFT JOIN with a table function takes ON TRUE only', {
    span: join.on.span,
    hint: 'Write ON TRUE, and the condition in WHERE or in a sub-query.',
  });
}

/** `FROM TABLE(f(…)) AS t (a)`, `FROM UNNEST(ARRAY[1, 2]) AS t (a)`. */
export function bindTableFunction(
  table: TableFunction | UnnestTable,
  place: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): BoundFrom {
  const { plan, from } = call(table, { plan: oneRow(table.span), tables: [] }, place, 'inner');
  return { ...from, plan };
}

function call(
  table: TableFunction | UnnestTable,
  left: BoundFrom,
  { context, bindQuery }: { readonly context: BindContext; readonly bindQuery: QueryBinder },
  joinType: CorrelateNode['joinType'],
): { readonly plan: CorrelateNode; readonly from: BoundFrom } {
  const scope = new Scope(left.tables, [], left.merged ?? [], context.outer);
  const queries = new SubQueries(scope, left.plan.schema.fields, { context, bindQuery });
  const bound = bindTableCall(table, new ExpressionBinder(scope, context, undefined, queries));
  const { plan: input, resolve } = queries.joins.attach(left.plan);
  const made = bound.call.binding.columns;
  const names = columnNames(table, made);
  const plan = correlate({
    input,
    call: bound.call,
    args: bound.args.map(resolve),
    joinType,
    pass: left.plan.schema.fields.map((_, i) => i),
    columns: made.map((_, i) => i),
    names,
    span: table.span,
  });
  const fields = plan.schema.fields.slice(left.plan.schema.fields.length);
  const name = table.alias?.name.name;
  const from = { plan: { ...plan, schema: { fields } }, tables: [{ name, fields, from: 0, span: table.span }] };
  return { plan, from };
}

function columnNames(
  table: TableFunction | UnnestTable,
  made: readonly { readonly name: string }[],
): readonly string[] {
  const given: readonly Identifier[] | undefined = table.alias?.columns;
  if (given === undefined) {
    // As in Calcite, the elements of an array have no name of their own and take that of the table: `UNNEST(a) AS t` has a column t.
    const alias = table.kind === 'unnest' && made.length === 1 && made[0]?.name === 'f0' ? table.alias : undefined;
    return alias === undefined ? made.map((one) => one.name) : [alias.name.name];
  }
  if (given.length === made.length) return given.map((one) => one.name);
  const what =
    table.kind === 'unnest' ? 'UNNEST' : `table function "${table.call.name.at(-1)?.name.toUpperCase() ?? ''}"`;
  const count = made.length === 1 ? '1 column' : `${made.length} columns`;
  throw new PlanError('PLAN_TYPE', `${what} gives ${count} and AS names ${given.length}`, {
    span: { start: given[0]?.span.start ?? table.span.start, end: given.at(-1)?.span.end ?? table.span.end },
    hint: `Its columns are ${made.map((one) => one.name).join(', ')}.`,
  });
}
