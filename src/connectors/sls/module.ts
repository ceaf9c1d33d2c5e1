import type { ConnectorContext, SinkContext, SourceContext } from '../../contracts/connector.ts';
import { getLogStore } from './api/get-log-store.ts';
import { openClient } from './open-client.ts';
import { SlsSink } from './sink/sls-sink.ts';
import { SlsSource } from './source/sls-source.ts';

export function source(context: SourceContext): SlsSource {
  return new SlsSource(context);
}

export function sink(context: SinkContext): SlsSink {
  return new SlsSink(context);
}

/** Reaches the log store with the table's credentials. @throws what a run would throw */
export async function check(context: ConnectorContext): Promise<void> {
  const client = openClient(context);
  try {
    await getLogStore(client);
  } finally {
    await client.close();
  }
}
