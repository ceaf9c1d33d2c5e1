import { describe, expect, it } from 'vitest';
import { EndBuckets } from '../../../../src/runtime/windows/end-buckets.ts';

describe('the ends of sessions', () => {
  it('are told when they come, also where a session grew meanwhile', () => {
    const ends = [100, 40, 70];
    const buckets = new EndBuckets(16, (slot) => ends[slot]!);
    for (const slot of ends.keys()) buckets.add(slot);
    expect(buckets.next()).toBe(40);
    ends[1] = 80;
    expect(buckets.take(70)).toEqual([2]);
    expect(buckets.next()).toBe(80);
    buckets.remove(1);
    expect([buckets.next(), buckets.take(99), buckets.take(100)]).toEqual([100, [], [0]]);
    expect(buckets.next()).toBe(Infinity);
  });

  it('are all there at the end of time, and a timer that comes afterwards finds none', () => {
    const buckets = new EndBuckets(16, (slot) => slot * 10);
    for (const slot of [1, 2, 3]) buckets.add(slot);
    expect(buckets.take(Infinity).sort()).toEqual([1, 2, 3]);
    expect([buckets.next(), buckets.take(Infinity), buckets.next()]).toEqual([Infinity, [], Infinity]);
    buckets.add(4);
    expect([buckets.next(), buckets.take(40)]).toEqual([40, [4]]);
  });
});
