import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createConsumerGroup,
  getCheckpoints,
  heartbeat,
  updateCheckpoint,
} from '../../src/connectors/sls/api/consumer-groups.ts';
import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import { TestStore, until } from '../support/sls-test-store.ts';

let clock = Date.now();
let service: LogService;
let store: TestStore;
let engine: Engine;
let warnings: string[];
let stores = 0;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/unused:1'], now: () => clock, clockWindowMs: Infinity });
});
afterAll(async () => {
  await service.close();
});
beforeEach(async () => {
  clock = Date.now();
  warnings = [];
  store = await new TestStore(service.url, `reset-${stores++}`).create(2);
  engine = await Engine.open({ onWarning: (line) => warnings.push(line) });
  await engine.execute(`CREATE TABLE t (k VARCHAR) WITH (${store.options()})`);
  await createConsumerGroup(store.client, { name: 'g', timeoutSec: 30, order: true });
  await store.putMany(['1', '9'], 4);
});
afterEach(async () => {
  await engine.close();
  await store.client.close();
});

/** Resets the group to the begin. @returns what was warned of */
async function reset(): Promise<string[]> {
  await engine.execute('ALTER CONSUMER GROUP g FOR t RESET TO BEGIN');
  const stored = await getCheckpoints(store.client, 'g');
  expect([...stored]).toEqual(
    await Promise.all([0, 1].map(async (id) => [id, await getCursor(store.client, id, 'begin')])),
  );
  return warnings;
}

async function storeEnd(shard: number, consumer?: string): Promise<void> {
  await updateCheckpoint(store.client, 'g', { shard, cursor: await getCursor(store.client, shard, 'end'), consumer });
}

const advice =
  'the new position counts when it is started again; a client that is not Sluice stores its own progress over it: stop it and reset again';

describe('a reset of a consumer group', () => {
  it('is silent where nobody reads', async () => {
    expect(await reset()).toEqual([]);
  });

  it('names the members that live, although they stored nothing for long', async () => {
    for (let i = 0; i < 3; i++) await heartbeat(store.client, 'g', 'c-1', []);
    for (const shard of [0, 1]) await storeEnd(shard, 'c-1');
    expect(await reset()).toEqual([`consumer group "g" is being read by c-1, and ${advice}`]);
  });

  it('names the members that hold shards and have stored nothing yet', async () => {
    await heartbeat(store.client, 'g', 'c-2', []);
    await heartbeat(store.client, 'g', 'c-2', [0, 1]);
    expect(await reset()).toEqual([`consumer group "g" is being read by c-2, and ${advice}`]);
  });

  it('takes a member that fell silent for gone', async () => {
    await heartbeat(store.client, 'g', 'c-1', []);
    for (const shard of [0, 1]) await storeEnd(shard, 'c-1');
    // Beyond the time-out of the group and what counts as recent; the engine's clock is the real one.
    clock += 31_000;
    expect((await reset()).join()).not.toContain('is being read');
  });

  it('tells of progress that was stored a moment ago, since fixed shards have no members', async () => {
    await storeEnd(0);
    const [line, ...more] = await reset();
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^progress of consumer group "g" was stored \d+ s ago; if a job still runs with it, the new position/,
    );
  });

  it('is silent about progress of long ago', async () => {
    clock -= 3_600_000;
    await storeEnd(0);
    clock += 3_600_000;
    expect(await reset()).toEqual([]);
  });

  it('warns of a job that runs', async () => {
    const job = await engine.submit(`
      CREATE TABLE s (k VARCHAR) WITH (${store.options({ consumerGroup: 'g', assignment: 'balanced', startupMode: 'Earliest', heartBeatIntervalMills: '50' })});
      CREATE TABLE gone (k VARCHAR) WITH (type='blackhole');
      INSERT INTO gone SELECT k FROM s;`);
    const end = Date.now() + 60_000;
    while (job.progress().rows < 4 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    warnings.length = 0;
    await engine.execute('ALTER CONSUMER GROUP g FOR t RESET TO BEGIN');
    expect(warnings.filter((line) => line.includes('is being read by'))).toHaveLength(1);
    await job.stop();
    await job.done;
  });

  it.each([{}, { assignment: 'balanced', heartBeatIntervalMills: '50', groupTimeout: '60000' }])(
    'under a running job %o is not lost: the job goes on, stores nothing over it and begins there when it is started again',
    async (options) => {
      await engine.execute(`
        SET 'blink.checkpoint.interval.ms' = '20';
        CREATE TABLE s (k VARCHAR) WITH (${store.options({ consumerGroup: 'g', startupMode: 'Group_Offsets', ...options })});
        CREATE TABLE gone (k VARCHAR) WITH (type='blackhole');`);
      const ends = async (): Promise<string[]> => Promise.all([0, 1].map((id) => getCursor(store.client, id, 'end')));
      const stored = async (): Promise<(string | undefined)[]> => {
        const cursors = await getCheckpoints(store.client, 'g');
        return [0, 1].map((id) => cursors.get(id));
      };
      const job = await engine.submit('INSERT INTO gone SELECT k FROM s');
      const atEnd = async (): Promise<boolean> => String(await stored()) === String(await ends());
      await until('the first progress', atEnd);
      // What the job stored itself is no reset.
      await store.putMany(['1', '9'], 2);
      await until('more progress', atEnd);
      expect(warnings.filter((line) => line.includes('was set meanwhile'))).toEqual([]);
      await reset();
      await store.putMany(['1', '9'], 2);
      await until('the rest', () => job.progress().rows === 8);
      await job.stop();
      expect(await stored()).not.toContain((await ends())[0]);
      expect(await stored()).not.toContain((await ends())[1]);
      expect(warnings.filter((line) => line.includes('was set meanwhile')).length).toBeGreaterThan(0);
      // A member that has gone holds its shards until the group times out.
      clock += 61_000;
      const again = await engine.submit('INSERT INTO gone SELECT k FROM s');
      await until('all from the beginning', () => again.progress().rows === 8);
      await until('progress again', atEnd);
      await again.stop();
    },
  );
});
