import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../src/logservice/index.ts';
import { readOwn } from './own-client.ts';

/** The part of `@alicloud/log` that is used; each call takes options for the HTTP library last. */
interface NodeSdk {
  createProject(project: string, data: { description: string }, options: object): Promise<unknown>;
  getProject(project: string, options: object): Promise<Record<string, unknown>>;
  deleteProject(project: string, options: object): Promise<unknown>;
  getProjectLogs(project: string, data: object, options: object): Promise<unknown>;
  createLogStore(project: string, store: string, data: object, options: object): Promise<unknown>;
  updateLogStore(project: string, store: string, data: object, options: object): Promise<unknown>;
  getLogStore(project: string, store: string, options: object): Promise<Record<string, unknown>>;
  listLogStore(project: string, data: object, options: object): Promise<unknown>;
  deleteLogStore(project: string, store: string, options: object): Promise<unknown>;
  createIndex(project: string, store: string, index: object, options: object): Promise<unknown>;
  updateIndex(project: string, store: string, index: object, options: object): Promise<unknown>;
  getIndexConfig(project: string, store: string, options: object): Promise<unknown>;
  deleteIndex(project: string, store: string, options: object): Promise<unknown>;
  postLogStoreLogs(project: string, store: string, group: object, options: object): Promise<unknown>;
  getLogs(project: string, store: string, from: Date, to: Date, data: object, options: object): Promise<Row[]>;
  getHistograms(project: string, store: string, from: Date, to: Date, data: object, options: object): Promise<Bar[]>;
}
type Row = Record<string, string>;
interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const folder = process.env['SLUICE_INTEROP_NODE'];

function loadSdk(): new (config: object) => NodeSdk {
  const path = join(folder ?? '', 'node_modules/@alicloud/log');
  return createRequire(import.meta.url)(path) as new (config: object) => NodeSdk;
}

