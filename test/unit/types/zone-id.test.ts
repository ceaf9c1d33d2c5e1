import { describe, expect, it } from 'vitest';
import { zoneHint, zoneId } from '../../../src/types/zone-id.ts';

describe('zoneId', () => {
  it.each([
    ['UTC', 0],
    ['Z', 0],
    ['GMT+8', 28_800_000],
    ['UTC+08:00', 28_800_000],
    ['+0530', 19_800_000],
    ['GMT-3', -10_800_000],
    ['-00:00:30', -30_000],
    ['GMT+18', 64_800_000],
  ])('%s is a fixed offset', (name, offsetMs) => {
    expect(zoneId(name)).toEqual({ kind: 'fixed', offsetMs });
  });

  it.each([
    ['Asia/Shanghai', 'Asia/Shanghai'],
    ['PST', 'America/Los_Angeles'],
    ['CST', 'America/Chicago'],
    ['CTT', 'Asia/Shanghai'],
  ])('%s is the zone %s', (name, iana) => {
    expect(zoneId(name)).toEqual({ kind: 'region', iana });
  });

  it.each(['', 'Mars/Base', 'GMT+19', 'GMT+8:60', 'toString', 'UTC 8', 'constructor'])('"%s" is none', (name) => {
    expect(zoneId(name)).toBeUndefined();
  });
});

describe('zoneHint', () => {
  it.each([
    ['Asia/Shangai', 'Asia/Shanghai'],
    ['Asia/Beijing', 'Asia/Shanghai'],
    ['Shanghai', 'Asia/Shanghai'],
    ['shanghia', 'Asia/Shanghai'],
    ['new york', 'America/New_York'],
    ['America/NewYork', 'America/New_York'],
    ['China', 'Asia/Shanghai'],
  ])('for %s names %s', (name, meant) => {
    expect(zoneHint(name)).toBe(`Did you mean "${meant}"?`);
  });

  it('tells the forms where nothing is close', () => {
    expect(zoneHint('xyzzy plugh')).toBe(
      'Write a name such as Asia/Shanghai or UTC, or an offset such as +08:00 or GMT+8.',
    );
    expect(zoneHint('GMT+25')).toContain('an offset such as');
  });
});
