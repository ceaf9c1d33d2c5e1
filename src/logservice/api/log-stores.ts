import { ApiError } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import {
  emptyReply,
  integerParameter,
  jsonBody,
  jsonReply,
  parameter,
  type ApiReply,
  type ApiRequest,
} from '../http/api-request.ts';
import type { LogStore, LogStoreSettings } from '../model/log-store.ts';
import type { PathNames } from '../router.ts';

/** What the Java client takes; the real service takes 3 to 63 characters. */
const STORE_NAME = /^[0-9a-z][0-9a-z_-]{0,78}[0-9a-z]$/;
const MAX_INITIAL_SHARDS = 100;
const DEFAULT_TTL_DAYS = 30;

export async function createLogStore(context: ServiceContext, request: ApiRequest): Promise<ApiReply> {
  const body = jsonBody(request);
  const name = body['logstoreName'];
  if (typeof name !== 'string' || !STORE_NAME.test(name)) throw infoInvalid(`store name ${String(name)} is invalid`);
  const shardCount = body['shardCount'] ?? 2;
  if (!isInteger(shardCount, 1, MAX_INITIAL_SHARDS)) throw infoInvalid('shardCount is invalid');
  const { name: project } = context.catalog.project(request.project);
  await context.catalog.createLogStore(project, name, settingsOf(body, undefined), shardCount);
  return emptyReply;
}

export function getLogStore(context: ServiceContext, request: ApiRequest, names: PathNames): ApiReply {
  return jsonReply(describe(context.catalog.logStore(request.project, names.logStore)));
}

export async function updateLogStore(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  const store = context.catalog.logStore(request.project, names.logStore);
  store.settings = settingsOf(jsonBody(request), store.settings);
  store.lastModifyTimeSec = Math.floor(context.now() / 1000);
  await context.catalog.save();
  return emptyReply;
}

export async function deleteLogStore(
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
): Promise<ApiReply> {
  await context.catalog.deleteLogStore(request.project, names.logStore);
  return emptyReply;
}

export function listLogStores(context: ServiceContext, request: ApiRequest): ApiReply {
  const offset = integerParameter(request, 'offset', 0);
  const size = integerParameter(request, 'size', 500);
  const wanted = parameter(request, 'logstoreName') ?? '';
  const telemetry = parameter(request, 'telemetryType');
  const mode = parameter(request, 'mode');
  const names = [...context.catalog.project(request.project).logStores.values()]
    .filter(({ settings: { other } }) => telemetry === undefined || (other['telemetryType'] || 'None') === telemetry)
    .filter(({ settings: { other } }) => mode === undefined || (other['mode'] ?? 'standard') === mode)
    .map((store) => store.name)
    .filter((name) => name.includes(wanted))
    .sort();
  const page = names.slice(offset, offset + size);
  return jsonReply({ count: page.length, total: names.length, logstores: page });
}

function settingsOf(body: Record<string, unknown>, before: LogStoreSettings | undefined): LogStoreSettings {
  const { logstoreName: _name, shardCount: _count, ttl, appendMeta, ...other } = body;
  const days = ttl ?? before?.ttl ?? DEFAULT_TTL_DAYS;
  if (!isInteger(days, 1, 3650)) throw infoInvalid('ttl is invalid');
  return {
    ttl: days,
    appendMeta: typeof appendMeta === 'boolean' ? appendMeta : (before?.appendMeta ?? false),
    other: { ...before?.other, ...other },
  };
}

function describe(store: LogStore): Record<string, unknown> {
  return {
    enable_tracking: false,
    autoSplit: false,
    maxSplitShard: 64,
    telemetryType: '',
    mode: 'standard',
    productType: 'sls',
    ...store.settings.other,
    logstoreName: store.name,
    ttl: store.settings.ttl,
    appendMeta: store.settings.appendMeta,
    shardCount: store.writableCount,
    createTime: store.createTimeSec,
    lastModifyTime: store.lastModifyTimeSec,
  };
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function infoInvalid(message: string): ApiError {
  return new ApiError(400, 'LogStoreInfoInvalid', message);
}
