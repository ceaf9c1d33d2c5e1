import { PlanError } from '../../errors/sluice-error.ts';
import type { Query, SetOperation } from '../../parser/ast/query.ts';
import { columnsOf, project } from '../logical/build.ts';
import type { LogicalField, LogicalNode } from '../logical/plan.ts';
import { commonWindow } from '../logical/window.ts';
import type { SortKey } from '../physical/plan.ts';
import type { BindContext, CommonTableInScope } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { unsupported } from './binder.ts';
import { bindSelect } from './bind-select.ts';
import { bindValues, unionType } from './bind-values.ts';
import { coerce } from './coerce.ts';
import { distinct, limited, ordinalOf, sortKey } from './query-tail.ts';
import { Scope } from './scope.ts';

/** A query with its WITH, ORDER BY and LIMIT. @throws PlanError, TypeMismatchError */
export function bindQuery(query: Query, outer: BindContext): LogicalNode {
  const context = withCommonTables(query, outer);
  switch (query.kind) {
    case 'select':
      return bindSelect(query, context, bindQuery);
    case 'set-operation':
      return sorted(bindSetOperation(query, context), query, context);
    case 'values':
      return sorted(bindValues(query, context, bindQuery), query, context);
  }
}

function withCommonTables(query: Query, outer: BindContext): BindContext {
  let context = outer;
  const names = new Set<string>();
  for (const one of query.with) {
    const name = one.name.name.toLowerCase();
    if (names.has(name)) {
      throw new PlanError('PLAN_DDL', `WITH names "${one.name.name}" twice`, { span: one.name.span });
    }
    names.add(name);
    const entry: CommonTableInScope = { name: one.name.name, columns: one.columns, query: one.query, context };
    context = { ...context, common: new Map(context.common).set(name, entry) };
  }
  return context;
}

function bindSetOperation(query: SetOperation, context: BindContext): LogicalNode {
  const inputs = query.inputs.map((one) => bindQuery(one, context));
  const first = inputs[0]!;
  const width = first.schema.fields.length;
  inputs.forEach((one, i) => {
    if (one.schema.fields.length === width) return;
    throw new PlanError(
      'PLAN_TYPE',
      `the inputs of ${query.operator.toUpperCase()} have ${width} and ${one.schema.fields.length} columns`,
      {
        span: query.inputs[i]?.span,
      },
    );
  });
  const fields = first.schema.fields.map((field, column): LogicalField => {
    const all = inputs.map((one) => one.schema.fields[column]!);
    const type = unionType(
      all.map((one) => one.type),
      field.name,
      { span: query.span, what: query.operator.toUpperCase() },
    );
    return {
      name: field.name,
      type,
      nullable: all.some((one) => one.nullable),
      time: all.every((one) => one.time === field.time) ? field.time : undefined,
      window: commonWindow(all),
    };
  });
  const aligned = inputs.map((one) => align(one, fields, context));
  const { operator, all, span } = query;
  if (operator === 'union') {
    const union: LogicalNode = { kind: 'union', inputs: aligned, schema: { fields }, span };
    return all ? union : distinct(union);
  }
  const schema = { fields: fields.map(({ name, type, nullable }) => ({ name, type, nullable })) };
  return aligned.reduce((left, right) => ({ kind: 'set-operation', operator, all, left, right, schema, span }));
}

function align(input: LogicalNode, fields: readonly LogicalField[], context: BindContext): LogicalNode {
  const exprs = columnsOf(input).map((column, i) => coerce(column, fields[i]!.type, context));
  return exprs.every((expr) => expr.kind === 'column')
    ? input
    : project(
        input,
        exprs,
        fields.map((field) => field.name),
        input.span,
      );
}

/** ORDER BY and LIMIT over a result: by column names and positions, or expressions over the result. */
function sorted(input: LogicalNode, query: Query, context: BindContext): LogicalNode {
  const binder = new ExpressionBinder(new Scope([{ name: undefined, fields: input.schema.fields, from: 0 }]), context);
  const keys = query.orderBy.map((item): SortKey => {
    const ordinal = ordinalOf(item, input.schema.fields.length);
    const key = ordinal === undefined ? binder.bind(item.expression) : undefined;
    if (key !== undefined && key.kind !== 'column')
      throw unsupported('ORDER BY an expression after UNION or VALUES', item.span);
    return sortKey(item, ordinal ?? (key?.kind === 'column' ? key.index : 0));
  });
  return limited(input, keys, query);
}
