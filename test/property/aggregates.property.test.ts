import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ColumnBuilder, type Value } from '../../src/columnar/builder.ts';
import { ByteSlice } from '../../src/columnar/byte-slice.ts';
import type { Column } from '../../src/columnar/column.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import type { AggregateBinding, Aggregator, FunctionContext } from '../../src/contracts/function.ts';
import { createFunctionRegistry } from '../../src/functions/registry.ts';
import { compareDoubles } from '../../src/functions/scalar/compare-kernels.ts';
import { StateRegistry } from '../../src/runtime/state/state-registry.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  SMALLINT,
  VARCHAR,
  decimal,
  type SqlType,
} from '../../src/types/sql-type.ts';

const seed = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };
const registry = createFunctionRegistry();
const SLOTS = 4;

function bind(name: string, types: readonly SqlType[], compatibility: 'blink' | 'flink' = 'blink'): AggregateBinding {
  const context: FunctionContext = { compatibility, timeZone: 'UTC', now: () => 0, regexpBacktracking: false };
  const binding = registry.aggregate(name)?.resolve({ types, literals: [], context });
  if (binding === undefined) throw new Error(`${name} does not take these types`);
  return binding;
}

/** A value as the tests see it; texts and bytes as strings. */
type Plain = boolean | number | bigint | string;

function column(type: SqlType, values: readonly (Plain | null)[]): Column {
  const builder = new ColumnBuilder(type);
  for (const value of values) builder.append(typeof value === 'string' ? ByteSlice.ofString(value) : value);
  return builder.finish();
}

const plain = (value: Value): Plain | null => (value instanceof ByteSlice ? value.toString() : value);

function feed(
  into: Aggregator,
  type: SqlType,
  rows: readonly { slot: number; value: Plain | null }[],
  how: 'accumulate' | 'retract' = 'accumulate',
): void {
  // Physical row 0 belongs to no group: rows must be read through the list.
  const args = [column(type, [null, ...rows.map(({ value }) => value)])];
  const physical = Int32Array.from(rows, (_row, i) => i + 1);
  into[how]!(
    args,
    physical,
    Int32Array.from(rows, ({ slot }) => slot),
    rows.length,
  );
}

function results(of: Aggregator): (Plain | null)[] {
  const slots = Int32Array.from({ length: SLOTS }, (_, slot) => slot);
  const found = of.result(slots, SLOTS);
  return [...slots].map((slot) => plain(valueAt(found, slot)));
}

/** The definition of each aggregate over the plain list of a group's values. */
type Oracle = (values: readonly Plain[]) => Plain | null;
const compare = (a: Plain, b: Plain): number => {
  if (typeof a === 'number' && typeof b === 'number') return compareDoubles(a, b);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
};
const minimum: Oracle = (values) =>
  values.length === 0 ? null : values.reduce((best, value) => (compare(value, best) < 0 ? value : best));
const maximum: Oracle = (values) =>
  values.length === 0 ? null : values.reduce((best, value) => (compare(value, best) > 0 ? value : best));
const total = (values: readonly Plain[]): bigint => values.reduce((sum: bigint, value) => sum + BigInt(value), 0n);

const anyBigint = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 2n ** 63n - 1n, -(2n ** 63n)),
);
const unscaled = (precision: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n });

