import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { RawClient, sampleGroup, type Answer } from '../raw-client.ts';

const NOW = 1_700_000_000_000;
let service: LogService;
let c: RawClient;
beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:2', 'other/x-1:3'], now: () => NOW });
  c = new RawClient(service.url, 'proj', 'ls', () => NOW);
});
afterAll(async () => {
  c.close();
  await service.close();
});

const refused = async (sent: Promise<Answer>): Promise<unknown[]> => {
  const answer = await sent;
  const { errorCode, errorMessage } = JSON.parse(answer.body.toString()) as Record<string, string>;
  return [answer.status, errorCode, errorMessage];
};
const json = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });

describe('projects', () => {
  it('lists, creates, updates and deletes them', async () => {
    const root = new RawClient(service.url, 'localhost', '', () => NOW);
    // `localhost.127.0.0.1` would name a project; the bare address names none.
    const bare = { headers: { host: '127.0.0.1' } };
    const list = (await root.json('GET', '/', bare)) as { total: number; projects: { projectName: string }[] };
    expect([list.total, list.projects.map((project) => project.projectName)]).toEqual([2, ['other', 'proj']]);
    const fresh = new RawClient(service.url, 'fresh', '', () => NOW);
    expect(await fresh.json('POST', '/', json({ projectName: 'Fresh', description: 'd' }))).toBeUndefined();
    expect(await refused(fresh.call('POST', '/', json({ projectName: 'fresh' })))).toEqual([
      400,
      'ProjectAlreadyExist',
      'Project fresh already exist.',
    ]);
    await fresh.json('PUT', '/', json({ description: 'new' }));
    expect(await fresh.json('GET', '/')).toMatchObject({ projectName: 'Fresh', description: 'new' });
    await fresh.json('DELETE', '/', json({ projectName: 'Fresh' }));
    expect(await refused(fresh.call('GET', '/'))).toEqual([
      404,
      'ProjectNotExist',
      'The Project does not exist : fresh',
    ]);
    root.close();
    fresh.close();
  });

  it('answers a project that does not exist and a body that is no JSON', async () => {
    const nobody = new RawClient(service.url, 'nobody', '', () => NOW);
    expect(await refused(nobody.call('GET', '/logstores'))).toEqual([
      404,
      'ProjectNotExist',
      'The Project does not exist : nobody',
    ]);
    expect(await refused(nobody.call('POST', '/', { body: 'x' }))).toEqual([
      400,
      'ParameterInvalid',
      'The body is not valid json string.',
    ]);
    nobody.close();
  });
});

