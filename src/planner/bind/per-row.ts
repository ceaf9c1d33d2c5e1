import type { Expr } from '../../contracts/expression.ts';
import { BOOLEAN, BIGINT } from '../../types/sql-type.ts';
import { conjunction, conjunctsOf } from '../expr-tree.ts';
import { columnsOf, filter, project } from '../logical/build.ts';
import { foldedCorrelate } from '../logical/correlate.ts';
import type { AggregateNode, CorrelateNode, JoinType, LogicalNode } from '../logical/plan.ts';
import type { AggregateCall } from '../physical/plan.ts';
import { over, type FreedQuery, type PerRow } from './freed-query.ts';
import { nextOuterColumns, readsOuter } from './outer-columns.ts';

/**
 * A sub-query over what one table function makes of a row of the query around, such as `FROM UNNEST(t.items)`: it needs
 * no state and no join. With an aggregate on top it gives one row, else rows to be tested.
 * @returns undefined for any other query
 */
export function perRowQuery(plan: LogicalNode): FreedQuery | undefined {
  const top = belowProjections(plan);
  if (top.kind === 'aggregate' && top.keys.length === 0 && top.calls.length > 0) return aggregated(plan, top);
  const rows = rowsOf(plan);
  if (rows === undefined) return undefined;
  const { node, columns, conditions } = rows;
  const perRow: PerRow = { call: node.call, args: node.args, fold: { filter: undefined, exprs: [], calls: [] } };
  return { plan: made(node), columns, conditions, single: false, perRow };
}

function aggregated(plan: LogicalNode, top: AggregateNode): FreedQuery | undefined {
  const rows = rowsOf(top.input);
  if (rows === undefined) return undefined;
  const { node, columns, conditions } = rows;
  const fold = { filter: conjunction(conditions), exprs: columns, calls: top.calls };
  return {
    plan: { kind: 'values', rows: [], schema: top.schema, span: top.span },
    columns: projected(plan, top),
    conditions: [],
    single: true,
    perRow: { call: node.call, args: node.args, fold },
  };
}

interface Rows {
  readonly node: CorrelateNode;
  /** Over the columns of the function and the query around. */
  readonly columns: readonly Expr[];
  readonly conditions: readonly Expr[];
}

function rowsOf(node: LogicalNode): Rows | undefined {
  switch (node.kind) {
    case 'project': {
      const below = rowsOf(node.input);
      return below && { ...below, columns: node.exprs.map((expr) => over(below.columns, expr)) };
    }
    case 'filter': {
      const below = rowsOf(node.input);
      if (below === undefined) return undefined;
      const more = conjunctsOf(over(below.columns, node.condition));
      return { ...below, conditions: [...below.conditions, ...more] };
    }
    case 'correlate': {
      const { input, joinType, fold, args } = node;
      const isAlone = input.kind === 'values' && input.rows.length === 1 && input.schema.fields.length === 0;
      if (!isAlone || joinType !== 'inner' || fold !== undefined || !args.some(readsOuter)) return undefined;
      // Another level further out is another query's row.
      if (nextOuterColumns(node).length === 0) return undefined;
      const all = columnsOf(made(node));
      return { node, columns: node.columns.map((column) => all[column]!), conditions: [] };
    }
    default:
      return undefined;
  }
}

/** The columns of the function. */
function made({ call, span }: CorrelateNode): LogicalNode {
  return { kind: 'values', rows: [], schema: { fields: call.binding.columns }, span };
}

function belowProjections(node: LogicalNode): LogicalNode {
  return node.kind === 'project' ? belowProjections(node.input) : node;
}

function projected(node: LogicalNode, top: LogicalNode): readonly Expr[] {
  if (node.kind !== 'project') return columnsOf(top);
  const below = projected(node.input, top);
  return node.exprs.map((expr) => over(below, expr));
}

/**
 * The rows of `input` with what a join with the sub-query would say.
 * @param perRow over the columns of `input`, then those of the function
 * @param count COUNT(*)
 */
export function withPerRow(
  input: LogicalNode,
  joinType: JoinType,
  perRow: PerRow,
  { condition, count }: { readonly condition: Expr | undefined; readonly count: AggregateCall },
): LogicalNode {
  if (perRow.fold.calls.length > 0) return withFold(input, perRow);
  const { span } = input;
  const { length } = input.schema.fields;
  const node = withFold(input, { ...perRow, fold: { filter: condition, exprs: [], calls: [count] } });
  const all = columnsOf(node);
  const none: Expr = { kind: 'literal', value: 0n, type: BIGINT };
  const found: Expr = { kind: 'call', name: '>', args: [all.at(-1) ?? none, none], impl: isMore, type: BOOLEAN };
  if (joinType === 'semi') return filter(node, found, span);
  if (joinType === 'anti') return filter(node, { kind: 'not', arg: found, type: BOOLEAN }, span);
  const names = node.schema.fields.map((field, i) => (i < length ? field.name : 'mark$'));
  return project(node, [...all.slice(0, length), found], names, span);
}

/** The rows of `input` with their aggregates behind them. @param perRow as for `withPerRow` */
export function withFold(input: LogicalNode, { call, args, fold }: PerRow): LogicalNode {
  const pass = input.schema.fields.map((_, i) => i);
  return foldedCorrelate({ input, call, args, pass, fold, span: input.span });
}

const isMore = {
  nulls: 'propagate',
  mayReturnNull: false,
  deterministic: true,
  kernel: (a: bigint, b: bigint) => a > b,
} as const;
