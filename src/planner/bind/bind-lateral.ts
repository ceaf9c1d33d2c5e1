import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { fold } from '../../expr/fold.ts';
import type { DerivedTable, JoinTable } from '../../parser/ast/query.ts';
import { conjunction, moveColumns, replaceColumns } from '../expr-tree.ts';
import { columnsOf, filter, project } from '../logical/build.ts';
import { join } from '../logical/join.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { sideBySide } from './bind-join.ts';
import { hasQuery } from './bind-where.ts';
import { senseless, unsupported } from './binder.ts';
import { condition } from './coerce.ts';
import { freeQuery } from './decorrelate.ts';
import { withDomain } from './domain.ts';
import type { FreedQuery } from './freed-query.ts';
import { fromOuter, isOuter, mapFold, outerColumnsOf, outerNames, readsOuter } from './outer-columns.ts';
import { NotFree } from './outer-comparison.ts';
import { withFold } from './per-row.ts';
import { PushedDomain } from './pushed-domain.ts';
import type { QueryBinder } from './query-tail.ts';
import { Scope } from './scope.ts';
import { isSteady } from './steady-rows.ts';

/** A join whose right side is a query over columns of the left. */
export type LateralJoin = JoinTable & { readonly right: DerivedTable };

export function isLateral(node: JoinTable): node is LateralJoin {
  return node.right.kind === 'derived-table' && node.right.lateral;
}

/**
 * `t, LATERAL (SELECT … FROM u WHERE u.k = t.k) AS x`: what the query says about `t` becomes the condition of a join.
 * @throws PlanError PLAN_UNSUPPORTED where it cannot
 */
export function bindLateral(
  node: LateralJoin,
  left: BoundFrom,
  { context, bindQuery }: { readonly context: BindContext; readonly bindQuery: QueryBinder },
): BoundFrom {
  const { type, right, span } = node;
  if (type !== 'cross' && type !== 'inner' && type !== 'left') {
    throw new PlanError('PLAN_UNSUPPORTED', `${type.toUpperCase()} JOIN does not take LATERAL`, {
      span: right.span,
      hint: 'The query is asked for each row of the left side: write CROSS JOIN or LEFT JOIN.',
    });
  }
  if (node.using !== undefined || node.natural) throw unsupported('USING with LATERAL', right.span);
  const outer = outerNames(new Scope(left.tables, [], left.merged, context.outer));
  const bound = bindQuery(right.query, { ...context, level: context.level + 1, outer });
  const names = columnNames(
    right,
    bound.schema.fields.map((field) => field.name),
  );
  const place = { left: left.plan, names, span };
  const made = freeQuery(
    bound,
    (freed) => joinFreed(freed, place, type === 'left'),
    type === 'left' ? undefined : (plan) => rowByRow(plan, place),
  );
  const table = {
    name: right.alias?.name.name,
    fields: made.plan.schema.fields.slice(left.plan.schema.fields.length),
    from: 0,
    span: right.span,
  };
  const both = sideBySide(left, { plan: made.plan, tables: [table] });
  const from: BoundFrom = { plan: made.plan, tables: both.tables, merged: left.merged };
  if (node.on === undefined) return from;
  if (hasQuery(node.on)) throw senseless('ON of LATERAL', node.on.span);
  const scope = new Scope(both.tables, [], left.merged ?? [], context.outer);
  const on = fold(condition(new ExpressionBinder(scope, context).bind(node.on), 'ON'));
  if (on.kind === 'literal' && on.value === true) return from;
  return { ...from, plan: type === 'left' ? made.on(on) : filter(made.plan, on, node.on.span) };
}

interface LateralPlace {
  readonly left: LogicalNode;
  /** Of the columns of the query. */
  readonly names: readonly string[];
  readonly span: Span;
}

interface LateralRows {
  /** The columns of the left side, then those of the query. */
  readonly plan: LogicalNode;
  /** The same where rows of LEFT JOIN belong together only under a further condition over `plan`. */
  readonly on: (condition: Expr) => LogicalNode;
}

/** @throws NotFree where what LEFT JOIN fills up with NULL cannot be computed below it */
function joinFreed(freed: FreedQuery, { left, names, span }: LateralPlace, fills: boolean): LateralRows {
  const { perRow } = freed;
  if (perRow !== undefined && !freed.single) throw new NotFree();
  const below = fills && !freed.single;
  if (below && freed.columns.some(readsOuter)) throw new NotFree();
  const own = columnsOf(freed.plan);
  const query = below
    ? project(freed.plan, [...own, ...freed.columns], [...own.map((_, i) => `own$${i}`), ...names], span)
    : freed.plan;
  const values = freed.domain?.values ?? [];
  const inner = freed.domain === undefined ? query : withDomain(query, freed.domain, left, values);
  const width = left.schema.fields.length;
  const place = (expr: Expr): Expr => moveColumns(expr, (index) => (isOuter(index) ? fromOuter(index) : index + width));
  const compared = freed.conditions.map(place);
  const build = (more: Expr | undefined): LogicalNode => {
    const results = below
      ? columnsOf(join('left', left, inner, { condition: undefined })).slice(width + own.length)
      : freed.columns.map(place);
    const further =
      more &&
      replaceColumns(more, (index, _, column) => (index < width || isOuter(index) ? column : results[index - width]!));
    const on = conjunction([...compared, ...(below && further !== undefined ? [further] : [])]);
    const joined =
      perRow === undefined
        ? join(fills || freed.single ? 'left' : 'inner', left, inner, { condition: on, span })
        : withFold(left, { ...perRow, args: perRow.args.map(place), fold: mapFold(perRow.fold, place) });
    const shown = below || further === undefined ? results : results.map((one) => onlyWhere(further, one));
    const all = columnsOf(joined).slice(0, width);
    return project(joined, [...all, ...shown], [...left.schema.fields.map((one) => one.name), ...names], span);
  };
  return { plan: build(undefined), on: build };
}

function onlyWhere(when: Expr, then: Expr): Expr {
  const { type } = then;
  return { kind: 'case', whens: [{ when, then }], otherwise: { kind: 'literal', value: null, type }, type };
}

/** A query that makes something of each row by itself is computed for the rows as they come, without any state. */
function rowByRow(plan: LogicalNode, { left, names, span }: LateralPlace): LateralRows | undefined {
  if (!isRowByRow(plan) || !isSteady(left)) return undefined;
  const pushed = new PushedDomain(left, outerColumnsOf(left)).below(plan);
  const all = columnsOf(pushed);
  const count = names.length;
  const made = project(
    pushed,
    [...all.slice(count), ...all.slice(0, count)],
    [...left.schema.fields.map((one) => one.name), ...names],
    span,
  );
  return { plan: made, on: (condition) => filter(made, condition, span) };
}

/** Whether a row of the query depends on one row of the query around it and on nothing else. */
function isRowByRow(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'values':
      return node.rows.length === 1;
    case 'sort':
      return node.limit === undefined && node.offset === 0 && isRowByRow(node.input);
    case 'project':
    case 'filter':
    case 'correlate':
    case 'union':
      return inputsOf(node).every(isRowByRow);
    default:
      return false;
  }
}

function columnNames({ alias, span }: DerivedTable, names: readonly string[]): readonly string[] {
  const given = alias?.columns;
  if (given === undefined) return names;
  if (given.length === names.length) return given.map((one) => one.name);
  throw new PlanError('PLAN_TYPE', `${given.length} column names are given for ${names.length} columns`, {
    span: given[0]?.span ?? span,
  });
}
