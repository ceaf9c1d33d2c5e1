import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { putGroups, slsOptions, wholeStore } from '../support/sls-store.ts';

const ROWS = 400;
const READING = [
  'PullLogs',
  'GetCursor',
  'ListShards',
  'GetLogStore',
  'HeartBeat',
  'UpdateCheckPoint',
  'GetCheckPoint',
];
/** The first answer of each API comes through: a service that never answered is given up early. */
const after = 1;

/** Copies a log store to another while the service misbehaves by these rules. */
async function copyUnder(...rules: object[]): Promise<{ read: number; written: number[]; struck: number }> {
  const service = await LogService.start({ port: 0, init: ['p/from:2', 'p/to:2'] });
  const engine = await Engine.open({ onWarning: () => undefined });
  try {
    const groups = Array.from({ length: ROWS / 10 }, (_, g) => {
      const logs = Array.from({ length: 10 }, (_row, i) => ({
        time: 1,
        contents: [['id', String(g * 10 + i)]] as const,
      }));
      return [{ logs }, 'lz4'] as const;
    });
    await putGroups(service, 'from', groups);
    const impatient = `maxRetryTimes='50'`;
    await engine.execute(`
      CREATE TABLE src (id INT) WITH (${slsOptions(service.url, 'from', `${wholeStore}, batchGetSize='4', ${impatient}`)});
      CREATE TABLE dst (id INT) WITH (${slsOptions(service.url, 'to', `batchSize='40', baseRetryBackoffMs='5', ${impatient}`)});
      CREATE TABLE back (id INT) WITH (${slsOptions(service.url, 'to', wholeStore)})`);
    service.setFaults({ seed: 11, rules });
    const job = await engine.submit('INSERT INTO dst SELECT id FROM src');
    await job.done;
    service.setFaults();
    const rows = await engine.query('SELECT id FROM back').toArray();
    const struck = [...service.counters.faults.values()].reduce((sum, count) => sum + count, 0);
    return { read: job.progress().rows, written: rows.map((row) => Number(row['id'])), struck };
  } finally {
    await engine.close();
    await service.close();
  }
}

describe('our source and sink against a service that misbehaves', () => {
  it.each([
    ['answers late', { fault: 'delay', ms: [1, 20], every: 3 }],
    ['drops calls', { fault: 'drop', every: 4, after }],
    ['drops answers', { fault: 'drop', when: 'after', every: 4, after }],
    ['fails', { fault: 'error', every: 4, after }],
    ['is busy', { fault: 'error', code: 'ServerBusy', every: 5, after }],
    ['cuts answers', { api: READING, fault: 'truncate', keep: 0.6, every: 4, after }],
    ['sends answers twice', { api: READING, fault: 'duplicate', what: 'answer', every: 4, after }],
    ['is over its read quota', { api: 'PullLogs', fault: 'error', code: 'ShardReadQuotaExceed', nth: [3, 6] }],
    ['is over its write quota', { api: 'PutLogs', fault: 'error', code: 'ShardWriteQuotaExceed', nth: [2, 3] }],
    ['has a clock that is an hour ahead', { fault: 'clock-skew', ms: 3_600_000 }],
    ['executes puts twice', { api: 'PutLogs', fault: 'duplicate', every: 3 }],
  ])('which %s: every row is read once and written at least once', async (_what, rule) => {
    const { read, written, struck } = await copyUnder(rule);
    expect(struck).toBeGreaterThan(1);
    expect(read).toBe(ROWS);
    expect(new Set(written).size).toBe(ROWS);
    expect(Math.max(...written)).toBe(ROWS - 1);
  });
});
