import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ColumnBuilder } from '../../../../src/columnar/builder.ts';
import { Batch } from '../../../../src/columnar/batch.ts';
import * as sls from '../../../../src/connectors/sls/module.ts';
import { ramRoleCredentials } from '../../../../src/connectors/sls/ram-role.ts';
import { BIGINT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { encodeLogGroup } from '../../../../src/wire/sls/encode-log-group.ts';
import { decodeLogGroup } from '../../../../src/wire/sls/scan-log-group.ts';
import { splitLogGroup } from '../../../../src/wire/sls/split-log-group.ts';
import { sinkContext, slsTable } from '../../../support/sls-table.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: (url: string, body: Buffer) => { status: number; body: string }): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = answer(request.url ?? '', Buffer.concat(chunks));
      response.writeHead(status, { 'x-log-requestid': 'R' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A service that takes no request above `most` bytes; the logs it took, by request. */
async function narrowService(most: number): Promise<{ url: string; taken: { ids: string[]; pack: string }[] }> {
  const taken: { ids: string[]; pack: string }[] = [];
  const url = await serve((path, body) => {
    if (!path.includes('/shards/')) return { status: 200, body: '{}' };
    if (body.length > most) {
      return { status: 400, body: '{"errorCode":"PostBodyTooLarge","errorMessage":"too large"}' };
    }
    const group = decodeLogGroup(body);
    const ids = group.logs.map((log) => String(log.contents.find(([key]) => key === 'id')?.[1]));
    taken.push({ ids, pack: String(group.tags?.find(([key]) => key === '__pack_id__')?.[1]) });
    return { status: 200, body: '' };
  });
  return { url, taken };
}

async function write(url: string, options: Record<string, string>, rows: readonly (readonly [number, string])[]) {
  const columns = [
    ['id', BIGINT],
    ['text', VARCHAR],
  ] as const;
  const table = slsTable(
    columns,
    { endPoint: url, project: 'p', logStore: 'l', compressType: 'none', ...options },
    'sink',
  );
  const context = sinkContext(table);
  const sink = sls.sink(context);
  closers.push(() => sink.close());
  await sink.open();
  const ids = new ColumnBuilder(BIGINT);
  const texts = new ColumnBuilder(VARCHAR);
  for (const [id, text] of rows) {
    ids.append(BigInt(id));
    texts.appendString(text);
  }
  await sink.write(new Batch(context.schema, [ids.finish(), texts.finish()], rows.length, null));
  await sink.flush();
  return context;
}

const rows = (count: number, bytes: number) => Array.from({ length: count }, (_, i) => [i, 'x'.repeat(bytes)] as const);

describe('groups that are larger than the service takes', () => {
  it('are sent in halves, in order, each with a pack id of its own', async () => {
    const { url, taken } = await narrowService(3000);
    await write(url, {}, rows(8, 1000));
    expect(taken.flatMap((one) => one.ids)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(new Set(taken.map((one) => one.pack)).size).toBe(taken.length);
    expect(taken.length).toBe(4);
  });

  it('fail the sink when one log alone is too large', async () => {
    const { url } = await narrowService(3000);
    await expect(write(url, {}, [...rows(2, 100), [2, 'x'.repeat(4000)]])).rejects.toMatchObject({
      code: 'SLS_LOG_TOO_LARGE',
    });
  });

  it("lose only that log with onError = 'skip', which is counted and told", async () => {
    const { url, taken } = await narrowService(3000);
    const context = await write(url, { onError: 'skip' }, [...rows(2, 100), [2, 'x'.repeat(4000)], [3, 'y']]);
    expect(taken.flatMap((one) => one.ids)).toEqual(['0', '1', '3']);
    expect(context.counters.get('skippedLogs')?.value).toBe(1);
    expect(context.lines.some((line) => line.includes('too large'))).toBe(true);
  });
});

describe('logs above the limit of the protocol', () => {
  it("are left out before they are sent with onError = 'skip'", async () => {
    const { url, taken } = await narrowService(1 << 30);
    const context = await write(url, { onError: 'skip' }, [
      [0, 'a'],
      [1, 'x'.repeat((8 << 20) + 1)],
      [2, 'b'],
    ]);
    expect(taken.flatMap((one) => one.ids)).toEqual(['0', '2']);
    expect(context.counters.get('skippedLogs')?.value).toBe(1);
  });

  it('never share a request that would be too large for both', async () => {
    const { url, taken } = await narrowService(1 << 30);
    const half = 'x'.repeat(5 << 20);
    await write(url, { batchBytes: String(8 << 20) }, [
      [0, 'a'],
      [1, half],
      [2, half],
      [3, 'b'],
    ]);
    expect(taken.map((one) => one.ids)).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });
});

describe('a sink whose service is slow', () => {
  it('holds its writer back at maxBufferBytes, goes on with the answer, and never outlives a close', async () => {
    const waiting: (() => void)[] = [];
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const answer = (): void => void response.writeHead(200, { 'x-log-requestid': 'R' }).end('');
        if (request.method === 'POST') waiting.push(answer);
        else answer();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = {
      endPoint: url,
      project: 'p',
      logStore: 'l',
      batchBytes: '1024',
      maxBufferBytes: String(64 << 10),
    };
    const context = sinkContext(slsTable([['text', VARCHAR]], options, 'sink'));
    const sink = sls.sink(context);
    await sink.open();
    const texts = new ColumnBuilder(VARCHAR);
    for (let i = 0; i < 100; i++) texts.appendString('x'.repeat(1000));
    const batch = new Batch(context.schema, [texts.finish()], 100, null);
    const held = sink.write(batch);
    expect(held).toBeInstanceOf(Promise);
    let released = false;
    void held?.then(() => (released = true));
    const end = Date.now() + 60_000;
    while (!released && Date.now() < end) {
      for (const answer of waiting.splice(0)) answer();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(released).toBe(true);
    const again = sink.write(batch);
    expect(again).toBeInstanceOf(Promise);
    const failing = expect(again).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    await sink.close();
    await failing;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a log group cut in two', () => {
  it('keeps its logs in order and its attributes in both halves', () => {
    const logs = [1, 2, 3].map((time) => ({ time, contents: [['k', `v${time}`] as const] }));
    const whole = encodeLogGroup({ logs, topic: 't', source: 's', tags: [['__pack_id__', 'A']] });
    const halves = splitLogGroup(whole, [[['__pack_id__', 'A.1']], [['__pack_id__', 'A.2']]]);
    const decoded = halves?.map(decodeLogGroup) ?? [];
    expect(decoded.map((one) => one.logs.map((log) => log.time))).toEqual([[1], [2, 3]]);
    expect(decoded.map((one) => [one.topic, one.source, one.tags])).toEqual([
      ['t', 's', [['__pack_id__', 'A.1']]],
      ['t', 's', [['__pack_id__', 'A.2']]],
    ]);
    expect(splitLogGroup(encodeLogGroup({ logs: logs.slice(0, 1) }), [[], []])).toBeUndefined();
    expect(() => splitLogGroup(whole.subarray(0, 20), [[], []])).toThrow(/ends in the middle/);
  });
});

describe('keys of a RAM role', () => {
  const keys = (id: string, lifeMs: number): string =>
    JSON.stringify({
      AccessKeyId: id,
      AccessKeySecret: 's',
      SecurityToken: 't',
      Expiration: new Date(Date.now() + lifeMs).toISOString(),
    });

  it('are asked for once while they are valid, and again before they expire', async () => {
    let asked = 0;
    const url = await serve((path) => {
      expect(path).toBe('/my-role');
      asked++;
      return { status: 200, body: keys(`id${asked}`, asked === 1 ? 60_000 : 3_600_000) };
    });
    const credentials = ramRoleCredentials('my-role', url);
    const first = await Promise.all([credentials?.(), credentials?.()]);
    expect(first.map((one) => one?.accessId)).toEqual(['id1', 'id1']);
    expect((await credentials?.())?.accessId).toBe('id2');
    expect((await credentials?.())?.accessId).toBe('id2');
    expect(asked).toBe(2);
  });

  it('stay in use while they are valid when no new ones can be had, and fail clearly without any', async () => {
    let asked = 0;
    const url = await serve(() =>
      asked++ === 0 ? { status: 200, body: keys('id1', 60_000) } : { status: 500, body: '' },
    );
    const credentials = ramRoleCredentials('r', url);
    await credentials?.();
    expect((await credentials?.())?.accessId).toBe('id1');
    await expect(ramRoleCredentials('r', url)?.()).rejects.toMatchObject({ code: 'SLS_UNAUTHORIZED' });
  });
});
