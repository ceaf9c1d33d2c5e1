import type { SlsClient } from '../client.ts';
import { compress, decompress, type Compression } from '../../../wire/sls/compression.ts';

export interface PutRequest {
  /** One LogGroup. */
  readonly body: Uint8Array;
  readonly compression: Compression | undefined;
  /** 32 hex digits; undefined = the service chooses a shard. */
  readonly hashKey: string | undefined;
}

/** One LogGroup as it is sent. */
export interface PackedGroup {
  readonly bytes: Uint8Array;
  /** Bytes before compression. */
  readonly rawSize: number;
  readonly compression: Compression | undefined;
}

export function pack(body: Uint8Array, compression: Compression | undefined): PackedGroup {
  const bytes = compression === undefined ? body : compress(compression, body);
  return { bytes, rawSize: body.length, compression };
}

/** The LogGroup. */
export function unpack({ bytes, rawSize, compression }: PackedGroup): Uint8Array {
  return compression === undefined ? bytes : decompress(compression, bytes, rawSize);
}

/** `POST …/shards/lb` or `…/shards/route?key=…`: one LogGroup, all or nothing; a repeated request may duplicate it. */
export async function putLogs(client: SlsClient, request: PutRequest): Promise<void> {
  await putPacked(client, pack(request.body, request.compression), request.hashKey);
}

/** As `putLogs`. */
export async function putPacked(client: SlsClient, group: PackedGroup, hashKey: string | undefined): Promise<void> {
  const { bytes, rawSize, compression } = group;
  const base = `/logstores/${client.settings.logStore}/shards`;
  await client.call({
    doing: 'putting logs',
    method: 'POST',
    path: hashKey === undefined ? `${base}/lb` : `${base}/route`,
    ...(hashKey === undefined ? {} : { query: [['key', hashKey]] }),
    ...(compression === undefined ? {} : { headers: { 'x-log-compresstype': compression } }),
    body: bytes,
    contentType: 'application/x-protobuf',
    rawSize,
  });
}
