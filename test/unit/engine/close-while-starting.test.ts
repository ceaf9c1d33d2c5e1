import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

/** A service that takes connections and never answers. */
const sockets = new Set<Socket>();
const deaf = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
});
let heard: Promise<void>;

beforeEach(async () => {
  heard = new Promise((resolve) => deaf.once('connection', () => resolve()));
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => deaf.close(resolve));
});

async function engineWithTable(): Promise<Engine> {
  const engine = await Engine.open({ onWarning: () => undefined });
  const { port } = deaf.address() as AddressInfo;
  await engine.execute(`
    CREATE TABLE logs (k VARCHAR) WITH (type = 'sls', endPoint = '127.0.0.1:${port}', accessId = 'a', accessKey = 'k',
      project = 'p', logStore = 'l');
    CREATE TABLE out (k VARCHAR) WITH (type = 'blackhole');`);
  return engine;
}

it('an engine that is closed stops a job that still connects, and whoever closes again waits for the same', async () => {
  const engine = await engineWithTable();
  const starting = engine.submit('INSERT INTO out SELECT k FROM logs');
  await heard;
  const closing = engine.close();
  expect(engine.close()).toBe(closing);
  await closing;
  expect((await starting).status).toBe('stopped');
});

it('a signal stops an INSERT that still connects', async () => {
  const engine = await engineWithTable();
  const halt = new AbortController();
  const starting = engine.execute('INSERT INTO out SELECT k FROM logs', { signal: halt.signal });
  await heard;
  halt.abort();
  expect((await starting)[0]?.job?.status).toBe('stopped');
  await engine.close();
});
