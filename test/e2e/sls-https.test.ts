import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { cliIsBuilt, runCli } from '../support/run-cli.ts';

const file = (name: string): string => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));
const certificate = file('test-cert.pem');

let service: LogService;
let server: Server;
let address: string;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/a:2'] });
  const options = { cert: readFileSync(certificate), key: readFileSync(file('test-key.pem')) };
  // Header lines pass as they are: the signature covers them.
  server = createServer(options, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const forwarded = request({ host: '127.0.0.1', port: service.port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await service.close();
});

describe.skipIf(!cliIsBuilt)('a log service behind https://', () => {
  const script = (rest: string): string => `CREATE TABLE a (n INT) WITH (type='sls', endPoint='${address}', project='p',
    logStore='a', accessId='sluice', accessKey='sluice', startTime='2020-01-01 00:00:00',
    stopTime='2100-01-01 00:00:00');\n${rest}`;
  const extra = { NODE_EXTRA_CA_CERTS: certificate, NO_COLOR: '1' };

  it('is written and read by the command line where its certificate is trusted', async () => {
    const write = await runCli(['run', '-'], { input: script('INSERT INTO a VALUES (1), (2), (3);'), env: extra });
    expect(write, write.stderr).toMatchObject({ code: 0 });
    const read = await runCli(['query', '--format', 'csv', '--file', '-', 'SELECT SUM(n) AS s, COUNT(*) AS c FROM a'], {
      input: script(''),
      env: extra,
    });
    expect(read.stdout, read.stderr).toBe('s,c\n6,3\n');
  });

  it('whose certificate is not trusted is an error that says so, at once', async () => {
    const read = await runCli(['run', '-'], {
      input: script('INSERT INTO a VALUES (1);'),
      env: { NODE_EXTRA_CA_CERTS: '', NO_COLOR: '1' },
    });
    expect(read.code).toBe(1);
    expect(read.stderr).toBe(
      `error[SLS_UNREACHABLE]: log service at ${address} cannot be reached: its certificate is not trusted: self-signed certificate
detail: describing the log store
hint: Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of its authority, and use a host name in endPoint that the certificate is made for.
  in <stdin> › a/sink
`,
    );
  });
});
