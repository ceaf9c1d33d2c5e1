import type { Expr } from '../../contracts/expression.ts';
import { conjunction, conjunctsOf, exprKey, moveColumns } from '../expr-tree.ts';
import { columnsOf, filter, project, uniqueNames } from '../logical/build.ts';
import { equalSides, join } from '../logical/join.ts';
import type { AggregateNode, JoinNode, LogicalField, LogicalNode, SortNode } from '../logical/plan.ts';
import { sameType } from '../../types/sql-type.ts';
import { overDomain } from './domain.ts';
import { freeOver, freeWindowAggregate } from './decorrelate-windows.ts';
import { countOfNone, over, type FreedQuery } from './freed-query.ts';
import { isCorrelatedPlan, isOuter, readsOuter } from './outer-columns.ts';
import { perRowQuery } from './per-row.ts';
import { comparedWithOuter, NotFree, replacePart, type ComparedWithOuter } from './outer-comparison.ts';

/**
 * A sub-query without columns of the query around it: by what it compares with them, where that is enough, else over
 * its domain.
 * @param use what is made of it; it may find the first way not enough
 * @param instead what is better than its domain, if anything is
 * @throws PlanError PLAN_UNSUPPORTED where neither can be done
 */
export function freeQuery<T>(
  plan: LogicalNode,
  use: (freed: FreedQuery) => T,
  instead: (plan: LogicalNode) => T | undefined = () => undefined,
): T {
  try {
    return use(decorrelate(plan));
  } catch (error) {
    if (!(error instanceof NotFree)) throw error;
    const better = instead(plan);
    if (better !== undefined) return better;
  }
  const perRow = perRowQuery(plan);
  if (perRow !== undefined) {
    try {
      return use(perRow);
    } catch (error) {
      if (!(error instanceof NotFree)) throw error;
    }
  }
  return use(overDomain(plan));
}

/**
 * Takes what a sub-query says about the query around it out of its plan: conditions move up, an aggregate on the way is
 * grouped by what they compare. Projections are dissolved into `columns`.
 * @throws NotFree where that cannot be done
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
      const below = freeInput(node.input);
      const all = conjunctsOf(over(below.columns, node.condition));
      const own = conjunction(all.filter((one) => !readsOuter(one)));
      const plan = own === undefined ? below.plan : filter(below.plan, own, node.span);
      return { ...below, plan, conditions: [...below.conditions, ...all.filter(readsOuter)], single: false };
    }
    case 'sort':
      return isCorrelatedPlan(node) ? freeSort(node) : whole(node);
    case 'join':
      return isCorrelatedPlan(node) ? freeJoin(node) : whole(node);
    case 'over':
      return isCorrelatedPlan(node) ? freeOver(node, freeInput(node.input)) : whole(node);
    case 'window-aggregate':
      return isCorrelatedPlan(node) ? freeWindowAggregate(node, freeInput(node.input)) : whole(node);
    case 'union':
    case 'set-operation':
      return isCorrelatedPlan(node) ? freeSet(node) : whole(node);
    default:
      if (isCorrelatedPlan(node)) throw new NotFree();
      return whole(node);
  }
}

/** The rows of a single group that are not there for want of a partner are missed by what stands above. */
function freeInput(node: LogicalNode): FreedQuery {
  const freed = decorrelate(node);
  if (freed.single && freed.conditions.length > 0) throw new NotFree();
  return freed;
}

function whole(node: LogicalNode): FreedQuery {
  const single = node.kind === 'values' && node.rows.length === 1;
  return { plan: node, columns: columnsOf(node), conditions: [], single };
}

