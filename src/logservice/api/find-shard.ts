import { decodeCursor } from '../../wire/sls/cursor.ts';
import { invalidCursor, shardNotExist } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { Shard } from '../model/shard.ts';
import type { PathNames } from '../router.ts';

/** @throws ApiError LogStoreNotExist, ShardNotExist */
export function findShard(context: ServiceContext, request: ApiRequest, names: PathNames): Shard {
  const store = context.catalog.logStore(request.project, names.logStore);
  const shard = /^\d{1,9}$/.test(names.shard) ? store.shard(Number(names.shard)) : undefined;
  if (shard === undefined) throw shardNotExist(names.shard, 400);
  return shard;
}

/**
 * The ordinal a cursor names, from the oldest group to the end.
 * @throws ApiError InvalidCursor
 */
export function ordinalAt(shard: Shard, cursor: string | undefined): number {
  const position = cursor === undefined ? undefined : decodeCursor(cursor);
  const ordinal = position === undefined ? undefined : shard.ordinalOf(position);
  if (ordinal === undefined) throw invalidCursor(cursor ?? '');
  return ordinal;
}
