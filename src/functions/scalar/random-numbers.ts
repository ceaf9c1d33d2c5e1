import type { ScalarFunction } from '../../contracts/function.ts';
import { DOUBLE, INT } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';

/** The generator of java.util.Random, so that a seed gives the numbers users know: a 48-bit linear congruence. */
class JavaRandom {
  #state: bigint;

  constructor(seed: number) {
    this.#state = (BigInt(seed) ^ 0x5deece66dn) & MASK;
  }

  #next(bits: bigint): number {
    this.#state = (this.#state * 0x5deece66dn + 0xbn) & MASK;
    return Number(BigInt.asIntN(32, this.#state >> (48n - bits)));
  }

  nextDouble(): number {
    return (this.#next(26n) * 2 ** 27 + this.#next(27n)) * 2 ** -53;
  }

  /** 0 ≤ result < bound. */
  nextInt(bound: number): number {
    const bits = this.#next(31n);
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(bits)) >> 31n);
    let candidate = bits;
    let value = candidate % bound;
    // Java's test for the uneven last stretch: the sum overflows 31 bits.
    while (candidate - value + (bound - 1) > 0x7fffffff) {
      candidate = this.#next(31n);
      value = candidate % bound;
    }
    return value;
  }
}

const MASK = (1n << 48n) - 1n;

/** One generator a call site, started again where the seed changes. */
function seeded<T extends readonly number[]>(draw: (random: JavaRandom, ...args: T) => number) {
  let random: JavaRandom | undefined;
  let current: number | undefined;
  return (seed: number, ...args: T): number => {
    if (random === undefined || seed !== current) {
      random = new JavaRandom(seed);
      current = seed;
    }
    return draw(random, ...args);
  };
}

const rand = scalar({
  name: 'RAND',
  category: 'math',
  syntax: ['RAND([seed])'],
  doc: 'A random DOUBLE, 0 ≤ x < 1. A seed makes the sequence of Java’s generator, for each place of the call its own.',
  examples: [{ sql: 'RAND(1)', gives: '0.7308781907032909' }],
  overloads: [
    { params: [], returns: DOUBLE, deterministic: false, make: () => Math.random },
    {
      params: ['int'],
      returns: DOUBLE,
      deterministic: false,
      make: () => seeded((random) => random.nextDouble()),
    },
  ],
});

const randInteger = scalar({
  name: 'RAND_INTEGER',
  category: 'math',
  syntax: ['RAND_INTEGER([seed,] bound)'],
  doc: 'A random INT, 0 ≤ x < bound; NULL for a bound below 1.',
  examples: [{ sql: 'RAND_INTEGER(1)', gives: '0' }],
  overloads: [
    {
      params: ['int'],
      returns: INT,
      deterministic: false,
      mayReturnNull: true,
      make: () => (bound: number) => (bound < 1 ? null : Math.floor(Math.random() * bound)),
    },
    {
      params: ['int', 'int'],
      returns: INT,
      deterministic: false,
      mayReturnNull: true,
      make: () => {
        const draw = seeded((random: JavaRandom, bound: number) => random.nextInt(bound));
        return (seed: number, bound: number) => (bound < 1 ? null : draw(seed, bound));
      },
    },
  ],
});

export const randomNumbers: readonly ScalarFunction[] = [rand, randInteger];
