import { describe, expect, it } from 'vitest';
import { GroupAggregateOperator } from '../../../../src/runtime/operators/grouping/group-aggregate-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf } from '../../../support/runtime/batches.ts';
import { driveOperator } from '../../../support/runtime/drive-operator.ts';
import { FakeClock } from '../../../support/runtime/fake-clock.ts';
import { countStar, sum } from '../../../support/runtime/plain-aggregates.ts';
import { FakeSource, groupAggregate, scan } from '../../../support/runtime/plans.ts';

const input = schema([field('k', VARCHAR), field('v', BIGINT)]);

describe('group aggregate with a time to live', () => {
  const open = async (changelog: 'insert-only' | 'retract') => {
    const node = groupAggregate(scan(input, new FakeSource([]), { changelog }), {
      keys: [0],
      calls: [countStar(), sum(1)],
    });
    const clock = new FakeClock(1_000_000);
    return driveOperator(new GroupAggregateOperator({ ...node, stateTtlMs: 1000 }), clock);
  };

  it('starts a group anew that was not written for so long, and keeps one that was', async () => {
    const operator = await open('insert-only');
    expect(
      await operator.push(
        batchOf(input, [
          ['a', 1n],
          ['b', 5n],
        ]),
      ),
    ).toEqual(['+I a 1 1', '+I b 1 5']);
    expect(operator.advance(900)).toEqual([]);
    expect(await operator.push(batchOf(input, [['a', 2n]]))).toEqual(['-U a 1 1', '+U a 2 3']);
    operator.advance(200);
    expect(
      await operator.push(
        batchOf(input, [
          ['a', 3n],
          ['b', 7n],
        ]),
      ),
    ).toEqual(['-U a 2 3', '+U a 3 6', '+I b 1 7']);
  });

  it('renews a group that expired between two sweeps', async () => {
    const operator = await open('insert-only');
    // The sweep at 750 finds nothing, the next is due at 1000.
    operator.advance(240);
    await operator.push(batchOf(input, [['a', 1n]]));
    operator.advance(1001);
    expect(await operator.push(batchOf(input, [['a', 2n]]))).toEqual(['+I a 1 2']);
  });

  it('ignores retractions of what is gone', async () => {
    const operator = await open('retract');
    await operator.push(batchOf(input, [['a', 1n]], ['+I']));
    operator.advance(3000);
    expect(await operator.push(batchOf(input, [['a', 1n]], ['-D']))).toEqual([]);
    expect(await operator.push(batchOf(input, [['a', 4n]], ['+I']))).toEqual(['+I a 1 4']);
  });
});
