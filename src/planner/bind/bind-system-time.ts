import type { Expr } from '../../contracts/expression.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { JoinTable, TableRef } from '../../parser/ast/query.ts';
import { entryOf, type CatalogTable, type TimeAttribute } from '../catalog-table.ts';
import { timeOf } from '../logical/build.ts';
import { lookupJoin, temporalJoin, type KeyConversion } from '../logical/time-joins.ts';
import type { BindContext } from './bind-context.ts';
import { ExpressionBinder } from './bind-expression.ts';
import type { BoundFrom } from './bind-from.ts';
import { sideBySide } from './bind-join.ts';
import { condition, convert } from './coerce.ts';
import { lookupCache } from './lookup-cache.ts';
import { placeErrors } from './place-error.ts';
import { Scope } from './scope.ts';

/** A join with `t FOR SYSTEM_TIME AS OF …` on its right. */
export type SystemTimeJoin = JoinTable & { readonly right: TableRef };

export function isSystemTimeJoin(join: JoinTable): join is SystemTimeJoin {
  return join.right.kind === 'table-ref' && join.right.systemTime !== undefined;
}

/** A table with a time that no join gives rows for. */
export function loneSystemTime(ref: TableRef): PlanError {
  return new PlanError('PLAN_UNSUPPORTED', 'FOR SYSTEM_TIME AS OF stands on the right of a join only', {
    span: ref.systemTime?.span ?? ref.span,
    hint: 'Begin with the stream: FROM stream AS s JOIN dim FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.k = d.k.',
  });
}

/**
 * `s [LEFT] JOIN d FOR SYSTEM_TIME AS OF time AS d ON …`. By processing time a table that can be looked up is, another
 * one that has a primary key is joined by its current rows; by event time the right side is a table or view of versions.
 * @param bindTable binds the right side as if it stood in FROM alone
 */
export function bindSystemTimeJoin(
  join: SystemTimeJoin,
  left: BoundFrom,
  context: BindContext,
  bindTable: (ref: TableRef) => BoundFrom,
): BoundFrom {
  const joinType = checkedType(join);
  const time = timeOfJoin(join, left, context);
  const ref: TableRef = { ...join.right, systemTime: undefined };
  const name = ref.name.at(-1)?.name ?? '';
  const isCommon = ref.name.length === 1 && context.common.has(name.toLowerCase());
  const entry = isCommon ? undefined : context.catalog.resolve(ref.name, ref.span);
  if (time.attribute === 'proctime') {
    if (entry?.kind !== 'table') throw notATable(entry?.name ?? name, ref);
    if (canLookUp(entry)) return bindLookup(join, { left, entry, joinType, context });
    if (entry.descriptor.primaryKey.length === 0) throw cannotLookUp(entry, ref);
  }
  const right = bindTable(ref);
  const { fields } = right.plan.schema;
  const rightTime = fields.findIndex((field) => field.time === 'rowtime');
  if (time.attribute === 'rowtime' && rightTime < 0) {
    throw new PlanError(
      'PLAN_UNSUPPORTED',
      `table "${entry?.name ?? name}" has no event time: its rows have no versions`,
      {
        span: ref.span,
        hint: 'Declare a WATERMARK for it, or join by FOR SYSTEM_TIME AS OF PROCTIME().',
      },
    );
  }
  const both = sideBySide(left, right);
  const on = join.on && onCondition(join.on, { left, tables: both.tables, context });
  const times = time.attribute === 'rowtime' ? { left: time.column, right: rightTime } : undefined;
  const plan = temporalJoin({
    joinType,
    left: left.plan,
    right: right.plan,
    times,
    condition: on,
    name: entry?.name ?? name,
    toKey: keyConversion(context),
    span: join.on?.span ?? ref.span,
  });
  return { plan, tables: withoutTimes(both.tables, left.tables.length), merged: left.merged };
}

function checkedType(join: SystemTimeJoin): 'inner' | 'left' {
  const { type, right } = join;
  if (type !== 'inner' && type !== 'left' && type !== 'cross') {
    throw new PlanError('PLAN_UNSUPPORTED', `${type.toUpperCase()} JOIN does not take FOR SYSTEM_TIME AS OF`, {
      span: right.span,
      hint: 'Rows of the left side look the right one up: write JOIN or LEFT JOIN, with the stream on the left.',
    });
  }
  if (join.using !== undefined || join.natural) {
    const what = join.natural ? 'NATURAL JOIN' : 'USING';
    throw new PlanError('PLAN_UNSUPPORTED', `${what} does not take FOR SYSTEM_TIME AS OF`, {
      span: right.span,
      hint: 'Write the key out: ON s.k = d.k.',
    });
  }
  return type === 'left' ? 'left' : 'inner';
}

