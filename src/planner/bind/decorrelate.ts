import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import { BIGINT, BOOLEAN } from '../../types/sql-type.ts';
import { collectColumns, conjunction, conjunctsOf, moveColumns, replaceColumns } from '../expr-tree.ts';
import { columnsOf, filter, project, uniqueNames } from '../logical/build.ts';
import { equalSides, join } from '../logical/join.ts';
import type { AggregateNode, JoinNode, LogicalField, LogicalNode, SortNode } from '../logical/plan.ts';
import { isCorrelatedPlan, isOuter, readsOuter } from './outer-columns.ts';

/** A sub-query without columns of the query around it. */
export interface FreedQuery {
  readonly plan: LogicalNode;
  /** The columns of the sub-query, over `plan` and the query around. */
  readonly columns: readonly Expr[];
  /** Which of its rows belong to a row of the query around, over both. */
  readonly conditions: readonly Expr[];
  /** It gives one row whatever it reads: an aggregate without GROUP BY, a list of one row. */
  readonly single: boolean;
}

/**
 * Takes what a sub-query says about the query around it out of its plan: conditions move up, an aggregate on the way is
 * grouped by what they compare. Projections are dissolved into `columns`.
 * @throws PlanError PLAN_UNSUPPORTED where that cannot be done
 */
export function decorrelate(node: LogicalNode): FreedQuery {
  switch (node.kind) {
    case 'project': {
      const below = decorrelate(node.input);
      return { ...below, columns: node.exprs.map((expr) => over(below.columns, expr)) };
    }
    case 'aggregate':
      return freeAggregate(node);
    case 'filter': {
      if (!isCorrelatedPlan(node)) return whole(node);
      const below = decorrelate(node.input);
      const all = conjunctsOf(over(below.columns, node.condition));
      const own = conjunction(all.filter((one) => !readsOuter(one)));
      const plan = own === undefined ? below.plan : filter(below.plan, own, node.span);
      return { ...below, plan, conditions: [...below.conditions, ...all.filter(readsOuter)], single: false };
    }
    case 'sort':
      return isCorrelatedPlan(node) ? freeSort(node) : whole(node);
    case 'join':
      return isCorrelatedPlan(node) ? freeJoin(node) : whole(node);
    default:
      if (isCorrelatedPlan(node)) throw tooDeep(node);
      return whole(node);
  }
}

function whole(node: LogicalNode): FreedQuery {
  const single = node.kind === 'values' && node.rows.length === 1;
  return { plan: node, columns: columnsOf(node), conditions: [], single };
}

/** An expression over what its columns have become. */
function over(columns: readonly Expr[], expr: Expr): Expr {
  return replaceColumns(expr, (index, _, column) => (isOuter(index) ? column : columns[index]!));
}

function freeAggregate(node: AggregateNode): FreedQuery {
  const single = node.keys.length === 0 && node.calls.length > 0;
  if (!isCorrelatedPlan(node)) {
    const columns = columnsOf(node).map((column, i) => (single ? countOfNone(column, node.calls[i]?.name) : column));
    return { plan: node, columns, conditions: [], single };
  }
  const below = decorrelate(node.input);
  const pairs = below.conditions.map((one) => comparedWithOuter(one, node));
  const exprs: Expr[] = [];
  const names: string[] = [];
  const place = (column: number): number => {
    const expr = below.columns[column]!;
    if (readsOuter(expr)) throw tooDeep(node);
    names.push(node.input.schema.fields[column]!.name);
    return exprs.push(expr) - 1;
  };
  const keys = node.keys.map(place);
  const calls = node.calls.map((call) => ({
    ...call,
    args: call.args.map(place),
    filter: call.filter === undefined ? undefined : place(call.filter),
  }));
  const added = pairs.map(({ own }) => {
    names.push('key$');
    return exprs.push(own) - 1;
  });
  const input = project(below.plan, exprs, uniqueNames(names), node.span);
  const plain = ({ name, type, nullable }: LogicalField): LogicalField => ({ name, type, nullable });
  const fields = [
    ...node.schema.fields.slice(0, keys.length),
    ...added.map((column) => plain(input.schema.fields[column]!)),
    ...node.schema.fields.slice(keys.length),
  ];
  const plan: LogicalNode = { ...node, input, keys: [...keys, ...added], calls, schema: { fields } };
  const all = columnsOf(plan);
  const conditions = pairs.map(({ condition, own }, i) => replacePart(condition, own, all[keys.length + i]!));
  const results = all.slice(keys.length + added.length);
  const columns = [
    ...all.slice(0, keys.length),
    ...results.map((column, i) => (single ? countOfNone(column, node.calls[i]?.name) : column)),
  ];
  return { plan, columns, conditions, single };
}