describe('log stores', () => {
  it('creates, describes, updates, lists and deletes them', async () => {
    const create = { logstoreName: 'mine', ttl: 7, shardCount: 3, autoSplit: true, maxSplitShard: 64, mode: 'query' };
    await c.json('POST', '/logstores', json(create));
    expect(await c.json('GET', '/logstores/mine')).toEqual({
      logstoreName: 'mine',
      ttl: 7,
      shardCount: 3,
      enable_tracking: false,
      autoSplit: true,
      maxSplitShard: 64,
      appendMeta: false,
      telemetryType: '',
      mode: 'query',
      productType: 'sls',
      createTime: NOW / 1000,
      lastModifyTime: NOW / 1000,
    });
    await c.json('PUT', '/logstores/mine', json({ logstoreName: 'mine', ttl: 9, shardCount: 2 }));
    expect(await c.json('GET', '/logstores/mine')).toMatchObject({ ttl: 9, shardCount: 3, autoSplit: true });
    const list = (query: Record<string, string>): Promise<unknown> => c.json('GET', '/logstores', { query });
    expect(await list({})).toEqual({ count: 2, total: 2, logstores: ['ls', 'mine'] });
    expect(await list({ logstoreName: '', offset: '', size: '' })).toMatchObject({ total: 2 });
    expect(await list({ logstoreName: 'in', offset: '0', size: '10' })).toMatchObject({ logstores: ['mine'] });
    expect(await list({ offset: '1', size: '1' })).toEqual({ count: 1, total: 2, logstores: ['mine'] });
    expect(await list({ mode: 'standard' })).toMatchObject({ logstores: ['ls'] });
    expect(await refused(c.call('POST', '/logstores', json(create)))).toEqual([
      400,
      'LogStoreAlreadyExist',
      'logstore mine already exists',
    ]);
    await c.json('DELETE', '/logstores/mine');
    expect(await refused(c.call('GET', '/logstores/mine'))).toEqual([
      404,
      'LogStoreNotExist',
      'logstore mine does not exist',
    ]);
  });

  it('refuses bad names and counts', async () => {
    const create = (change: object): Promise<unknown[]> =>
      refused(c.call('POST', '/logstores', json({ logstoreName: 'ok', ttl: 1, shardCount: 1, ...change })));
    expect(await create({ logstoreName: 'Bad' })).toEqual([400, 'LogStoreInfoInvalid', 'store name Bad is invalid']);
    expect(await create({ shardCount: 0 })).toEqual([400, 'LogStoreInfoInvalid', 'shardCount is invalid']);
    expect(await create({ ttl: 'x' })).toEqual([400, 'LogStoreInfoInvalid', 'ttl is invalid']);
    expect(await refused(c.call('DELETE', '/logstores/'))).toEqual([
      405,
      'InvalidMethod',
      'invalid request method : DELETE /logstores/',
    ]);
  });

  it('starts a re-created one empty', async () => {
    await c.json('POST', '/logstores', json({ logstoreName: 'again', ttl: 1, shardCount: 1 }));
    const again = new RawClient(service.url, 'proj', 'again', () => NOW);
    await again.put(sampleGroup('g'));
    await c.json('DELETE', '/logstores/again');
    await c.json('POST', '/logstores', json({ logstoreName: 'again', ttl: 1, shardCount: 1 }));
    expect(await again.readAll(0)).toEqual([]);
    again.close();
  });

  it('keeps and gives back an index', async () => {
    const index = { line: { token: [','] }, keys: { a: { type: 'text' } }, ttl: 1 };
    expect(await refused(c.call('GET', '/logstores/ls/index'))).toEqual([
      404,
      'IndexConfigNotExist',
      "index config doesn't exist",
    ]);
    await c.json('POST', '/logstores/ls/index', json(index));
    expect(await c.json('GET', '/logstores/ls/index')).toEqual(index);
    await c.json('PUT', '/logstores/ls/index', json({ ...index, ttl: 2 }));
    expect(await c.json('GET', '/logstores/ls/index')).toEqual({ ...index, ttl: 2 });
    await c.json('DELETE', '/logstores/ls/index');
    expect((await c.call('GET', '/logstores/ls/index')).status).toBe(404);
  });
});

