import type { SlsClient } from '../client.ts';
import { SlsError } from '../sls-error.ts';
import { badAnswer, readJson } from './read-json.ts';

export interface ConsumerGroup {
  readonly name: string;
  readonly timeoutSec: number;
  readonly order: boolean;
}

/** `GET /logstores/L/consumergroups` */
export async function listConsumerGroups(client: SlsClient): Promise<readonly ConsumerGroup[]> {
  const doing = 'listing the consumer groups';
  const answer = await client.call({ doing, method: 'GET', path: groupPath(client) });
  const list = readJson(answer, doing);
  if (!Array.isArray(list)) throw badAnswer(doing, answer.status);
  return list.map((one: unknown) => {
    const group = one as Record<string, unknown>;
    return { name: String(group['name']), timeoutSec: Number(group['timeout']), order: group['order'] === true };
  });
}

/** `POST /logstores/L/consumergroups`; a group that exists stays as it is. */
export async function createConsumerGroup(client: SlsClient, group: ConsumerGroup): Promise<void> {
  try {
    await client.call({
      doing: `creating consumer group "${group.name}"`,
      method: 'POST',
      path: groupPath(client),
      body: jsonBody({ consumerGroup: group.name, timeout: group.timeoutSec, order: group.order }),
    });
  } catch (error) {
    if (!(error instanceof SlsError) || error.serviceCode !== 'ConsumerGroupAlreadyExist') throw error;
  }
}

/** `GET …/consumergroups/G`: the next cursor by shard, of the shards that have one. */
export async function getCheckpoints(client: SlsClient, group: string): Promise<ReadonlyMap<number, string>> {
  const doing = `reading the checkpoints of consumer group "${group}"`;
  const answer = await client.call({ doing, method: 'GET', path: groupPath(client, group) });
  const list = readJson(answer, doing);
  if (!Array.isArray(list)) throw badAnswer(doing, answer.status);
  const cursors = new Map<number, string>();
  for (const one of list as readonly Record<string, unknown>[]) {
    const cursor = one['checkpoint'];
    if (typeof cursor === 'string' && cursor !== '') cursors.set(Number(one['shard']), cursor);
  }
  return cursors;
}

/** `POST …/consumergroups/G?type=checkpoint&forceSuccess=true`: stores the next cursor, whoever holds the shard. */
export async function updateCheckpoint(
  client: SlsClient,
  group: string,
  progress: { readonly shard: number; readonly cursor: string },
): Promise<void> {
  await client.call({
    doing: `storing the checkpoint of shard ${progress.shard}`,
    method: 'POST',
    path: groupPath(client, group),
    query: [
      ['type', 'checkpoint'],
      ['forceSuccess', 'true'],
    ],
    body: jsonBody({ shard: progress.shard, checkpoint: progress.cursor }),
  });
}

function groupPath(client: SlsClient, group?: string): string {
  const base = `/logstores/${client.settings.logStore}/consumergroups`;
  return group === undefined ? base : `${base}/${group}`;
}

function jsonBody(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
