import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { encodeLogGroup } from '../../../../src/wire/sls/encode-log-group.ts';
import { RawClient, expand, send } from '../raw-client.ts';

const T = 1_700_000_000;
let service: LogService;
let client: RawClient;

function group(topic: string, times: readonly number[], fields: Record<string, string> = {}): Uint8Array {
  return encodeLogGroup({
    topic,
    source: '10.0.0.1',
    tags: [['__hostname__', 'h1']],
    logs: times.map((time) => ({
      time,
      ...(time === T ? { timeNs: 500 } : {}),
      contents: [['n', String(time - T)], ...Object.entries(fields)] as const,
    })),
  });
}

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:2'], now: () => T * 1000 });
  client = new RawClient(service.url, 'proj', 'ls', () => T * 1000);
  await client.put(group('web', [T, T + 3, T + 1], { level: 'info', msg: 'hello world' }));
  await client.put(group('app', [T + 2, T + 4], { level: 'error', msg: 'goodbye world' }));
  await client.put(group('web', [T + 10, T - 10], { level: 'info', 'quer y': 'ä 中' }));
});
afterAll(async () => {
  client.close();
  await service.close();
});

type Row = Record<string, string>;
const v1 = async (query: Record<string, string>): Promise<Row[]> =>
  (await client.json('GET', '/logstores/ls', { query: { type: 'log', ...query } })) as Row[];
const ns = (rows: readonly Row[]): number[] => rows.map((row) => Number(row['n']));

describe('GetLogs', () => {
  it('answers flat logs of the range in the order of their times', async () => {
    const rows = await v1({ from: String(T), to: String(T + 4) });
    expect(ns(rows)).toEqual([0, 1, 2, 3]);
    expect(rows[0]).toEqual({
      __time__: String(T),
      __time_ns_part__: '500',
      __source__: '10.0.0.1',
      __topic__: 'web',
      '__tag__:__hostname__': 'h1',
      '__tag__:__receive_time__': String(T),
      n: '0',
      level: 'info',
      msg: 'hello world',
    });
  });

  it('searches, chooses a topic, and pages forwards and backwards', async () => {
    const range = { from: String(T - 100), to: String(T + 100) };
    expect(ns(await v1({ ...range, query: 'world' }))).toEqual([0, 1, 2, 3, 4]);
    expect(ns(await v1({ ...range, query: 'level:error and goodbye' }))).toEqual([2, 4]);
    expect(ns(await v1({ ...range, query: '中' }))).toEqual([-10, 10]);
    expect(ns(await v1({ ...range, topic: 'web' }))).toEqual([-10, 0, 1, 3, 10]);
    expect(ns(await v1({ ...range, line: '3', offset: '1' }))).toEqual([0, 1, 2]);
    expect(ns(await v1({ ...range, line: '3', offset: '1', reverse: 'true' }))).toEqual([4, 3, 2]);
    expect(ns(await v1({ ...range, line: '100', offset: '6', reverse: 'false' }))).toEqual([10]);
    expect(ns(await v1({ ...range, line: '', offset: '', query: '', topic: '' }))).toHaveLength(7);
  });

  it('takes nanosecond parts into the range', async () => {
    const range = { from: String(T), to: String(T) };
    expect(ns(await v1({ ...range, fromNs: '500', toNs: '501' }))).toEqual([0]);
    expect(ns(await v1({ ...range, fromNs: '501', toNs: '900' }))).toEqual([]);
    expect(ns(await v1({ ...range, fromNs: '0', toNs: '500' }))).toEqual([]);
  });

  it('says in the headers what it did', async () => {
    const query = { type: 'log', from: String(T), to: String(T + 4), query: 'level: info' };
    const { headers } = await client.call('GET', '/logstores/ls', { query });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-log-progress': 'Complete',
      'x-log-count': '3',
      'x-log-processed-rows': '7',
      'x-log-has-sql': 'false',
      'x-log-where-query': 'level: info',
      'x-log-agg-query': '',
      'x-log-cpu-sec': '0',
      'x-log-cpu-cores': '0',
    });
    expect(headers['x-log-elapsed-millisecond']).toMatch(/^\d+$/);
  });

  it('answers the current form with meta and data, as LZ4 where that is wanted', async () => {
    const body = JSON.stringify({ from: T, to: T + 4, query: '*', line: 2, offset: 0, reverse: true, topic: '' });
    const plain = await client.call('POST', '/logstores/ls/logs', { body });
    const answer = JSON.parse(plain.body.toString()) as { meta: Record<string, unknown>; data: Row[] };
    expect(ns(answer.data)).toEqual([3, 2]);
    expect(answer.meta).toMatchObject({
      progress: 'Complete',
      count: 2,
      processedRows: 7,
      hasSQL: false,
      whereQuery: '*',
      telementryType: '',
      isAccurate: true,
    });
    const lz4 = await client.call('POST', '/logstores/ls/logs', { body, headers: { 'accept-encoding': 'lz4' } });
    expect(lz4.headers['x-log-compresstype']).toBe('lz4');
    expect((JSON.parse(expand(lz4).toString()) as { data: Row[] }).data).toEqual(answer.data);
    const gzip = await client.call('POST', '/logstores/ls/logs', {
      body,
      headers: { 'accept-encoding': 'gzip, deflate' },
    });
    expect(gzip.headers['x-log-compresstype']).toBeUndefined();
  });

  it('counts in bars that cover the range', async () => {
    const query = { type: 'histogram', from: String(T), to: String(T + 5), query: 'world' };
    const answer = await client.call('GET', '/logstores/ls', { query });
    expect(answer.headers).toMatchObject({ 'x-log-progress': 'Complete', 'x-log-count': '5' });
    const bars = JSON.parse(answer.body.toString()) as { from: number; to: number; count: number; progress: string }[];
    expect(bars.map((bar) => bar.count)).toEqual([1, 1, 1, 1, 1]);
    const wide = (await client.json('GET', '/logstores/ls', {
      query: { type: 'histogram', from: String(T - 1000), to: String(T + 1000) },
    })) as typeof bars;
    expect(wide.length).toBeLessThanOrEqual(61);
    expect(wide[0]?.from).toBe(T - 1000);
    expect(wide.at(-1)?.to).toBe(T + 1000);
    for (const [i, bar] of wide.entries()) if (i > 0) expect(bar.from).toBe(wide[i - 1]?.to);
    expect(wide.reduce((sum, bar) => sum + bar.count, 0)).toBe(7);
  });

  it.each([
    [{ from: String(T), to: String(T - 1) }, 'InvalidTimeRange'],
    [{ from: 'x', to: '5' }, 'ParameterInvalid'],
    [{ to: '5' }, 'ParameterInvalid'],
    [{ from: '1', to: '5', line: '101' }, 'InvalidLine'],
    [{ from: '1', to: '5', offset: '-1' }, 'InvalidOffset'],
    [{ from: '1', to: '5', reverse: 'maybe' }, 'InvalidReverse'],
    [{ from: '1', to: '5', query: '(' }, 'InvalidQueryString'],
  ])('refuses %j', async (query, code) => {
    const answer = await client.call('GET', '/logstores/ls', { query: { type: 'log', ...query } });
    expect([answer.status, (JSON.parse(answer.body.toString()) as { errorCode: string }).errorCode]).toEqual([
      400,
      code,
    ]);
  });

  it('answers the probe for logs of a project', async () => {
    expect(await client.json('GET', '/logs')).toEqual([]);
  });
});

