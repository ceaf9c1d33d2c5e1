import { afterEach, describe, expect, it } from 'vitest';
import { FaultInjector } from '../../../../src/logservice/faults/fault-injector.ts';
import { readFaultPlan } from '../../../../src/logservice/faults/fault-plan.ts';
import { LogService } from '../../../../src/logservice/index.ts';
import { apiNames } from '../../../../src/logservice/router.ts';
import { RawClient, expand, sampleGroup } from '../raw-client.ts';

const call = { api: 'PutLogs', project: 'proj', logStore: 'ls', shard: '' };

/** Numbers of the calls that are hit, of `count`. */
function struck(rules: object[], count: number, seed = 1, of: Partial<typeof call> = {}): number[] {
  const injector = new FaultInjector(readFaultPlan({ seed, rules }, apiNames), () => undefined);
  const calls = Array.from({ length: count }, (_, i) => i + 1);
  return calls.filter(() => injector.next({ ...call, ...of }) !== undefined);
}

describe('the choice of calls', () => {
  it('is by number, step, offset and limit', () => {
    expect(struck([{ fault: 'drop', nth: [2, 5] }], 10)).toEqual([2, 5]);
    expect(struck([{ fault: 'drop', every: 3 }], 10)).toEqual([3, 6, 9]);
    expect(struck([{ fault: 'drop', every: 3, after: 2, limit: 2 }], 20)).toEqual([5, 8]);
    expect(struck([{ fault: 'drop' }], 3)).toEqual([1, 2, 3]);
  });

  it('is by API, project, log store and shard', () => {
    expect(struck([{ fault: 'drop', api: ['PullLogs'] }], 2)).toEqual([]);
    expect(struck([{ fault: 'drop', project: 'Proj', logstore: 'ls' }], 2)).toEqual([1, 2]);
    expect(struck([{ fault: 'drop', logstore: 'other' }], 2)).toEqual([]);
    expect(struck([{ fault: 'drop', shard: 1 }], 2, 1, { shard: '1' })).toEqual([1, 2]);
    expect(struck([{ fault: 'drop', shard: 1 }], 2, 1, { shard: '0' })).toEqual([]);
  });

  it('by probability repeats with the seed, changes with it, and keeps its share', () => {
    const rules = [{ fault: 'drop', probability: 0.1 }];
    const first = struck(rules, 10_000, 5);
    expect(struck(rules, 10_000, 5)).toEqual(first);
    expect(struck(rules, 10_000, 6)).not.toEqual(first);
    expect(first.length).toBeGreaterThan(900);
    expect(first.length).toBeLessThan(1100);
  });
});