function freeAggregate(node: AggregateNode): FreedQuery {
  const single = node.keys.length === 0 && node.calls.length > 0;
  if (!isCorrelatedPlan(node)) {
    const columns = columnsOf(node).map((column, i) => (single ? countOfNone(column, node.calls[i]?.name) : column));
    return { plan: node, columns, conditions: [], single };
  }
  const below = freeInput(node.input);
  const pairs = below.conditions.map(comparedWithOuter);
  const exprs: Expr[] = [];
  const names: string[] = [];
  const place = (column: number): number => {
    const expr = below.columns[column]!;
    if (readsOuter(expr)) throw new NotFree();
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
  if (node.limit === undefined && node.offset === 0) return decorrelate(node.input);
  const below = freeInput(node.input);
  if (below.columns.some(readsOuter)) throw new NotFree();
  const pairs = below.conditions.map(comparedWithOuter);
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

function freeJoin(node: JoinNode): FreedQuery {
  const { joinType } = node;
  const inner = joinType === 'inner';
  if (joinType === 'right' || joinType === 'full') throw new NotFree();
  if (!inner && (isCorrelatedPlan(node.right) || (node.condition !== undefined && readsOuter(node.condition)))) {
    throw new NotFree();
  }
  const left = freeInput(node.left);
  // What an outer join fills up with NULL must stay below it.
  const right = inner ? freeInput(node.right) : whole(node.right);
  const width = left.plan.schema.fields.length;
  const shift = (expr: Expr): Expr => moveColumns(expr, (index) => (isOuter(index) ? index : index + width));
  const both = [...left.columns, ...right.columns.map(shift)];
  const all = node.condition === undefined ? [] : conjunctsOf(over(both, node.condition));
  // Only an inner join may compare with the query around later than here.
  if (!inner && all.some(readsOuter)) throw new NotFree();
  const own = conjunction(all.filter((one) => !readsOuter(one)));
  const plan = join(joinType, left.plan, right.plan, { condition: own, span: node.span });
  const columns = inner || joinType === 'left' ? both : [...left.columns, ...columnsOf(plan).slice(width)];
  const conditions = [...left.conditions, ...right.conditions.map(shift), ...all.filter(readsOuter)];
  return { plan, columns, conditions, single: false };
}

/** Inputs that all compare with the same values: equal rows are those with the same values beside. */
function freeSet(node: Extract<LogicalNode, { kind: 'union' | 'set-operation' }>): FreedQuery {
  const inputs = (node.kind === 'union' ? node.inputs : [node.left, node.right]).map((one) => {
    const below = freeInput(one);
    if (below.columns.some(readsOuter)) throw new NotFree();
    return { below, pairs: byOuter(below.conditions.map(comparedWithOuter)) };
  });
  const [first] = inputs;
  if (first === undefined) throw new NotFree();
  const width = node.schema.fields.length;
  const plans = inputs.map(({ below, pairs }, i): LogicalNode => {
    const fits =
      pairs.length === first.pairs.length &&
      pairs.every((one, k) => one.key === first.pairs[k]!.key && sameType(one.own.type, first.pairs[k]!.own.type));
    if (!fits) throw new NotFree();
    const names = [...node.schema.fields.map((field) => field.name), ...pairs.map(() => 'key$')];
    return project(
      below.plan,
      [...below.columns, ...pairs.map(({ own }) => own)],
      uniqueNames(names),
      inputs[i]!.below.plan.span,
    );
  });
  const keys = first.pairs.map((_, k): LogicalField => {
    const { name, type } = plans[0]!.schema.fields[width + k]!;
    return { name, type, nullable: true };
  });
  const schema = { fields: [...node.schema.fields, ...keys] };
  const plan: LogicalNode =
    node.kind === 'union' ? { ...node, inputs: plans, schema } : { ...node, left: plans[0]!, right: plans[1]!, schema };
  const all = columnsOf(plan);
  const conditions = first.pairs.map(({ condition, own }, k) => replacePart(condition, own, all[width + k]!));
  return { plan, columns: all.slice(0, width), conditions, single: false };
}

/** In an order that does not depend on the text; `key` is the value that is compared with. */
function byOuter(pairs: readonly ComparedWithOuter[]): readonly (ComparedWithOuter & { readonly key: string })[] {
  return pairs
    .map((pair) => {
      const outer = equalSides(pair.condition)?.args.find((one) => one !== pair.own);
      return { ...pair, key: outer === undefined ? '' : exprKey(outer) };
    })
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
