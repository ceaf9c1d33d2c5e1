import type { ConnectorContext, SinkContext, SourceContext } from '../../contracts/connector.ts';
import { getLogStore } from './api/get-log-store.ts';
import { listLogStores } from './api/list-log-stores.ts';
import { LogStoreGroups } from './group-admin.ts';
import { parseLogStores } from './log-store-names.ts';
import { openClient } from './open-client.ts';
import { SlsSink } from './sink/sls-sink.ts';
import { SlsSource } from './source/sls-source.ts';

export function source(context: SourceContext): SlsSource {
  return new SlsSource(context);
}

export function sink(context: SinkContext): SlsSink {
  return new SlsSink(context);
}

/** @throws ConnectorError CONNECTOR_OPTION_VALUE where the table is not one log store */
export function admin(context: ConnectorContext): LogStoreGroups {
  return new LogStoreGroups(context);
}

/** Reaches the log store with the table's credentials. @throws what a run would throw */
export async function check(context: ConnectorContext): Promise<void> {
  const names = parseLogStores(context.table.options.text('logStore'));
  // Whether a pattern matches anything is no question of reaching the project.
  for (const logStore of names === undefined || names.pattern ? [undefined] : names.parts) {
    const client = openClient(context, logStore);
    try {
      await (logStore === undefined ? listLogStores(client) : getLogStore(client));
    } finally {
      await client.close();
    }
  }
}
