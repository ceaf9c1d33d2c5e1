import { SluiceError } from '../errors/sluice-error.ts';
import { typeName, type SqlType } from '../types/sql-type.ts';
import type { CatalogEntry, CatalogTable } from '../planner/catalog-table.ts';
import { printExpr } from '../expr/print.ts';
import type { ColumnInfo, TableInfo } from './api.ts';

export function tableInfo(entry: CatalogEntry): TableInfo {
  if (entry.kind === 'view') return { name: entry.name, kind: 'view', connector: undefined };
  const connector = entry.from.kind === 'connector' ? entry.from.entry.name : 'registered';
  return { name: entry.name, kind: 'table', connector };
}

/** What DESCRIBE and `\d NAME` print of a table. */
export function tableColumns(table: CatalogTable): ColumnInfo[] {
  return table.columns.map((column, index) => {
    const attributes: string[] = [];
    if (column.kind === 'header') attributes.push('HEADER');
    if (column.kind === 'computed') attributes.push(`AS ${printExpr(column.expr)}`);
    if (table.descriptor.primaryKey.some((key) => key.toLowerCase() === column.name.toLowerCase())) {
      attributes.push('PRIMARY KEY');
    }
    if (table.watermark?.column === index) attributes.push(`ROWTIME, delay ${table.watermark.delayMs} ms`);
    else if (column.time === 'proctime') attributes.push('PROCTIME');
    // A rowtime is never NULL by itself: rows without one are dropped and counted.
    if (!column.nullable && table.watermark?.column !== index) attributes.push('NOT NULL');
    return { name: column.name, type: typeName(column.type), attributes: attributes.join(', ') };
  });
}

/** What DESCRIBE EXTENDED prints below the columns; values of secret options are left out. */
export function tableFacts(entry: CatalogEntry): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [['kind', entry.kind]];
  const comment = entry.statement?.comment?.value;
  if (comment !== undefined) facts.push(['comment', comment]);
  if (entry.kind === 'view') return facts;
  const { connector } = tableInfo(entry);
  facts.push(['connector', connector ?? '']);
  if (entry.from.kind === 'connector') {
    const { entry: found } = entry.from;
    facts.push(
      ['can be read', found.source ? 'yes' : 'no'],
      ['can be written', found.sink === false ? 'no' : found.sink],
    );
  }
  facts.push(['read ends by itself', entry.bounded ? 'yes' : 'no'], ['changes', entry.changelog]);
  if (entry.dimension) facts.push(['dimension table', 'yes']);
  const { primaryKey, timeZone } = entry.descriptor;
  if (primaryKey.length > 0) facts.push(['primary key', primaryKey.join(', ')]);
  for (const index of entry.indexes ?? [])
    facts.push([index.unique ? 'unique index' : 'index', index.columns.join(', ')]);
  facts.push(['time zone', timeZone]);
  return facts;
}

/** Comments of the columns, where the declaration has them. */
export function columnComments(entry: CatalogEntry): ReadonlyMap<string, string> {
  if (entry.kind === 'view' || entry.statement === undefined) return new Map();
  return new Map(
    entry.statement.elements.flatMap((one) =>
      'comment' in one && one.comment !== undefined ? [[one.name.name, one.comment.value] as const] : [],
    ),
  );
}

/** The same of a view: its columns have the names it declares, else those of its query. */
export function viewColumns(
  fields: readonly { readonly name: string; readonly type: SqlType }[],
  names: readonly { readonly name: string }[] | undefined,
): readonly ColumnInfo[] {
  return fields.map((f, i) => ({ name: names?.[i]?.name ?? f.name, type: typeName(f.type), attributes: '' }));
}

export function unknownTable(name: string, known: readonly string[]): SluiceError {
  return new SluiceError('PLAN_UNKNOWN_TABLE', `table "${name}" does not exist`, {
    hint: known.length === 0 ? 'No table is declared.' : `Tables: ${known.join(', ')}.`,
  });
}
