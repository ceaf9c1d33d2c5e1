import { describe, expect, it } from 'vitest';
import type { SplitDiscovery } from '../../../src/contracts/connector.ts';
import { startJob } from '../../../src/jobs/runner.ts';
import type { JobHandle } from '../../../src/jobs/job.ts';
import type { JobSettings } from '../../../src/jobs/runner.ts';
import type { PhysicalNode } from '../../../src/planner/physical/plan.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { TIMESTAMP, VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf } from '../../support/runtime/batches.ts';
import { FakeClock } from '../../support/runtime/fake-clock.ts';
import { countStar } from '../../support/runtime/plain-aggregates.ts';
import {
  FakeSink,
  FakeSource,
  scan,
  sink,
  union,
  watermark,
  windowAggregate,
  type Answer,
} from '../../support/runtime/plans.ts';
import { settle } from '../../support/runtime/settle.ts';

const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR)]);
const never = (): Promise<never> => new Promise<never>(() => {});

function at(...times: readonly number[]): { batches: readonly ReturnType<typeof batchOf>[] } {
  return {
    batches: [
      batchOf(
        logs,
        times.map((ts) => [ts, 'k']),
      ),
    ],
  };
}

function start(
  input: PhysicalNode,
  settings: Partial<JobSettings> = {},
): { job: JobHandle; out: FakeSink; clock: FakeClock } {
  const out = new FakeSink();
  const clock = new FakeClock();
  const node = windowAggregate(input, {
    window: { kind: 'tumble', sizeMs: 10, offsetMs: 0 },
    timeColumn: 0,
    keys: [],
    calls: [countStar()],
  });
  const plan = { roots: [sink(node, out)], warnings: [] };
  return { job: startJob({ plan, name: 'job', clock, settings }), out, clock };
}

describe('event time of a job', () => {
  it('fires by the slower input of a union, and drops the rows that came too late for it', async () => {
    const fast = new FakeSource([{ answers: [at(5, 100), never] }]);
    let release: (answer: object) => void = () => {};
    const held = (): Promise<object> => new Promise((resolve) => (release = resolve));
    const slow = new FakeSource([{ answers: [at(3), held, at(2, 40)] }]);
    const { job, out } = start(
      union(
        scan(logs, fast, { id: 'fast', watermark: watermark(0, 0) }),
        scan(logs, slow, { id: 'slow', watermark: watermark(0, 0) }),
      ),
    );
    await settle();
    expect(out.written).toEqual([]);
    release(at(25));
    await settle();
    expect(out.written).toEqual(['+I 2 0 10', '+I 1 20 30', '+I 1 40 50']);
    expect(job.metrics().lateRows).toBe(1);
    await job.stop();
    await job.done;
  });

  it('does not wait for a split whose first answer was empty, nor for one that has been caught up for long', async () => {
    const shard = (id: string, ...answers: Answer[]): { id: string; canIdle: true; answers: Answer[] } => ({
      id,
      canIdle: true,
      answers: [...answers, never],
    });
    const source = new FakeSource([
      shard('0', at(1, 15)),
      shard('1', { status: 'caught-up' }),
      shard('2', { ...at(2), status: 'caught-up' }),
    ]);
    const { job, out, clock } = start(scan(logs, source, { watermark: watermark(0, 0) }), { idleTimeoutMs: 1000 });
    await settle();
    expect(out.written).toEqual([]);
    clock.advance(1250);
    await settle();
    expect(out.written).toEqual(['+I 2 0 10']);
    await job.stop();
    expect(clock.pending).toBe(0);
  });

  it('fires the last windows when all splits are idle and the server time moves on', async () => {
    let release: (answer: object) => void = () => {};
    const held = (): Promise<object> => new Promise((resolve) => (release = resolve));
    const answers: Answer[] = [
      { ...at(1, 15), status: 'caught-up', serverTimeMs: 7000 },
      held,
      { status: 'caught-up', serverTimeMs: 7020 },
      never,
    ];
    const { job, out, clock } = start(
      scan(logs, new FakeSource([{ canIdle: true, answers }]), { watermark: watermark(0, 0) }),
      { idleTimeoutMs: 1000 },
    );
    await settle();
    clock.advance(1250);
    expect(out.written).toEqual(['+I 1 0 10']);
    release({ status: 'caught-up', serverTimeMs: 7003 });
    await settle();
    // 15 + 20 ms of server time pass the end of [10, 20).
    expect(out.written).toEqual(['+I 1 0 10', '+I 1 10 20']);
    await job.stop();
  });

  it('lets an idle source stand back in a union, and brings it back with its next row', async () => {
    let release: (answer: object) => void = () => {};
    const held = (): Promise<object> => new Promise((resolve) => (release = resolve));
    const quiet = new FakeSource([{ canIdle: true, answers: [{ status: 'caught-up' }, held, never] }]);
    let more: (answer: object) => void = () => {};
    const busy = new FakeSource([
      { answers: [at(5, 12), (): Promise<object> => new Promise((resolve) => (more = resolve)), never] },
    ]);
    const { job, out } = start(
      union(
        scan(logs, quiet, { id: 'quiet', watermark: watermark(0, 0) }),
        scan(logs, busy, { id: 'busy', watermark: watermark(0, 0) }),
      ),
    );
    await settle();
    expect(out.written).toEqual(['+I 1 0 10']);
    release(at(14));
    await settle();
    more(at(90));
    await settle();
    // The quiet source stands at 14 again and holds [10, 20) back.
    expect(out.written).toEqual(['+I 1 0 10']);
    await job.stop();
  });

  it('counts a split as idle after its timeout although the wall clock is set back meanwhile', async () => {
    const quiet = { id: 'quiet', canIdle: true, answers: [{ ...at(1), status: 'caught-up' as const }, never] };
    const busy = { id: 'busy', canIdle: true, answers: [at(5, 25), never] };
    const { job, out, clock } = start(scan(logs, new FakeSource([quiet, busy]), { watermark: watermark(0, 0) }), {
      idleTimeoutMs: 1000,
    });
    await settle();
    expect(out.written).toEqual([]);
    clock.set(-3_600_000);
    clock.advance(1250);
    await settle();
    expect(out.written).toEqual(['+I 2 0 10']);
    await job.stop();
  });

  it('takes no split for idle while the source cannot say what follows it', async () => {
    const quiet = { id: 'quiet', canIdle: true, answers: [{ ...at(1), status: 'caught-up' as const }, never] };
    const busy = { id: 'busy', canIdle: true, answers: [at(5, 25), never] };
    const source: FakeSource & { discovery?: SplitDiscovery } = new FakeSource([quiet, busy]);
    let unknown = true;
    source.discovery = { intervalMs: 100, poll: async () => ({ added: [], removed: [], unknown }) };
    const { job, out, clock } = start(scan(logs, source, { watermark: watermark(0, 0) }), { idleTimeoutMs: 1000 });
    const pass = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        await settle();
        clock.advance(500);
      }
      await settle();
    };
    await pass();
    expect(out.written).toEqual([]);
    unknown = false;
    await pass();
    expect(out.written).toEqual(['+I 2 0 10']);
    await job.stop();
  });
});
