import { PlanError } from '../errors/sluice-error.ts';
import type { LogColumn, LogTable } from '../parser/dialects/registry.ts';
import type { Catalog } from '../planner/catalog.ts';
import type { CatalogTable } from '../planner/catalog-table.ts';
import type { SqlType } from '../types/sql-type.ts';
import { isNumeric, isString } from '../types/sql-type.ts';
import { unknownTable } from './describe.ts';

/**
 * The table that a query of the SLS console reads: the one that is named, else the only one that lies in SLS, else the only
 * table. @throws PlanError when it does not exist or there are several
 */
export function logTable(catalog: Catalog, named: string): LogTable {
  const all = catalog.entries().filter((one) => one.kind === 'table');
  const table = named === '' ? onlyTable(all) : all.find((one) => one.name.toLowerCase() === named.toLowerCase());
  if (table === undefined) {
    if (named !== '') {
      throw unknownTable(
        named,
        all.map((one) => one.name),
      );
    }
    const many = all.length > 0;
    throw new PlanError(
      'PLAN_UNKNOWN_TABLE',
      many ? 'the table to search is not clear' : 'there is no table to search',
      {
        hint: many
          ? `Name it with --table or SET sql.sls.table: ${all.map((one) => one.name).join(', ')}.`
          : 'Declare it with CREATE TABLE, for example in a file given with --file.',
      },
    );
  }
  return { name: [table.name], columns: table.columns.map(({ name, type }) => ({ name, type: kindOf(type) })) };
}

function onlyTable(all: readonly CatalogTable[]): CatalogTable | undefined {
  const logs = all.filter(({ from }) => from.kind === 'connector' && from.entry.name === 'sls');
  if (logs.length === 1) return logs[0];
  return all.length === 1 ? all[0] : undefined;
}

function kindOf(type: SqlType): LogColumn['type'] {
  if (isString(type)) return 'text';
  return isNumeric(type) ? 'number' : 'other';
}