describe('shards', () => {
  const row = (id: number, status: string, begin: string, end: string): object => ({
    shardID: id,
    status,
    inclusiveBeginKey: begin.padEnd(32, begin.endsWith('f') ? 'f' : '0'),
    exclusiveEndKey: end.padEnd(32, end.endsWith('f') ? 'f' : '0'),
    createTime: NOW / 1000,
  });

  it('splits and merges with frozen parents, and routes by the new ranges', async () => {
    await c.json('POST', '/logstores', json({ logstoreName: 'parts', ttl: 1, shardCount: 2 }));
    const p = new RawClient(service.url, 'proj', 'parts', () => NOW);
    const shards = '/logstores/parts/shards';
    await p.put(sampleGroup('before'), '1'.repeat(32));
    const end = await p.cursor(0, 'end');
    expect(await p.json('POST', `${shards}/0`, { query: { action: 'split' } })).toEqual([
      row(0, 'readonly', '0', '8'),
      row(2, 'readwrite', '0', '4'),
      row(3, 'readwrite', '4', '8'),
    ]);
    await p.put(sampleGroup('after'), '1'.repeat(32));
    expect([(await p.readAll(0)).length, (await p.readAll(2)).length]).toEqual([1, 1]);
    expect(await p.cursor(0, 'end')).toBe(end);
    const key = `5${'0'.repeat(30)}1`;
    expect(await p.json('POST', `${shards}/3`, { query: { action: 'split', key } })).toEqual([
      row(3, 'readonly', '4', '8'),
      row(4, 'readwrite', '4', key),
      row(5, 'readwrite', key, '8'),
    ]);
    expect(await p.json('POST', `${shards}/2`, { query: { action: 'merge' } })).toEqual([
      row(6, 'readwrite', '0', key),
      row(2, 'readonly', '0', '4'),
      row(4, 'readonly', '4', key),
    ]);
    expect(await p.json('GET', shards)).toEqual([
      row(0, 'readonly', '0', '8'),
      row(1, 'readwrite', '8', 'f'),
      row(2, 'readonly', '0', '4'),
      row(3, 'readonly', '4', '8'),
      row(4, 'readonly', '4', key),
      row(5, 'readwrite', key, '8'),
      row(6, 'readwrite', '0', key),
    ]);
    const bad = (shard: number, query: Record<string, string>): Promise<unknown[]> =>
      refused(p.call('POST', `${shards}/${shard}`, { query }));
    const invalid = (message: string): unknown[] => [400, 'ParameterInvalid', message];
    expect(await bad(0, { action: 'split' })).toEqual(invalid('invalid shard id.'));
    expect(await bad(9, { action: 'split' })).toEqual(invalid('invalid shard id.'));
    expect(await bad(1, { action: 'split', key: '1'.repeat(32) })).toEqual(invalid('invalid mid hash.'));
    expect(await bad(1, { action: 'split', key: '8'.padEnd(32, '0') })).toEqual(invalid('invalid mid hash.'));
    expect(await bad(1, { action: 'merge' })).toEqual(invalid('can not merge the last shard.'));
    expect(await refused(p.call('DELETE', `${shards}/1`))).toEqual(invalid('invalid shard id.'));
    expect((await p.call('DELETE', `${shards}/0`)).status).toBe(200);
    expect(await refused(p.pull(0, end))).toEqual([400, 'ShardNotExist', 'Shard 0 does not exist.']);
    p.close();
  });

  it('loses and reorders nothing that is written while shards are split', async () => {
    await c.json('POST', '/logstores', json({ logstoreName: 'busy', ttl: 1, shardCount: 1 }));
    const b = new RawClient(service.url, 'proj', 'busy', () => NOW);
    let splitDone = false;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      const key = `${writer * 4}`.padEnd(32, '7');
      let i = 0;
      for (; !splitDone || i < 20; i++) await b.put(sampleGroup(`w${writer}-${i}.`), key);
      return i;
    });
    await b.json('POST', '/logstores/busy/shards/0', { query: { action: 'split' } });
    await b.json('POST', '/logstores/busy/shards/1', { query: { action: 'split' } });
    splitDone = true;
    const counts = await Promise.all(writers);
    const seen = new Map<number, number[]>();
    for (const shard of [0, 1, 2, 3, 4]) {
      for (const group of await b.readAll(shard)) {
        const [, writer = '', i = ''] = /w(\d)-(\d+)\./.exec(group.toString('latin1')) ?? [];
        seen.set(Number(writer), [...(seen.get(Number(writer)) ?? []), Number(i)]);
      }
    }
    for (const [writer, count] of counts.entries()) {
      expect(seen.get(writer)).toEqual(Array.from({ length: count }, (_, i) => i));
    }
    b.close();
  });
});

