import type { SlsClient } from '../client.ts';
import { compress, type Compression } from '../../../wire/sls/compression.ts';

export interface PutRequest {
  /** One LogGroup. */
  readonly body: Uint8Array;
  readonly compression: Compression | undefined;
  /** 32 hex digits; undefined = the service chooses a shard. */
  readonly hashKey: string | undefined;
}

/** `POST …/shards/lb` or `…/shards/route?key=…`: one LogGroup, all or nothing; a repeated request may duplicate it. */
export async function putLogs(client: SlsClient, request: PutRequest): Promise<void> {
  const { body, compression, hashKey } = request;
  const packed = compression === undefined ? body : compress(compression, body);
  const base = `/logstores/${client.settings.logStore}/shards`;
  await client.call({
    doing: 'putting logs',
    method: 'POST',
    path: hashKey === undefined ? `${base}/lb` : `${base}/route`,
    ...(hashKey === undefined ? {} : { query: [['key', hashKey]] }),
    ...(compression === undefined ? {} : { headers: { 'x-log-compresstype': compression } }),
    body: packed,
    contentType: 'application/x-protobuf',
    rawSize: body.length,
  });
}
