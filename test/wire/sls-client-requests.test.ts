import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createConsumerGroup,
  heartbeat,
  listCheckpoints,
  updateCheckpoint,
} from '../../src/connectors/sls/api/consumer-groups.ts';
import { pullLogs } from '../../src/connectors/sls/api/pull-logs.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { SlsClient } from '../../src/connectors/sls/client.ts';
import { signV1 } from '../../src/wire/sls/signature-v1.ts';

/** Requests as the Python SDK 0.9.47 sends them (sls-protocol, section 11): key "ak", secret "sk". */
const DATE = 'Sat, 21 Nov 2026 03:10:24 GMT';

interface Captured {
  readonly method: string;
  /** Path and query as they are signed: decoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signature: string;
}

const json = { 'content-type': 'application/json' };
const captured = {
  createConsumerGroup: {
    method: 'POST',
    path: '/logstores/ls/consumergroups',
    query: [],
    headers: { ...json, 'content-md5': 'FA0CD86DB9F8672BE74C3CC8FE103D76', 'x-log-bodyrawsize': '0' },
    body: '{"consumerGroup": "g", "timeout": 60, "order": false}',
    signature: 'IgGrp1rti/vgi3G95Co07nXHrO0=',
  },
  updateCheckpoint: {
    method: 'POST',
    path: '/logstores/ls/consumergroups/g',
    query: [
      ['type', 'checkpoint'],
      ['consumer', 'c-1'],
      ['forceSuccess', 'True'],
    ],
    headers: { ...json, 'content-md5': '7E5BC64662B59CF8DE3D67D0CD21B629' },
    body: '{"shard": 0, "checkpoint": "MTAw"}',
    signature: 'qK3uSjZZd4gx3yG4FJ+nB20a7YE=',
  },
  heartbeat: {
    method: 'POST',
    path: '/logstores/ls/consumergroups/g',
    query: [
      ['type', 'heartbeat'],
      ['consumer', 'c-1'],
    ],
    headers: { ...json, 'content-md5': '264884439B70AB09A86BC848421C6DE6' },
    body: '[0, 1]',
    signature: 'blzJHKhuXZuOEZzeMguozAvtucY=',
  },
} satisfies Record<string, Captured>;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const sent: Sent[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const url = new URL(request.url ?? '', 'http://p');
    const query = [...url.searchParams];
    const { method = '', headers } = request;
    sent.push({ method, path: url.pathname, query, headers, body: Buffer.concat(chunks) });
    const kind = url.searchParams.get('type');
    const answer = kind === 'heartbeat' ? '[0,1]' : method === 'GET' ? '[]' : '';
    response.writeHead(200, { 'content-length': answer.length, 'x-log-count': '0', 'x-log-cursor': 'MTAw' }).end(answer);
  });
});
let client: SlsClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new SlsClient({
    // The host as it was recorded.
    endpoint: {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      host: 'proj.sls.local',
      address: 'http://sls.local',
    },
    project: 'proj',
    logStore: 'ls',
    accessId: 'ak',
    accessKey: 'sk',
    securityToken: undefined,
    region: undefined,
    maxRetries: 0,
    connectTimeoutMs: 5000,
    requestTimeoutMs: 5000,
    now: () => Date.parse(DATE),
    warn: () => undefined,
  });
});
afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function sentBy(act: () => Promise<unknown>): Promise<Sent> {
  sent.length = 0;
  await act();
  expect(sent.length).toBe(1);
  return sent[0]!;
}

/** The same request: place, parameters, what the body says, and the headers the service looks at. */
function expectSame(ours: Sent, theirs: Captured): void {
  expect(ours).toMatchObject({ method: theirs.method, path: theirs.path });
  expect(JSON.parse(ours.body.toString())).toEqual(JSON.parse(theirs.body));
  const { headers } = ours;
  expect(headers).toMatchObject({
    'content-type': theirs.headers['content-type'],
    'x-log-apiversion': '0.6.0',
    'x-log-signaturemethod': 'hmac-sha1',
    'x-log-bodyrawsize': String(ours.body.length),
    'content-length': String(ours.body.length),
    date: DATE,
    host: 'proj.sls.local',
  });
  const { authorization, ...others } = headers as Record<string, string>;
  const signed = { method: ours.method, path: ours.path, query: ours.query, headers: others };
  expect(authorization).toBe(`LOG ak:${signV1(signed, 'sk')}`);
}

describe('requests of our client', () => {
  it.each(Object.entries(captured))('the recorded %s verifies', (_name, { method, path, query, headers, signature }) => {
    const common = { date: DATE, 'x-log-apiversion': '0.6.0', 'x-log-signaturemethod': 'hmac-sha1', 'x-log-date': DATE };
    expect(signV1({ method, path, query, headers: { ...common, ...headers } }, 'sk')).toBe(signature);
  });

  it('create a consumer group as the recorded one does', async () => {
    const ours = await sentBy(() => createConsumerGroup(client, { name: 'g', timeoutSec: 60, order: false }));
    expectSame(ours, captured.createConsumerGroup);
    expect(ours.query).toEqual([]);
  });

  it('store a checkpoint as the recorded one does', async () => {
    const progress = { shard: 0, cursor: 'MTAw' };
    // Python spells its booleans with a capital; the service takes both.
    const forced = await sentBy(() => updateCheckpoint(client, 'g', progress));
    expectSame(forced, captured.updateCheckpoint);
    expect(forced.query).toEqual([
      ['type', 'checkpoint'],
      ['forceSuccess', 'true'],
    ]);
    // With the name of a member it must not be forced: that would take the shard from whoever holds it now.
    const owned = await sentBy(() => updateCheckpoint(client, 'g', { ...progress, consumer: 'c-1' }));
    expectSame(owned, captured.updateCheckpoint);
    expect(owned.query).toEqual([
      ['type', 'checkpoint'],
      ['consumer', 'c-1'],
      ['forceSuccess', 'false'],
    ]);
  });

  it('read checkpoints from the place they are stored at', async () => {
    const ours = await sentBy(() => listCheckpoints(client, 'g'));
    expect([ours.method, ours.path, ours.query]).toEqual(['GET', captured.updateCheckpoint.path, []]);
    expect(ours.body.length).toBe(0);
  });

  it('send a heartbeat as the recorded one does', async () => {
    const ours = await sentBy(() => heartbeat(client, 'g', 'c-1', [0, 1]));
    expectSame(ours, captured.heartbeat);
    expect(ours.query).toEqual(captured.heartbeat.query);
  });

  it('pull as the recorded one does, with "logs" for "log"', async () => {
    const signal = new AbortController().signal;
    const ours = await sentBy(() => pullLogs(client, { shard: 0, cursor: 'MTAw', count: 10, accept: '', signal }));
    expect(ours).toMatchObject({ method: 'GET', path: '/logstores/ls/shards/0' });
    expect(ours.query).toEqual([
      ['type', 'logs'],
      ['cursor', 'MTAw'],
      ['count', '10'],
    ]);
    expect(ours.headers).toMatchObject({
      'accept-encoding': '',
      accept: 'application/x-protobuf',
      'x-log-bodyrawsize': '0',
    });
  });

  it('put the recorded bytes to the recorded place', async () => {
    const body = Buffer.from('0a130880e2cfaa0612060a016b120176250098892a1a03746f702203737263', 'hex');
    const ours = await sentBy(() => putLogs(client, { body, compression: undefined, hashKey: undefined }));
    expect(ours).toMatchObject({ method: 'POST', path: '/logstores/ls/shards/lb', query: [] });
    expect(ours.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'x-log-bodyrawsize': '31',
      'content-md5': 'C0312CF7B4FC6EB281B8D24F2997008B',
    });
    expect(ours.headers['x-log-compresstype']).toBeUndefined();
    expect(body.equals(ours.body)).toBe(true);
  });
});
