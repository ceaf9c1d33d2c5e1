import { afterEach, describe, expect, it, vi } from 'vitest';
import { createConsumerGroup } from '../../../../src/connectors/sls/api/consumer-groups.ts';
import { Membership } from '../../../../src/connectors/sls/source/membership.ts';
import { Progress } from '../../../../src/connectors/sls/source/progress.ts';
import * as sls from '../../../../src/connectors/sls/module.ts';
import { LogService } from '../../../../src/logservice/index.ts';
import { BIGINT } from '../../../../src/types/sql-type.ts';
import { TestStore, until } from '../../../support/sls-test-store.ts';
import { slsTable, sourceContext } from '../../../support/sls-table.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

async function group(timeoutSec: number, faults?: object): Promise<TestStore> {
  const service = await LogService.start({ port: 0, init: ['p/l:2'], ...(faults === undefined ? {} : { faults }) });
  const store = new TestStore(service.url, 'l');
  closers.push(() => service.close());
  closers.push(() => store.client.close());
  await createConsumerGroup(store.client, { name: 'g', timeoutSec, order: true });
  return store;
}

function member(store: TestStore, consumer: string, heartbeatMs: number, timeoutMs = 60_000) {
  const lines: string[] = [];
  const membership = new Membership({
    client: store.client,
    group: 'g',
    consumer,
    heartbeatMs,
    timeoutMs,
    warn: (line) => void lines.push(line),
  });
  closers.push(() => membership.close());
  return { membership, lines };
}

const takeAll = (one: Membership): number[] => {
  const { added } = one.moves();
  for (const shard of added) one.take(shard);
  return [...added];
};

describe('a member of a consumer group', () => {
  it('keeps a shard in its heartbeats until it is released, and only then another has it', async () => {
    const store = await group(60);
    const a = member(store, 'a', 20).membership;
    const b = member(store, 'b', 20).membership;
    await a.start();
    expect(takeAll(a)).toEqual([0, 1]);
    await b.start();
    await until('the demand', () => a.moves().removed.length === 1);
    const [leaving] = a.moves().removed;
    // Many heartbeats pass; the shard stays where it is.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(b.moves().added).toEqual([]);
    await a.released([leaving!]);
    await until('the hand-over', () => b.moves().added.length === 1);
    expect(b.moves().added).toEqual([leaving]);
    expect(a.moves()).toEqual({ added: [], removed: [] });
  });

  it('drops its shards and joins anew when the service has forgotten it', async () => {
    const store = await group(1);
    // Its own heartbeats come too late for the group.
    const { membership, lines } = member(store, 'a', 60_000);
    await membership.start();
    expect(takeAll(membership)).toEqual([0, 1]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await membership.released([]);
    expect(lines.some((line) => line.includes('joining again'))).toBe(true);
    expect(membership.moves().removed).toEqual([0, 1]);
    expect(membership.holds(0)).toBe(false);
    await membership.released([0, 1]);
    expect(takeAll(membership)).toEqual([0, 1]);
    expect(membership.holds(0)).toBe(true);
  });

  it('counts its shards as lost when nothing was heard for the time-out of the group', async () => {
    const faults = { rules: [{ api: 'HeartBeat', fault: 'error', status: 400, code: 'Broken', after: 1 }] };
    const store = await group(60, faults);
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(1);
    const { membership, lines } = member(store, 'a', 30, 60_000);
    await membership.start();
    takeAll(membership);
    await until('some failures', () => lines.length >= 3);
    vi.advanceTimersByTime(59_000);
    expect(membership.moves().removed).toEqual([]);
    vi.advanceTimersByTime(2000);
    expect(membership.moves().removed).toEqual([0, 1]);
    expect(lines.some((line) => line.includes('count as lost'))).toBe(true);
  });

  it('keeps its shards when single heartbeats fail', async () => {
    const store = await group(60, {
      rules: [{ api: 'HeartBeat', fault: 'error', status: 400, code: 'Broken', every: 2 }],
    });
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(1);
    const { membership, lines } = member(store, 'a', 50);
    await membership.start();
    expect(takeAll(membership)).toEqual([0, 1]);
    for (let failures = 1; failures <= 5; failures++) {
      await until('a failure', () => lines.length >= failures);
      // Each of them alone is far below the time-out, all together are above it.
      vi.advanceTimersByTime(20_000);
      expect(membership.moves()).toEqual({ added: [], removed: [] });
    }
    expect(membership.moves()).toEqual({ added: [], removed: [] });
  });
});

describe('a consumer group that cannot be made', () => {
  it('fails the start of the read with what the service said', async () => {
    const faults = {
      rules: [{ api: 'CreateConsumerGroup', fault: 'error', status: 400, code: 'ConsumerGroupQuotaExceed' }],
    };
    const service = await LogService.start({ port: 0, init: ['p/l:1'], faults });
    closers.push(() => service.close());
    const options = { endPoint: service.url, project: 'p', logStore: 'l', consumerGroup: 'g', startupMode: 'Earliest' };
    const source = sls.source(sourceContext(slsTable([['n', BIGINT]], options)));
    closers.push(() => source.close());
    await expect(source.open()).rejects.toMatchObject({ serviceCode: 'ConsumerGroupQuotaExceed' });
  });
});

describe('progress', () => {
  it('that did not move is never stored again', async () => {
    const stored: string[][] = [];
    const progress = new Progress({
      mode: 'ON_CHECKPOINTS',
      intervalMs: 1,
      store: (positions) => {
        stored.push([...positions].map(([split, position]) => `${split}=${position}`));
        return Promise.resolve();
      },
      warn: () => undefined,
    });
    const commit = (a: string, b: string): Promise<void> => progress.commit(new Map(Object.entries({ a, b })));
    await commit('1', '1');
    await commit('1', '2');
    await commit('1', '2');
    await progress.close();
    expect(stored).toEqual([['a=1', 'b=1'], ['b=2']]);
  });

  it('that could not be stored is stored with the next', async () => {
    let fail = true;
    const stored = new Map<string, string>();
    const progress = new Progress({
      mode: 'ON_CHECKPOINTS',
      intervalMs: 1,
      store: (positions) => {
        if (fail) return Promise.reject(new Error('down'));
        for (const [split, position] of positions) stored.set(split, position);
        return Promise.resolve();
      },
      warn: () => undefined,
    });
    await expect(progress.commit(new Map([['a', '1']]))).rejects.toThrow('down');
    fail = false;
    await progress.commit(new Map([['b', '1']]));
    expect([...stored.keys()].sort()).toEqual(['a', 'b']);
  });
});
