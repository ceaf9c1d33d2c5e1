import { describe, expect, it } from 'vitest';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { StateRegistry } from '../../../../src/runtime/state/state-registry.ts';

function restored(fill: (values: ReturnType<StateRegistry['values']>) => void): ReturnType<StateRegistry['values']> {
  const from = new StateRegistry();
  fill(from.values('v'));
  const snapshot = new MemorySnapshot();
  from.snapshot(snapshot.writer);
  const to = new StateRegistry();
  const values = to.values('v');
  to.restore(snapshot.reader);
  return values;
}

describe('values of user code in state', () => {
  it('come back from a snapshot as they were, by slot', () => {
    const held = [
      { a: 1n, list: [1, null] },
      new Map([['k', new Set([1])]]),
      new Date(5),
      new Float64Array([1, 2]),
      0,
      null,
    ];
    const values = restored((store) => held.forEach((one, i) => store.set(i * 3, one)));
    expect(held.map((_, i) => values.get(i * 3))).toEqual(held);
    expect(values.get(1)).toBeUndefined();
  });

  it('fill more than one page', () => {
    const long = 'x'.repeat(700_000);
    const values = restored((store) => [0, 1, 2, 3].forEach((slot) => store.set(slot, `${slot}${long}`)));
    expect([0, 1, 2, 3].map((slot) => (values.get(slot) as string).slice(0, 2))).toEqual(['0x', '1x', '2x', '3x']);
    expect((values.get(3) as string).length).toBe(long.length + 1);
  });

  it('are counted while they are held', () => {
    const registry = new StateRegistry();
    const values = registry.values('v');
    expect(registry.memoryBytes).toBe(0);
    values.set(4, 'x');
    values.set(4, 'y');
    const one = registry.memoryBytes;
    expect(one).toBeGreaterThan(0);
    values.clear(4);
    values.clear(4);
    expect([registry.memoryBytes, values.get(4)]).toEqual([0, undefined]);
  });

  it('that cannot be saved fail the snapshot with the reason', () => {
    const registry = new StateRegistry();
    registry.values('v').set(0, { f: () => 1 });
    expect(() => registry.snapshot(new MemorySnapshot().writer)).toThrowError(
      /values of "v" cannot be saved: .*could not be cloned/,
    );
  });
});
