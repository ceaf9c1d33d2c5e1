import type { SlsClient } from '../client.ts';
import { badAnswer, readRecord } from './read-json.ts';

/**
 * `GET …/shards/N?type=cursor&from=…`
 * @param from the oldest group, the next one to come, or the first received at or after these epoch seconds
 */
export async function getCursor(client: SlsClient, shard: number, from: 'begin' | 'end' | number): Promise<string> {
  const doing = `finding a cursor in shard ${shard}`;
  const answer = await client.call({
    doing,
    method: 'GET',
    path: `/logstores/${client.settings.logStore}/shards/${shard}`,
    query: [
      ['type', 'cursor'],
      ['from', String(from)],
    ],
  });
  const { cursor } = readRecord(answer, doing) as { cursor?: unknown };
  if (typeof cursor !== 'string' || cursor === '') throw badAnswer(doing, answer.status);
  return cursor;
}
