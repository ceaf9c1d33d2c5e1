import { afterEach, describe, expect, it } from 'vitest';
import { LogService, type LogServiceOptions } from '../../../../src/logservice/index.ts';
import { parseQuota } from '../../../../src/logservice/quota/quota-limits.ts';
import { RawClient, sampleGroup, type Answer } from '../raw-client.ts';

let service: LogService;
let client: RawClient;
let nowMs = 1_700_000_000_000;
afterEach(async () => {
  client.close();
  await service.close();
});
const start = async (quota: LogServiceOptions['quota'], init = 'proj/ls:2'): Promise<void> => {
  service = await LogService.start({ port: 0, init: [init], quota, now: () => nowMs });
  client = new RawClient(service.url, 'proj', 'ls', () => nowMs);
};
const outcome = (answer: Answer): string => {
  if (answer.status === 200) return 'ok';
  return `${answer.status} ${(JSON.parse(answer.body.toString()) as { errorCode: string }).errorCode}`;
};
const LEFT = '0'.repeat(32);
const RIGHT = 'f'.repeat(32);

describe('quotas', () => {
  it('of a shard refuse writes of that shard only, and let go with time', async () => {
    await start('shard-writes=2');
    const put = async (key: string): Promise<string> => outcome(await client.put(sampleGroup('g'), key));
    expect([await put(LEFT), await put(LEFT), await put(LEFT)]).toEqual(['ok', 'ok', '403 ShardWriteQuotaExceed']);
    expect(await put(RIGHT)).toBe('ok');
    nowMs += 500;
    expect([await put(LEFT), await put(LEFT)]).toEqual(['ok', '403 ShardWriteQuotaExceed']);
    expect(await client.readAll(0)).toHaveLength(3);
  });

  it('count raw bytes of writes', async () => {
    const group = sampleGroup('g', 100);
    await start({ shardWriteBytesPerSec: group.length * 1.5 }, 'proj/ls:1');
    const put = async (): Promise<string> => outcome(await client.put(group));
    expect([await put(), await put(), await put()]).toEqual(['ok', 'ok', '403 ShardWriteQuotaExceed']);
  });

  it('count calls and raw bytes of pulls', async () => {
    await start({ shardReadBytesPerSec: 1000, shardReadsPerSec: 3 }, 'proj/ls:1');
    await client.put(sampleGroup('g', 100));
    const begin = await client.cursor(0, 'begin');
    const end = await client.cursor(0, 'end');
    expect(outcome(await client.pull(0, begin))).toBe('ok');
    expect(outcome(await client.pull(0, begin))).toBe('403 ShardReadQuotaExceed');
    nowMs += 3_600_000;
    for (let i = 0; i < 3; i++) expect(outcome(await client.pull(0, end))).toBe('ok');
    expect(outcome(await client.pull(0, end))).toBe('403 ShardReadQuotaExceed');
  });

  it('of a project hold over its shards', async () => {
    await start('project-writes=2,project-reads=1');
    const cursor = await client.cursor(0, 'begin');
    expect(outcome(await client.put(sampleGroup('g'), LEFT))).toBe('ok');
    expect(outcome(await client.put(sampleGroup('g'), RIGHT))).toBe('ok');
    expect(outcome(await client.put(sampleGroup('g'), RIGHT))).toBe('403 WriteQuotaExceed');
    expect(outcome(await client.pull(0, cursor))).toBe('ok');
    expect(outcome(await client.pull(0, cursor))).toBe('403 ReadQuotaExceed');
  });

  it('are read from text', () => {
    expect(parseQuota('sls')).toMatchObject({ shardWriteBytesPerSec: 5_000_000, shardReadsPerSec: 100 });
    expect(parseQuota('sls,shard-write-mb=0.5')).toMatchObject({
      shardWriteBytesPerSec: 500_000,
      shardWritesPerSec: 500,
    });
    expect(() => parseQuota('shard-wirtes=5')).toThrow(
      expect.objectContaining({ hint: 'Did you mean "shard-writes"?' }),
    );
    expect(() => parseQuota('shard-writes=0')).toThrow('quota "shard-writes" takes a number above 0, not "0"');
  });
});