describe('a service with a fault plan', () => {
  let service: LogService;
  let client: RawClient;
  const start = async (...rules: object[]): Promise<void> => {
    service = await LogService.start({ port: 0, init: ['proj/ls:1'], faults: { seed: 3, rules } });
    client = new RawClient(service.url);
  };
  afterEach(async () => {
    client.close();
    await service.close();
  });
  const put = async (name: string): Promise<string> => {
    try {
      const answer = await client.put(sampleGroup(name));
      if (answer.status === 200) return 'ok';
      return `${answer.status} ${(JSON.parse(answer.body.toString()) as { errorCode: string }).errorCode}`;
    } catch {
      return 'cut';
    }
  };
  const stored = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const group of await client.readAll(0)) names.push(/name\x12.(\w+)/.exec(group.toString('latin1'))?.[1] ?? '');
    return names;
  };

  it('drops calls before and after their effect', async () => {
    await start({ api: 'PutLogs', nth: 1, fault: 'drop' }, { api: 'PutLogs', nth: 2, fault: 'drop', when: 'after' });
    expect([await put('a'), await put('b'), await put('c')]).toEqual(['cut', 'cut', 'ok']);
    expect(await stored()).toEqual(['b', 'c']);
    expect([...service.counters.faults]).toEqual([['drop PutLogs', 2]]);
  });

  it('answers errors before and after the effect', async () => {
    await start(
      { api: 'PutLogs', nth: 1, fault: 'error', code: 'ServerBusy' },
      { api: 'PutLogs', nth: 2, fault: 'error', when: 'after' },
      { api: 'PutLogs', nth: 3, fault: 'error', code: 'ShardWriteQuotaExceed' },
      { api: 'PutLogs', nth: 4, fault: 'error', code: 'Odd', status: 418, message: 'a teapot' },
    );
    expect([await put('a'), await put('b'), await put('c'), await put('d')]).toEqual([
      '503 ServerBusy',
      '500 InternalServerError',
      '403 ShardWriteQuotaExceed',
      '418 Odd',
    ]);
    expect(await stored()).toEqual(['b']);
  });

  it('executes a call twice', async () => {
    await start({ api: 'PutLogs', nth: 2, fault: 'duplicate' });
    expect([await put('a'), await put('b'), await put('c')]).toEqual(['ok', 'ok', 'ok']);
    expect(await stored()).toEqual(['a', 'b', 'b', 'c']);
  });

  it('sends an answer twice on the connection', async () => {
    await start({ api: 'PutLogs', nth: 1, fault: 'duplicate', what: 'answer' });
    expect(await put('a')).toBe('ok');
    // The stray answer must not pass for one of a later request: the client cuts the connection or opens another.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const results = [await put('b'), await put('c')];
    expect(results.at(-1)).toBe('ok');
  });

  it('cuts an answer within its body, whose length it announced', async () => {
    await start({ api: 'PullLogs', nth: 1, fault: 'truncate', keep: 0.5 });
    await put('a');
    const cursor = await client.cursor(0, 'begin');
    await expect(client.pull(0, cursor)).rejects.toThrow(/aborted|socket hang up/);
    expect((await client.pull(0, cursor)).headers['x-log-count']).toBe('1');
  });

  it('damages bytes of a body of the right length', async () => {
    await start({ api: 'PullLogs', nth: 2, fault: 'corrupt', bytes: 4 });
    await put('a');
    const cursor = await client.cursor(0, 'begin');
    const good = await client.pull(0, cursor);
    const bad = await client.pull(0, cursor);
    expect(bad.headers['content-length']).toBe(good.headers['content-length']);
    const wrong = [...bad.body].filter((byte, i) => byte !== good.body[i]).length;
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThanOrEqual(4);
    expect(expand(good).length).toBe(Number(good.headers['x-log-bodyrawsize']));
  });

  it('refuses a good cursor', async () => {
    await start({ fault: 'expire-cursor', limit: 1 });
    await put('a');
    const cursor = await client.cursor(0, 'begin');
    const refused = await client.pull(0, cursor);
    expect([refused.status, refused.body.toString()]).toEqual([400, expect.stringContaining('InvalidCursor')]);
    expect((await client.pull(0, cursor)).status).toBe(200);
  });

  it('has a wrong clock', async () => {
    await start(
      { api: 'PutLogs', nth: 1, fault: 'clock-skew', ms: 3_600_000 },
      { api: 'PutLogs', nth: 2, fault: 'clock-skew', ms: -60_000 },
    );
    const early = await client.put(sampleGroup('a'));
    expect(early.body.toString()).toContain('RequestTimeExpired');
    expect(Date.parse(early.headers['date'] ?? '') - Date.now()).toBeGreaterThan(3_500_000);
    const late = await client.put(sampleGroup('b'));
    expect(late.status).toBe(200);
    expect(Date.now() - Date.parse(late.headers['date'] ?? '')).toBeGreaterThan(50_000);
  });

  it('delays, together with another fault', async () => {
    await start({ api: 'PutLogs', nth: 1, fault: 'delay', ms: [80, 90] }, { api: 'PutLogs', nth: 1, fault: 'error' });
    const startedMs = performance.now();
    expect(await put('a')).toBe('500 InternalServerError');
    expect(performance.now() - startedMs).toBeGreaterThan(75);
  });

  it('behaves again when the plan is taken away, and refuses a wrong one at the start', async () => {
    await start({ fault: 'drop' });
    expect(await put('a')).toBe('cut');
    service.setFaults();
    expect(await put('a')).toBe('ok');
    service.setFaults({ rules: [{ api: 'PutLogs', nth: 2, fault: 'drop' }] });
    expect([await put('b'), await put('c')]).toEqual(['ok', 'cut']);
    await expect(LogService.start({ port: 0, faults: { rules: [{ fault: 'x' }] } })).rejects.toMatchObject({
      code: 'CLI_USAGE',
    });
    await expect(LogService.start({ port: 0, faults: '/nowhere/plan.json' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
