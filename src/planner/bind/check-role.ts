import { ConnectorError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { entryOf, type CatalogTable } from '../catalog-table.ts';
import { placeErrors } from './place-error.ts';

/**
 * Whether a table can be read or written, by what its connector declares.
 * @param span the use of the table
 * @throws ConnectorError CONNECTOR_ROLE, and what the connector's own check throws
 */
export function checkRole(table: CatalogTable, role: 'source' | 'sink', span: Span): void {
  const entry = entryOf(table);
  const able = entry === undefined ? role === 'source' : role === 'source' ? entry.source : entry.sink !== false;
  if (!able) {
    const verb = role === 'source' ? 'read' : 'written';
    const why = entry === undefined ? 'its rows are given by the program' : `connector "${entry.name}" has no ${role}`;
    throw new ConnectorError('CONNECTOR_ROLE', `table "${table.name}" cannot be ${verb}: ${why}`, { span });
  }
  // The mistake is in the declaration, wherever the table is used.
  const [place, source] = table.span === undefined ? [span, undefined] : [table.span, table.source];
  placeErrors(place, source, () => entry?.validate?.(table.descriptor, role));
}
