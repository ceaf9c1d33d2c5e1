import { ApiError, consumerGroupNotExist, parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { emptyReply, jsonReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import { ConsumerGroup } from '../model/consumer-group.ts';
import type { PathNames } from '../router.ts';

const GROUP_NAME = /^[0-9a-zA-Z\-_]{1,128}$/;
const MAX_GROUPS = 30;

export async function createConsumerGroup(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  const body = groupBody(request);
  const { consumerGroup: name, timeout } = body;
  if (typeof name !== 'string' || !GROUP_NAME.test(name) || timeout === undefined) {
    throw infoInvalid('consumerGroup or timeout is of error format');
  }
  if (store.groups.has(name)) throw new ApiError(400, 'ConsumerGroupAlreadyExist', 'consumer group already exist');
  if (store.groups.size >= MAX_GROUPS) {
    throw new ApiError(400, 'ConsumerGroupQuotaExceed', `a log store has at most ${MAX_GROUPS} consumer groups`);
  }
  const state = { name, timeoutSec: timeout, order: body.order ?? false, checkpoints: [] };
  store.groups.set(name, new ConsumerGroup(state, () => store.shards));
  await context.catalog.save();
  return emptyReply;
}

/** The same values again change nothing: Python sends this at every start of a worker. */
export async function updateConsumerGroup(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  const group = findGroup(context, request, names);
  const { timeout, order } = groupBody(request);
  if (group.update({ timeoutSec: timeout, order })) await context.catalog.save();
  return emptyReply;
}

export async function deleteConsumerGroup(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  if (!store.groups.delete(names.group)) throw consumerGroupNotExist();
  await context.catalog.save();
  return emptyReply;
}

export function listConsumerGroups(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const store = context.catalog.logStore(request.project, names.logStore);
  const groups = [...store.groups.values()];
  return jsonReply(groups.map((group) => ({ name: group.name, timeout: group.timeoutSec, order: group.order })));
}

/** Body and answer are bare lists of shard ids: held and assigned. */
export async function heartbeat(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const group = findGroup(context, request, names);
  const consumer = parameter(request, 'consumer');
  if (consumer === undefined) throw parameterInvalid('Parameter consumer is missing.');
  const listed = jsonOf(request);
  if (!Array.isArray(listed) || !listed.every((id): id is number => Number.isInteger(id))) {
    throw infoInvalid('the body is not a list of shard ids');
  }
  const before = group.revision;
  const assigned = group.heartbeat(consumer, listed, context.steadyNow());
  // A restart then knows who holds what, and nobody has to drop its shards.
  if (group.revision !== before) await context.catalog.save();
  return jsonReply(assigned);
}

export async function updateCheckpoint(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  const group = findGroup(context, request, names);
  const { shard, checkpoint } = (jsonOf(request) ?? {}) as { shard?: unknown; checkpoint?: unknown };
  if (typeof shard !== 'number' || !Number.isInteger(shard)) throw infoInvalid('shard is of error format');
  if (typeof checkpoint !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/.test(checkpoint)) {
    throw new ApiError(400, 'InvalidShardCheckPoint', 'shard checkpoint not encoded by base64');
  }
  // An empty consumer and Python's `True` occur.
  const consumer = parameter(request, 'consumer');
  const force = parameter(request, 'forceSuccess')?.toLowerCase() === 'true';
  const before = group.checkpoints(shard)[0]?.checkpoint;
  const by = { consumer, force, updatedMs: context.now() };
  group.updateCheckpoint(shard, checkpoint, by, context.steadyNow());
  // Jobs post unchanged positions at every checkpoint: those need no write.
  if (before !== checkpoint) await context.catalog.save();
  return emptyReply;
}

export function getCheckpoints(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  const group = findGroup(context, request, names);
  const shard = parameter(request, 'shard');
  if (shard !== undefined && !/^\d{1,9}$/.test(shard)) throw parameterInvalid('Parameter shard is not valid.');
  return jsonReply(group.checkpoints(shard === undefined ? undefined : Number(shard)));
}

function findGroup(context: ServiceContext, request: ApiRequest, names: PathNames): ConsumerGroup {
  const group = context.catalog.logStore(request.project, names.logStore).groups.get(names.group);
  if (group === undefined) throw consumerGroupNotExist();
  return group;
}

function groupBody(request: ApiRequest): {
  readonly consumerGroup: unknown;
  readonly timeout: number | undefined;
  readonly order: boolean | undefined;
} {
  const body = (jsonOf(request) ?? {}) as Record<string, unknown>;
  const { consumerGroup, timeout, order } = body;
  if (!(timeout === undefined || (typeof timeout === 'number' && Number.isInteger(timeout) && timeout > 0))) {
    throw infoInvalid('consumerGroup or timeout is of error format');
  }
  if (!(order === undefined || typeof order === 'boolean')) throw infoInvalid('order is of error format');
  return { consumerGroup, timeout, order };
}

function jsonOf(request: ApiRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch {
    throw infoInvalid('The body is not valid json string.');
  }
}

function infoInvalid(message: string): ApiError {
  return new ApiError(400, 'JsonInfoInvalid', message);
}
