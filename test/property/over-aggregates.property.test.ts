import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OverFrame } from '../../src/planner/physical/over-plan.ts';
import { AggregateSet } from '../../src/runtime/operators/grouping/aggregate-set.ts';
import { OverOperator } from '../../src/runtime/operators/over/over-operator.ts';
import { StateRegistry } from '../../src/runtime/state/state-registry.ts';
import { Batch } from '../../src/columnar/batch.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import { batchOf, changesOf, chunk, type Row } from '../support/runtime/batches.ts';
import { everyAggregate } from '../support/runtime/every-aggregate.ts';
import { inputOf } from '../support/runtime/join-plans.ts';
import { LoneOperator } from '../support/runtime/lone-operator.ts';
import { over } from '../support/runtime/over-plans.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
// The values of a multiset have no order, so its bytes may differ.
const aggregates = everyAggregate(logs, [1, 2], true).filter((call) => call.name !== 'COLLECT');

const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.constantFrom('a', 'b', 'b c', '', null),
    fc.constantFrom(1n, 2n, 3n, -5n, null),
  ),
  { minLength: 1, maxLength: 20 },
);

/** The aggregates of just these rows, as a line. */
function fresh(inside: readonly Row[]): string {
  const set = new AggregateSet(aggregates, new StateRegistry(), { retracts: false });
  set.ensure(1);
  const order = Int32Array.from(inside, (_, i) => i);
  set.accumulate(batchOf(logs, inside), order, new Int32Array(inside.length), inside.length);
  const columns = set.results(Int32Array.of(0), 1);
  const fields = aggregates.map((call, i) => field(`call${i}`, call.type));
  return changesOf(new Batch({ fields }, columns, 1))[0]!.slice(3);
}

const frames: readonly (OverFrame & {
  readonly holds: (at: number, ts: number, i: number, time: number) => boolean;
})[] = [
  { unit: 'rows', preceding: 3, holds: (at, _ts, i) => i <= at && i >= at - 3 },
  { unit: 'range', preceding: 4, holds: (_at, ts, _i, time) => time <= ts && time >= ts - 4 },
  { unit: 'range', preceding: undefined, holds: (_at, ts, _i, time) => time <= ts },
];

describe('every aggregate of the catalog with OVER', () => {
  it('covers the catalog', () => {
    expect(aggregates.length).toBeGreaterThan(20);
  });

  for (const { holds, ...frame } of frames) {
    it(`${frame.unit} ${frame.preceding ?? 'unbounded'}: gives what aggregating just the rows of the frame gives`, async () => {
      const node = over(inputOf(logs, 'insert-only'), { partition: [], frame, timeColumn: 0, aggregates });
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), fc.nat(5), async (given, size, cut) => {
          const operator = new LoneOperator(() => new OverOperator(node));
          for (const [i, part] of chunk(given, size).entries()) {
            if (i === cut) operator.restart();
            await operator.process(batchOf(logs, part));
          }
          await operator.end();
          const sorted = [...given].sort((a, b) => a[0] - b[0]);
          const expected = sorted.map((row, at) => {
            const ts = row[0];
            const inside = sorted.filter((one, i) => holds(at, ts, i, one[0]));
            return `${row.map(String).join(' ')} ${fresh(inside)}`;
          });
          expect(operator.take().map((line) => line.slice(3))).toEqual(expected);
        }),
        { seed, numRuns: 40 },
      );
    });
  }
});
