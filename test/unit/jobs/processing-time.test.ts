import { describe, expect, it } from 'vitest';
import { startJob } from '../../../src/jobs/runner.ts';
import type { JobHandle } from '../../../src/jobs/job.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf } from '../../support/runtime/batches.ts';
import { FakeClock } from '../../support/runtime/fake-clock.ts';
import { countStar } from '../../support/runtime/plain-aggregates.ts';
import { FakeSink, FakeSource, scan, sink, windowAggregate } from '../../support/runtime/plans.ts';
import { settle } from '../../support/runtime/settle.ts';

const logs = schema([field('k', VARCHAR)]);
const never = (): Promise<never> => new Promise<never>(() => {});

/** As Node's timers may do: they come a millisecond before the clock says that they are due. */
class HastyClock extends FakeClock {
  override after(delayMs: number, run: () => void): () => void {
    return super.after(delayMs > 1 ? delayMs - 1 : delayMs, run);
  }
}

/** As Node's timers do: a delay that 31 bits cannot hold is one millisecond. */
class ShortClock extends FakeClock {
  override after(delayMs: number, run: () => void): () => void {
    return super.after(delayMs > 2 ** 31 - 1 ? 1 : delayMs, run);
  }
}

function start(clock: FakeClock, sizeMs: number): { job: JobHandle; out: FakeSink } {
  const source = new FakeSource([{ answers: [{ batches: [batchOf(logs, [['a'], ['b']])] }, never] }]);
  const out = new FakeSink();
  const window = windowAggregate(scan(logs, source), {
    window: { kind: 'tumble', sizeMs, offsetMs: 0 },
    timeColumn: 0,
    keys: [],
    calls: [countStar()],
  });
  const plan = { roots: [sink({ ...window, processingTime: true }, out)], warnings: [] };
  // Without checkpoints and idle splits the timer of the window is the only one.
  const settings = { checkpointIntervalMs: 0, idleTimeoutMs: -1 };
  return { job: startJob({ plan, name: 'job', clock, settings }), out };
}

describe('processing time of a job', () => {
  it('fires a window although its timer came before the clock was there', async () => {
    const clock = new HastyClock(95);
    const { job, out } = start(clock, 10);
    await settle();
    clock.advance(4);
    await settle();
    expect(out.written).toEqual([]);
    clock.advance(1);
    await settle();
    expect(out.written).toEqual(['+I 2 90 100']);
    await job.stop();
    expect(clock.pending).toBe(0);
  });

  it('waits for windows longer than the longest timer without waking all the time', async () => {
    const days30 = 30 * 86_400_000;
    const clock = new ShortClock(1);
    const { job, out } = start(clock, days30);
    await settle();
    clock.advance(1000);
    await settle();
    expect([clock.pending, out.written]).toEqual([1, []]);
    clock.advance(days30);
    await settle();
    expect(out.written).toEqual([`+I 2 0 ${days30}`]);
    await job.stop();
  });

  it('fires within a minute when the wall clock is set forwards, and never early when it is set back', async () => {
    const hour = 3_600_000;
    const clock = new FakeClock(1);
    const { job, out } = start(clock, hour);
    await settle();
    clock.set(-hour / 2);
    clock.advance(hour);
    await settle();
    expect(out.written).toEqual([]);
    clock.set(hour / 2);
    clock.advance(60_000);
    await settle();
    expect(out.written).toEqual([`+I 2 0 ${hour}`]);
    await job.stop();
  });
});
