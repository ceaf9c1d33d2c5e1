import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

type Headers = Record<string, string>;

/** What becomes of an answer with logs: other bytes or headers, another status, or the connection cut within the body. */
export type Damage = (body: Buffer, headers: Headers) => Partial<Mangled> | 'cut';

interface Mangled {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Headers;
}

export interface BrokenProxy {
  readonly url: string;
  damage: Damage;
  close(): Promise<void>;
}

/** Stands between a client and a log service and damages the answers of pulls that hold logs. */
export async function startBrokenProxy(target: string): Promise<BrokenProxy> {
  const { hostname, port } = new URL(target);
  const proxy: { damage: Damage } = { damage: () => ({}) };
  const server = createServer((asked, answer) => {
    const { method, url = '', headers } = asked;
    const forward = request({ hostname, port, method, path: url, headers }, (got) => {
      const chunks: Buffer[] = [];
      got.on('data', (chunk: Buffer) => chunks.push(chunk));
      got.on('end', () => {
        const whole: Mangled = {
          status: got.statusCode ?? 500,
          body: Buffer.concat(chunks),
          headers: Object.fromEntries(Object.entries(got.headers).map(([name, value]) => [name, String(value)])),
        };
        const withLogs = url.includes('type=logs') && whole.headers['x-log-count'] !== '0';
        const mangled = withLogs ? proxy.damage(whole.body, whole.headers) : {};
        if (mangled === 'cut') {
          answer.writeHead(whole.status, whole.headers);
          answer.write(whole.body.subarray(0, whole.body.length >> 1), () => answer.destroy());
          return;
        }
        const { status, body, headers: shown } = { ...whole, ...mangled };
        answer.writeHead(status, { ...shown, 'content-length': String(body.length) });
        answer.end(body);
      });
    });
    forward.on('error', () => answer.destroy());
    asked.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
