import { describe, expect, it } from 'vitest';
import type { Split, SplitChanges, SplitReader } from '../../../src/contracts/connector.ts';
import type { JobHandle } from '../../../src/jobs/job.ts';
import { startJob } from '../../../src/jobs/runner.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf } from '../../support/runtime/batches.ts';
import { FakeClock } from '../../support/runtime/fake-clock.ts';
import { FakeSink, FakeSource, scan, sink } from '../../support/runtime/plans.ts';
import { settle } from '../../support/runtime/settle.ts';

const logs = schema([field('k', VARCHAR)]);
const never = <T>(): Promise<T> => new Promise<T>(() => {});

/** A promise and the way to settle it. */
function door(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function start(source: FakeSource, out = new FakeSink()): JobHandle {
  const clock = new FakeClock();
  return startJob({ plan: { roots: [sink(scan(logs, source), out)], warnings: [] }, name: 'job', clock });
}

describe('a stop while things are being opened', () => {
  it('closes a sink that opens after everything was closed', async () => {
    const gate = door();
    const out = new FakeSink();
    out.open = async () => {
      await gate.opened;
      out.opened++;
    };
    const source = new FakeSource([{ answers: [] }]);
    const job = start(source, out);
    await settle();
    await job.stop();
    const before = out.closed;
    gate.open();
    await settle();
    expect([out.opened, out.closed - before, source.opened]).toEqual([1, 1, 0]);
  });

  it('closes a source that opens after everything was closed, and opens no split of it', async () => {
    const gate = door();
    const source = new FakeSource([{ answers: [] }]);
    const list = source.open.bind(source);
    source.open = async () => {
      await gate.opened;
      return list();
    };
    const job = start(source);
    await settle();
    await job.stop();
    const before = source.closed;
    gate.open();
    await settle();
    expect([source.opened, source.closed - before, source.readersOpen]).toEqual([1, 1, 0]);
  });

  it('closes a split that opens after everything was closed', async () => {
    const gate = door();
    const source = new FakeSource([{ answers: [] }]);
    const openSplit = source.openSplit.bind(source);
    source.openSplit = async (split, from): Promise<SplitReader> => {
      await gate.opened;
      return openSplit(split, from);
    };
    const job = start(source);
    await settle();
    await job.stop();
    gate.open();
    await settle();
    expect(source.readersOpen).toBe(0);
  });
});

describe('a stop while a source cannot be reached', () => {
  /** Reads one batch and then looks for further splits, as far as it is let. */
  class Discovering extends FakeSource {
    polls = 0;
    readonly discovery;
    constructor(poll: () => Promise<SplitChanges>) {
      super([{ answers: [{ batches: [batchOf(logs, [['a']])] }, never] }]);
      this.discovery = {
        intervalMs: 100,
        poll: () => {
          this.polls++;
          return poll();
        },
      };
    }
  }

  it('does not wait for a listing of the splits', async () => {
    const source = new Discovering(never);
    const clock = new FakeClock();
    const out = new FakeSink();
    const job = startJob({ plan: { roots: [sink(scan(logs, source), out)], warnings: [] }, name: 'job', clock });
    await settle();
    clock.advance(100);
    await settle();
    expect(source.polls).toBe(1);
    await job.stop();
    expect([out.written, job.status, source.closed]).toEqual([['+I a'], 'stopped', 1]);
  });

  it('does not wait for a split that is being opened', async () => {
    const added: Split = { id: 'later', canIdle: true };
    const source = new Discovering(async () => ({ added: [added], removed: [] }));
    const openSplit = source.openSplit.bind(source);
    source.openSplit = (split, from) => (split.id === 'later' ? never() : openSplit(split, from));
    const clock = new FakeClock();
    const out = new FakeSink();
    const job = startJob({ plan: { roots: [sink(scan(logs, source), out)], warnings: [] }, name: 'job', clock });
    await settle();
    clock.advance(100);
    await settle();
    expect(source.polls).toBe(1);
    await job.stop();
    expect([out.written, job.status]).toEqual([['+I a'], 'stopped']);
  });
});

it('reads hundreds of splits without a word about listeners', async () => {
  const words: unknown[] = [];
  const hear = (warning: Error): void => void words.push(warning.message);
  process.on('warning', hear);
  try {
    const splits = Array.from({ length: 200 }, (_, i) => ({ id: `split ${i}`, answers: [never] }));
    const job = start(new FakeSource(splits));
    await settle();
    await job.stop();
    // Warnings are told in a later turn.
    await settle();
    expect(words).toEqual([]);
  } finally {
    process.off('warning', hear);
  }
});