interface Case {
  readonly title: string;
  readonly name: string;
  readonly type: SqlType;
  readonly value: fc.Arbitrary<Plain>;
  readonly oracle: Oracle;
}
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const halfUp = (sum: bigint, rows: bigint): bigint => {
  const magnitude = (absolute(sum) * 2n + rows) / (rows * 2n);
  return sum < 0n ? -magnitude : magnitude;
};
const cases: readonly Case[] = [
  { title: 'COUNT', name: 'COUNT', type: INT, value: fc.integer(), oracle: (values) => BigInt(values.length) },
  {
    title: 'SUM of INT wraps',
    name: 'SUM',
    type: INT,
    value: fc.integer(),
    oracle: (values) => (values.length === 0 ? null : Number(BigInt.asIntN(32, total(values)))),
  },
  {
    title: 'SUM of SMALLINT wraps',
    name: 'SUM',
    type: SMALLINT,
    value: fc.integer({ min: -32768, max: 32767 }),
    oracle: (values) => (values.length === 0 ? null : Number(BigInt.asIntN(16, total(values)))),
  },
  {
    title: 'SUM of BIGINT wraps',
    name: 'SUM',
    type: BIGINT,
    value: anyBigint,
    oracle: (values) => (values.length === 0 ? null : BigInt.asIntN(64, total(values))),
  },
  {
    title: 'SUM of a narrow DECIMAL',
    name: 'SUM',
    type: decimal(18, 2),
    value: unscaled(18),
    oracle: (values) => (values.length === 0 ? null : total(values)),
  },
  {
    title: 'SUM of a wide DECIMAL',
    name: 'SUM',
    type: decimal(36, 2),
    value: unscaled(36),
    oracle: (values) => (values.length === 0 ? null : total(values)),
  },
  {
    title: 'SUM of DECIMALs of all 38 digits',
    name: 'SUM',
    type: decimal(38, 18),
    value: fc.oneof(unscaled(38), fc.constantFrom(10n ** 38n - 1n, 1n - 10n ** 38n)),
    oracle: (values) => (values.length === 0 || absolute(total(values)) >= 10n ** 38n ? null : total(values)),
  },
  {
    title: 'AVG of DECIMALs of all 38 digits',
    name: 'AVG',
    type: decimal(38, 18),
    value: fc.oneof(unscaled(38), fc.constantFrom(10n ** 38n - 1n, 1n - 10n ** 38n)),
    oracle: (values) => (values.length === 0 ? null : halfUp(total(values), BigInt(values.length))),
  },
  {
    title: 'AVG of BIGINT',
    name: 'AVG',
    type: BIGINT,
    value: anyBigint,
    oracle: (values) => (values.length === 0 ? null : Number(total(values)) / values.length),
  },
  {
    title: 'AVG of DECIMAL',
    name: 'AVG',
    type: decimal(20, 2),
    value: unscaled(20),
    oracle: (values) => (values.length === 0 ? null : halfUp(total(values) * 10_000n, BigInt(values.length))),
  },
  { title: 'MIN of BIGINT', name: 'MIN', type: BIGINT, value: anyBigint, oracle: minimum },
  { title: 'MAX of INT', name: 'MAX', type: INT, value: fc.integer({ min: -3, max: 3 }), oracle: maximum },
  {
    title: 'MAX of DOUBLE',
    name: 'MAX',
    type: DOUBLE,
    value: fc.constantFrom(1.5, NaN, -Infinity, 0, 7),
    oracle: maximum,
  },
  {
    title: 'MIN of DOUBLE',
    name: 'MIN',
    type: DOUBLE,
    value: fc.constantFrom(1.5, NaN, Infinity, 0, 7),
    oracle: minimum,
  },
  { title: 'MIN of DATE', name: 'MIN', type: DATE, value: fc.integer({ min: -9, max: 9 }), oracle: minimum },
  { title: 'MAX of BOOLEAN', name: 'MAX', type: BOOLEAN, value: fc.boolean(), oracle: maximum },
  {
    title: 'MIN of VARCHAR',
    name: 'MIN',
    type: VARCHAR,
    value: fc.string({ unit: 'grapheme', maxLength: 3 }),
    oracle: minimum,
  },
  { title: 'MAX of a wide DECIMAL', name: 'MAX', type: decimal(38, 3), value: unscaled(38), oracle: maximum },
];