describe('consumer groups over HTTP', () => {
  it('creates, lists, updates, beats, saves and deletes', async () => {
    const groups = '/logstores/ls/consumergroups';
    await c.json('POST', groups, json({ consumerGroup: 'g1', timeout: 60, order: false }));
    expect(await refused(c.call('POST', groups, json({ consumerGroup: 'g1', timeout: 60 })))).toEqual([
      400,
      'ConsumerGroupAlreadyExist',
      'consumer group already exist',
    ]);
    for (const bad of [{ timeout: 60 }, { consumerGroup: 'x' }, { consumerGroup: 'x', timeout: 'y' }]) {
      expect(await refused(c.call('POST', groups, json(bad)))).toEqual([
        400,
        'JsonInfoInvalid',
        'consumerGroup or timeout is of error format',
      ]);
    }
    await c.json('PUT', `${groups}/g1`, json({ timeout: 30 }));
    expect(await c.json('GET', groups)).toEqual([{ name: 'g1', timeout: 30, order: false }]);
    const beat = (body: string): Promise<unknown> =>
      c.json('POST', `${groups}/g1`, { body, query: { type: 'heartbeat', consumer: 'c' } });
    expect(await beat('[]')).toEqual([0, 1]);
    const save = (query: Record<string, string>, checkpoint = 'MTAw'): Promise<Answer> =>
      c.call('POST', `${groups}/g1`, { ...json({ shard: 0, checkpoint }), query: { type: 'checkpoint', ...query } });
    expect((await save({ consumer: 'c', forceSuccess: 'false' })).status).toBe(200);
    expect(await c.json('GET', `${groups}/g1`, { query: { shard: '0' } })).toEqual([
      { shard: 0, checkpoint: 'MTAw', updateTime: NOW * 1000, consumer: 'c' },
    ]);
    expect(await c.json('GET', `${groups}/g1`, { query: { shard: '1' } })).toEqual([
      { shard: 1, checkpoint: '', updateTime: 0, consumer: 'c' },
    ]);
    expect((await save({ consumer: '', forceSuccess: 'true' }, 'MTAx')).status).toBe(200);
    expect((await save({ consumer: 'd', forceSuccess: 'True' }, 'MTAy')).status).toBe(200);
    expect(await refused(save({ consumer: 'd', forceSuccess: 'False' }))).toEqual([
      404,
      'ConsumerNotExist',
      'consumer not exist in the consumer group',
    ]);
    expect(await refused(save({ consumer: 'c' }, 'not base64!'))).toEqual([
      400,
      'InvalidShardCheckPoint',
      'shard checkpoint not encoded by base64',
    ]);
    await c.json('DELETE', `${groups}/g1`);
    const gone = [404, 'ConsumerGroupNotExist', 'consumer group not exist'];
    expect(await refused(c.call('GET', `${groups}/g1`))).toEqual(gone);
    expect(await refused(c.call('DELETE', `${groups}/g1`))).toEqual(gone);
    const orphan = c.call('POST', `${groups}/g1`, { body: '[]', query: { type: 'heartbeat', consumer: 'c' } });
    expect(await refused(orphan)).toEqual(gone);
    // What a library does whose group could not be created.
    expect((await refused(c.call('POST', `${groups}/`, { body: '[]', query: { type: 'heartbeat' } })))[1]).toBe(
      'InvalidMethod',
    );
  });

  it('takes 30 groups a log store', async () => {
    const groups = '/logstores/ls/consumergroups';
    for (let i = 0; i < 30; i++) await c.json('POST', groups, json({ consumerGroup: `n${i}`, timeout: 60 }));
    expect((await refused(c.call('POST', groups, json({ consumerGroup: 'more', timeout: 60 }))))[1]).toBe(
      'ConsumerGroupQuotaExceed',
    );
  });
});

describe('unknown calls', () => {
  it('answers 405 and an empty list of project logs', async () => {
    expect(await refused(c.call('GET', '/nothing/here'))).toEqual([
      405,
      'InvalidMethod',
      'invalid request method : GET /nothing/here',
    ]);
    expect(await c.json('GET', '/logs')).toEqual([]);
  });
});
