import { describe, expect, it } from 'vitest';
import { MetricSet } from '../../../src/runtime/metrics.ts';
import { StateRegistry } from '../../../src/runtime/state/state-registry.ts';
import { StateTtl } from '../../../src/runtime/state/state-ttl.ts';
import { MemorySnapshot } from '../../../src/runtime/state/memory-snapshot.ts';

describe('StateTtl', () => {
  it('expires a slot its time to live after the last write, not before', () => {
    const ttl = new StateTtl(new StateRegistry(), 1000);
    ttl.touch(Int32Array.of(0, 5), 2, 10_000);
    ttl.touch(Int32Array.of(5), 1, 10_600);
    expect(ttl.expired(0, 10_999)).toBe(false);
    expect(ttl.expired(0, 11_000)).toBe(true);
    expect([...ttl.sweep(Int32Array.of(0, 5), 11_000)]).toEqual([0]);
    expect([...ttl.sweep(Int32Array.of(0, 5), 11_600)]).toEqual([0, 5]);
  });

  it('remembers times of writing over a snapshot', () => {
    const before = new StateRegistry();
    new StateTtl(before, 1000).touch(Int32Array.of(3000), 1, 50);
    const snapshot = new MemorySnapshot();
    before.snapshot(snapshot.writer);
    const after = new StateRegistry();
    const ttl = new StateTtl(after, 1000);
    after.restore(snapshot.reader);
    expect(ttl.expired(3000, 1049)).toBe(false);
    expect(ttl.expired(3000, 1050)).toBe(true);
  });

  it('asks for the next sweep within a quarter of the time to live', () => {
    expect(new StateTtl(new StateRegistry(), 60_000).nextSweepMs(100)).toBe(15_100);
    expect(new StateTtl(new StateRegistry(), 1).nextSweepMs(100)).toBe(200);
  });

  it('asks for a timer when it starts and again whenever it has removed what expired', () => {
    const ttl = new StateTtl(new StateRegistry(), 1000);
    const timers: number[] = [];
    const removed: number[] = [];
    ttl.start({
      now: () => 0,
      setTimer: (atMs) => void timers.push(atMs),
      metrics: new MetricSet(),
      warn: () => undefined,
    });
    ttl.touch(Int32Array.of(1, 2), 2, 0);
    ttl.touch(Int32Array.of(2), 1, 400);
    for (const nowMs of [250, 1000, 1400]) {
      ttl.removeExpired(Int32Array.of(1, 2), nowMs, (slot) => void removed.push(slot));
    }
    expect(timers).toEqual([250, 500, 1250, 1650]);
    expect(removed).toEqual([1, 1, 2]);
  });
});
