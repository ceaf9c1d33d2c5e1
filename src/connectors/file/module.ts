import type { ConnectorContext, ConnectorModule, SinkContext, SourceContext } from '../../contracts/connector.ts';
import type { LookupContext } from '../../contracts/lookup.ts';
import { FileLookup } from './lookup.ts';
import { FileSink } from './sink.ts';
import { FileSource } from './source.ts';
import { listFiles } from './list-files.ts';

export const source: NonNullable<ConnectorModule['source']> = (context: SourceContext) => new FileSource(context);

export const sink: NonNullable<ConnectorModule['sink']> = (context: SinkContext) => new FileSink(context);

export const lookup: NonNullable<ConnectorModule['lookup']> = (context: LookupContext) => new FileLookup(context);

/** A file that is missing now is what a run would stumble over. */
export async function check(context: ConnectorContext): Promise<void> {
  await listFiles(context.table.options.text('path'), context.table.name);
}
