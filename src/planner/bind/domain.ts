import type { ColumnExpr, Expr } from '../../contracts/expression.ts';
import { project } from '../logical/build.ts';
import { sameValue } from '../logical/join.ts';
import type { AggregateNode, LogicalField, LogicalNode } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import { countOfNone, over, type FreedQuery } from './freed-query.ts';
import { fromOuter, movedLevels, nextOuterColumns } from './outer-columns.ts';
import { PushedDomain } from './pushed-domain.ts';
import { distinct } from './query-tail.ts';
import { steadyRows } from './steady-rows.ts';

/** The values of the query around that a sub-query depends on: each combination once. */
export interface Domain {
  /** Stands in the plan of the sub-query until the query around it is there. */
  readonly node: LogicalNode;
  /** Over the query around. */
  readonly values: readonly Expr[];
}

/**
 * A sub-query without columns of the query around it, whatever it does with them: it is computed for each combination
 * of values that the query around has (its domain), and its rows carry them, to be found by them again. NULL is a value
 * like others.
 * @source Neumann, Kemper: Unnesting Arbitrary Queries (2015)
 */
export function overDomain(plan: LogicalNode): FreedQuery {
  const values = nextOuterColumns(plan);
  if (values.length === 0) {
    // All it depends on is of queries further out: their domain comes later.
    const top = topOf(movedLevels(plan, -1), (node) => node);
    return { ...top, conditions: [] };
  }
  const node = placeholder(values);
  const pushed = new PushedDomain(node, values);
  const top = topOf(plan, (one) => pushed.below(one));
  const keys = top.plan.schema.fields.length - values.length;
  const first = top.keys ?? keys;
  const conditions = values.map((value, i) => {
    const { name, type } = top.plan.schema.fields[first + i]!;
    return sameValue({ kind: 'column', index: first + i, name, type }, value);
  });
  const domain: Domain = {
    node,
    values: values.map((value) => ({ ...value, index: fromOuter(value.index) })),
  };
  return { plan: top.plan, columns: top.columns, conditions, single: top.single, domain };
}

/** The plan of a sub-query over the values that these rows of the query around have. */
export function withDomain(plan: LogicalNode, domain: Domain, rows: LogicalNode, values: readonly Expr[]): LogicalNode {
  const names = domain.node.schema.fields.map((field) => field.name);
  const made: AggregateNode = {
    ...(distinct(project(steadyRows(rows, values), values, names, rows.span)) as AggregateNode),
    forever: true,
  };
  return rewriteUp(plan, (node) => (node === domain.node ? made : node));
}

function placeholder(values: readonly ColumnExpr[]): LogicalNode {
  const fields = values.map(({ name, type }, i): LogicalField => ({
    name: `outer$${i}$${name}`,
    type,
    nullable: true,
  }));
  return { kind: 'values', rows: [], schema: { fields } };
}

interface Top {
  readonly plan: LogicalNode;
  readonly columns: readonly Expr[];
  readonly single: boolean;
  /** Where the columns of the domain begin in `plan`; undefined: behind all others. */
  readonly keys?: number;
}

/** An aggregate without GROUP BY has its one row even where nothing is left of it: the join back fills it up. */
function topOf(node: LogicalNode, push: (node: LogicalNode) => LogicalNode): Top {
  const base = belowProjections(node);
  if (base.kind !== 'aggregate' || base.keys.length > 0 || base.calls.length === 0) {
    const plan = push(node);
    return { plan, columns: firstColumns(plan, node.schema.fields.length), single: false };
  }
  const input = push(base.input);
  const width = base.input.schema.fields.length;
  const keys = input.schema.fields.slice(width).map((_, i) => width + i);
  const plain = ({ name, type, nullable }: LogicalField): LogicalField => ({ name, type, nullable });
  const fields = [...input.schema.fields.slice(width).map(plain), ...base.schema.fields];
  const plan: LogicalNode = { ...base, input, keys, schema: { fields } };
  const results = fields.slice(keys.length).map(({ name, type }, i): Expr => {
    const column: Expr = { kind: 'column', index: keys.length + i, name, type };
    return countOfNone(column, base.calls[i]?.name);
  });
  return { plan, columns: projected(node, results), single: true, keys: 0 };
}

function belowProjections(node: LogicalNode): LogicalNode {
  return node.kind === 'project' ? belowProjections(node.input) : node;
}

/** What the projections of a sub-query make of the columns below them. */
function projected(node: LogicalNode, columns: readonly Expr[]): readonly Expr[] {
  if (node.kind !== 'project') return columns;
  const below = projected(node.input, columns);
  return node.exprs.map((expr) => over(below, expr));
}

function firstColumns(plan: LogicalNode, count: number): readonly Expr[] {
  return plan.schema.fields
    .slice(0, count)
    .map(({ name, type }, index): Expr => ({ kind: 'column', index, name, type }));
}