interface JoinTime {
  readonly attribute: TimeAttribute;
  /** Of the left side; −1 for PROCTIME(). */
  readonly column: number;
}

function timeOfJoin(join: SystemTimeJoin, left: BoundFrom, context: BindContext): JoinTime {
  const { systemTime } = join.right;
  const { fields } = left.plan.schema;
  const expr =
    systemTime && new ExpressionBinder(new Scope(left.tables, [], left.merged ?? []), context).bind(systemTime);
  const attribute = expr && timeOf(expr, fields);
  if (attribute !== undefined) return { attribute, column: expr?.kind === 'column' ? expr.index : -1 };
  const times = fields.filter((field) => field.time !== undefined).map((field) => field.name);
  const own = times.length === 0 ? '' : `, or of a time attribute of the left side (${times.join(', ')})`;
  throw new PlanError('PLAN_UNSUPPORTED', 'FOR SYSTEM_TIME AS OF takes a time attribute of the left side', {
    span: systemTime?.span,
    hint: `Write FOR SYSTEM_TIME AS OF PROCTIME()${own}.`,
  });
}

function canLookUp(table: CatalogTable): boolean {
  return table.from.kind === 'registered' ? table.dimension : entryOf(table)?.lookup === true;
}

function notATable(name: string, ref: TableRef): PlanError {
  return new PlanError('PLAN_UNSUPPORTED', `view "${name}" cannot be looked up`, {
    span: ref.span,
    hint: 'The right side of FOR SYSTEM_TIME AS OF PROCTIME() is a table; put what the view does behind the join.',
  });
}

function cannotLookUp(table: CatalogTable, ref: TableRef): PlanError {
  const why =
    table.from.kind === 'registered'
      ? 'it is not registered as a dimension'
      : `connector "${table.from.entry.name}" has no lookup`;
  return new PlanError('PLAN_UNSUPPORTED', `table "${table.name}" cannot be looked up: ${why}`, {
    span: ref.span,
    hint: 'Take a connector with lookup, or declare PRIMARY KEY (…): its current rows are then kept and joined.',
  });
}

function keyConversion(context: BindContext): KeyConversion {
  return (value, type) => convert(value, type, { mode: 'try', context });
}

interface LookupParts {
  readonly left: BoundFrom;
  readonly entry: CatalogTable;
  readonly joinType: 'inner' | 'left';
  readonly context: BindContext;
}

function bindLookup(join: SystemTimeJoin, { left, entry, joinType, context }: LookupParts): BoundFrom {
  const { right: ref } = join;
  const [place, source] = entry.span === undefined ? [ref.span, undefined] : [entry.span, entry.source];
  placeErrors(place, source, () => entryOf(entry)?.validate?.(entry.descriptor, 'source'));
  const width = left.plan.schema.fields.length;
  const names = namesOf(entry, ref);
  const note = entry.span && {
    text: `table "${entry.name}" is declared`,
    span: entry.span,
    ...(entry.source && { source: entry.source }),
  };
  const node = lookupJoin({
    joinType,
    input: left.plan,
    table: entry,
    names,
    outputs: entry.columns.map((column) => column.expr),
    condition: undefined,
    cache: lookupCache(entry, context),
    anyKey: context.call.compatibility === 'flink',
    toKey: keyConversion(context),
    span: join.on?.span ?? ref.span,
  });
  const fields = node.schema.fields.slice(width);
  const own = { name: ref.alias?.name.name ?? entry.name, fields, from: 0, note, span: ref.span };
  const { tables } = sideBySide(left, { plan: node, tables: [own] });
  if (join.on === undefined) return { plan: node, tables, merged: left.merged };
  const on = onCondition(join.on, { left, tables, context });
  return { plan: { ...node, condition: on }, tables, merged: left.merged };
}

function namesOf(entry: CatalogTable, ref: TableRef): readonly string[] {
  const given = ref.alias?.columns;
  if (given === undefined) return entry.columns.map((column) => column.name);
  if (given.length === entry.columns.length) return given.map((one) => one.name);
  throw new PlanError('PLAN_TYPE', `${given.length} column names are given for ${entry.columns.length} columns`, {
    span: given[0]?.span,
  });
}

function onCondition(
  on: NonNullable<JoinTable['on']>,
  { left, tables, context }: { left: BoundFrom; tables: BoundFrom['tables']; context: BindContext },
): Expr {
  return condition(new ExpressionBinder(new Scope(tables, [], left.merged ?? []), context).bind(on), 'ON');
}

/** What comes out of the right side has no time attribute. */
function withoutTimes(tables: BoundFrom['tables'], from: number): BoundFrom['tables'] {
  return tables.map((table, i) =>
    i < from ? table : { ...table, fields: table.fields.map((field) => ({ ...field, time: undefined })) },
  );
}
