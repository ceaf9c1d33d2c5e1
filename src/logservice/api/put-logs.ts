import { compressionNamed, decompress } from '../../wire/sls/compression.ts';
import { encodeLogTag } from '../../wire/sls/encode-log-group.ts';
import { isHashKey } from '../../wire/sls/hash-key.ts';
import { compressLz4 } from '../../wire/sls/lz4.ts';
import { ApiError, parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { emptyReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { PathNames } from '../router.ts';
import { checkLogGroup, type TimeRange } from './check-log-group.ts';
import { readJsonLogs } from './read-json-logs.ts';

/** What the Java and Python clients refuse above; the raw LogGroup. */
const MAX_RAW_BYTES = 10 << 20;
/** How far a log may be from the future where times are checked. */
const MAX_AHEAD_SEC = 15 * 60;

/** Stores the one LogGroup of the body in the shard that `key` names, or in any. Answered when it is durable. */
export async function putLogs(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  // Metric stores name the project in the path.
  const store = context.catalog.logStore(names.project ?? request.project, names.logStore);
  const key = routeKey(request);
  const { raw, block } = readBody(context, request);
  const logs = checkLogGroup(raw, timeRange(context));
  if (logs === 0) return emptyReply;
  const { appendMeta } = store.settings;
  const { counters } = context;
  await store.append(
    {
      block: block ?? compressLz4(raw),
      rawBytes: raw.length,
      tags: (receiveTimeSec) => serverTags(receiveTimeSec, appendMeta ? request.clientIp : undefined),
      receiveTimeSec: Math.floor(context.now() / 1000),
    },
    key,
  );
  counters.putGroups++;
  counters.putLogs += logs;
  counters.putRawBytes += raw.length;
  counters.putWireBytes += request.body.length;
  return emptyReply;
}

function routeKey(request: ApiRequest): string | undefined {
  if (!request.path.endsWith('/shards/route')) return undefined;
  const key = parameter(request, 'key');
  if (key === undefined || !isHashKey(key)) throw parameterInvalid('Parameter key is not valid.');
  return key;
}

/** @returns the LogGroup, and the bytes as sent where they are already the LZ4 block that is stored */
function readBody(
  context: ServiceContext,
  request: ApiRequest,
): { readonly raw: Uint8Array; readonly block: Uint8Array | undefined } {
  const { headers, body } = request;
  const contentType = headers['content-type'];
  if (contentType === undefined) throw new ApiError(400, 'MissingContentType', 'Content-Type is missing');
  const json = contentType.startsWith('application/json');
  if (!json && !contentType.startsWith('application/x-protobuf')) {
    throw new ApiError(415, 'InvalidContentType', `Content-Type ${contentType} is not supported`);
  }
  const compresstype = headers['x-log-compresstype'];
  if (compresstype === undefined || compresstype === '') {
    if (body.length > MAX_RAW_BYTES) throw tooLarge(body.length);
    return { raw: json ? readJsonLogs(body.toString('utf8'), context.now()) : body, block: undefined };
  }
  const compression = compressionNamed(compresstype);
  if (compression === undefined) {
    throw new ApiError(400, 'InvalidCompressType', `x-log-compresstype ${compresstype} is not supported`);
  }
  // Many clients send a wrong size where nothing is compressed, so it counts only here.
  const size = headers['x-log-bodyrawsize'];
  if (size === undefined) throw new ApiError(400, 'MissingBodyRawSize', 'x-log-bodyrawsize is missing');
  if (!/^\d{1,10}$/.test(size)) throw new ApiError(400, 'InvalidBodyRawSize', `x-log-bodyrawsize ${size} is not valid`);
  const rawSize = Number(size);
  if (rawSize > MAX_RAW_BYTES) throw tooLarge(rawSize);
  let raw: Uint8Array;
  try {
    raw = decompress(compression, body, rawSize);
  } catch (error) {
    throw new ApiError(400, 'PostBodyUncompressError', (error as Error).message);
  }
  if (json) return { raw: readJsonLogs(Buffer.from(raw).toString('utf8'), context.now()), block: undefined };
  return { raw, block: compression === 'lz4' ? body : undefined };
}

function timeRange(context: ServiceContext): TimeRange | undefined {
  if (context.logTimeWindowMs === undefined) return undefined;
  const nowMs = context.now();
  return {
    from: Math.floor((nowMs - context.logTimeWindowMs) / 1000),
    to: Math.floor(nowMs / 1000) + MAX_AHEAD_SEC,
  };
}

function serverTags(receiveTimeSec: number, clientIp: string | undefined): Uint8Array {
  const receiveTime = encodeLogTag('__receive_time__', String(receiveTimeSec));
  return clientIp === undefined ? receiveTime : Buffer.concat([encodeLogTag('__client_ip__', clientIp), receiveTime]);
}

function tooLarge(bytes: number): ApiError {
  return new ApiError(400, 'PostBodyTooLarge', `the body has ${bytes} raw bytes (up to ${MAX_RAW_BYTES})`);
}
