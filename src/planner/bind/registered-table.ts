import { OptionValues } from '../../contracts/options.ts';
import { PlanError } from '../../errors/sluice-error.ts';
import type { Expression } from '../../parser/ast/expression.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { CatalogColumn, CatalogLookup, CatalogTable } from '../catalog-table.ts';
import type { Changelog } from '../physical/plan.ts';
import type { Session } from '../session.ts';
import { bindContext } from './bind-context.ts';
import { checkRowtimePrecision } from './rowtime-precision.ts';
import { physicalColumns, tableColumns, type DeclaredColumn } from './table-columns.ts';

/** A table whose rows the program gives (`engine.registerTable`); expressions are parsed already. */
export interface TableRegistration {
  readonly name: string;
  readonly columns: readonly (
    | { readonly name: string; readonly type: SqlType; readonly header?: boolean }
    | { readonly name: string; readonly expression: Expression }
  )[];
  readonly watermark?: { readonly column: string; readonly delayMs: number } | undefined;
  readonly primaryKey?: readonly string[] | undefined;
  readonly changelog?: Changelog | undefined;
  /** Whether the rows end by themselves. */
  readonly bounded: boolean;
  readonly dimension?: boolean | undefined;
}

/** @throws PlanError PLAN_DDL, PLAN_UNKNOWN_COLUMN and what expressions throw */
export function registeredTable(table: TableRegistration, catalog: CatalogLookup, session: Session): CatalogTable {
  const context = bindContext(catalog, session);
  const declared = table.columns.map((one): DeclaredColumn => {
    if ('expression' in one) return { kind: 'computed', name: one.name, expression: one.expression };
    const header = one.header ?? false;
    const column = { name: one.name, type: one.type, nullable: true, header };
    return { kind: header ? 'header' : 'physical', column };
  });
  const columns = tableColumns(declared, { table: table.name, context, rowtime: table.watermark?.column });
  return {
    kind: 'table',
    name: table.name,
    columns,
    descriptor: {
      name: table.name,
      columns: physicalColumns(declared),
      primaryKey: (table.primaryKey ?? []).map((one) => columns[place(one, table.name, columns)]!.name),
      options: new OptionValues(new Map(), new Set()),
      timeZone: context.call.timeZone,
      compatibility: context.call.compatibility,
    },
    from: { kind: 'registered', name: table.name },
    watermark: watermarkOf(table, columns),
    changelog: table.changelog ?? 'insert-only',
    bounded: table.bounded,
    dimension: table.dimension ?? false,
    statement: undefined,
    span: undefined,
    source: undefined,
  };
}

function watermarkOf(table: TableRegistration, columns: readonly CatalogColumn[]): CatalogTable['watermark'] {
  if (table.watermark === undefined) return undefined;
  const column = place(table.watermark.column, table.name, columns);
  const found = columns[column];
  if (found?.type.kind !== 'timestamp') {
    throw new PlanError('PLAN_DDL', `the watermark column "${table.watermark.column}" is not TIMESTAMP`);
  }
  checkRowtimePrecision(found, undefined);
  return { column, delayMs: table.watermark.delayMs };
}

function place(name: string, table: string, columns: readonly CatalogColumn[]): number {
  const found = columns.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found >= 0) return found;
  throw new PlanError('PLAN_UNKNOWN_COLUMN', `column "${name}" does not exist in table "${table}"`, {
    hint: `Columns: ${columns.map((one) => one.name).join(', ')}.`,
  });
}
