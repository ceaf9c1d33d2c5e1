import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { pullLogs } from '../../../../src/connectors/sls/api/pull-logs.ts';
import { putLogs } from '../../../../src/connectors/sls/api/put-logs.ts';
import { SlsClient } from '../../../../src/connectors/sls/client.ts';
import { endpointOf } from '../../../../src/connectors/sls/endpoint.ts';
import { ShardPuller } from '../../../../src/connectors/sls/source/puller.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { VARCHAR } from '../../../../src/types/sql-type.ts';
import { encodeCursor } from '../../../../src/wire/sls/cursor.ts';
import { LogGroupDecoder } from '../../../../src/wire/sls/decode-log-groups.ts';
import { encodeLogGroup, encodeLogGroupList } from '../../../../src/wire/sls/encode-log-group.ts';
import { authorizationV1 } from '../../../../src/wire/sls/signature-v1.ts';
import { compressLz4 } from '../../../../src/wire/sls/lz4.ts';

type Step = (request: IncomingMessage, response: ServerResponse) => void;

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that answers its requests with these steps, one after the other; the last one repeats. */
async function scripted(steps: readonly Step[], maxRetries = 3) {
  const seen: { method: string; url: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    const step = steps[Math.min(seen.length, steps.length - 1)]!;
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    request.resume().on('end', () => step(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const told: string[] = [];
  const client = new SlsClient({
    endpoint: endpointOf(`127.0.0.1:${(server.address() as AddressInfo).port}`, 'p'),
    project: 'p',
    logStore: 'l',
    accessId: 'id',
    accessKey: 'secret',
    securityToken: undefined,
    region: undefined,
    maxRetries,
    connectTimeoutMs: 1000,
    requestTimeoutMs: 1000,
    now: Date.now,
    warn: (line) => void told.push(line),
  });
  closers.push(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, seen, told };
}

const fail =
  (status: number, errorCode: string, headers: Record<string, string> = {}): Step =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-log-requestid': 'R1', ...headers });
    response.end(JSON.stringify({ errorCode, errorMessage: 'because' }));
  };
const cut: Step = (_request, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('half');
  setImmediate(() => response.destroy());
};
const empty: Step = (_request, response) => {
  response.writeHead(200, { 'content-length': '0', 'x-log-requestid': 'R1' }).end();
};

const raw = encodeLogGroupList([encodeLogGroup({ logs: [{ time: 1, contents: [['a', 'x'.repeat(200)]] }] })]);
const pulled =
  (body: Uint8Array, more: Record<string, string> = {}): Step =>
  (_request, response) => {
    response.writeHead(200, {
      'content-length': String(body.length),
      'x-log-bodyrawsize': String(raw.length),
      'x-log-compresstype': 'lz4',
      'x-log-count': '1',
      'x-log-cursor': encodeCursor(11n),
      'x-log-end-of-cursor': '1',
      ...more,
    });
    response.end(body);
  };

const put = { body: raw, compression: undefined, hashKey: undefined } as const;

describe('requests', () => {
  it('carry the project in Host, are signed, and announce their sizes', async () => {
    const { client, seen } = await scripted([empty]);
    await putLogs(client, { body: raw, compression: 'lz4', hashKey: 'a'.repeat(32) });
    expect(seen[0]).toMatchObject({ method: 'POST', url: `/logstores/l/shards/route?key=${'a'.repeat(32)}` });
    expect(seen[0]?.headers).toMatchObject({
      host: expect.stringMatching(/^p\.127\.0\.0\.1:\d+$/) as string,
      authorization: expect.stringMatching(/^LOG id:[A-Za-z0-9+/]{27}=$/) as string,
      'x-log-bodyrawsize': String(raw.length),
      'x-log-compresstype': 'lz4',
      'content-type': 'application/x-protobuf',
      'content-md5': expect.stringMatching(/^[0-9A-F]{32}$/) as string,
    });
  });

  it('encode cursors in the address and send them whole', async () => {
    const { client, seen } = await scripted([pulled(compressLz4(raw))]);
    const signal = new AbortController().signal;
    const answer = await pullLogs(client, { shard: 3, cursor: 'MTA=', count: 5, accept: 'lz4', signal });
    expect(seen[0]?.url).toBe('/logstores/l/shards/3?type=logs&cursor=MTA%3D&count=5');
    expect(Buffer.from(answer.body()).equals(Buffer.from(raw))).toBe(true);
  });
});

describe('failed requests', () => {
  it.each<[string, Step]>([
    ['500', fail(500, 'InternalServerError')],
    ['503', fail(503, 'ServerBusy')],
    ['throttling', fail(403, 'ShardWriteQuotaExceed')],
    ['an answer that breaks off', cut],
    ['a closed connection', (_request, response) => void response.destroy()],
  ])('are repeated after %s', async (_name, step) => {
    const { client, seen } = await scripted([step, empty]);
    await putLogs(client, put);
    expect(seen.length).toBe(2);
  });

  it.each<[number, string, string]>([
    [400, 'PostBodyInvalid', 'SLS_REQUEST'],
    [404, 'LogStoreNotExist', 'SLS_NOT_FOUND'],
    [401, 'Unauthorized', 'SLS_UNAUTHORIZED'],
    [400, 'InvalidCursor', 'SLS_CURSOR'],
  ])('are not repeated after %s %s', async (status, serviceCode, code) => {
    const { client, seen } = await scripted([fail(status, serviceCode), empty]);
    await expect(putLogs(client, put)).rejects.toMatchObject({ code, serviceCode, status, retry: 'never' });
    expect(seen.length).toBe(1);
  });

  it('give up after maxRetries with the last reason, and say that they wait', async () => {
    const { client, seen, told } = await scripted([empty, fail(500, 'InternalServerError')], 2);
    await putLogs(client, put);
    await expect(putLogs(client, put)).rejects.toMatchObject({
      code: 'SLS_SERVER',
      retry: 'backoff',
      detail: 'putting logs: InternalServerError, because (request R1)',
    });
    expect(seen.length).toBe(4);
    expect(told.length).toBe(1);
    expect(told[0]).toMatch(/failed while putting logs: InternalServerError, attempt 2, next in 400 ms$/);
  });

  it('take the time of a server that refuses ours, once', async () => {
    const date = new Date(Date.now() + 7_200_000).toUTCString();
    const { client, seen } = await scripted([fail(400, 'RequestTimeExpired', { date }), empty]);
    await putLogs(client, put);
    expect(Math.abs(Date.parse(seen[1]?.headers.date ?? '') - Date.parse(date))).toBeLessThan(3000);
    const never = await scripted([fail(400, 'RequestTimeExpired', { date })]);
    await expect(putLogs(never.client, put)).rejects.toMatchObject({ code: 'SLS_UNAUTHORIZED' });
    expect(never.seen.length).toBe(2);
  });

  it('end when the client is closed', async () => {
    const { client } = await scripted([fail(500, 'InternalServerError')], 100);
    const failing = putLogs(client, put);
    await client.close();
    await expect(failing).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });
});

describe('a pull answer that arrives damaged', () => {
  const puller = (client: SlsClient) =>
    new ShardPuller({
      client,
      shard: 0,
      readOnly: () => false,
      start: encodeCursor(10n),
      stop: undefined,
      decoder: new LogGroupDecoder({
        schema: schema([field('a', VARCHAR)]),
        origins: [{ kind: 'content', key: 'a' }],
        timeZone: 'UTC',
      }),
      count: 10,
      accept: 'lz4',
      query: undefined,
      fetchIntervalMs: 0,
      maxRate: undefined,
      signal: new AbortController().signal,
      recover: (error) => Promise.reject(error),
    });
  const good = compressLz4(raw);
  const bad = good.slice();
  bad[good.length - 3] = 0xff;

  it('is asked for again, and its rows come once', async () => {
    const { client, seen } = await scripted([pulled(good.slice(0, 10)), pulled(good)]);
    const result = await puller(client).read();
    expect(result.batches.map((batch) => batch.size)).toEqual([1]);
    expect(result.position).toBe(encodeCursor(11n));
    expect(seen[1]?.url).toBe(seen[0]?.url);
  });

  it('again and again fails the read and leaves the position', async () => {
    const { client, seen } = await scripted([pulled(good.slice(0, 10))]);
    await expect(puller(client).read()).rejects.toMatchObject({ code: 'SLS_BODY_CORRUPT', where: ['shard 0'] });
    expect(seen.length).toBe(6);
  });

  it('five times in a row is waited out', async () => {
    const damaged = pulled(good.slice(0, 10));
    const { client } = await scripted([damaged, damaged, damaged, damaged, damaged, pulled(good)]);
    expect((await puller(client).read()).batches.map((batch) => batch.size)).toEqual([1]);
  });
});

describe('a pull with a filter of the service', () => {
  it('sends the text encoded once and signs the decoded one, whatever is in it', async () => {
    const { client, seen } = await scripted([empty]);
    const query = "* | where msg = 'a b+c&d=e/中%20'";
    const request = { shard: 0, cursor: encodeCursor(10n), count: 10, accept: 'lz4', query };
    await pullLogs(client, { ...request, signal: new AbortController().signal }).catch(() => undefined);
    const { url, headers } = seen[0]!;
    const sent = new URL(url, 'http://p');
    expect(sent.searchParams.get('query')).toBe(query);
    expect(sent.searchParams.get('pullMode')).toBe('scan_on_stream');
    const decoded = [...sent.searchParams].map(([name, value]) => [name, value] as const);
    const { authorization = '', ...others } = headers as Record<string, string>;
    const expected = authorizationV1(
      { method: 'GET', path: sent.pathname, query: decoded, headers: others },
      { id: 'id', secret: 'secret' },
    );
    expect(authorization).toBe(expected);
  });

  it('moves on although nothing passed it', async () => {
    const nothing: Step = (_request, response) => {
      const headers = { 'x-log-bodyrawsize': '0', 'x-log-count': '0', 'x-log-end-of-cursor': '0' };
      response.writeHead(200, { ...headers, 'x-log-cursor': encodeCursor(500n), 'content-length': '0' }).end();
    };
    const { client } = await scripted([nothing]);
    const pull = { shard: 0, cursor: encodeCursor(10n), count: 10, accept: 'lz4', query: '* | where false' };
    expect((await pullLogs(client, { ...pull, signal: new AbortController().signal })).nextCursor).toBe(
      encodeCursor(500n),
    );
  });
});
