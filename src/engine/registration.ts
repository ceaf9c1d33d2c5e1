import type { Changelog } from '../planner/physical/plan.ts';
import { coarseTime } from '../columnar/fine-time.ts';
import { fromArrowSchema } from '../columnar/ipc/from-arrow.ts';
import { PlanError } from '../errors/sluice-error.ts';
import { parseExpression } from '../parser/parse.ts';
import type { TableRegistration } from '../planner/bind/registered-table.ts';
import { typeFromName } from '../planner/type-from-name.ts';
import { field, schema, type Schema } from '../types/schema.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { RegisterTableOptions } from './api.ts';
import { isArrowTable } from './registered-rows.ts';

export interface Registration {
  readonly table: TableRegistration;
  /** The columns that rows hold, in their order. */
  readonly physical: Schema;
}

/** Checks what `engine.registerTable` was given. @throws PlanError PLAN_DDL, TypeMismatchError, ParseError */
export function registration(name: string, options: RegisterTableOptions): Registration {
  const columns = options.columns ?? arrowColumns(name, options);
  const table: TableRegistration = {
    name,
    columns: columns.map((column) => {
      if ('sqlType' in column) return { name: column.name, type: column.sqlType };
      if (column.expr !== undefined) return { name: column.name, expression: expressionOf(column.expr, column.name) };
      if (column.type === undefined) {
        throw new PlanError('PLAN_DDL', `column "${column.name}" of table "${name}" has neither type nor expr`);
      }
      return {
        name: column.name,
        type: typeOfText(column.type, `column ${column.name}`),
        header: column.header ?? false,
      };
    }),
    watermark: options.watermark,
    primaryKey: options.primaryKey,
    changelog: changelogOf(options),
    bounded: true,
    dimension: options.dimension,
  };
  const physical = table.columns.flatMap((column) => ('type' in column ? [field(column.name, column.type)] : []));
  return { table, physical: schema(physical) };
}

function arrowColumns(
  name: string,
  options: RegisterTableOptions,
): readonly { readonly name: string; readonly sqlType: SqlType }[] {
  if (!isArrowTable(options.rows)) {
    throw new PlanError('PLAN_DDL', `table "${name}" is registered without columns`, {
      hint: 'Give columns: [{ name, type }], or an arrow.Table as rows.',
    });
  }
  // Many writers give nanoseconds whatever they know; a rowtime is read in the milliseconds of watermarks.
  const rowtime = options.watermark?.column.toLowerCase();
  return fromArrowSchema(options.rows.schema).fields.map((f) => ({
    name: f.name,
    sqlType: f.name.toLowerCase() === rowtime ? coarseTime(f.type) : f.type,
  }));
}

function expressionOf(text: string, column: string): ReturnType<typeof parseExpression> {
  return parseExpression({ name: `<column ${column}>`, text });
}

/** The grammar has no bare type as a whole text; CAST holds one. */
export function typeOfText(text: string, what: string): SqlType {
  const source = { name: `<type of ${what}>`, text: `CAST(NULL AS ${text})` };
  const cast = parseExpression(source);
  if (cast.kind !== 'cast') throw new PlanError('TYPE_UNKNOWN', `type "${text}" does not exist`);
  return typeFromName(cast.type, 'table');
}

function changelogOf(options: RegisterTableOptions): Changelog {
  const mode = options.changelogMode?.replaceAll(' ', '');
  if (mode === 'I') return 'insert-only';
  if (mode === 'I,UA,D') return 'upsert';
  if (mode === undefined && (options.changes === undefined || options.changes.every((kind) => kind === '+I'))) {
    return 'insert-only';
  }
  return 'retract';
}