/** LIMIT counts the rows of each row of the query around: the first ones of each value that they are compared by. */
function freeSort(node: SortNode): FreedQuery {
  const below = decorrelate(node.input);
  if (node.limit === undefined && node.offset === 0) return below;
  if (below.columns.some(readsOuter)) throw tooDeep(node);
  const pairs = below.conditions.map((one) => comparedWithOuter(one, node));
  const names = [...node.input.schema.fields.map((field) => field.name), ...pairs.map(() => 'key$')];
  const width = below.columns.length;
  const exprs = [...below.columns, ...pairs.map(({ own }) => own)];
  const input = project(below.plan, exprs, uniqueNames(names), node.span);
  const plan: LogicalNode = {
    kind: 'rank',
    input,
    partition: pairs.map((_, i) => width + i),
    order: node.keys,
    fromRank: node.offset + 1,
    toRank: node.limit === undefined ? Number.MAX_SAFE_INTEGER : node.offset + node.limit,
    rankColumn: false,
    schema: input.schema,
    span: node.span,
  };
  const all = columnsOf(plan);
  const conditions = pairs.map(({ condition, own }, i) => replacePart(condition, own, all[width + i]!));
  return { plan, columns: all.slice(0, width), conditions, single: false };
}

/** A row without partner has no count; what it counts is nothing. */
function countOfNone(column: Expr, call: string | undefined): Expr {
  if (call !== 'COUNT') return column;
  return {
    kind: 'case',
    whens: [
      { when: { kind: 'is-null', arg: column, type: BOOLEAN }, then: { kind: 'literal', value: 0n, type: BIGINT } },
    ],
    otherwise: column,
    type: BIGINT,
  };
}

interface ComparedWithOuter {
  readonly condition: Extract<Expr, { kind: 'call' }>;
  /** The side that the sub-query has. */
  readonly own: Expr;
}

/** Only equalities can become keys: below an aggregate nothing else can be taken out. */
function comparedWithOuter(condition: Expr, node: LogicalNode): ComparedWithOuter {
  const args = equalSides(condition)?.args ?? [];
  const own = args.find((one) => !readsOuter(one));
  const outer = args.find(readsOuter);
  const pure = outer !== undefined && [...collectColumns(outer, new Set())].every(isOuter);
  if (condition.kind === 'call' && condition.name === '=' && own !== undefined && pure) return { condition, own };
  throw new PlanError(
    'PLAN_UNSUPPORTED',
    'below an aggregate or a LIMIT a sub-query may compare with the query around it by = only',
    {
      span: condition.span ?? node.span,
      hint: 'Write the condition as column = outer column, or join and aggregate in FROM.',
    },
  );
}

function replacePart(condition: Extract<Expr, { kind: 'call' }>, from: Expr, to: Expr): Expr {
  return { ...condition, args: condition.args.map((one) => (one === from ? to : one)) };
}

function freeJoin(node: JoinNode): FreedQuery {
  const { joinType } = node;
  const inner = joinType === 'inner';
  if (joinType === 'right' || joinType === 'full') throw tooDeep(node);
  if (!inner && (isCorrelatedPlan(node.right) || (node.condition !== undefined && readsOuter(node.condition)))) {
    throw tooDeep(node);
  }
  const left = decorrelate(node.left);
  // What an outer join fills up with NULL must stay below it.
  const right = inner ? decorrelate(node.right) : whole(node.right);
  const width = left.plan.schema.fields.length;
  const shift = (expr: Expr): Expr => moveColumns(expr, (index) => (isOuter(index) ? index : index + width));
  const both = [...left.columns, ...right.columns.map(shift)];
  const all = node.condition === undefined ? [] : conjunctsOf(over(both, node.condition));
  const own = conjunction(all.filter((one) => !readsOuter(one)));
  const plan = join(joinType, left.plan, right.plan, { condition: own, span: node.span });
  const columns = inner || joinType === 'left' ? both : [...left.columns, ...columnsOf(plan).slice(width)];
  const conditions = [...left.conditions, ...right.conditions.map(shift), ...all.filter(readsOuter)];
  return { plan, columns, conditions, single: false };
}

function tooDeep(node: LogicalNode): PlanError {
  return new PlanError(
    'PLAN_UNSUPPORTED',
    'a sub-query uses a column of the query around it where that is not supported',
    {
      span: node.span,
      hint: 'Compare with columns of the query around in WHERE of the sub-query, or write a join.',
    },
  );
}
