import { canCompressZstd, compress, compressionNamed } from '../../wire/sls/compression.ts';
import { decodeCursor } from '../../wire/sls/cursor.ts';
import { decompressLz4 } from '../../wire/sls/lz4.ts';
import { invalidCursor, parameterInvalid } from '../api-error.ts';
import type { ServiceContext } from '../context.ts';
import { integerParameter, parameter, type ApiReply, type ApiRequest } from '../http/api-request.ts';
import { spliceRecords, type LogSlice } from '../storage/lz4-splice.ts';
import type { Shard } from '../model/shard.ts';
import type { PathNames } from '../router.ts';
import { receiveTimeAt } from './cursors.ts';
import { findShard, ordinalAt } from './find-shard.ts';
import { storedZstd } from './zstd-stored.ts';

const MOST_GROUPS = 1000;
const USUAL_GROUPS = 100;

/** The next groups of a shard from a cursor, at once and never more than asked; HEAD moves the cursor without data. */
export async function pullLogs(context: ServiceContext, request: ApiRequest, names: PathNames): Promise<ApiReply> {
  const shard = findShard(context, request, names);
  const { log } = shard;
  const count = integerParameter(request, 'count', USUAL_GROUPS);
  if (count < 1 || count > MOST_GROUPS) throw parameterInvalid('Invalid loggroup count, (0,1000]');
  if (parameter(request, 'query') !== undefined || parameter(request, 'processor') !== undefined) {
    throw parameterInvalid('this service does not filter pulls by query or processor');
  }
  const charge = context.quota?.read(request.project ?? '', shard);
  const from = ordinalAt(shard, parameter(request, 'cursor'));
  // The Rust SDK writes endCursor.
  const stop = stopOrdinal(shard, parameter(request, 'end_cursor') ?? parameter(request, 'endCursor'), from);
  const to = log.endOfRead(from, Math.min(from + count, stop), context.pullMaxBytes);
  const headers: Record<string, string> = {
    'content-type': 'application/x-protobuf',
    'x-log-count': String(to - from),
    'x-log-cursor': shard.cursorOf(to),
    'x-log-cursor-time': String(receiveTimeAt(shard, Math.max(to - 1, log.firstOrdinal), context.now())),
    'x-log-end-of-cursor': to >= stop ? '1' : '0',
    'x-log-bodyrawsize': '0',
  };
  if (to === from) return { headers };
  headers['x-log-read-last-cursor'] = shard.positionOf(to - 1).toString();

  const slice = await readRecords(shard, from, to, parameter(request, 'cursor') ?? '');
  const block = spliceRecords(slice);
  headers['x-log-bodyrawsize'] = String(slice.rawBytes);
  const { compresstype, body } = encode(request.headers['accept-encoding'], block, slice.rawBytes);
  if (compresstype !== undefined) headers['x-log-compresstype'] = compresstype;
  charge?.(slice.rawBytes);
  const { counters } = context;
  counters.pullGroups += to - from;
  counters.pullRawBytes += slice.rawBytes;
  counters.pullWireBytes += body.length;
  return { headers, body };
}

async function readRecords(shard: Shard, from: number, to: number, cursor: string): Promise<LogSlice> {
  try {
    return await shard.log.read(from, to);
  } catch (error) {
    // Retention took the file away meanwhile.
    if (from < shard.log.firstOrdinal) throw invalidCursor(cursor);
    throw error;
  }
}

function stopOrdinal(shard: Shard, cursor: string | undefined, from: number): number {
  const end = shard.log.endOrdinal;
  if (cursor === undefined) return end;
  const position = decodeCursor(cursor);
  if (position === undefined) throw invalidCursor(cursor);
  const stop = position - shard.positionOf(0);
  if (stop >= BigInt(end)) return end;
  return Math.max(from, Number(stop));
}

/** The first compression of `Accept-Encoding` that is one of the protocol's; groups are kept as LZ4. */
function encode(
  accepted: string | undefined,
  block: Buffer,
  rawBytes: number,
): { readonly compresstype: string | undefined; readonly body: Uint8Array } {
  const known = (accepted ?? '').split(',').map((name) => compressionNamed(name.replace(/;.*$/, '')));
  const compresstype = known.find((name) => name !== undefined);
  if (compresstype === 'lz4') return { compresstype, body: block };
  const raw = decompressLz4(block, rawBytes);
  if (compresstype === undefined) return { compresstype, body: raw };
  const body = compresstype === 'zstd' && !canCompressZstd() ? storedZstd(raw) : compress(compresstype, raw);
  return { compresstype, body };
}
