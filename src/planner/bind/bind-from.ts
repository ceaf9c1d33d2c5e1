import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Identifier } from '../../parser/ast/expression.ts';
import type { TableAlias, TableExpression, TableFunction, TableRef, UnnestTable } from '../../parser/ast/query.ts';
import { renameColumns, scan } from '../logical/build.ts';
import type { LogicalNode } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { BindContext, CommonTableInScope } from './bind-context.ts';
import { bindCorrelatedJoin, bindTableFunction, correlatedJoin, isCorrelated } from './bind-correlate.ts';
import { bindJoin } from './bind-join.ts';
import { bindLateral, isLateral } from './bind-lateral.ts';
import { bindMatch } from './bind-match.ts';
import { unsupported } from './binder.ts';
import { bindSystemTimeJoin, isSystemTimeJoin, loneSystemTime } from './bind-system-time.ts';
import { bindView } from './bind-view.ts';
import { bindWindowTable, windowFunction } from './bind-window-table.ts';
import { checkRole } from './check-role.ts';
import { movedLevels } from './outer-columns.ts';
import type { QueryBinder } from './query-tail.ts';
import type { MergedColumn, ScopeTable } from './scope.ts';

export interface BoundFrom {
  readonly plan: LogicalNode;
  readonly tables: readonly ScopeTable[];
  /** What USING and NATURAL merged. */
  readonly merged?: readonly MergedColumn[] | undefined;
}

/** @throws PlanError PLAN_UNKNOWN_TABLE, PLAN_UNSUPPORTED and what binding a sub-query throws */
export function bindFrom(from: TableExpression, context: BindContext, bindQuery: QueryBinder): BoundFrom {
  switch (from.kind) {
    case 'table-ref':
      return bindTable(from, context, bindQuery);
    case 'derived-table': {
      if (from.lateral) throw unsupported('LATERAL without a table before it', from.span);
      return named(bindQuery(from.query, context), from.alias, { name: undefined, span: from.span });
    }
    case 'join': {
      const join = correlatedJoin(from) ?? from;
      const left = bindFrom(join.left, context, bindQuery);
      if (isSystemTimeJoin(join)) {
        return bindSystemTimeJoin(join, left, context, (ref) => bindTable(ref, context, bindQuery));
      }
      if (isCorrelated(join)) return bindCorrelatedJoin(join, left, { context, bindQuery });
      if (isLateral(join)) return bindLateral(join, left, { context, bindQuery });
      return bindJoin(join, left, bindFrom(join.right, context, bindQuery), { context, bindQuery });
    }
    case 'match-recognize': {
      const plan = bindMatch(from, bindFrom(from.input, context, bindQuery), context);
      return named(plan, from.alias, { name: undefined, span: from.span });
    }
    case 'unnest':
    case 'table-function':
      return bindWindowed(from, context, bindQuery) ?? bindTableFunction(from, { context, bindQuery });
  }
}

/** `TABLE(TUMBLE(…))`; undefined: another table function. */
function bindWindowed(
  from: UnnestTable | TableFunction,
  context: BindContext,
  bindQuery: QueryBinder,
): BoundFrom | undefined {
  const name = from.kind === 'table-function' ? windowFunction(from.call) : undefined;
  if (from.kind !== 'table-function' || name === undefined) return undefined;
  const bindTable = (table: TableExpression): LogicalNode => bindFrom(table, context, bindQuery).plan;
  const plan = bindWindowTable(name, from.call, { context, bindTable });
  return named(plan, from.alias, { name: undefined, span: from.span });
}

function bindTable(ref: TableRef, context: BindContext, bindQuery: QueryBinder): BoundFrom {
  if (ref.systemTime !== undefined) throw loneSystemTime(ref);
  const [first] = ref.name;
  const common = ref.name.length === 1 ? context.common.get((first?.name ?? '').toLowerCase()) : undefined;
  if (common !== undefined)
    return named(bindCommon(common, context, bindQuery), ref.alias, { name: common.name, span: ref.span });
  const span = nameSpan(ref.name, ref.span);
  const entry = context.catalog.resolve(ref.name, span);
  const note = {
    text: `${entry.kind} "${entry.name}" is declared`,
    ...(entry.span && { span: entry.span }),
    ...(entry.source && { source: entry.source }),
  };
  const declared = { name: entry.name, note: entry.span === undefined ? undefined : note, span: ref.span };
  if (entry.kind === 'table') {
    checkRole(entry, 'source', span);
    return named(scan(entry, span), ref.alias, declared);
  }
  if (context.views.includes(entry.name.toLowerCase())) {
    throw new PlanError('PLAN_DDL', `view "${entry.name}" uses itself`, { span });
  }
  // Spans inside a view point into the text of the view: what later stages report points at its use.
  const plan = rewriteUp(bindView(entry, context, bindQuery), (node) => ({ ...node, span }));
  return named(plan, ref.alias, declared);
}

/** What the query of a WITH says about queries around it is further out where it is named in a sub-query. */
function bindCommon(common: CommonTableInScope, context: BindContext, bindQuery: QueryBinder): LogicalNode {
  const plan = movedLevels(bindQuery(common.query, common.context), context.level - common.context.level);
  return common.columns === undefined ? plan : withColumns(plan, common.columns);
}

function named(
  plan: LogicalNode,
  alias: TableAlias | undefined,
  declared: Pick<ScopeTable, 'name' | 'note' | 'span'>,
): BoundFrom {
  const renamed = alias?.columns === undefined ? plan : withColumns(plan, alias.columns);
  const name = alias?.name.name ?? declared.name;
  return { plan: renamed, tables: [{ ...declared, name, fields: renamed.schema.fields, from: 0 }] };
}

function withColumns(plan: LogicalNode, columns: readonly Identifier[]): LogicalNode {
  const width = plan.schema.fields.length;
  if (columns.length !== width) {
    const given = columns.length === 1 ? '1 column name is' : `${columns.length} column names are`;
    throw new PlanError('PLAN_TYPE', `${given} given for ${width === 1 ? '1 column' : `${width} columns`}`, {
      span: columns[0]?.span,
    });
  }
  return renameColumns(
    plan,
    columns.map((one) => one.name),
  );
}

function nameSpan(name: readonly Identifier[], otherwise: Span): Span {
  const first = name[0];
  const last = name.at(-1);
  return first === undefined || last === undefined ? otherwise : { start: first.span.start, end: last.span.end };
}
