import { describe, expect, it } from 'vitest';
import type { Aggregator } from '../../../../src/contracts/function.ts';
import { createFunctionRegistry } from '../../../../src/functions/registry.ts';
import { StateRegistry } from '../../../../src/runtime/state/state-registry.ts';
import { fixedColumn } from '../../../../src/columnar/column.ts';
import { DOUBLE } from '../../../../src/types/sql-type.ts';

const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;

class Group {
  readonly aggregator: Aggregator;

  constructor(name: string) {
    const binding = createFunctionRegistry()
      .aggregate(name)
      ?.resolve({ types: [DOUBLE], literals: [undefined], context });
    if (binding === undefined) throw new Error(`${name} does not take DOUBLE`);
    this.aggregator = binding.create(new StateRegistry(), true);
    this.aggregator.ensure(2);
  }

  add(values: readonly number[], slot = 0): this {
    this.aggregator.accumulate(...this.#arguments(values, slot));
    return this;
  }

  takeBack(values: readonly number[]): this {
    this.aggregator.retract?.(...this.#arguments(values, 0));
    return this;
  }

  get result(): number | null {
    const column = this.aggregator.result(Int32Array.of(0), 1) as ReturnType<typeof fixedColumn> & {
      values: Float64Array;
    };
    return column.nulls?.[0] === 1 ? null : column.values[0]!;
  }

  #arguments(values: readonly number[], slot: number): Parameters<Aggregator['accumulate']> {
    const column = fixedColumn(DOUBLE, Float64Array.from(values), values.length, null);
    const rows = Int32Array.from(values, (_, i) => i);
    return [[column], rows, new Int32Array(values.length).fill(slot), values.length];
  }
}

describe('VAR_POP and its kin', () => {
  it('are exact over integers, where the mean is none', () => {
    expect(new Group('VAR_POP').add([1, 3, 1, 5, 9, -3, 13, 14]).result).toBe(32.484375);
    expect(new Group('VAR_SAMP').add([2, 2, 12]).result).toBe(100 / 3);
  });

  it.each([
    ['one value that replaces another', [5], [5], [8], 0],
    ['values of very different size', [1e9, 1, 2], [1e9], [3], 2 / 3],
    ['fractions', [0.1, 0.2, 1e6, 0.3], [1e6], [], 0.02 / 3],
  ])('forget what is taken back: %s', (_, before, back, after, expected) => {
    expect(new Group('VAR_POP').add(before).takeBack(back).add(after).result).toBeCloseTo(expected, 15);
  });

  it('are 0 and not nearly 0 when one value is left', () => {
    const group = new Group('STDDEV_POP').add([0.1, 0.7, 1e12]).takeBack([0.1, 1e12]);
    expect(group.result).toBe(0);
    expect(new Group('STDDEV_SAMP').add([5, 8]).takeBack([5]).result).toBeNull();
  });

  it('keep small distances between large values', () => {
    const epoch = 1_577_836_800_000;
    expect(new Group('VAR_POP').add([epoch, epoch + 1, epoch + 2, epoch + 3]).result).toBe(1.25);
  });

  it('give for two merged groups what one gives', () => {
    const two = new Group('VAR_POP').add([1e9, 1e9 + 1, 4]).add([-7, 1e9 + 5], 1);
    two.aggregator.merge(two.aggregator, Int32Array.of(1), Int32Array.of(0), 1);
    expect(two.result).toBe(new Group('VAR_POP').add([1e9, 1e9 + 1, 4, -7, 1e9 + 5]).result);
    const empty = new Group('VAR_POP').add([3, 5], 1);
    empty.aggregator.merge(empty.aggregator, Int32Array.of(1), Int32Array.of(0), 1);
    expect(empty.result).toBe(1);
  });

  it('are NaN over values without a distance', () => {
    expect(new Group('VAR_POP').add([1, Infinity]).result).toBeNaN();
    expect(new Group('VAR_POP').add([NaN, 1]).result).toBeNaN();
  });
});
