import * as cursors from './api/cursors.ts';
import * as groups from './api/consumer-groups.ts';
import { getHistograms, getLogs, getLogsV3 } from './api/get-logs.ts';
import * as indexes from './api/index-config.ts';
import * as logStores from './api/log-stores.ts';
import * as projects from './api/projects.ts';
import { pullLogs } from './api/pull-logs.ts';
import { putLogs } from './api/put-logs.ts';
import * as shards from './api/shards.ts';
import { metricsPage, statusPage } from './api/status-page.ts';
import { allowTrack, getTrack, postTrack } from './api/web-tracking.ts';
import { invalidMethod } from './api-error.ts';
import type { ServiceContext } from './context.ts';
import { jsonReply, parameter, type ApiReply, type ApiRequest } from './http/api-request.ts';

/** The variable parts of a path. */
export interface PathNames {
  readonly logStore: string;
  readonly shard: string;
  readonly group: string;
  /** Only where the path names the project. */
  readonly project?: string | undefined;
}

export type ApiHandler = (
  context: ServiceContext,
  request: ApiRequest,
  names: PathNames,
) => ApiReply | Promise<ApiReply>;

export interface Route {
  /** The API's name in the service's own documents; counters and fault plans go by it. */
  readonly name: string;
  readonly method: string;
  readonly pattern: readonly string[];
  /** Tells the APIs of one path apart. */
  readonly when?: (request: ApiRequest) => boolean;
  /** Taken without a signature: browsers and scrapers have no key. */
  readonly unsigned: boolean;
  readonly handler: ApiHandler;
}

const STORE = '/logstores/:logStore';
const SHARD = `${STORE}/shards/:shard`;
const GROUP = `${STORE}/consumergroups/:group`;

const typed =
  (...types: readonly string[]) =>
  (request: ApiRequest): boolean =>
    types.includes(parameter(request, 'type') ?? '');
const action =
  (name: string) =>
  (request: ApiRequest): boolean =>
    parameter(request, 'action') === name;
const inProject = (request: ApiRequest): boolean => request.project !== undefined;

/** In the order they are tried. */
const routes: readonly Route[] = [
  route('PutLogs', 'POST', `${STORE}/shards/lb`, putLogs),
  route('PutLogs', 'POST', `${STORE}/shards/route`, putLogs),
  route('PutLogs', 'POST', STORE, putLogs),
  route('PutLogs', 'POST', '/prometheus/:project/:logStore/api/v1/write', putLogs),
  route('GetLogs', 'POST', `${STORE}/logs`, getLogsV3),
  route('GetLogs', 'GET', STORE, getLogs, typed('log')),
  route('GetHistograms', 'GET', STORE, getHistograms, typed('histogram')),
  unsigned('WebTracking', 'POST', `${STORE}/track`, postTrack),
  unsigned('WebTracking', 'GET', `${STORE}/track`, getTrack),
  unsigned('WebTracking', 'GET', `${STORE}/track.gif`, getTrack),
  unsigned('WebTracking', 'GET', `${STORE}/track_ua.gif`, getTrack),
  unsigned('WebTracking', 'OPTIONS', `${STORE}/track`, allowTrack),
  route('PullLogs', 'GET', SHARD, pullLogs, typed('logs', 'log')),
  route('PullLogs', 'HEAD', SHARD, pullLogs, typed('logs', 'log')),
  route('GetCursor', 'GET', SHARD, cursors.getCursor, typed('cursor')),
  route('GetCursorTime', 'GET', SHARD, cursors.getCursorTime, typed('cursor_time')),
  route('ListShards', 'GET', `${STORE}/shards`, shards.listShards),
  route('SplitShard', 'POST', SHARD, shards.splitShard, action('split')),
  route('MergeShards', 'POST', SHARD, shards.mergeShards, action('merge')),
  route('DeleteShard', 'DELETE', SHARD, shards.deleteShard),
  route('HeartBeat', 'POST', GROUP, groups.heartbeat, typed('heartbeat')),
  route('UpdateCheckPoint', 'POST', GROUP, groups.updateCheckpoint, typed('checkpoint')),
  route('GetCheckPoint', 'GET', GROUP, groups.getCheckpoints),
  route('UpdateConsumerGroup', 'PUT', GROUP, groups.updateConsumerGroup),
  route('DeleteConsumerGroup', 'DELETE', GROUP, groups.deleteConsumerGroup),
  route('CreateConsumerGroup', 'POST', `${STORE}/consumergroups`, groups.createConsumerGroup),
  route('ListConsumerGroup', 'GET', `${STORE}/consumergroups`, groups.listConsumerGroups),
  route('CreateIndex', 'POST', `${STORE}/index`, indexes.putIndex),
  route('UpdateIndex', 'PUT', `${STORE}/index`, indexes.putIndex),
  route('GetIndex', 'GET', `${STORE}/index`, indexes.getIndex),
  route('DeleteIndex', 'DELETE', `${STORE}/index`, indexes.deleteIndex),
  route('GetLogStore', 'GET', STORE, logStores.getLogStore, (request) => parameter(request, 'type') === undefined),
  route('UpdateLogStore', 'PUT', STORE, logStores.updateLogStore),
  route('DeleteLogStore', 'DELETE', STORE, logStores.deleteLogStore),
  route('CreateLogStore', 'POST', '/logstores', logStores.createLogStore),
  route('ListLogStore', 'GET', '/logstores', logStores.listLogStores),
  // A probe of some clients; there are no project-wide logs.
  route('GetProjectLogs', 'GET', '/logs', () => jsonReply([])),
  unsigned('Status', 'GET', '/_status', statusPage),
  unsigned('Metrics', 'GET', '/_metrics', metricsPage),
  unsigned('Metrics', 'GET', '/metrics', metricsPage),
  route('GetProject', 'GET', '/', projects.getProject, inProject),
  route('ListProject', 'GET', '/', projects.listProjects),
  route('CreateProject', 'POST', '/', projects.createProject),
  route('UpdateProject', 'PUT', '/', projects.updateProject),
  route('DeleteProject', 'DELETE', '/', projects.deleteProject),
];

/** Each once, in the order of the table. */
export const apiNames: readonly string[] = [...new Set(routes.map(({ name }) => name))];

/**
 * Finds the API a request calls.
 * @throws ApiError InvalidMethod
 */
export function findRoute(request: ApiRequest): { readonly route: Route; readonly names: PathNames } {
  const parts = request.path.split('/').slice(1);
  for (const candidate of routes) {
    if (candidate.method !== request.method || candidate.pattern.length !== parts.length) continue;
    const names = match(candidate.pattern, parts);
    if (names !== undefined && candidate.when?.(request) !== false) return { route: candidate, names };
  }
  throw invalidMethod(request.method, request.path);
}

function match(pattern: readonly string[], parts: readonly string[]): PathNames | undefined {
  const names = { logStore: '', shard: '', group: '' };
  for (const [i, expected] of pattern.entries()) {
    const part = parts[i]!;
    if (!expected.startsWith(':')) {
      if (expected !== part) return undefined;
    } else {
      if (part === '') return undefined;
      Object.assign(names, { [expected.slice(1)]: part });
    }
  }
  return names;
}

function route(name: string, method: string, path: string, handler: ApiHandler, when?: Route['when']): Route {
  const pattern = path.split('/').slice(1);
  return { name, method, pattern, unsigned: false, handler, ...(when === undefined ? {} : { when }) };
}

function unsigned(name: string, method: string, path: string, handler: ApiHandler): Route {
  return { ...route(name, method, path, handler), unsigned: true };
}
