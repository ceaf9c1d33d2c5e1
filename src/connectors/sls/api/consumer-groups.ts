import type { SlsClient } from '../client.ts';
import { SlsError } from '../sls-error.ts';
import { badAnswer, isShardId, readJson, readRecords } from './read-json.ts';

export interface ConsumerGroup {
  readonly name: string;
  readonly timeoutSec: number;
  readonly order: boolean;
}

/** `GET /logstores/L/consumergroups` */
export async function listConsumerGroups(client: SlsClient): Promise<readonly ConsumerGroup[]> {
  const doing = 'listing the consumer groups';
  const answer = await client.call({ doing, method: 'GET', path: groupPath(client) });
  return readRecords(answer, doing).map((group) => {
    const [name, timeoutSec] = [group['name'], Number(group['timeout'])];
    if (typeof name !== 'string' || !Number.isFinite(timeoutSec)) throw badAnswer(doing, answer.status);
    return { name, timeoutSec, order: group['order'] === true };
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

export interface Checkpoint {
  readonly shard: number;
  /** The next cursor; undefined = none was ever stored. */
  readonly cursor: string | undefined;
  /** Who stored it last, or holds the shard. */
  readonly consumer: string | undefined;
  /** Epoch ms. */
  readonly updatedMs: number | undefined;
}

/** `GET …/consumergroups/G`: an entry for each shard that the service tells something about. */
export async function listCheckpoints(client: SlsClient, group: string): Promise<readonly Checkpoint[]> {
  const doing = `reading the checkpoints of consumer group "${group}"`;
  const answer = await client.call({ doing, method: 'GET', path: groupPath(client, group) });
  return readRecords(answer, doing).map((one) => {
    const { shard, checkpoint, consumer, updateTime } = one as Readonly<
      Record<'shard' | 'checkpoint' | 'consumer' | 'updateTime', unknown>
    >;
    if (!isShardId(shard)) throw badAnswer(doing, answer.status);
    return {
      shard,
      cursor: typeof checkpoint === 'string' && checkpoint !== '' ? checkpoint : undefined,
      consumer: typeof consumer === 'string' && consumer !== '' ? consumer : undefined,
      // Microseconds; 0 where nothing was stored.
      updatedMs: typeof updateTime === 'number' && updateTime > 0 ? updateTime / 1000 : undefined,
    };
  });
}

/** The next cursor by shard, of the shards that have one. */
export async function getCheckpoints(client: SlsClient, group: string): Promise<ReadonlyMap<number, string>> {
  const cursors = new Map<number, string>();
  for (const { shard, cursor } of await listCheckpoints(client, group)) {
    if (cursor !== undefined) cursors.set(shard, cursor);
  }
  return cursors;
}

/** `PUT …/consumergroups/G` */
export async function updateConsumerGroup(client: SlsClient, group: ConsumerGroup): Promise<void> {
  await client.call({
    doing: `updating consumer group "${group.name}"`,
    method: 'PUT',
    path: groupPath(client, group.name),
    body: jsonBody({ timeout: group.timeoutSec, order: group.order }),
  });
}

/**
 * `POST …/consumergroups/G?type=heartbeat&consumer=C`
 * @param shards all that the consumer still has in hand
 * @returns the shards it is to read
 */
export async function heartbeat(
  client: SlsClient,
  group: string,
  consumer: string,
  shards: readonly number[],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const doing = `sending the heartbeat of consumer group "${group}"`;
  const answer = await client.call({
    doing,
    method: 'POST',
    path: groupPath(client, group),
    query: [
      ['type', 'heartbeat'],
      ['consumer', consumer],
    ],
    body: jsonBody(shards),
    ...(signal === undefined ? {} : { signal }),
  });
  const list = readJson(answer, doing);
  if (!Array.isArray(list) || !list.every(isShardId)) throw badAnswer(doing, answer.status);
  return list;
}

/**
 * `POST …/consumergroups/G?type=checkpoint`: stores the next cursor.
 * @param progress with `consumer`: only where that consumer holds the shard; without: whoever does
 */
export async function updateCheckpoint(
  client: SlsClient,
  group: string,
  progress: { readonly shard: number; readonly cursor: string; readonly consumer?: string | undefined },
): Promise<void> {
  const { consumer } = progress;
  await client.call({
    doing: `storing the checkpoint of shard ${progress.shard}`,
    method: 'POST',
    path: groupPath(client, group),
    query: [
      ['type', 'checkpoint'],
      ...(consumer === undefined ? [] : [['consumer', consumer] as const]),
      ['forceSuccess', String(consumer === undefined)],
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
