import type { Expr, LiteralExpr } from '../../contracts/expression.ts';
import { fold } from '../../expr/fold.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { ValuesQuery } from '../../parser/ast/query.ts';
import { commonType } from '../../types/coercion.ts';
import { VARCHAR, typeName, type SqlType } from '../../types/sql-type.ts';
import { mayBeNull, project } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import { coerce } from './coerce.ts';
import { oneRow, type QueryBinder } from './query-tail.ts';
import { Scope } from './scope.ts';
import { SubQueries } from './sub-queries.ts';

/** VALUES: a list of constants, or the rows of as many queries without FROM. @throws PlanError PLAN_TYPE */
export function bindValues(query: ValuesQuery, context: BindContext, bindQuery: QueryBinder): LogicalNode {
  const scope = new Scope([], [], [], context.outer);
  const queries = query.rows.map(() => new SubQueries(scope, [], { context, bindQuery }));
  const rows = query.rows.map((row, i) => {
    const binder = new ExpressionBinder(scope, context, undefined, queries[i]);
    return row.map((value) => binder.bind(value));
  });
  const width = rows[0]?.length ?? 0;
  rows.forEach((row) => {
    if (row.length === width) return;
    throw new PlanError('PLAN_TYPE', `the rows of VALUES have ${width} and ${row.length} columns`, {
      span: query.span,
    });
  });
  const names = Array.from({ length: width }, (_, i) => `EXPR$${i}`);
  const types = names.map((name, i) =>
    unionType(
      rows.map((row) => row[i]!.type),
      name,
      { span: query.span, what: 'VALUES' },
    ),
  );
  const typed = rows.map((row) => row.map((value, i) => fold(coerce(value, types[i]!, context))));
  const fields = types.map((type, i) => ({
    name: names[i]!,
    type,
    nullable: typed.some((row) => mayBeNull(row[i]!, [])),
  }));
  const constant = typed.filter(isConstant);
  if (constant.length === typed.length) {
    return { kind: 'values', rows: constant, schema: { fields }, span: query.span };
  }
  const inputs = typed.map((row, i) => {
    const { plan, resolve } = queries[i]!.joins.attach(oneRow(query.span));
    return project(plan, row.map(resolve), names, query.span);
  });
  return inputs.length === 1 ? inputs[0]! : { kind: 'union', inputs, schema: { fields }, span: query.span };
}

function isConstant(row: Expr[]): row is LiteralExpr[] {
  return row.every((value) => value.kind === 'literal');
}

/** The type of a column that several queries or rows make together. @throws PlanError PLAN_TYPE */
export function unionType(
  types: readonly SqlType[],
  name: string,
  { span, what }: { readonly span: Span; readonly what: string },
): SqlType {
  const common = commonType(types, 'values');
  if (common === undefined) {
    throw new PlanError(
      'PLAN_TYPE',
      `column "${name}" of ${what} has no common type: ${types.map(typeName).join(', ')}`,
      {
        span,
        hint: 'Write a CAST so that they agree.',
      },
    );
  }
  const lengths = new Set(types.filter((one) => one.kind !== 'null').map(typeName));
  return common.kind === 'char' && lengths.size > 1 ? VARCHAR : common;
}
