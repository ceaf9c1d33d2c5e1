import { WireError } from '../../../errors/sluice-error.ts';
import type { SlsClient } from '../client.ts';
import { compressionNamed, decompress } from '../../../wire/sls/compression.ts';
import { damagedHint } from '../../../wire/sls/damaged-hint.ts';
import type { Loan, Lz4Arena } from '../../../wire/sls/lz4-arena.ts';
import { badAnswer } from './read-json.ts';

export interface PullRequest {
  readonly shard: number;
  readonly cursor: string;
  /** Log groups at most, 1 … 1000. */
  readonly count: number;
  /** Exclusive. */
  readonly endCursor?: string | undefined;
  /** SPL that the service applies. */
  readonly query?: string | undefined;
  /** What the body may be compressed with; empty = not at all. */
  readonly accept: string;
  readonly signal: AbortSignal;
}

export interface Pulled {
  /** Where the next pull begins. */
  readonly nextCursor: string;
  /** Log groups in the body. */
  readonly groupCount: number;
  /** Bytes of the LogGroupList. */
  readonly rawSize: number;
  /** Whether the read reached the end of the shard (or `endCursor`); undefined where the service does not say. */
  readonly atEnd: boolean | undefined;
  /** Receive time of the data at the next cursor, epoch ms. */
  readonly cursorTimeMs: number | undefined;
  readonly serverTimeMs: number | undefined;
  /** Expands the LogGroupList. @throws WireError SLS_BODY_CORRUPT */
  body(): Uint8Array;
  /** The same in memory of the arena, where it can hold it; in place of `body`, once. @throws WireError SLS_BODY_CORRUPT */
  lend(arena: Lz4Arena): Loan;
}

const EMPTY_PACKED_BYTES = 16;

/** `GET …/shards/N?type=logs`: answered at once, with or without data. The body is expanded on demand only. */
export async function pullLogs(client: SlsClient, request: PullRequest): Promise<Pulled> {
  const doing = `pulling logs of shard ${request.shard}`;
  const query: [string, string][] = [
    ['type', 'logs'],
    ['cursor', request.cursor],
    ['count', String(request.count)],
  ];
  if (request.endCursor !== undefined) query.push(['end_cursor', request.endCursor]);
  if (request.query !== undefined) query.push(['query', request.query], ['pullMode', 'scan_on_stream']);
  const answer = await client.call({
    doing,
    method: 'GET',
    path: `/logstores/${client.settings.logStore}/shards/${request.shard}`,
    query,
    headers: { accept: 'application/x-protobuf', 'accept-encoding': request.accept },
    signal: request.signal,
  });
  const nextCursor = answer.header('x-log-cursor');
  const groupCount = Number(answer.header('x-log-count') ?? 'NaN');
  if (nextCursor === undefined || !Number.isInteger(groupCount)) throw badAnswer(doing, answer.status);
  const packedWith = answer.header('x-log-compresstype') ?? '';
  const rawSize = Number(answer.header('x-log-bodyrawsize') ?? answer.body.length);
  // Some bytes make up an empty packed body.
  if (!Number.isInteger(rawSize) || rawSize < 0 || (rawSize === 0 && answer.body.length > EMPTY_PACKED_BYTES)) {
    throw badAnswer(doing, answer.status);
  }
  const end = answer.header('x-log-end-of-cursor');
  const timeSec = Number(answer.header('x-log-cursor-time') ?? 'NaN');
  const body = (): Uint8Array => {
    if (packedWith === '' || (answer.body.length === 0 && rawSize === 0)) {
      if (answer.body.length !== rawSize) throw wrongSize(answer.body.length, rawSize);
      return answer.body;
    }
    const compression = compressionNamed(packedWith);
    if (compression === undefined) throw badAnswer(doing, answer.status);
    return decompress(compression, answer.body, rawSize, { headroom: answer.headroom });
  };
  return {
    nextCursor,
    groupCount,
    rawSize,
    atEnd: end === undefined ? undefined : end === '1',
    cursorTimeMs: Number.isFinite(timeSec) ? timeSec * 1000 : undefined,
    serverTimeMs: answer.serverTimeMs,
    body,
    lend: (arena) => {
      const lent = compressionNamed(packedWith) === 'lz4' ? arena.decompress(answer.body, rawSize) : undefined;
      if (lent === undefined) return { bytes: body(), scratch: undefined, release: () => {} };
      answer.recycle();
      return lent;
    },
  };
}

function wrongSize(found: number, announced: number): WireError {
  return new WireError('SLS_BODY_CORRUPT', `the body has ${found} bytes and ${announced} were announced`, {
    domain: 'external',
    retry: 'backoff',
    hint: damagedHint,
  });
}
