import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { SlsClient, type ClientSettings } from '../../src/connectors/sls/client.ts';
import { openConnections } from '../../src/connectors/sls/connections.ts';
import { endpointOf } from '../../src/connectors/sls/endpoint.ts';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { cliIsBuilt, runCli } from '../support/run-cli.ts';

const file = (name: string): string => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));

let service: LogService;
let proxy: Server;
let seen: string[];
let credentials: (string | undefined)[];
const sockets = new Set<Socket>();

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/a:2'] });
  // Every name leads to the service: what the client itself resolves would fail.
  proxy = createHttpServer((incoming, outgoing) => {
    const target = new URL(incoming.url ?? '');
    seen.push(`${incoming.method ?? ''} ${target.host}${target.pathname}`);
    credentials.push(incoming.headers['proxy-authorization']);
    if (target.host.startsWith('forbidden')) return void outgoing.writeHead(403).end('no');
    const options = {
      host: '127.0.0.1',
      port: service.port,
      method: incoming.method,
      path: target.pathname + target.search,
    };
    const { 'proxy-authorization': _own, ...headers } = incoming.headers;
    const forwarded = httpRequest({ ...options, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  proxy.on('connect', (incoming: { url?: string }, client: Socket, head: Buffer) => {
    seen.push(`CONNECT ${incoming.url ?? ''}`);
    const port = Number(/:(\d+)$/.exec(incoming.url ?? '')?.[1]);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => client.destroy());
    }
  });
  await listen(proxy);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await service.close();
});
beforeEach(() => {
  seen = [];
  credentials = [];
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toLowerCase(), undefined);
  }
});
afterEach(() => void vi.unstubAllEnvs());

async function shardsAt(endPoint: string, more: Partial<ClientSettings> = {}): Promise<number> {
  const client = new SlsClient({
    endpoint: endpointOf(endPoint, 'p'),
    project: 'p',
    logStore: 'a',
    accessId: 'sluice',
    accessKey: 'sluice',
    securityToken: undefined,
    region: undefined,
    maxRetries: 0,
    connectTimeoutMs: 5000,
    requestTimeoutMs: 5000,
    now: Date.now,
    warn: () => undefined,
    ...more,
  });
  try {
    return (await listShards(client)).length;
  } finally {
    await client.close();
  }
}

describe('a proxy', () => {
  it('of the option is asked for every address, with its name and password', async () => {
    const address = `http://user:pass%20word@127.0.0.1:${portOf(proxy)}`;
    expect(await shardsAt('http://sls.invalid', { proxy: address })).toBe(2);
    expect(seen).toEqual(['GET p.sls.invalid/logstores/a/shards']);
    expect(credentials).toEqual([`Basic ${Buffer.from('user:pass word').toString('base64')}`]);
    // Also for a local one, and without http:// in front.
    expect(await shardsAt(service.url, { proxy: `127.0.0.1:${portOf(proxy)}` })).toBe(2);
    expect(seen.length).toBe(2);
  });

  it('of the environment is asked where NO_PROXY does not except the address', async () => {
    vi.stubEnv('http_proxy', `http://127.0.0.1:${portOf(proxy)}`);
    expect(await shardsAt('http://sls.invalid')).toBe(2);
    expect(seen).toEqual(['GET p.sls.invalid/logstores/a/shards']);
    vi.stubEnv('NO_PROXY', 'elsewhere.test,.sls.invalid');
    await expect(shardsAt('http://sls.invalid')).rejects.toMatchObject({ code: 'SLS_UNREACHABLE' });
    expect(seen.length).toBe(1);
  });

  it('of the environment is left out for loopback addresses and with proxy = none', async () => {
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${portOf(proxy)}`);
    expect(await shardsAt(service.url)).toBe(2);
    await expect(shardsAt('http://sls.invalid', { proxy: 'none' })).rejects.toMatchObject({ code: 'SLS_UNREACHABLE' });
    expect(seen).toEqual([]);
  });

  it('of HTTPS_PROXY is for https only', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://secure.test:3128');
    const settings = { connectTimeoutMs: 1000, requestTimeoutMs: 1000 };
    const named = async (origin: string): Promise<string | undefined> => {
      const { dispatcher, proxy: used } = await openConnections(settings, origin);
      await dispatcher.destroy();
      return used;
    };
    expect(await named('https://p.sls.test')).toBe('secure.test:3128');
    expect(await named('http://p.sls.test')).toBeUndefined();
    for (const [list, used] of [
      ['p.sls.test', undefined],
      ['*', undefined],
      ['a.test, *.sls.test', undefined],
      ['sls.test:443', undefined],
      ['sls.test:8443', 'secure.test:3128'],
      ['ls.test', 'secure.test:3128'],
    ] as const) {
      vi.stubEnv('NO_PROXY', list);
      expect([list, await named('https://p.sls.test')]).toEqual([list, used]);
    }
  });

  it('that cannot be reached or refuses is named, its password never', async () => {
    const gone = await shardsAt('http://sls.invalid', { proxy: 'http://user:geheimnis@127.0.0.1:9' }).then(
      () => undefined,
      (error: unknown) => error as Error & { hint?: string },
    );
    expect(gone).toMatchObject({ code: 'SLS_UNREACHABLE' });
    expect(gone?.hint).toContain('Requests go through the proxy 127.0.0.1:9 (option proxy');
    expect(`${JSON.stringify(gone)}${String(gone?.stack)}`).not.toContain('geheimnis');
    const refusing = shardsAt('http://refused.invalid', {
      endpoint: endpointOf('http://x.invalid', 'forbidden'),
      proxy: `127.0.0.1:${portOf(proxy)}`,
    });
    await expect(refusing).rejects.toMatchObject({ domain: 'external', status: 403 });
  });

  it('is refused when the table is declared if its address is none, without repeating it', async () => {
    const engine = await Engine.open({ onWarning: () => undefined });
    const table = (address: string): string =>
      `CREATE TABLE t (n INT) WITH (type='sls', endPoint='${service.url}', project='p', logStore='a',
        accessId='sluice', accessKey='sluice', proxy='${address}'); SELECT n FROM t`;
    await expect(engine.check(table('ftp://user:geheimnis@host'))).rejects.toThrow('the address of the proxy is none');
    await expect(engine.check(table('ftp://user:geheimnis@host'))).rejects.not.toThrow('geheimnis');
    await engine.close();
  });

  it.skipIf(!cliIsBuilt)('tunnels to a log service behind https://', async () => {
    const options = { cert: readFileSync(file('test-cert.pem')), key: readFileSync(file('test-key.pem')) };
    const secure = createHttpsServer(options, (incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const forwarded = httpRequest({ host: '127.0.0.1', port: service.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    await listen(secure);
    try {
      const script = `CREATE TABLE a (n INT) WITH (type='sls', endPoint='https://127.0.0.1:${portOf(secure)}', project='p',
        logStore='a', accessId='sluice', accessKey='sluice', proxy='http://127.0.0.1:${portOf(proxy)}');
        INSERT INTO a VALUES (1), (2);`;
      const env = { NODE_EXTRA_CA_CERTS: file('test-cert.pem'), NO_COLOR: '1' };
      const run = await runCli(['run', '-'], { input: script, env });
      expect(run, run.stderr).toMatchObject({ code: 0 });
      expect(new Set(seen)).toEqual(new Set([`CONNECT 127.0.0.1:${portOf(secure)}`]));
    } finally {
      secure.closeAllConnections();
      await new Promise((resolve) => secure.close(resolve));
    }
  });
});
