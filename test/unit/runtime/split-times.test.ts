import { describe, expect, it } from 'vitest';
import type { Split } from '../../../src/contracts/connector.ts';
import { SplitTimes } from '../../../src/runtime/split-times.ts';

const shard = (id: string): Split => ({ id, canIdle: true });
const settings = { idleTimeoutMs: 10_000, idleAdvance: true };

describe('event time over splits', () => {
  it('waits for the first answer of every split', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    times.data(0, 0);
    times.advance(0, 100);
    times.answered(0, 'more', 0);
    expect(times.value(undefined)).toBe(-Infinity);
    times.data(1, 0);
    times.advance(1, 90);
    times.answered(1, 'more', 0);
    expect(times.value(undefined)).toBe(90);
  });

  it('counts a split as idle at once when its first answer says it is empty', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    times.data(0, 0);
    times.advance(0, 100);
    times.answered(1, 'caught-up', 0);
    expect(times.value(undefined)).toBe(100);
    times.data(1, 5);
    expect(times.value(undefined)).toBe(-Infinity);
  });

  it('gives a split that is empty at its first answer a moment in a job, so that its first rows are not late', () => {
    const inJob = { ...settings, emptyGraceMs: 3000 };
    const times = new SplitTimes([shard('0'), shard('1')], inJob);
    times.data(0, 0);
    times.advance(0, 100);
    times.answered(0, 'more', 0);
    times.answered(1, 'caught-up', 1000);
    expect([times.value(undefined), times.allIdle]).toEqual([-Infinity, false]);
    times.answered(1, 'caught-up', 1500);
    times.data(1, 0);
    times.advance(1, 50);
    expect(times.value(undefined)).toBe(50);
    // It had a row now: the timeout is the one of all splits.
    times.answered(1, 'caught-up', 2000);
    expect([times.tick(5500), times.value(undefined), times.tick(12_000)]).toEqual([false, 50, true]);
  });

  it('counts a split that stays empty as idle after that moment, by an answer or by time, never after the timeout', () => {
    const after = (idleTimeoutMs: number): number[] => {
      const times = new SplitTimes([shard('0'), shard('1')], { ...settings, idleTimeoutMs, emptyGraceMs: 3000 });
      for (const index of [0, 1]) times.answered(index, 'caught-up', 0);
      return [100, 2999, 3000].filter((nowMs) => {
        times.answered(0, 'caught-up', nowMs);
        return times.tick(nowMs) && times.allIdle;
      });
    };
    expect([after(10_000), after(-1), after(100)]).toEqual([[3000], [3000], [100]]);
  });

  it('counts a split as idle when it has been caught up for the timeout, until its next row', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    for (const index of [0, 1]) {
      times.data(index, 0);
      times.advance(index, index === 0 ? 100 : 50);
      times.answered(index, index === 0 ? 'more' : 'caught-up', 1000);
    }
    times.answered(1, 'caught-up', 10_999);
    expect([times.tick(10_999), times.value(undefined)]).toEqual([false, 50]);
    expect([times.tick(11_000), times.value(undefined)]).toEqual([true, 100]);
    times.data(1, 0);
    times.advance(1, 60);
    expect(times.value(undefined)).toBe(60);
  });

  it('starts the timeout anew when a split has more to read', () => {
    const times = new SplitTimes([shard('0')], settings);
    times.data(0, 0);
    times.answered(0, 'caught-up', 0);
    times.answered(0, 'more', 9000);
    times.answered(0, 'caught-up', 9500);
    expect([times.tick(15_000), times.tick(19_500)]).toEqual([false, true]);
  });

  it('never counts a split as idle that cannot be, nor by time with −1', () => {
    const file = new SplitTimes([{ id: 'a', canIdle: false }, shard('0')], settings);
    file.answered(0, 'caught-up', 0);
    file.data(1, 0);
    file.advance(1, 5);
    file.answered(1, 'more', 0);
    expect([file.tick(1e9), file.value(undefined)]).toEqual([false, -Infinity]);
    const off = new SplitTimes([shard('0')], { ...settings, idleTimeoutMs: -1 });
    off.data(0, 0);
    off.answered(0, 'caught-up', 0);
    expect(off.tick(1e9)).toBe(false);
  });

  it('leaves a split out that has ended', () => {
    const times = new SplitTimes([shard('0'), { id: 'a', canIdle: false }], settings);
    times.data(0, 0);
    times.advance(0, 7);
    times.answered(1, 'end', 0);
    expect(times.value(undefined)).toBe(7);
    times.answered(0, 'end', 0);
    expect(times.value(undefined)).toBe(Infinity);
  });

  it('moves on by the server time elapsed since the last data when all are idle, if allowed', () => {
    const build = (idleAdvance: boolean): SplitTimes => {
      const times = new SplitTimes([shard('0'), shard('1')], { idleTimeoutMs: 1000, idleAdvance });
      times.data(0, 500_000);
      times.advance(0, 100);
      times.answered(0, 'caught-up', 0);
      times.answered(1, 'caught-up', 0);
      return times;
    };
    const times = build(true);
    expect(times.value(503_000)).toBe(100);
    times.answered(0, 'caught-up', 1000);
    expect([times.allIdle, times.value(503_000), times.value(undefined)]).toEqual([true, 3100, 100]);
    const still = build(false);
    still.answered(0, 'caught-up', 1000);
    expect(still.value(503_000)).toBe(100);
  });

  it('stays at minus infinity while nothing was ever read', () => {
    const times = new SplitTimes([shard('0')], settings);
    times.answered(0, 'caught-up', 0);
    expect([times.allIdle, times.value(99_000)]).toEqual([true, -Infinity]);
  });
});

