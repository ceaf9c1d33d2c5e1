import { isHashKey } from '../../wire/sls/hash-key.ts';
import { parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import {
  emptyReply,
  integerParameter,
  jsonReply,
  parameter,
  type ApiReply,
  type ApiRequest,
} from '../http/api-request.ts';
import type { PathNames } from '../router.ts';

const MAX_PARTS = 64;

export function listShards(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const store = context.catalog.logStore(request.project, names.logStore);
  return jsonReply(store.shards.map((shard) => shard.describe()));
}

/** The answer lists the parent, then its children. */
export async function splitShard(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  const key = parameter(request, 'key');
  if (key !== undefined && !isHashKey(key)) throw parameterInvalid('invalid mid hash.');
  const count = integerParameter(request, 'shardCount', 2);
  if (count < 2 || count > MAX_PARTS) throw parameterInvalid('Parameter shardCount is not valid.');
  const save = (): Promise<void> => context.catalog.save();
  const shards = await store.split(idOf(names), { key, count }, context.now(), save);
  return jsonReply(shards.map((shard) => shard.describe()));
}

/** The answer lists the new shard, then its parents from left to right. */
export async function mergeShards(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  const shards = await store.merge(idOf(names), context.now(), () => context.catalog.save());
  return jsonReply(shards.map((shard) => shard.describe()));
}

export async function deleteShard(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  await store.deleteShard(idOf(names), () => context.catalog.save());
  return emptyReply;
}

function idOf(names: PathNames): number {
  if (!/^\d{1,9}$/.test(names.shard)) throw parameterInvalid('invalid shard id.');
  return Number(names.shard);
}
