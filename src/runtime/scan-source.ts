import type { Source } from '../contracts/connector.ts';
import { ConnectorError, InternalError } from '../errors/sluice-error.ts';
import { referencedColumns } from '../expr/walk.ts';
import type { ScanExec } from '../planner/physical/plan.ts';
import type { Schema } from '../types/schema.ts';
import type { Stage } from './chain.ts';
import { registeredSource } from './registered-source.ts';
import type { ScanHost } from './scan-host.ts';

/** The source a scan reads: of the connector of its table, or of rows that a caller registered. @param schema of its batches */
export async function createScanSource(node: ScanExec, stage: Stage, schema: Schema, host: ScanHost): Promise<Source> {
  const { clock, settings, registered, warn, stopSignal } = host;
  if (node.source.kind === 'registered') {
    const rows = registered.get(node.source.name);
    if (rows === undefined) throw new InternalError(`no rows are registered for table "${node.source.name}"`);
    return registeredSource(rows, { wanted: node.wanted, schema, ...settings });
  }
  const { entry } = node.source;
  const module = await entry.load();
  if (module.source === undefined) {
    throw new ConnectorError('CONNECTOR_ROLE', `connector "${entry.name}" cannot be read from`);
  }
  const rowtime = node.watermark === undefined ? undefined : node.outputs[node.watermark.column];
  return module.source({
    table: node.table,
    wanted: node.wanted,
    filter: node.pushed,
    watermarkInputs: rowtime === undefined ? [] : referencedColumns([rowtime]),
    maxBatchRows: settings.maxBatchRows,
    query: host.query(),
    releases: stage.releases,
    schema,
    metrics: stage.metrics,
    now: () => clock.now(),
    signal: stopSignal,
    warn,
  });
}
