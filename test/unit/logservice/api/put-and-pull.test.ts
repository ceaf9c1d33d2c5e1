import { deflateRawSync, deflateSync } from 'node:zlib';
import { decompress as readZstd } from 'fzstd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogService } from '../../../../src/logservice/index.ts';
import { decompress } from '../../../../src/wire/sls/compression.ts';
import { encodeLogGroup } from '../../../../src/wire/sls/encode-log-group.ts';
import { compressLz4, decompressLz4 } from '../../../../src/wire/sls/lz4.ts';
import { cutGroups, expand, RawClient, receiveTimeTag, sampleGroup, type Answer } from '../raw-client.ts';

const START_SEC = 1_700_000_000;
let nowMs = START_SEC * 1000;
let service: LogService;
let stores = 0;
let client: RawClient;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['proj/ls:1'], now: () => nowMs });
});
afterAll(() => service.close());

/** A log store of its own for a test. */
async function freshStore(shardCount = 1, more: Record<string, unknown> = {}): Promise<RawClient> {
  client?.close();
  const logstoreName = `store-${stores++}`;
  const admin = new RawClient(service.url, 'proj', logstoreName, () => nowMs);
  await admin.json('POST', '/logstores', { body: JSON.stringify({ logstoreName, ttl: 1, shardCount, ...more }) });
  admin.close();
  client = new RawClient(service.url, 'proj', logstoreName, () => nowMs);
  return client;
}

const path = (rest = ''): string => `/logstores/store-${stores - 1}${rest}`;
const error = (answer: Answer): unknown => [answer.status, JSON.parse(answer.body.toString())];

