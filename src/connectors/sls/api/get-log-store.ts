import type { SlsClient } from '../client.ts';

/** `GET /logstores/L`: reaches the log store, or throws what a job would throw. */
export async function getLogStore(client: SlsClient): Promise<void> {
  await client.call({
    doing: 'describing the log store',
    method: 'GET',
    path: `/logstores/${client.settings.logStore}`,
  });
}
