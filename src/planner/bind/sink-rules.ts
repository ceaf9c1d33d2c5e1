import type { TableColumn } from '../../contracts/connector.ts';
import type { CatalogTable } from '../catalog-table.ts';
import type { SinkRules } from '../physical/sink-rules.ts';
import type { Session } from '../session.ts';

/** Whether NULL may not be written: Flink counts the columns of the PRIMARY KEY in, Blink does not look at them. */
export function isNotNull(column: TableColumn, { descriptor }: CatalogTable): boolean {
  return !column.nullable || (descriptor.compatibility === 'flink' && descriptor.primaryKey.includes(column.name));
}

/** What rows must be like to be written, and what becomes of others. */
export function sinkRules(table: CatalogTable, session: Session): SinkRules {
  const notNull = table.descriptor.columns.flatMap((column, i) => (isNotNull(column, table) ? [i] : []));
  const lengths = session.get('table.exec.sink.type-length-enforcer');
  return {
    notNull,
    dropsNulls: session.get('table.exec.sink.not-null-enforcer') === 'DROP',
    lengths: lengths === 'TRIM_PAD' ? 'trim-pad' : lengths === 'ERROR' ? 'error' : 'ignore',
  };
}