describe('put and pull', () => {
  it('gives back the bytes of each group in order, each with its receive time behind it', async () => {
    const c = await freshStore();
    const groups = Array.from({ length: 30 }, (_, i) => sampleGroup(`g${i}`, i + 1));
    for (const [i, group] of groups.entries()) {
      nowMs = (START_SEC + i) * 1000;
      const answer = await c.put(group);
      expect([answer.status, answer.headers['content-length'], answer.headers['content-type']]).toEqual([
        200,
        '0',
        undefined,
      ]);
    }
    expect(await c.readAll(0)).toEqual(groups.map((group, i) => Buffer.concat([group, receiveTimeTag(START_SEC + i)])));
  });

  it('answers with every header of the protocol, and stops at count and end_cursor', async () => {
    const c = await freshStore();
    for (let i = 0; i < 5; i++) {
      nowMs = (START_SEC + i) * 1000;
      await c.put(sampleGroup(`g${i}`));
    }
    const begin = await c.cursor(0, 'begin');
    const position = BigInt(Buffer.from(begin, 'base64').toString());
    const cursorAt = (ordinal: number): string =>
      Buffer.from((position + BigInt(ordinal)).toString()).toString('base64');
    const answer = await c.pull(0, begin, 2);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-length': String(answer.body.length),
      'x-log-count': '2',
      'x-log-cursor': cursorAt(2),
      'x-log-cursor-time': String(START_SEC + 1),
      'x-log-read-last-cursor': (position + 1n).toString(),
      'x-log-end-of-cursor': '0',
      'x-log-compresstype': 'lz4',
      'x-log-bodyrawsize': String(expand(answer).length),
    });
    const rest = await c.pull(0, cursorAt(2), 1000, { query: { end_cursor: cursorAt(4) } });
    expect(rest.headers).toMatchObject({
      'x-log-count': '2',
      'x-log-cursor': cursorAt(4),
      'x-log-end-of-cursor': '1',
    });
    const end = await c.pull(0, cursorAt(5));
    expect([end.status, end.body.length, end.headers['x-log-read-last-cursor']]).toEqual([200, 0, undefined]);
    expect(end.headers).toMatchObject({
      'x-log-count': '0',
      'x-log-bodyrawsize': '0',
      'x-log-cursor': cursorAt(5),
      'x-log-end-of-cursor': '1',
      'content-length': '0',
    });
    const log = await c.call('GET', path('/shards/0'), { query: { type: 'log', cursor: begin, count: '1' } });
    expect(log.headers['x-log-count']).toBe('1');
    // Without padding, and with the line feed Python sends.
    expect((await c.pull(0, cursorAt(1).replace(/=+$/, ''))).headers['x-log-count']).toBe('4');
    expect((await c.pull(0, `${cursorAt(1)}\n`)).headers['x-log-count']).toBe('4');
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const c = await freshStore();
    await c.put(sampleGroup('g'));
    const query = { type: 'logs', cursor: await c.cursor(0, 'begin'), count: '10' };
    const answer = await c.call('HEAD', path('/shards/0'), { query, headers: { 'accept-encoding': 'lz4' } });
    expect([answer.status, answer.body.length, answer.headers['x-log-count']]).toEqual([200, 0, '1']);
  });

  it('compresses a pull as Accept-Encoding says, and nothing else ever', async () => {
    const c = await freshStore();
    for (let i = 0; i < 3; i++) await c.put(sampleGroup(`g${i}`, 500));
    const cursor = await c.cursor(0, 'begin');
    const raw = expand(await c.pull(0, cursor));
    const read: Record<string, (answer: Answer) => Uint8Array> = {
      lz4: ({ body }) => decompressLz4(body, raw.length),
      deflate: ({ body }) => decompress('deflate', body, raw.length),
      zstd: ({ body }) => readZstd(body),
      '': ({ body }) => body,
      'gzip, deflate, lz4': ({ body }) => decompress('deflate', body, raw.length),
    };
    for (const [accepted, expandIt] of Object.entries(read)) {
      const answer = await c.pull(0, cursor, 1000, { headers: { 'accept-encoding': accepted } });
      expect(answer.headers['x-log-compresstype']).toBe(
        accepted === '' ? undefined : accepted.startsWith('gzip') ? 'deflate' : accepted,
      );
      expect(answer.headers['x-log-bodyrawsize']).toBe(String(raw.length));
      expect(Buffer.compare(expandIt(answer), raw)).toBe(0);
    }
    const list = await c.call('GET', path('/shards'), { headers: { 'accept-encoding': 'deflate' } });
    expect(JSON.parse(list.body.toString())).toHaveLength(1);
  });

  it('takes bodies as lz4, zlib, raw deflate and plain, on all routes', async () => {
    const c = await freshStore();
    const raw = sampleGroup('g', 20);
    const put = (route: string, type: string | undefined, body: Uint8Array): Promise<Answer> => {
      const compressed = type === undefined ? {} : { 'x-log-compresstype': type };
      return c.call('POST', route, { body, headers: { ...compressed, 'x-log-bodyrawsize': String(raw.length) } });
    };
    const answers = [
      await put(path('/shards/lb'), 'lz4', compressLz4(raw)),
      await put(path(), 'deflate', deflateSync(raw)),
      await put(path('/shards/lb'), 'deflate', deflateRawSync(raw)),
      await put(path('/shards/lb'), undefined, raw),
      await put(`/prometheus/proj${path('/api/v1/write').slice('/logstores'.length)}`, 'lz4', compressLz4(raw)),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
    const expected = Buffer.concat([raw, receiveTimeTag(nowMs / 1000)]);
    expect(await c.readAll(0)).toEqual([expected, expected, expected, expected, expected]);
  });

  it('takes the JSON form', async () => {
    const c = await freshStore();
    const body = JSON.stringify({
      __topic__: 'web',
      __source__: '10.0.0.1',
      __logs__: [{ __time__: 1_700_000_000, __time_ns_part__: 123_456_789, level: 'info', n: 7 }, { a: '' }],
      __tags__: { __pack_id__: '5C9A-0' },
    });
    expect((await c.call('POST', path('/shards/lb'), { body })).status).toBe(200);
    const expected = encodeLogGroup({
      topic: 'web',
      source: '10.0.0.1',
      tags: [['__pack_id__', '5C9A-0']],
      logs: [
        {
          time: 1_700_000_000,
          timeNs: 123_456_789,
          contents: [
            ['level', 'info'],
            ['n', '7'],
          ],
        },
        { time: Math.floor(nowMs / 1000), contents: [['a', '']] },
      ],
    });
    expect(await c.readAll(0)).toEqual([Buffer.concat([expected, receiveTimeTag(Math.floor(nowMs / 1000))])]);
  });

  it('adds the client address where the log store says appendMeta', async () => {
    const c = await freshStore(1, { appendMeta: true });
    await c.put(sampleGroup('g'));
    const [group] = await c.readAll(0);
    expect(group?.toString('latin1')).toContain('__client_ip__\x12\x09127.0.0.1');
  });

  it('stores nothing for a group without logs', async () => {
    const c = await freshStore();
    expect((await c.put(encodeLogGroup({ topic: 'empty', logs: [] }))).status).toBe(200);
    expect(await c.cursor(0, 'begin')).toBe(await c.cursor(0, 'end'));
  });

  it('routes by hash key, any case, and lets the shards take turns without one', async () => {
    const c = await freshStore(4);
    await c.put(sampleGroup('low'), '0'.repeat(32));
    await c.put(sampleGroup('edge'), `4${'0'.repeat(31)}`);
    await c.put(sampleGroup('high'), 'F'.repeat(32));
    const counts = async (): Promise<number[]> =>
      Promise.all([0, 1, 2, 3].map(async (shard) => (await c.readAll(shard)).length));
    expect(await counts()).toEqual([1, 1, 0, 1]);
    for (let i = 0; i < 8; i++) await c.put(sampleGroup('any'));
    expect(await counts()).toEqual([3, 3, 2, 3]);
    expect(error(await c.put(sampleGroup('x'), 'not-a-key'))).toEqual([
      400,
      { errorCode: 'ParameterInvalid', errorMessage: 'Parameter key is not valid.' },
    ]);
  });

  it('refuses bad puts with the code of the catalogue', async () => {
    const c = await freshStore();
    const raw = sampleGroup('g');
    const lb = path('/shards/lb');
    const lz4 = (body: Uint8Array, size: string | undefined, type = 'lz4'): Promise<Answer> => {
      const sizes = size === undefined ? {} : { 'x-log-bodyrawsize': size };
      return c.call('POST', lb, { body, headers: { 'x-log-compresstype': type, ...sizes } });
    };
    const block = compressLz4(raw);
    const log = (time: number, key: string, value: string): Uint8Array =>
      encodeLogGroup({ logs: [{ time, contents: [[key, value]] }] });
    const cases: [Promise<Answer>, number, string, string][] = [
      [lz4(block, String(raw.length + 1)), 400, 'PostBodyUncompressError', 'the body expands to'],
      [lz4(block, 'x'), 400, 'InvalidBodyRawSize', 'x-log-bodyrawsize x is not valid'],
      [lz4(block, '99999999'), 400, 'PostBodyTooLarge', 'the body has 99999999 raw bytes (up to 10485760)'],
      [lz4(block, '100', 'snappy'), 400, 'InvalidCompressType', 'x-log-compresstype snappy is not supported'],
      [
        c.call('POST', lb, { body: raw.subarray(0, -1) }),
        400,
        'PostBodyInvalid',
        'the body ends in the middle of a field',
      ],
      [c.call('POST', lb, { body: Uint8Array.from([0x0a, 0]) }), 400, 'PostBodyInvalid', 'a log has no time'],
      [c.call('POST', lb, { body: log(1, 'k'.repeat(129), '') }), 400, 'InvalidKey', 'a key has 129 bytes (1 to 128)'],
      [
        c.call('POST', lb, { body: log(1, 'k', 'v'.repeat((1 << 20) + 1)) }),
        400,
        'PostBodyInvalid',
        'a value has 1048577 bytes (up to 1048576)',
      ],
      [c.call('POST', lb, { body: raw, headers: { 'content-type': 'text/plain' } }), 415, 'InvalidContentType', ''],
      [c.call('POST', lb, { body: '{' }), 400, 'PostBodyInvalid', 'The body is not valid json string.'],
      [
        c.call('POST', '/logstores/nowhere/shards/lb', { body: raw }),
        404,
        'LogStoreNotExist',
        'logstore nowhere does not exist',
      ],
    ];
    for (const [sent, status, code, message] of cases) {
      const answer = await sent;
      const { errorCode, errorMessage } = JSON.parse(answer.body.toString()) as Record<string, string>;
      expect([answer.status, errorCode]).toEqual([status, code]);
      expect(errorMessage).toContain(message);
    }
    expect(await c.readAll(0)).toEqual([]);
  });

  it('refuses every truncation of a compressed body', async () => {
    const c = await freshStore();
    const raw = sampleGroup('g', 3);
    const block = compressLz4(raw);
    for (let length = 0; length < block.length; length++) {
      const headers = { 'x-log-compresstype': 'lz4', 'x-log-bodyrawsize': String(raw.length) };
      const body = block.subarray(0, length);
      const more = length === 0 ? { 'content-type': 'application/x-protobuf' } : {};
      expect((await c.call('POST', path('/shards/lb'), { body, headers: { ...headers, ...more } })).status).toBe(400);
    }
    expect(await c.readAll(0)).toEqual([]);
  });

  it('refuses bad pulls and cursors', async () => {
    const c = await freshStore();
    await c.put(sampleGroup('g'));
    const begin = await c.cursor(0, 'begin');
    const position = BigInt(Buffer.from(begin, 'base64').toString());
    const cursor = (at: bigint): string => Buffer.from(at.toString()).toString('base64');
    const invalid = (text: string): unknown => [
      400,
      { errorCode: 'InvalidCursor', errorMessage: `Invalid cursor ${text}` },
    ];
    for (const bad of [cursor(position - 1n), cursor(position + 2n), 'nonsense', cursor(-1n)]) {
      expect(error(await c.pull(0, bad))).toEqual(invalid(bad));
    }
    const time = (text: string): Promise<Answer> =>
      c.call('GET', path('/shards/0'), { query: { type: 'cursor_time', cursor: text } });
    expect(error(await time(cursor(position - 1n)))).toEqual(invalid(cursor(position - 1n)));
    for (const count of [0, 1001, -1]) {
      expect(error(await c.pull(0, begin, count))).toEqual([
        400,
        { errorCode: 'ParameterInvalid', errorMessage: 'Invalid loggroup count, (0,1000]' },
      ]);
    }
    expect(error(await c.pull(7, begin))).toEqual([
      400,
      { errorCode: 'ShardNotExist', errorMessage: 'Shard 7 does not exist.' },
    ]);
    expect(error(await c.call('GET', path('/shards/0'), { query: { type: 'cursor', from: 'x' } }))).toEqual([
      400,
      { errorCode: 'ParameterInvalid', errorMessage: 'Parameter From is not valid.' },
    ]);
    expect((await c.pull(0, begin, 1, { query: { query: '* | where a=1' } })).status).toBe(400);
  });

  it('finds cursors by receive time and tells the time of cursors', async () => {
    const c = await freshStore();
    nowMs = 2_000_000_000_000;
    const timeOf = async (cursor: string): Promise<unknown> =>
      c.json('GET', path('/shards/0'), { query: { type: 'cursor_time', cursor } });
    expect(await timeOf(await c.cursor(0, 'end'))).toEqual({ cursor_time: 2_000_000_000 });
    for (const sec of [10, 10, 20, 30]) {
      nowMs = (2_000_000_000 + sec) * 1000;
      await c.put(sampleGroup('g'));
    }
    const begin = await c.cursor(0, 'begin');
    const offset = async (from: string): Promise<number> => {
      const number = (cursor: string): bigint => BigInt(Buffer.from(cursor, 'base64').toString());
      return Number(number(await c.cursor(0, from)) - number(begin));
    };
    const at = (sec: number): string => String(2_000_000_000 + sec);
    const places = await Promise.all(['0', at(10), at(11), at(20), at(30), at(31), at(9999), 'end'].map(offset));
    expect(places).toEqual([0, 0, 2, 2, 3, 4, 4, 4]);
    expect(await timeOf(begin)).toEqual({ cursor_time: 2_000_000_010 });
    expect(await timeOf(await c.cursor(0, 'end'))).toEqual({ cursor_time: 2_000_000_030 });
  });

  it('caps a pull by raw bytes and gives at least one group', async () => {
    const small = await LogService.start({ port: 0, init: ['proj/ls:1'], pullMaxBytes: 1000, auth: 'off' });
    const c = new RawClient(small.url, 'proj', 'ls');
    for (const count of [1, 1, 1, 1, 1, 1, 1, 100, 1]) await c.put(sampleGroup('g', count));
    const sizes: string[] = [];
    for (let cursor = await c.cursor(0, 'begin'); ;) {
      const answer = await c.pull(0, cursor);
      if (answer.headers['x-log-count'] === '0') break;
      sizes.push(
        `${answer.headers['x-log-count'] ?? ''}${answer.headers['x-log-end-of-cursor'] === '1' ? ' end' : ''}`,
      );
      expect(cutGroups(expand(answer))).toHaveLength(Number(answer.headers['x-log-count']));
      cursor = answer.headers['x-log-cursor'] ?? '';
    }
    expect(sizes).toEqual(['5', '2', '1', '1 end']);
    c.close();
    await small.close();
  });

  it('refuses old logs only where a window is set', async () => {
    const strict = await LogService.start({
      port: 0,
      init: ['proj/ls:1'],
      logTimeWindowMs: 7 * 86_400_000,
      now: () => START_SEC * 1000,
      auth: 'off',
    });
    const c = new RawClient(strict.url, 'proj', 'ls');
    const put = async (time: number): Promise<number> => (await c.put(sampleGroup('g', 1, time))).status;
    expect(await Promise.all([-7 * 86_400, 0, 900].map((off) => put(START_SEC + off)))).toEqual([200, 200, 200]);
    expect(await Promise.all([-7 * 86_400 - 1, 901].map((off) => put(START_SEC + off)))).toEqual([400, 400]);
    expect(error(await c.put(sampleGroup('g', 1, 5)))).toEqual([
      400,
      { errorCode: 'PostBodyInvalid', errorMessage: 'The post data time is out of range' },
    ]);
    c.close();
    await strict.close();
  });
});
