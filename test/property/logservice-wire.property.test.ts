import { readFileSync, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/logservice/api-error.ts';
import { checkLogGroup } from '../../src/logservice/api/check-log-group.ts';
import { LogService } from '../../src/logservice/index.ts';
import { spliceRecords } from '../../src/logservice/storage/lz4-splice.ts';
import { BlockBudget } from '../../src/logservice/storage/memory-blocks.ts';
import { ShardLog } from '../../src/logservice/storage/shard-log.ts';
import { WireError } from '../../src/errors/sluice-error.ts';
import { encodeLogGroup, encodeLogTag } from '../../src/wire/sls/encode-log-group.ts';
import { compressLz4, decompressLz4 } from '../../src/wire/sls/lz4.ts';
import { decodeLogGroup, scanLogGroup } from '../../src/wire/sls/scan-log-group.ts';
import { mutated, randomFrom } from '../support/mutate.ts';
import { RawClient, cutGroups, expand, sampleGroup } from '../unit/logservice/raw-client.ts';

const seed = (process.env['SEED'] === undefined ? Date.now() : Number(process.env['SEED'])) >>> 0;

const group = encodeLogGroup({
  topic: 'web',
  source: '10.0.0.1',
  machineUuid: 'uuid',
  tags: [['__pack_id__', '5C9A-0']],
  logs: [
    {
      time: 1_700_000_000,
      timeNs: 123_456_789,
      contents: [
        ['level', 'info'],
        ['msg', 'hello 中'],
      ],
    },
    {
      time: 1_700_000_001,
      contents: [
        ['empty', ''],
        ['long', 'x'.repeat(200)],
      ],
    },
  ],
});

/** @returns number of logs, or undefined where it is refused as a client's mistake; all else is thrown */
function accepted(bytes: Uint8Array): number | undefined {
  try {
    return checkLogGroup(bytes, undefined);
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return undefined;
    throw error;
  }
}

describe(`what comes over the wire (SEED=${seed})`, () => {
  it('is a LogGroup for every reader if the service takes it: cut at every byte, and 100,000 mutations', () => {
    const next = randomFrom(seed);
    const check = (bytes: Uint8Array): boolean => {
      const logs = accepted(bytes);
      if (logs === undefined) return false;
      expect(decodeLogGroup(bytes).logs).toHaveLength(logs);
      expect(scanLogGroup(bytes).logCount).toBe(logs);
      return true;
    };
    for (let end = 0; end < group.length; end++) check(group.subarray(0, end));
    let taken = 0;
    for (let i = 0; i < 100_000; i++) if (check(mutated(group, next))) taken++;
    // Otherwise the mutations would show nothing.
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(99_000);
  });

  it('refuses tags beyond 32 bits, which readers would take for others', () => {
    // 0x0a with a bit above the 32nd: a log to one who keeps 32 bits.
    expect(accepted(Uint8Array.from([0x8a, 0x80, 0x80, 0x80, 0x10, 1, 0]))).toBeUndefined();
  });

  it('is stored and spliced as it was accepted, whatever the LZ4 block looks like', async () => {
    const next = randomFrom(seed ^ 1);
    const log = await ShardLog.open({
      folder: undefined,
      budget: new BlockBudget(1 << 30),
      fsync: 'always',
      segmentBytes: 1 << 20,
      log: () => undefined,
    });
    const raw = sampleGroup('g', 3);
    const block = compressLz4(raw);
    const tag = encodeLogTag('__receive_time__', '1700000000');
    const stored: Uint8Array[] = [];
    const keep = async (bytes: Uint8Array): Promise<void> => {
      let expanded: Uint8Array;
      try {
        expanded = decompressLz4(bytes, raw.length);
      } catch (error) {
        if (error instanceof WireError) return;
        throw error;
      }
      await log.append({ block: bytes, rawBytes: raw.length, tags: () => tag, receiveTimeSec: 1_700_000_000 });
      stored.push(expanded);
    };
    for (let end = 0; end <= block.length; end++) await keep(block.subarray(0, end));
    for (let i = 0; i < 20_000; i++) await keep(mutated(block, next));
    expect(stored.length).toBeGreaterThan(100);
    for (let from = 0; from < stored.length; from += 500) {
      const to = Math.min(stored.length, from + 500);
      const slice = await log.read(from, to);
      const groups = cutGroups(Buffer.from(decompressLz4(spliceRecords(slice), slice.rawBytes)));
      const expected = stored.slice(from, to).map((bytes) => Buffer.concat([bytes, tag]));
      expect(groups.length).toBe(expected.length);
      expect(groups.findIndex((one, i) => !one.equals(expected[i] ?? Buffer.alloc(0)))).toBe(-1);
    }
    await log.close();
  });

  describe('as requests', () => {
    let service: LogService;
    beforeAll(async () => {
      service = await LogService.start({
        port: 0,
        init: ['proj/ls:2'],
        auth: 'off',
        log: (line) => void complaints.push(line),
      });
    });
    afterAll(() => service.close());
    const complaints: string[] = [];

    /** Sends bytes and half-closes. @returns all that came back */
    function exchange(bytes: Uint8Array): Promise<string> {
      return new Promise((resolve, reject) => {
        let answer = '';
        const socket = connect({ port: service.port, host: '127.0.0.1' }, () => socket.end(bytes));
        socket.setTimeout(5000, () => {
          socket.destroy();
          reject(new Error(`no answer to ${Buffer.from(bytes).toString('latin1')}`));
        });
        socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
        socket.once('error', (error: NodeJS.ErrnoException) =>
          error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
        );
        socket.once('close', () => resolve(answer));
      });
    }

    it('gets an answer of the catalogue or none, and the service goes on', async () => {
      const next = randomFrom(seed ^ 2);
      const head = (method: string, target: string, body: Uint8Array, more = ''): Uint8Array =>
        Buffer.concat([
          Buffer.from(
            `${method} ${target} HTTP/1.1\r\nHost: proj.sls.test\r\nx-log-apiversion: 0.6.0\r\n${more}` +
              `Content-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
          ),
          body,
        ]);
      const none = new Uint8Array(0);
      const block = compressLz4(group);
      const requests = [
        head(
          'POST',
          '/logstores/ls/shards/lb?',
          block,
          `x-log-compresstype: lz4\r\nx-log-bodyrawsize: ${group.length}\r\n`,
        ),
        head('POST', '/logstores/ls/shards/route?key=80000000000000000000000000000000', group),
        head(
          'GET',
          '/logstores/ls/shards/0?type=logs&cursor=MTcwMDAwMDAwMDAwMDAwMDAwMA%3D%3D&count=10',
          none,
          'Accept-Encoding: lz4\r\n',
        ),
        head('GET', '/logstores/ls/shards/0?type=cursor&from=begin', none),
        head('POST', '/logstores/ls/consumergroups', Buffer.from('{"consumerGroup":"g","timeout":60,"order":false}')),
        head('POST', '/logstores/ls/consumergroups/g?type=heartbeat&consumer=c', Buffer.from('[0,1]')),
        head('GET', '/logstores/ls?type=log&from=1&to=2000000000&query=a%20and%20(b%20or%20c%3Ad)', none),
        head('POST', '/logstores/ls/logs', Buffer.from('{"from":1,"to":2000000000,"query":"*"}')),
      ];
      const recorded = new URL('../../../shared/reference/sls-protocol.md', import.meta.url);
      if (existsSync(recorded)) {
        const text = readFileSync(recorded, 'utf8').split('## 11. ')[1] ?? '';
        for (const [, request] of text.matchAll(/```\n((?:GET|POST) [^`]+)```/g)) {
          requests.push(
            Buffer.from(
              `${(request ?? '')
                .replace(/ {4,}\(.*\)\n/, '\n')
                .trimEnd()
                .replaceAll('\n', '\r\n')}\r\n\r\n`,
            ),
          );
        }
      } else {
        process.stdout.write(
          'skipped: requests recorded from the SDKs (../shared/reference/sls-protocol.md is absent)\n',
        );
      }
      for (let i = 0; i < 1500; i++) {
        const answer = await exchange(mutated(requests[i % requests.length] ?? none, next));
        if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 (200|4\d\d|501) /);
        if (answer !== '' && !answer.startsWith('HTTP/1.1 200')) {
          expect(answer).toMatch(/\r\nx-log-requestid: [0-9A-F]{24}\r\n/);
          expect(answer).toMatch(/\{"errorCode":"\w+","errorMessage":/);
        }
      }
      expect(complaints).toEqual([]);
      const client = new RawClient(service.url);
      expect((await client.put(group)).status).toBe(200);
      for (const shard of [0, 1]) {
        const answer = await client.pull(shard, await client.cursor(shard, 'begin'));
        for (const one of cutGroups(expand(answer))) decodeLogGroup(one);
      }
      client.close();
    });
  });
});