const history = (value: fc.Arbitrary<Plain>): fc.Arbitrary<{ slot: number; value: Plain | null }[][]> =>
  fc.array(
    fc.array(fc.record({ slot: fc.integer({ min: 0, max: SLOTS - 1 }), value: fc.option(value, { freq: 5 }) }), {
      maxLength: 8,
    }),
    { maxLength: 5 },
  );

function groupsOf(rows: readonly { slot: number; value: Plain | null }[]): Plain[][] {
  const groups: Plain[][] = Array.from({ length: SLOTS }, () => []);
  for (const { slot, value } of rows) if (value !== null) groups[slot]!.push(value);
  return groups;
}

describe.each(cases)('$title', ({ name, type, value, oracle }) => {
  function create(retracts: boolean): Aggregator {
    const made = bind(name, [type]).create(new StateRegistry(), retracts);
    made.ensure(SLOTS);
    return made;
  }

  it('is what its definition says over rows that only arrive', () => {
    fc.assert(
      fc.property(history(value), (batches) => {
        const aggregator = create(false);
        for (const rows of batches) feed(aggregator, type, rows);
        expect(results(aggregator)).toEqual(groupsOf(batches.flat()).map(oracle));
      }),
      { numRuns: 60, ...seed },
    );
  });

  it('forgets what is taken back, and cleared groups', () => {
    fc.assert(
      fc.property(history(value), fc.array(fc.nat()), fc.nat(SLOTS - 1), (batches, picks, cleared) => {
        const aggregator = create(true);
        const live: { slot: number; value: Plain | null }[] = [];
        batches.forEach((rows, i) => {
          feed(aggregator, type, rows);
          live.push(...rows);
          // Takes back some of what has arrived, the results being read in between.
          for (const pick of picks.slice(i, i + 3)) {
            if (live.length === 0) break;
            feed(aggregator, type, live.splice(pick % live.length, 1), 'retract');
          }
          expect(results(aggregator)).toEqual(groupsOf(live).map(oracle));
        });
        aggregator.clear(cleared);
        const rest = live.filter(({ slot }) => slot !== cleared);
        expect(results(aggregator)).toEqual(groupsOf(rest).map(oracle));
        const again = [{ slot: cleared, value: batches[0]?.[0]?.value ?? null }];
        feed(aggregator, type, again);
        expect(results(aggregator)).toEqual(groupsOf([...rest, ...again]).map(oracle));
      }),
      { numRuns: 80, ...seed },
    );
  });

  it('merges groups of another instance', () => {
    fc.assert(
      fc.property(history(value), history(value), fc.boolean(), (ours, theirs, retracts) => {
        const [a, b] = [create(retracts), create(retracts)];
        for (const rows of ours) feed(a, type, rows);
        for (const rows of theirs) feed(b, type, rows);
        // Group 0 of the other goes into our 1 and so on round.
        const from = Int32Array.from({ length: SLOTS }, (_, slot) => slot);
        const into = Int32Array.from({ length: SLOTS }, (_, slot) => (slot + 1) % SLOTS);
        a.merge(b, from, into, SLOTS);
        const moved = theirs.flat().map((row) => ({ ...row, slot: (row.slot + 1) % SLOTS }));
        expect(results(a)).toEqual(groupsOf([...ours.flat(), ...moved]).map(oracle));
      }),
      { numRuns: 60, ...seed },
    );
  });
});

describe('aggregate types', () => {
  it('follow Blink and Flink where they differ', () => {
    expect(bind('AVG', [INT]).returns).toEqual(DOUBLE);
    expect(bind('AVG', [INT], 'flink').returns).toEqual(INT);
    expect(bind('SUM', [INT]).returns).toEqual(INT);
    expect(bind('SUM', [decimal(10, 2)]).returns).toEqual(decimal(38, 2));
    expect(bind('AVG', [decimal(10, 2)]).returns).toEqual(decimal(38, 6));
    expect(bind('COUNT', []).returns).toEqual(BIGINT);
    expect(bind('MIN', [VARCHAR]).returns).toEqual(VARCHAR);
  });
});
