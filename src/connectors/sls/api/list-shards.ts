import type { SlsClient } from '../client.ts';
import { badAnswer, isShardId, readRecords } from './read-json.ts';

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

const STATUS = /^read(write|only)$/;
const HASH_KEY = /^[0-9a-f]{32}$/;

/** `GET /logstores/L/shards`, ascending by id. */
export async function listShards(client: SlsClient): Promise<readonly Shard[]> {
  const doing = 'listing the shards';
  const answer = await client.call({ doing, method: 'GET', path: `/logstores/${client.settings.logStore}/shards` });
  return readRecords(answer, doing)
    .map((shard): Shard => {
      const id = shard['shardID'];
      const status = String(shard['status']).toLowerCase();
      const begin = String(shard['inclusiveBeginKey']).toLowerCase();
      const end = String(shard['exclusiveEndKey']).toLowerCase();
      const createTimeSec = Number(shard['createTime'] ?? 0);
      // A wrong status or range would do harm later: rows lost at the end of a shard, or children read too early.
      if (
        !isShardId(id) ||
        !STATUS.test(status) ||
        !HASH_KEY.test(begin) ||
        !HASH_KEY.test(end) ||
        !Number.isFinite(createTimeSec)
      ) {
        throw badAnswer(doing, answer.status);
      }
      return { id, readOnly: status === 'readonly', begin, end, createTimeSec };
    })
    .sort((a, b) => a.id - b.id);
}
