import { describe, expect, it } from 'vitest';
import type { AggregateFunction, CallSite } from '../../../../src/contracts/function.ts';
import { count } from '../../../../src/functions/aggregate/count.ts';
import { sumFunctions } from '../../../../src/functions/aggregate/sum.ts';
import type { OverFrame } from '../../../../src/planner/physical/over-plan.ts';
import type { AggregateCall } from '../../../../src/planner/physical/plan.ts';
import { OverOperator } from '../../../../src/runtime/operators/over/over-operator.ts';
import { TemporalSortOperator } from '../../../../src/runtime/operators/over/temporal-sort-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, type Row } from '../../../support/runtime/batches.ts';
import { inputOf } from '../../../support/runtime/join-plans.ts';
import { LoneOperator } from '../../../support/runtime/lone-operator.ts';
import { over } from '../../../support/runtime/over-plans.ts';
import { countStar, sum } from '../../../support/runtime/plain-aggregates.ts';

const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const input = inputOf(logs, 'insert-only');

function counting(frame: OverFrame, timeColumn = 0, aggregates = [countStar(), sum(2)]): LoneOperator {
  const node = over(input, { partition: [1], frame, timeColumn, aggregates });
  return new LoneOperator(() => new OverOperator(node));
}

/** As the catalog has it. */
function built(definition: AggregateFunction, args: readonly number[]): AggregateCall {
  const context: CallSite['context'] = {
    compatibility: 'blink',
    timeZone: 'UTC',
    now: () => 0,
    regexpBacktracking: false,
  };
  const binding = definition.resolve({ types: args.map(() => BIGINT), literals: args.map(() => undefined), context })!;
  return { name: definition.name, binding, args, distinct: false, filter: undefined, type: BIGINT };
}

const row = (ts: number | null, k: string, v = 1n): Row => [ts, k, v];

describe('OVER by event time', () => {
  it('gives rows of one time one result, in the order of time, when the watermark has passed them', async () => {
    const operator = counting({ unit: 'range', preceding: undefined });
    await operator.process(batchOf(logs, [row(5, 'a', 1n), row(3, 'a', 2n), row(5, 'a', 4n), row(4, 'b', 8n)]));
    await operator.watermark(5);
    expect(operator.take()).toEqual(['+I 3 a 2 1 2', '+I 4 b 8 1 8']);
    await operator.end();
    expect(operator.take()).toEqual(['+I 5 a 1 3 7', '+I 5 a 4 3 7']);
  });

  it('drops and counts rows that come too late or have no time', async () => {
    const operator = counting({ unit: 'rows', preceding: undefined });
    await operator.watermark(10);
    await operator.process(batchOf(logs, [row(9, 'a'), row(null, 'a'), row(10, 'a')]));
    await operator.end();
    expect(operator.take()).toEqual(['+I 10 a 1 1 1']);
    expect([operator.count('lateRows'), operator.count('nullRowtime')]).toEqual([1, 1]);
  });

  it('forgets partitions whose rows are all out of their range', async () => {
    const operator = counting({ unit: 'range', preceding: 10 });
    for (let i = 0; i < 2000; i++) {
      await operator.process(batchOf(logs, [row(i * 10, `key ${i}`)]));
      await operator.watermark(i * 10 + 1);
    }
    expect(operator.take()).toHaveLength(2000);
    expect(operator.metrics.read()['stateKeys']).toBeLessThan(4);
    // A key that comes back starts anew.
    await operator.process(batchOf(logs, [row(30_000, 'key 0')]));
    await operator.end();
    expect(operator.take()).toEqual(['+I 30000 key 0 1 1 1']);
  });
});

describe('OVER by processing time', () => {
  it('takes every row at a time of its own, and lets rows leave by the clock', async () => {
    const operator = counting({ unit: 'range', preceding: 1000 }, -1);
    await operator.process(batchOf(logs, [row(0, 'a'), row(0, 'a')]));
    await operator.advance(1000);
    await operator.process(batchOf(logs, [row(0, 'a')]));
    await operator.advance(1001);
    expect(operator.metrics.read()['stateKeys']).toBe(0);
    await operator.process(batchOf(logs, [row(0, 'a')]));
    expect(operator.take()).toEqual(['+I 0 a 1 1 1', '+I 0 a 1 2 2', '+I 0 a 1 3 3', '+I 0 a 1 1 1']);
  });
});

describe('OVER of few partitions', () => {
  const most = 2n ** 63n - 1n;
  // One key as good as alone, and one that comes by: rows go one by one, not in rounds.
  const rows = Array.from({ length: 60 }, (_, i): Row => {
    const v = i % 7 === 3 ? null : i % 5 === 0 ? most : BigInt(i * i - 900);
    return [0, i % 20 === 11 ? 'rare' : 'hot', i >= 30 && i < 40 ? null : v];
  });

  function expected(preceding: number): string[] {
    return rows.map(([, k, v], i) => {
      const frame = rows
        .slice(0, i + 1)
        .filter((one) => one[1] === k)
        .slice(-1 - preceding);
      const values = frame.flatMap((one) => (one[2] === null ? [] : [one[2] as bigint]));
      const total =
        values.length === 0
          ? 'null'
          : String(
              BigInt.asIntN(
                64,
                values.reduce((a, b) => a + b, 0n),
              ),
            );
      return `+I 0 ${String(k)} ${v === null ? 'null' : String(v)} ${frame.length} ${total}`;
    });
  }

  it.each([0, 3, undefined])(
    'counts and adds up %s rows before, NULLs and sums that wrap around among them',
    async (preceding) => {
      for (const size of [1, 7, 60]) {
        const operator = counting({ unit: 'rows', preceding }, -1, [built(count, []), built(sumFunctions[0]!, [2])]);
        for (let i = 0; i < rows.length; i += size) await operator.process(batchOf(logs, rows.slice(i, i + size)));
        expect(operator.take()).toEqual(expected(preceding ?? rows.length));
      }
    },
  );
});

describe('ORDER BY a time attribute', () => {
  const sort = (timeColumn: number): LoneOperator =>
    new LoneOperator(
      () =>
        new TemporalSortOperator({
          kind: 'temporal-sort',
          id: 'sort',
          input,
          timeColumn,
          order: [{ column: 2, descending: true, nullsFirst: false }],
          schema: logs,
          changelog: 'insert-only',
        }),
    );

  it('by event time waits for the watermark; rows of one time go by the other keys', async () => {
    const operator = sort(0);
    await operator.process(batchOf(logs, [row(7, 'a', 1n), row(7, 'b', 2n), row(6, 'c', 1n), row(8, 'd', 1n)]));
    await operator.watermark(8);
    await operator.process(batchOf(logs, [row(7, 'late', 1n), row(8, 'e', 3n)]));
    operator.restart();
    await operator.end();
    expect(operator.take()).toEqual(['+I 6 c 1', '+I 7 b 2', '+I 7 a 1', '+I 8 e 3', '+I 8 d 1']);
    expect(operator.count('lateRows')).toBe(1);
  });

  it('by processing time lets rows pass as they come', async () => {
    const operator = sort(-1);
    await operator.process(batchOf(logs, [row(9, 'a', 1n), row(1, 'b', 2n)]));
    expect(operator.take()).toEqual(['+I 9 a 1', '+I 1 b 2']);
  });
});
