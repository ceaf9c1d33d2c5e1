import { encodeLogGroup } from '../../wire/sls/encode-log-group.ts';
import { ApiError, postBodyInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { emptyReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { LogStore } from '../model/log-store.ts';
import type { PathNames } from '../router.ts';
import { expandBody, storeLogGroup } from './put-logs.ts';
import { readJsonLogs } from './read-json-logs.ts';

const MOST_LOGS = 4096;
const MOST_RAW_BYTES = 3 << 20;
const MOST_QUERY_BYTES = 16 << 10;
/** The smallest transparent picture. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** What a page's script sends, unsigned, to a log store with `enable_tracking`. */
export async function postTrack(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = trackedStore(context, request, names);
  checkVersion(request.headers['x-log-apiversion'] ?? parameter(request, 'APIVersion'));
  const { body } = expandBody(request, MOST_RAW_BYTES);
  const raw = readJsonLogs(Buffer.from(body).toString('utf8'), context.now(), { webTracking: true });
  await storeLogGroup(context, request, store, { raw, wireBytes: request.body.length, mostLogs: MOST_LOGS });
  return emptyReply;
}

/** One log in the query of a GET: `track` answers nothing, `track.gif` a picture. */
export async function getTrack(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const store = trackedStore(context, request, names);
  checkVersion(parameter(request, 'APIVersion'));
  const fields = request.query.filter(([key]) => key !== 'APIVersion' && key !== '__topic__' && key !== '');
  if (fields.length === 0) throw postBodyInvalid('the query has no field');
  const queryBytes = request.query.reduce((sum, pair) => sum + pair.join('=').length + 1, 0);
  if (queryBytes > MOST_QUERY_BYTES) {
    throw new ApiError(400, 'PostBodyTooLarge', `the query has more than ${MOST_QUERY_BYTES} bytes`);
  }
  if (request.path.endsWith('/track_ua.gif')) fields.push(...browserFields(request));
  const raw = encodeLogGroup({
    topic: parameter(request, '__topic__') ?? '',
    source: request.clientIp,
    logs: [{ time: Math.floor(context.now() / 1000), contents: fields }],
  });
  await storeLogGroup(context, request, store, { raw, wireBytes: raw.length, mostLogs: 1 });
  return request.path.endsWith('.gif') ? { headers: { 'content-type': 'image/gif' }, body: PIXEL } : emptyReply;
}

/** A browser asks before it sends headers of its own to another host. */
export function allowTrack(): ApiReply {
  return {
    headers: {
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'content-type, x-log-apiversion, x-log-bodyrawsize, x-log-compresstype',
      'access-control-max-age': '86400',
    },
  };
}

function trackedStore(context: ServiceContext, request: ApiRequest, names: PathNames): LogStore {
  const store = context.catalog.logStore(request.project, names.logStore);
  if (store.settings.other['enable_tracking'] !== true) {
    throw new ApiError(401, 'Unauthorized', `logstore ${store.name} does not enable web tracking`);
  }
  return store;
}

function checkVersion(version: string | undefined): void {
  if (version === undefined) throw new ApiError(400, 'MissingAPIVersion', 'the API version is missing');
  if (version !== '0.6.0') throw new ApiError(400, 'InvalidAPIVersion', `API version ${version} is not supported`);
}

function browserFields(request: ApiRequest): (readonly [string, string])[] {
  const { 'user-agent': userAgent, referer } = request.headers;
  const fields: (readonly [string, string])[] = [];
  if (userAgent !== undefined) fields.push(['__userAgent__', userAgent]);
  if (referer !== undefined) fields.push(['__referer__', referer]);
  return fields;
}
