import type { ConnectorEntry, TableDescriptor } from '../../contracts/connector.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { format } from '../../formats/registry.ts';
import { fileOptions, filesystemOptions } from './options.ts';

/** `type='file'`: files as bounded or followed sources, and as appending sinks. */
export const fileEntry: ConnectorEntry = {
  name: 'file',
  title: 'files on this machine',
  options: fileOptions([]),
  optionsFor: fileOptions,
  source: true,
  sink: 'append',
  lookup: true,
  projects: true,
  bounded: (options) => !options.bool('follow'),
  header: (name) => {
    if (name === '__path__') return { types: ['varchar'] };
    if (name === '__line__') return { types: ['bigint'] };
    return undefined;
  },
  validate,
  describe: (options) => `path=${options.text('path')}, format=${options.text('format')}`,
  load: () => import('./module.ts'),
};

/** The same under Flink's name, where lines of JSON are the format 'json'. */
export const filesystemEntry: ConnectorEntry = { ...fileEntry, name: 'filesystem', optionsFor: filesystemOptions };

function validate(table: TableDescriptor, role: 'source' | 'sink'): void {
  const chosen = format(table.options.text('format'));
  if (chosen === undefined) return;
  chosen.validate?.(table.columns, table.options);
  if (role === 'sink' && !chosen.encodes) {
    throw new ConnectorError('CONNECTOR_ROLE', `format "${chosen.name}" of table "${table.name}" can only be read`, {
      hint: "Write with format = 'jsonl', 'csv', 'delimited' or 'raw'.",
    });
  }
}
