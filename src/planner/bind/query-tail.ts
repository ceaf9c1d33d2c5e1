import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, OrderItem } from '../../parser/ast/expression.ts';
import type { Query } from '../../parser/ast/query.ts';
import type { LogicalNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import type { SortKey } from '../physical/plan.ts';

/** The function that binds a whole query: handed in, because queries contain FROM and FROM contains queries. */
export type QueryBinder = (query: Query, context: BindContext) => LogicalNode;

/** GROUP BY all columns without aggregates. Time attributes end here. */
export function distinct(input: LogicalNode): LogicalNode {
  const fields = input.schema.fields.map(({ name, type, nullable }) => ({ name, type, nullable }));
  return {
    kind: 'aggregate',
    input,
    keys: fields.map((_, i) => i),
    calls: [],
    schema: { fields },
    span: input.span,
  };
}

/** One row without columns: what SELECT without FROM reads. */
export function oneRow(span: Span | undefined): LogicalNode {
  return { kind: 'values', rows: [[]], schema: { fields: [] }, span };
}

export function limited(input: LogicalNode, keys: readonly SortKey[], query: Query): LogicalNode {
  const limit = query.limit === undefined ? undefined : rowCount(query.limit, 'LIMIT');
  const offset = query.offset === undefined ? 0 : rowCount(query.offset, 'OFFSET');
  if (keys.length === 0 && limit === undefined && offset === 0) return input;
  const span = query.orderBy[0]?.span ?? query.limit?.span ?? query.span;
  return { kind: 'sort', input, keys, limit, offset, schema: input.schema, span };
}

/** NULL counts as the smallest value where nothing is written. */
export function sortKey(item: OrderItem, column: number): SortKey {
  return { column, descending: item.descending, nullsFirst: item.nullsFirst ?? !item.descending };
}

/** `ORDER BY 2` is the second column of the result. */
export function ordinalOf(item: OrderItem, width: number): number | undefined {
  const { expression } = item;
  if (expression.kind !== 'number' || expression.form !== 'integer') return undefined;
  const place = Number(expression.text);
  if (place >= 1 && place <= width) return place - 1;
  throw new PlanError('PLAN_UNKNOWN_COLUMN', `ORDER BY ${place} is beyond the ${width} columns of the result`, {
    span: expression.span,
  });
}

function rowCount(node: Expression, what: string): number {
  if (node.kind === 'number' && node.form === 'integer') return Number(node.text);
  throw new PlanError('PLAN_TYPE', `${what} takes a whole number`, { span: node.span });
}
