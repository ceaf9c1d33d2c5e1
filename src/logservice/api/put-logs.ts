import { compressionNamed, decompress, type Compression } from '../../wire/sls/compression.ts';
import { encodeLogTag } from '../../wire/sls/encode-log-group.ts';
import { isHashKey } from '../../wire/sls/hash-key.ts';
import { compressLz4 } from '../../wire/sls/lz4.ts';
import { ApiError, parameterInvalid, postBodyInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { emptyReply, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import type { LogStore } from '../model/log-store.ts';
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
  const wireBytes = request.body.length;
  const contentType = request.headers['content-type'];
  if (contentType === undefined) throw new ApiError(400, 'MissingContentType', 'Content-Type is missing');
  const json = contentType.startsWith('application/json');
  if (!json && !contentType.startsWith('application/x-protobuf')) {
    throw new ApiError(415, 'InvalidContentType', `Content-Type ${contentType} is not supported`);
  }
  const { body, compression } = expandBody(request, MAX_RAW_BYTES);
  if (json) {
    const raw = readJsonLogs(Buffer.from(body).toString('utf8'), context.now());
    await storeLogGroup(context, request, store, { raw, key, wireBytes });
  } else {
    const block = compression === 'lz4' ? request.body : undefined;
    await storeLogGroup(context, request, store, { raw: body, block, key, wireBytes });
  }
  return emptyReply;
}

export interface IncomingGroup {
  readonly raw: Uint8Array;
  /** The LZ4 block of `raw` where it came so: it is stored as it is. */
  readonly block?: Uint8Array | undefined;
  /** Hash key; absent: any shard. */
  readonly key?: string | undefined;
  readonly wireBytes: number;
  readonly mostLogs?: number;
}

/** Checks a LogGroup and stores it; resolved when it is durable. An empty group is taken and not stored. */
export async function storeLogGroup(
  context: ServiceContext,
  request: ApiRequest,
  store: LogStore,
  { raw, block, key, wireBytes, mostLogs }: IncomingGroup,
): Promise<void> {
  const logs = checkLogGroup(raw, timeRange(context));
  if (logs === 0) return;
  if (mostLogs !== undefined && logs > mostLogs) throw postBodyInvalid(`the body has more than ${mostLogs} logs`);
  const { appendMeta } = store.settings;
  const { counters, quota } = context;
  await store.append(
    {
      block: block ?? compressLz4(raw),
      rawBytes: raw.length,
      tags: (receiveTimeSec) => serverTags(receiveTimeSec, appendMeta ? request.clientIp : undefined),
      receiveTimeSec: Math.floor(context.now() / 1000),
    },
    key,
    quota === undefined ? undefined : (shard) => quota.write(request.project ?? '', shard, raw.length),
  );
  counters.putGroups++;
  counters.putLogs += logs;
  counters.putRawBytes += raw.length;
  counters.putWireBytes += wireBytes;
}

/** The body, decompressed as its headers say. */
export function expandBody(
  request: ApiRequest,
  mostRawBytes: number,
): { readonly body: Uint8Array; readonly compression: Compression | undefined } {
  const { headers, body } = request;
  const compresstype = headers['x-log-compresstype'];
  if (compresstype === undefined || compresstype === '') {
    if (body.length > mostRawBytes) throw tooLarge(body.length, mostRawBytes);
    return { body, compression: undefined };
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
  if (rawSize > mostRawBytes) throw tooLarge(rawSize, mostRawBytes);
  try {
    return { body: decompress(compression, body, rawSize), compression };
  } catch (error) {
    throw new ApiError(400, 'PostBodyUncompressError', (error as Error).message);
  }
}

function routeKey(request: ApiRequest): string | undefined {
  if (!request.path.endsWith('/shards/route')) return undefined;
  const key = parameter(request, 'key');
  if (key === undefined || !isHashKey(key)) throw parameterInvalid('Parameter key is not valid.');
  return key;
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

function tooLarge(bytes: number, most: number): ApiError {
  return new ApiError(400, 'PostBodyTooLarge', `the body has ${bytes} raw bytes (up to ${most})`);
}
