import type { SlsClient } from '../client.ts';
import { badAnswer, readJson } from './read-json.ts';

export interface Shard {
  readonly id: number;
  /** Nothing is written to it any more; its data can still be read. */
  readonly readOnly: boolean;
  /** 32 lower-case hex digits; `end` is exclusive except all `f`. */
  readonly begin: string;
  readonly end: string;
  /** Epoch seconds. */
  readonly createTimeSec: number;
}

/** `GET /logstores/L/shards`, ascending by id. */
export async function listShards(client: SlsClient): Promise<readonly Shard[]> {
  const doing = 'listing the shards';
  const answer = await client.call({ doing, method: 'GET', path: `/logstores/${client.settings.logStore}/shards` });
  const list = readJson(answer, doing);
  if (!Array.isArray(list)) throw badAnswer(doing, answer.status);
  return list
    .map((one: unknown): Shard => {
      const shard = one as Record<string, unknown>;
      const id = shard['shardID'];
      if (typeof id !== 'number' || !Number.isInteger(id)) throw badAnswer(doing, answer.status);
      return {
        id,
        readOnly: String(shard['status']).toLowerCase() === 'readonly',
        begin: String(shard['inclusiveBeginKey']).toLowerCase(),
        end: String(shard['exclusiveEndKey']).toLowerCase(),
        createTimeSec: Number(shard['createTime'] ?? 0),
      };
    })
    .sort((a, b) => a.id - b.id);
}
