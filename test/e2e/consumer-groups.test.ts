import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine, type StatementResult } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { putGroups, slsOptions } from '../support/sls-store.ts';

const start = Date.parse('2024-05-01T00:00:00Z');
const group = `consumerGroup='g', startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00'`;

let clock: number;
let service: LogService;
let engine: Engine;

beforeAll(async () => {
  clock = start;
  service = await LogService.start({ port: 0, init: ['p/in:2', 'p/none:2'], now: () => clock, clockWindowMs: 1e15 });
  // Three minutes with a log group of ten logs in each shard.
  for (let minute = 0; minute < 3; minute++) {
    const logs = Array.from({ length: 10 }, (_, i) => ({ time: 1, contents: [['id', String(i)]] as const }));
    for (const digit of ['0', 'f']) await putGroups(service, 'in', [[{ logs }, 'lz4', digit + '0'.repeat(31)]]);
    clock += 60_000;
  }
});
afterAll(async () => {
  await service.close();
});
beforeEach(async () => {
  engine = await Engine.open({ onWarning: () => undefined, timeZone: 'Asia/Shanghai' });
  await engine.execute(`
    CREATE TABLE t (id INT) WITH (${slsOptions(service.url, 'in', group)});
    CREATE TABLE empty (id INT) WITH (${slsOptions(service.url, 'none')});
    CREATE TABLE several (id INT) WITH (${slsOptions(service.url, 'in,none')});
    CREATE TABLE f (a STRING) WITH (type='file', path='/tmp/none.jsonl', format='jsonl');
    CREATE VIEW v AS SELECT id FROM t;`);
});
afterEach(async () => {
  await engine.close();
});

/** Runs a job as a restarted process would. @returns the rows it read */
async function job(before = ''): Promise<number> {
  const own = await Engine.open({ onWarning: () => undefined, timeZone: 'Asia/Shanghai' });
  try {
    const running = await own.submit(`
      CREATE TABLE t (id INT) WITH (${slsOptions(service.url, 'in', group)});
      CREATE TABLE gone (id INT) WITH (type='blackhole');
      ${before}
      INSERT INTO gone SELECT id FROM t;`);
    await running.done;
    return running.progress().rows;
  } finally {
    await own.close();
  }
}

async function ask(sql: string): Promise<StatementResult> {
  const [result] = await engine.execute(sql);
  if (result === undefined) throw new Error('no answer');
  return result;
}

async function mistake(sql: string): Promise<string> {
  return ask(sql).then(
    () => 'no mistake',
    (error: unknown) => engine.renderError(error),
  );
}

describe('statements about consumer groups', () => {
  it('show the progress that a job stored, and where a restarted job goes on', async () => {
    expect((await ask('SHOW CONSUMER GROUPS FOR empty')).rows).toEqual([]);
    expect(await job()).toBe(60);
    const shown = await ask('SHOW CONSUMER GROUPS FOR t');
    expect(shown.columns?.map(({ name }) => name)).toEqual([
      'group',
      'order',
      'timeout_s',
      'shards with progress',
      'consumers',
    ]);
    expect(shown.rows).toEqual([['g', 'no', '60', '2 of 2', '']]);
    const described = await ask('DESCRIBE CONSUMER GROUP g FOR t');
    expect(described.columns?.map(({ name }) => name)).toEqual([
      'shard',
      'status',
      'checkpoint',
      'consumer',
      'updated',
      'behind',
    ]);
    expect(described.rows).toEqual(
      ['0', '1'].map((shard) => [
        shard,
        'readwrite',
        expect.stringMatching(/^\d+$/),
        null,
        '2024-05-01 08:03:00.000',
        '0',
      ]),
    );
    expect(await job()).toBe(0);
  });

  it('reset to the begin, the end, and times in the session zone or epoch seconds', async () => {
    const reset = async (to: string): Promise<string> =>
      (await ask(`ALTER CONSUMER GROUP g FOR t RESET TO ${to}`)).message;
    const behind = async (): Promise<unknown> =>
      (await ask('DESC CONSUMER GROUP g FROM t')).rows?.map((row) => row.at(-1));
    await job();
    expect(await reset('BEGIN')).toBe('consumer group "g" reset to the begin in 2 shards');
    expect(await behind()).toEqual(['3', '3']);
    expect(await job()).toBe(60);
    await reset(`TIMESTAMP '2024-05-01 08:01:00'`);
    expect(await behind()).toEqual(['2', '2']);
    expect(await job()).toBe(40);
    await reset(`'2024-05-01 08:02:00'`);
    expect(await job()).toBe(20);
    await reset(String(start / 1000 + 60));
    expect(await job()).toBe(40);
    await reset('BEGIN');
    await reset('END');
    expect(await job()).toBe(0);
    expect(await job('ALTER CONSUMER GROUP g FOR t RESET TO BEGIN;')).toBe(60);
  });

  it('leave the group alone where they are only checked or explained', async () => {
    await job();
    await engine.check('ALTER CONSUMER GROUP g FOR t RESET TO BEGIN');
    await engine.explain('ALTER CONSUMER GROUP g FOR t RESET TO BEGIN; SELECT id FROM t');
    expect(await job()).toBe(0);
    await expect(engine.check(`ALTER CONSUMER GROUP g FOR t RESET TO 'noon'`)).rejects.toThrow('"noon" is no time');
    await expect(engine.check('SHOW CONSUMER GROUPS FOR nowhere')).rejects.toThrow('table "nowhere" does not exist');
  });

  it('name what is wrong', async () => {
    await job();
    const unknown = await mistake('DESCRIBE CONSUMER GROUP gg FOR t');
    expect(unknown).toContain('consumer group "gg" does not exist in log store "in"');
    expect(unknown).toContain('Consumer groups: g.');
    expect(await mistake('ALTER CONSUMER GROUP g FOR empty RESET TO END')).toContain(
      'consumer group "g" does not exist in log store "none"',
    );
    expect(await mistake('SHOW CONSUMER GROUPS FOR nowhere')).toContain('table "nowhere" does not exist');
    expect(await mistake('SHOW CONSUMER GROUPS FOR f')).toContain('connector "file" has no consumer groups');
    expect(await mistake('SHOW CONSUMER GROUPS FOR v')).toContain('"v" is a view and has no consumer groups');
    expect(await mistake('SHOW CONSUMER GROUPS FOR several')).toContain('table "several" reads several log stores');
  });
});