describe('web tracking', () => {
  const host = 'proj.sls.test';
  const headers = { host, 'x-log-apiversion': '0.6.0', 'content-type': 'text/plain' };
  const track = (method: string, target: string, body?: string): ReturnType<typeof send> =>
    send(
      service.url,
      method,
      `/logstores/tracked/${target}`,
      headers,
      body === undefined ? undefined : Buffer.from(body),
    );
  const json = JSON.stringify({
    __topic__: 'page',
    __source__: 'browser',
    __logs__: [{ __time__: '5', event: 'click' }],
    __tags__: { v: '1' },
  });

  beforeAll(async () => {
    await client.json('POST', '/logstores', {
      body: JSON.stringify({ logstoreName: 'tracked', ttl: 1, shardCount: 1, enable_tracking: true }),
    });
  });

  it('takes unsigned logs and gives them the time of arrival', async () => {
    expect((await track('POST', 'track', json)).status).toBe(200);
    expect((await track('GET', 'track?APIVersion=0.6.0&__topic__=q&event=view&x=a%20b')).status).toBe(200);
    const gif = await track('GET', 'track.gif?APIVersion=0.6.0&event=pixel');
    expect([gif.headers['content-type'], gif.body.subarray(0, 6).toString()]).toEqual(['image/gif', 'GIF89a']);
    const agent = { ...headers, 'user-agent': 'Mozilla', referer: 'http://page.test/' };
    await send(service.url, 'GET', '/logstores/tracked/track_ua.gif?APIVersion=0.6.0&event=ua', agent);
    const rows = (await client.json('GET', '/logstores/tracked', {
      query: { type: 'log', from: String(T), to: String(T + 1) },
    })) as Row[];
    expect(rows.map((row) => row['event'])).toEqual(['click', 'view', 'pixel', 'ua']);
    expect(rows[0]).toMatchObject({ __topic__: 'page', __source__: 'browser', '__tag__:v': '1' });
    expect(rows[1]).toMatchObject({ __topic__: 'q', __source__: '127.0.0.1', x: 'a b' });
    expect(rows[1]).not.toHaveProperty('APIVersion');
    expect(rows[3]).toMatchObject({ __userAgent__: 'Mozilla', __referer__: 'http://page.test/' });
  });

  it('lets a page of another host ask first', async () => {
    const answer = await track('OPTIONS', 'track');
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-headers']).toContain('x-log-apiversion');
  });

  it('refuses a store that does not enable it, and what is too much', async () => {
    const closed = await send(service.url, 'POST', '/logstores/ls/track', headers, Buffer.from(json));
    expect(closed.status).toBe(401);
    expect(closed.body.toString()).toContain('"errorCode":"Unauthorized"');
    const logs = Array.from({ length: 4097 }, () => ({ a: 'b' }));
    expect((await track('POST', 'track', JSON.stringify({ __logs__: logs }))).body.toString()).toContain(
      'PostBodyInvalid',
    );
    expect((await track('GET', 'track?a=b')).body.toString()).toContain('MissingAPIVersion');
    const long = await track('GET', `track?APIVersion=0.6.0&a=${'x'.repeat(15_900)}&b=${'y'.repeat(600)}`);
    expect(long.status).not.toBe(200);
  });
});