describe.skipIf(folder === undefined)('the official Node client', () => {
  const nowSec = Math.floor(Date.now() / 1000);
  const at = (sec: number): Date => new Date(sec * 1000);
  // Every name is this machine.
  const agent = new Agent({
    keepAlive: true,
    lookup: (_host, options, callback) => {
      if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    },
  });
  const options = { agent };
  let service: LogService;
  let sdk: NodeSdk;

  beforeAll(async () => {
    service = await LogService.start({ port: 0, accessKeys: ['ak:sk', 'sluice:sluice'], hostNames: ['sls.test'] });
    const Client = loadSdk();
    sdk = new Client({ accessKeyId: 'ak', accessKeySecret: 'sk', endpoint: `http://sls.test:${service.port}` });
    await sdk.createProject('node-sdk', { description: 'made by the client' }, options);
    await sdk.createLogStore('node-sdk', 'logs', { ttl: 3, shardCount: 2 }, options);
  });
  afterAll(async () => {
    agent.destroy();
    await service.close();
  });

  it('makes, changes and lists projects and log stores', async () => {
    expect(await sdk.getProject('node-sdk', options)).toMatchObject({
      projectName: 'node-sdk',
      description: 'made by the client',
      status: 'Normal',
    });
    await sdk.createLogStore('node-sdk', 'other', { ttl: 1, shardCount: 1 }, options);
    expect(await sdk.listLogStore('node-sdk', {}, options)).toEqual({
      count: 2,
      total: 2,
      logstores: ['logs', 'other'],
    });
    expect(await sdk.listLogStore('node-sdk', { logstoreName: 'oth', offset: 0, size: 10 }, options)).toMatchObject({
      logstores: ['other'],
    });
    await sdk.updateLogStore('node-sdk', 'other', { ttl: 7, shardCount: 1 }, options);
    expect(await sdk.getLogStore('node-sdk', 'other', options)).toMatchObject({ logstoreName: 'other', ttl: 7 });
    await sdk.deleteLogStore('node-sdk', 'other', options);
    await expect(sdk.getLogStore('node-sdk', 'other', options)).rejects.toMatchObject({
      code: 'LogStoreNotExist',
      name: 'LogStoreNotExistError',
      requestid: expect.stringMatching(/^[0-9A-F]{24}$/) as string,
    });
    expect(await sdk.getProjectLogs('node-sdk', {}, options)).toEqual([]);
  });

  it('keeps index settings', async () => {
    const index = { line: { token: [',', ' '], caseSensitive: false }, keys: {}, ttl: 3 };
    await expect(sdk.getIndexConfig('node-sdk', 'logs', options)).rejects.toMatchObject({
      code: 'IndexConfigNotExist',
    });
    await sdk.createIndex('node-sdk', 'logs', index, options);
    expect(await sdk.getIndexConfig('node-sdk', 'logs', options)).toMatchObject(index);
    await sdk.updateIndex('node-sdk', 'logs', { ...index, ttl: 4 }, options);
    expect(await sdk.getIndexConfig('node-sdk', 'logs', options)).toMatchObject({ ttl: 4 });
    await sdk.deleteIndex('node-sdk', 'logs', options);
  });

  it('writes logs and finds them; our client reads the same rows', async () => {
    const group = (from: number, count: number): object => ({
      topic: 'web',
      source: '10.1.2.3',
      tags: [{ host: 'h1' }, { path: '/var/log' }],
      logs: Array.from({ length: count }, (_, i) => ({
        timestamp: nowSec + from + i,
        timestampNsPart: 123_000_000 + i,
        content: { n: String(from + i), level: (from + i) % 3 === 0 ? 'error' : 'info', text: `日志 "${i}" a=b&c` },
      })),
    });
    for (let i = 0; i < 20; i++) await sdk.postLogStoreLogs('node-sdk', 'logs', group(i * 10, 10), options);

    const first = await sdk.getLogs(
      'node-sdk',
      'logs',
      at(nowSec),
      at(nowSec + 300),
      { line: 100, offset: 0 },
      options,
    );
    const second = await sdk.getLogs(
      'node-sdk',
      'logs',
      at(nowSec),
      at(nowSec + 300),
      { line: 100, offset: 100 },
      options,
    );
    const found = [...first, ...second];
    expect(found.map((row) => row['n'])).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
    expect(found[0]).toMatchObject({
      __time__: String(nowSec),
      __topic__: 'web',
      __source__: '10.1.2.3',
      '__tag__:host': 'h1',
      '__tag__:path': '/var/log',
      text: '日志 "0" a=b&c',
    });
    const errors = await sdk.getLogs(
      'node-sdk',
      'logs',
      at(nowSec),
      at(nowSec + 300),
      { query: 'level: error and 日志', line: 5, reverse: true },
      options,
    );
    expect(errors.map((row) => row['n'])).toEqual(['198', '195', '192', '189', '186']);
    const bars = await sdk.getHistograms('node-sdk', 'logs', at(nowSec), at(nowSec + 200), { query: 'error' }, options);
    expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(67);

    const own = await readOwn(service.url, 'node-sdk', 'logs');
    expect(new Set(own.map((row) => row.shard)).size).toBe(2);
    const flat = own.map(({ time, timeNs, topic, source, tags, fields }) => ({
      __time__: String(time),
      __time_ns_part__: String(timeNs),
      __topic__: topic,
      __source__: source,
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`__tag__:${key}`, value])),
      ...fields,
    }));
    const byNumber = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => Number(a['n']) - Number(b['n']));
    const withoutServerTags = found.map(({ '__tag__:__receive_time__': _received, ...row }) => row);
    expect(byNumber(flat)).toEqual(byNumber(withoutServerTags));
  });

  it('is refused with a wrong secret', async () => {
    const Client = loadSdk();
    const stranger = new Client({ accessKeyId: 'ak', accessKeySecret: 'no', endpoint: `sls.test:${service.port}` });
    await expect(stranger.getProject('node-sdk', options)).rejects.toMatchObject({ code: 'SignatureNotMatch' });
  });

  it('deletes the project', async () => {
    await sdk.createProject('short-lived', { description: '' }, options);
    await sdk.deleteProject('short-lived', options);
    await expect(sdk.getProject('short-lived', options)).rejects.toMatchObject({ code: 'ProjectNotExist' });
  });
});
