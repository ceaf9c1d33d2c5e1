import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { LogService, parseAccessKey, parseInitFile, parseInitSpec } from '../../../src/logservice/index.ts';
import { RawClient, sampleGroup } from './raw-client.ts';

const root = mkdtempSync(join(tmpdir(), 'sluice-log-service-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('LogService', () => {
  it('finds everything again when a data folder is opened by another start', async () => {
    const dataDir = join(root, 'again');
    const start = (): Promise<LogService> => LogService.start({ port: 0, dataDir, init: ['proj/ls:2'] });
    const first = await start();
    const a = new RawClient(first.url);
    for (let i = 0; i < 10; i++) await a.put(sampleGroup(`g${i}`));
    await a.json('POST', '/logstores/ls/shards/0', { query: { action: 'split' } });
    await a.put(sampleGroup('child'), '0'.repeat(32));
    await a.json('POST', '/logstores/ls/consumergroups', {
      body: JSON.stringify({ consumerGroup: 'g', timeout: 30, order: true }),
    });
    const cursor = await a.cursor(1, 'end');
    await a.json('POST', '/logstores/ls/consumergroups/g', {
      body: JSON.stringify({ shard: 1, checkpoint: cursor }),
      query: { type: 'checkpoint', forceSuccess: 'true' },
    });
    const contents = async (client: RawClient): Promise<unknown> => ({
      groups: await Promise.all([0, 1, 2, 3].map((shard) => client.readAll(shard))),
      begins: await Promise.all([0, 1, 2, 3].map((shard) => client.cursor(shard, 'begin'))),
      shards: await client.json('GET', '/logstores/ls/shards'),
      consumerGroups: await client.json('GET', '/logstores/ls/consumergroups'),
      checkpoints: await client.json('GET', '/logstores/ls/consumergroups/g'),
    });
    const before = await contents(a);
    a.close();
    await first.close();
    const second = await start();
    const b = new RawClient(second.url);
    expect(await contents(b)).toEqual(before);
    await b.put(sampleGroup('more'));
    b.close();
    await second.close();
  });

  it('refuses a folder that another service has, and takes it when that one is gone', async () => {
    const dataDir = join(root, 'locked');
    const first = await LogService.start({ port: 0, dataDir });
    await expect(LogService.start({ port: 0, dataDir })).rejects.toMatchObject({
      code: 'LOGSERVICE_FAILED',
      message: `data folder "${dataDir}" is used by another log service (process ${process.pid})`,
    });
    await first.close();
    expect(existsSync(join(dataDir, 'lock'))).toBe(false);
    // Left behind by a process that no longer is (pids end at 2^22).
    writeFileSync(join(dataDir, 'lock'), '4194304 1 abc\n');
    const third = await LogService.start({ port: 0, dataDir });
    expect(readFileSync(join(dataDir, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await third.close();
    // A lock of the same number from another life of this container.
    writeFileSync(join(dataDir, 'lock'), `${process.pid} 1 abc\n`);
    await (await LogService.start({ port: 0, dataDir })).close();
  });

  it('refuses log stores without their meta.json', async () => {
    const dataDir = join(root, 'headless');
    await (await LogService.start({ port: 0, dataDir, init: ['proj/ls:1'] })).close();
    rmSync(join(dataDir, 'meta.json'));
    await expect(LogService.start({ port: 0, dataDir })).rejects.toMatchObject({
      code: 'LOGSERVICE_FAILED',
      message: `data folder "${dataDir}" has log stores and no meta.json`,
    });
  });

  it('says why a data folder cannot be used', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    await expect(LogService.start({ dataDir: file })).rejects.toMatchObject({
      code: 'LOGSERVICE_FAILED',
      message: `data folder "${file}" cannot be used: there is a file of that name`,
    });
    await expect(LogService.start({ dataDir: join(file, 'data') })).rejects.toMatchObject({
      message: `data folder "${join(file, 'data')}" cannot be used: a part of its path is a file`,
    });
  });

  it('says that a port is in use, and lets go of the folder then', async () => {
    const dataDir = join(root, 'port');
    const first = await LogService.start({ port: 0 });
    await expect(LogService.start({ port: first.port, dataDir })).rejects.toMatchObject({
      code: 'LOGSERVICE_FAILED',
      message: `the log service cannot listen on 127.0.0.1:${first.port}: the port is in use`,
    });
    await (await LogService.start({ port: 0, dataDir })).close();
    await first.close();
  });

  it('drops groups past their ttl at a start', async () => {
    const dataDir = join(root, 'ttl');
    const day = 86_400_000;
    let nowMs = 1_700_000_000_000;
    const start = (): Promise<LogService> =>
      LogService.start({
        port: 0,
        dataDir,
        auth: 'off',
        init: [{ project: 'proj', logStore: 'ls', shards: 1, ttl: 2 }],
        now: () => nowMs,
      });
    let service = await start();
    let client = new RawClient(service.url);
    const cursors: string[] = [];
    for (let i = 0; i < 4; i++) {
      cursors.push(await client.cursor(0, 'end'));
      await client.put(sampleGroup(`g${i}`));
      nowMs += day;
    }
    client.close();
    await service.close();
    service = await start();
    client = new RawClient(service.url);
    expect(await client.readAll(0)).toHaveLength(2);
    expect((await client.pull(0, cursors[1] ?? '')).body.toString()).toContain('InvalidCursor');
    expect(await client.cursor(0, 'begin')).toBe(cursors[2]);
    client.close();
    await service.close();
  });

  it('dismisses no member of a consumer group when the wall clock is set, forwards or back', async () => {
    const wall = vi.spyOn(Date, 'now');
    try {
      let setMs = 0;
      wall.mockImplementation(() => Math.floor(performance.timeOrigin + performance.now()) + setMs);
      const service = await LogService.start({ port: 0, auth: 'off', init: ['proj/ls:2'] });
      const client = new RawClient(service.url);
      await client.json('POST', '/logstores/ls/consumergroups', {
        body: JSON.stringify({ consumerGroup: 'g', timeout: 3600, order: false }),
      });
      const beat = (consumer: string, shards: readonly number[]): Promise<unknown> =>
        client.json('POST', '/logstores/ls/consumergroups/g', {
          body: JSON.stringify(shards),
          query: { type: 'heartbeat', consumer },
        });
      expect(await beat('a', [])).toEqual([0, 1]);
      for (const step of [86_400_000, -2 * 86_400_000]) {
        setMs += step;
        // Whoever is dismissed and still names shards is refused.
        expect(await beat('a', [0, 1])).toEqual([0, 1]);
      }
      client.close();
      await service.close();
    } finally {
      wall.mockRestore();
    }
  });

  it('closes while clients keep connections open, twice without harm', async () => {
    const service = await LogService.start({ port: 0, init: ['proj/ls:1'] });
    const client = new RawClient(service.url);
    await client.put(sampleGroup('g'));
    await Promise.all([service.close(), service.close()]);
    await expect(client.put(sampleGroup('g'))).rejects.toThrow();
    client.close();
  });
});

describe('init specs', () => {
  it('reads PROJECT/LOGSTORE:SHARDS', () => {
    expect(parseInitSpec('shop/access-log:4')).toEqual({ project: 'shop', logStore: 'access-log', shards: 4 });
    expect(parseInitSpec('shop/access-log')).toEqual({ project: 'shop', logStore: 'access-log', shards: 2 });
  });

  it.each(['shop', 'shop/', '/x:1', 'a/b:c', 'a/b/c:1'])('refuses %s', (text) => {
    expect(() => parseInitSpec(text)).toThrow(`"${text}" is not of the form PROJECT/LOGSTORE:SHARDS`);
  });

  it('refuses a count of shards out of range', () => {
    expect(() => parseInitSpec('a/b:0')).toThrow('log store "b" cannot start with 0 shards (1 to 100)');
  });

  it('reads files of lines and of JSON, and creates what they name', async () => {
    expect(parseInitFile('# stores\na/b:1\n\n a/c:2 # two\n')).toEqual([
      { project: 'a', logStore: 'b', shards: 1 },
      { project: 'a', logStore: 'c', shards: 2 },
    ]);
    const file = join(root, 'init.json');
    writeFileSync(file, JSON.stringify(['a/b1:1', { project: 'a', logStore: 'c1', shards: 3, ttl: 5 }]));
    const service = await LogService.start({ port: 0, initFile: file });
    const client = new RawClient(service.url, 'a', 'c1');
    expect(await client.json('GET', '/logstores/c1')).toMatchObject({ ttl: 5, shardCount: 3 });
    client.close();
    await service.close();
    expect(() => parseInitFile('[1,')).toThrow('the init file is not valid JSON');
    expect(() => parseInitFile('[{"project":"a"}]')).toThrow('an entry of the init file is not a spec');
    await expect(LogService.start({ initFile: join(root, 'none') })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  it('reads access keys without ever repeating them', () => {
    expect(parseAccessKey('id:se:cret')).toEqual({ id: 'id', secret: 'se:cret' });
    expect(() => parseAccessKey('justsecret')).toThrow('an access key is not of the form ID:SECRET');
  });
});
