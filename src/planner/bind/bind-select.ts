import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { SelectItem, SelectQuery } from '../../parser/ast/query.ts';
import type { Expression, FunctionCall, Identifier, OrderItem } from '../../parser/ast/expression.ts';
import { exprKey } from '../expr-tree.ts';
import { columnsOf, filter, project, uniqueNames } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { SortKey } from '../physical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder, type SubQueryBinder } from './bind-expression.ts';
import { bindFrom } from './bind-from.ts';
import { bindWhere } from './bind-where.ts';
import { bindRowStar } from './bind-nested.ts';
import { unsupported } from './binder.ts';
import { condition } from './coerce.ts';
import { OverCalls } from './bind-over.ts';
import { Grouping } from './grouping.ts';
import { distinct, limited, oneRow, ordinalOf, sortKey, type QueryBinder } from './query-tail.ts';
import { columnsOfTable, Scope, type ScopeTable } from './scope.ts';
import { SubQueries } from './sub-queries.ts';

interface SelectedColumn {
  readonly expr: Expr;
  readonly name: string;
}

/** SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT. @throws PlanError, TypeMismatchError */
export function bindSelect(query: SelectQuery, context: BindContext, bindQuery: QueryBinder): LogicalNode {
  const from =
    query.from === undefined
      ? { plan: oneRow(query.span), tables: [], merged: [] }
      : bindFrom(query.from, context, bindQuery);
  const aliases = query.items.flatMap((item) =>
    item.kind === 'expression-item' && item.alias !== undefined ? [item.alias.name] : [],
  );
  const scope = new Scope(from.tables, aliases, from.merged, context.outer);
  const input =
    query.where === undefined ? from.plan : bindWhere(query.where, from.plan, scope, { context, bindQuery });
  // Keys and arguments of aggregates are values of single rows: their sub-queries are joined before rows are grouped.
  const below = new SubQueries(scope, input.schema.fields, { context, bindQuery, place: 'below' });
  const grouping = new Grouping(input, scope, context, below);
  if (query.groupBy !== undefined) grouping.addGroupBy(query.groupBy);
  const key = below.known();
  const queries = new SubQueries(scope, input.schema.fields, { context, bindQuery });
  const results: SubQueryBinder = {
    bind(node, binder) {
      const known = key(node);
      return known === undefined ? queries.bind(node, binder) : { ...known, span: node.span };
    },
  };
  // What OVER takes may be an aggregate, but no other call with OVER.
  const inner = new ExpressionBinder(scope, context, (call) => grouping.hook(call), results);
  const overs = new OverCalls(query.windows);
  const hook = (call: FunctionCall): Expr | undefined => overs.hook(call, inner) ?? grouping.hook(call);
  const binder = new ExpressionBinder(scope, context, hook, results);

  const selected = query.items.flatMap((item) => bindItem(item, binder, scope));
  const columns = selected.map((one, i) => ({ expr: one.expr, name: one.name === '' ? `EXPR$${i}` : one.name }));
  const names = uniqueNames(columns.map((one) => one.name));
  const having = query.having === undefined ? undefined : condition(inner.bind(query.having), 'HAVING');
  const order = new OrderBy(query, columns, names, binder);

  const grouped = query.groupBy !== undefined || having !== undefined || grouping.hasCalls;
  const built = grouped
    ? grouping.build(query.span, below.joins.attach(input))
    : { plan: input, move: (expr: Expr) => expr };
  const { plan, resolve } = queries.joins.attach(built.plan, built.move);
  const move = (expr: Expr): Expr => resolve(built.move(expr));
  const filtered = having === undefined ? plan : filter(plan, move(having), query.having?.span);
  const over = overs.build(filtered, move);
  const result = project(
    over.plan,
    [...columns.map((one) => over.move(one.expr)), ...order.hidden.map(over.move)],
    [...names, ...order.hidden.map((_, i) => `order$${i}`)],
    query.span,
  );
  const sorted = limited(query.distinct ? distinct(result) : result, order.keys, query);
  return order.hidden.length === 0
    ? sorted
    : project(sorted, columnsOf(sorted).slice(0, columns.length), names, query.span);
}

/** A name of '' stands for an expression without one. */
function bindItem(item: SelectItem, binder: ExpressionBinder, scope: Scope): readonly SelectedColumn[] {
  switch (item.kind) {
    case 'star-item': {
      if (scope.tables.length === 0) {
        throw new PlanError('PLAN_UNKNOWN_TABLE', 'SELECT * needs a FROM', { span: item.span });
      }
      return scope.star().map(({ name, expr }) => ({ name, expr: { ...expr, span: item.span } }));
    }
    case 'qualified-star-item': {
      const [first] = item.qualifier;
      const isTable = item.qualifier.length === 1 && scope.tables.some((table) => isNamed(table, first));
      const fields = isTable ? undefined : bindRowStar(item.qualifier, { names: scope, binder, span: item.span });
      if (fields !== undefined) return fields;
      if (first === undefined || item.qualifier.length > 1)
        throw unsupported('a qualifier of several parts', item.span);
      return columnsOfTable(scope.tableNamed(first)).map(({ name, expr }) => ({
        name,
        expr: { ...expr, span: item.span },
      }));
    }
    case 'expression-item': {
      const expr = binder.bind(item.expression);
      return [{ expr, name: item.alias?.name ?? implicitName(item.expression, expr) }];
    }
  }
}

function isNamed(table: ScopeTable, name: Identifier | undefined): boolean {
  return name !== undefined && table.name?.toLowerCase() === name.name.toLowerCase();
}

/** A column keeps the spelling of its declaration. */
function implicitName(node: Expression, expr: Expr): string {
  if (node.kind !== 'column-ref') return '';
  return expr.kind === 'column' ? expr.name : (node.parts.at(-1)?.name ?? '');
}

/** ORDER BY of a SELECT: columns of the result by name or position, else expressions over what SELECT sees. */
class OrderBy {
  readonly keys: readonly SortKey[];
  /** Sort keys that are no column of the result. */
  readonly hidden: readonly Expr[];

  constructor(
    query: SelectQuery,
    columns: readonly SelectedColumn[],
    names: readonly string[],
    binder: ExpressionBinder,
  ) {
    const hidden: Expr[] = [];
    this.keys = query.orderBy.map((item) => {
      const place = ordinalOf(item, columns.length) ?? byName(item, names) ?? byValue(item);
      return sortKey(item, place);
    });
    this.hidden = hidden;

    function byValue(item: OrderItem): number {
      const expr = binder.bind(item.expression);
      const key = exprKey(expr);
      const found = [...columns.map((one) => one.expr), ...hidden].findIndex((one) => exprKey(one) === key);
      if (found >= 0) return found;
      if (query.distinct) {
        throw new PlanError('PLAN_GROUPING', 'ORDER BY of SELECT DISTINCT takes columns of the result', {
          span: item.span,
        });
      }
      return columns.length + hidden.push(expr) - 1;
    }
  }
}

function byName(item: OrderItem, names: readonly string[]): number | undefined {
  const { expression } = item;
  if (expression.kind !== 'column-ref' || expression.parts.length !== 1) return undefined;
  const wanted = expression.parts[0]!.name;
  const exact = names.indexOf(wanted);
  const found = exact >= 0 ? exact : names.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
  return found < 0 ? undefined : found;
}