describe('event time across splits that follow each other', () => {
  it('is held by a drained split until the one that follows it starts, which goes on from there', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    for (const [index, at] of [
      [0, 100],
      [1, 500],
    ] as const) {
      times.data(index, 0);
      times.advance(index, at);
      times.answered(index, 'more', 0);
    }
    const child = times.add({ ...shard('2'), after: ['0', '1'] }, [0, 1]);
    times.answered(0, 'end', 0);
    times.advance(1, 600);
    expect(times.value(undefined)).toBe(100);
    times.answered(1, 'end', 0);
    expect(times.value(undefined)).toBe(100);
    times.start(child);
    expect([times.value(undefined), times.watermarkOf(child)]).toEqual([100, 100]);
    times.data(child, 0);
    times.advance(child, 700);
    expect(times.value(undefined)).toBe(700);
  });

  it('goes on from the active one where the other has long been idle', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    times.data(0, 0);
    times.advance(0, 100);
    times.answered(0, 'more', 0);
    times.answered(1, 'caught-up', 0);
    const child = times.add({ ...shard('2'), after: ['0', '1'] }, [0, 1]);
    times.answered(1, 'end', 0);
    times.answered(0, 'end', 0);
    times.start(child);
    expect(times.value(undefined)).toBe(100);
  });

  it('does not let a split fall idle that others follow, nor before a listing shows that none does', () => {
    const times = new SplitTimes([shard('0'), shard('1')], settings);
    times.listed(0);
    for (const index of [0, 1]) {
      times.data(index, 0);
      times.advance(index, 50 + index);
      times.answered(index, index === 0 ? 'caught-up' : 'more', 1000);
    }
    expect([times.needsListing(10_999), times.needsListing(11_000), times.tick(11_000)]).toEqual([false, true, false]);
    times.listed(11_000);
    expect([times.needsListing(11_001), times.tick(11_001), times.value(undefined)]).toEqual([false, true, 51]);

    const followed = new SplitTimes([shard('0')], settings);
    followed.data(0, 0);
    followed.answered(0, 'caught-up', 0);
    followed.add({ ...shard('1'), after: ['0'] }, [0]);
    expect([followed.tick(20_000), followed.allIdle]).toEqual([false, false]);
  });
});
