import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { suggest } from '../../errors/suggest.ts';
import type { Expression } from '../../parser/ast/expression.ts';
import type { Query } from '../../parser/ast/query.ts';
import type { InsertInto } from '../../parser/ast/statements.ts';
import { canWiden } from '../../types/coercion.ts';
import { typeName } from '../../types/sql-type.ts';
import type { CatalogTable } from '../catalog-table.ts';
import { columnsOf, project, renameColumns } from '../logical/build.ts';
import type { SinkNode } from '../logical/plan.ts';
import type { BindContext } from './bind-context.ts';
import { bindQuery } from './bind-query.ts';
import { unsupported } from './binder.ts';
import { checkRole } from './check-role.ts';
import { convert } from './coerce.ts';
import { isNotNull, sinkRules } from './sink-rules.ts';

/** @throws PlanError PLAN_INSERT where the query does not fit the table, ConnectorError, and what the query throws */
export function bindInsert(statement: InsertInto, context: BindContext): SinkNode {
  if (statement.overwrite)
    throw unsupported(
      'INSERT OVERWRITE',
      statement.span,
      'Write INSERT INTO: empty the table in the system behind it.',
    );
  const entry = context.catalog.resolve(statement.table, statement.tableSpan);
  if (entry.kind === 'view') {
    throw new PlanError('PLAN_INSERT', `"${entry.name}" is a view: rows go into tables only`, {
      span: statement.tableSpan,
    });
  }
  const table: CatalogTable = entry;
  checkRole(table, 'sink', statement.tableSpan);
  const targets = targetColumns(statement, table);
  const query = bindQuery(withDefaults(statement.query, targets, table), context);
  const given = columnsOf(query);
  if (given.length !== targets.length) {
    const names = targets.map((one) => table.descriptor.columns[one]!.name).join(', ');
    throw new PlanError(
      'PLAN_INSERT',
      `the query has ${given.length} ${given.length === 1 ? 'column' : 'columns'} and table "${table.name}" takes ${targets.length}`,
      {
        span: statement.query.span,
        hint: `The table takes: ${names}.`,
        notes: declaredNote(table),
      },
    );
  }
  const exprs = table.descriptor.columns.map((column, i): Expr => {
    const from = targets.indexOf(i);
    if (from >= 0) return convertTo(given[from]!, column, itemSpan(statement, from));
    if (!isNotNull(column, table)) return { kind: 'literal', value: null, type: column.type };
    throw new PlanError('PLAN_INSERT', `column "${column.name}" is NOT NULL and gets no value`, {
      span: statement.tableSpan,
      notes: declaredNote(table),
    });
  });
  const names = table.descriptor.columns.map((one) => one.name);
  const isPlain = exprs.every((expr, i) => expr.kind === 'column' && expr.index === i) && exprs.length === given.length;
  const input = isPlain ? renameColumns(query, names) : project(query, exprs, names, statement.tableSpan);
  const rules = sinkRules(table, context.session);
  return { kind: 'sink', input, table, rules, schema: input.schema, span: statement.tableSpan };

  function convertTo(expr: Expr, column: CatalogTable['descriptor']['columns'][number], span: Span): Expr {
    const done = canWiden(expr.type, column.type)
      ? convert(expr, column.type, { mode: 'implicit', context, span })
      : undefined;
    if (done !== undefined) return done;
    throw new PlanError(
      'PLAN_INSERT',
      `column "${column.name}" of table "${table.name}" is ${typeName(column.type)} and the query gives ${typeName(expr.type)}`,
      { span, hint: `Write CAST(… AS ${typeName(column.type)}).`, notes: declaredNote(table) },
    );
  }
}

/** Places in the descriptor that the query's columns go to. HEADER and computed columns are not written by position. */
function targetColumns(statement: InsertInto, table: CatalogTable): readonly number[] {
  const { columns } = table.descriptor;
  if (statement.columns === undefined) return columns.flatMap((one, i) => (one.header ? [] : [i]));
  const seen = new Set<number>();
  return statement.columns.map((one) => {
    const found = columns.findIndex((column) => column.name.toLowerCase() === one.name.toLowerCase());
    if (found < 0) {
      const names = columns.map((column) => column.name);
      const close = suggest(one.name, names);
      throw new PlanError('PLAN_UNKNOWN_COLUMN', `column "${one.name}" does not exist in table "${table.name}"`, {
        span: one.span,
        hint:
          close === undefined
            ? `Columns: ${names.join(', ')}.`
            : `Did you mean "${close}"?  Columns: ${names.join(', ')}.`,
        notes: declaredNote(table),
      });
    }
    if (seen.has(found)) throw new PlanError('PLAN_INSERT', `column "${one.name}" is named twice`, { span: one.span });
    seen.add(found);
    return found;
  });
}

/** The word DEFAULT among the values of VALUES: NULL, which is the default of every column. */
function withDefaults(query: Query, targets: readonly number[], table: CatalogTable): Query {
  if (query.kind !== 'values') return query;
  const rows = query.rows.map((row) =>
    row.map((one, i): Expression => {
      const isDefault = one.kind === 'column-ref' && one.parts.length === 1 && !one.parts[0]?.quoted;
      if (!isDefault || !/^default$/i.test(one.parts[0]?.name ?? '')) return one;
      const column = table.descriptor.columns[targets[i] ?? -1];
      if (column === undefined || !isNotNull(column, table)) return { kind: 'null', span: one.span };
      throw new PlanError('PLAN_INSERT', `column "${column.name}" is NOT NULL and has no default`, { span: one.span });
    }),
  );
  return { ...query, rows };
}

/** The place of a column of the query, where it can be told. */
function itemSpan(statement: InsertInto, column: number): Span {
  const { query } = statement;
  if (query.kind === 'values' && query.rows.length === 1) return query.rows[0]?.[column]?.span ?? query.span;
  if (query.kind !== 'select' || query.items.some((item) => item.kind !== 'expression-item')) return query.span;
  return query.items[column]?.span ?? query.span;
}

function declaredNote(table: CatalogTable) {
  if (table.span === undefined) return [];
  return [
    { text: `table "${table.name}" is declared`, span: table.span, ...(table.source && { source: table.source }) },
  ];
}
