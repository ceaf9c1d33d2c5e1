import { describe, expect, it } from 'vitest';
import { standardOffset } from '../../../src/planner/rules/zone-offset.ts';

describe('standardOffset', () => {
  it.each([
    ['UTC', 0, false],
    ['GMT+8', 28_800_000, false],
    ['+05:30', 19_800_000, false],
    ['Asia/Shanghai', 28_800_000, false],
    ['CTT', 28_800_000, false],
    ['PST', -28_800_000, true],
    ['Mars/Base', 0, false],
  ])('of %s is %d ms', (zone, offsetMs, varies) => {
    expect(standardOffset(zone)).toEqual({ offsetMs, varies });
  });
});
