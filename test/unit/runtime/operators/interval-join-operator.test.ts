import { describe, expect, it } from 'vitest';
import { IntervalJoinOperator } from '../../../../src/runtime/operators/joins/interval-join-operator.ts';
import { batchOf } from '../../../support/runtime/batches.ts';
import { driveOperator } from '../../../support/runtime/drive-operator.ts';
import { FakeClock } from '../../../support/runtime/fake-clock.ts';
import { MetricSet } from '../../../../src/runtime/metrics.ts';
import { intervalJoin, runSteps, timed, type Step } from '../../../support/runtime/time-joins.ts';

const run = (steps: readonly Step[], given: Parameters<typeof intervalJoin>[0]): ReturnType<typeof runSteps> =>
  runSteps(() => new IntervalJoinOperator(intervalJoin(given)), steps);

describe('interval join', () => {
  it('holds the watermark back by the larger bound and the rows that are still to come at it', async () => {
    const answers = await run([{ watermark: 100 }, { watermark: Infinity }], {
      joinType: 'inner',
      lowerMs: -5,
      upperMs: 3,
    });
    expect(answers).toEqual([['W 94'], ['W Infinity']]);
  });

  it('gives a row without partner when the watermark has passed its bound, not before, and before the watermark', async () => {
    const answers = await run(
      [{ input: 0, rows: [[10, 'a', 1n]] }, { watermark: 14 }, { watermark: 15 }, { watermark: 16 }, { watermark: 30 }],
      { joinType: 'left', lowerMs: -5, upperMs: 3 },
    );
    expect(answers).toEqual([[], ['W 8'], ['W 9'], ['+I 10 a 1 null null null', 'W 10'], ['W 24']]);
  });

  it('drops no row as late: one behind the watermark meets what is kept, and goes out at once where nothing can come', async () => {
    const answers = await run(
      [
        { input: 1, rows: [[10, 'a', 2n]] },
        { watermark: 12 },
        {
          input: 0,
          rows: [
            [8, 'a', 1n],
            [1, 'a', 3n],
          ],
        },
      ],
      { joinType: 'left', lowerMs: -5, upperMs: 3 },
    );
    expect(answers.at(-1)).toEqual(['+I 8 a 1 10 a 2', '+I 1 a 3 null null null']);
  });

  it('gives rows of an outer side without time or key at once', async () => {
    const rows = [
      [null, 'a', 1n],
      [5, null, 2n],
    ];
    expect(
      await run(
        [
          { input: 0, rows },
          { input: 1, rows },
        ],
        { joinType: 'full' },
      ),
    ).toEqual([
      ['+I null a 1 null null null', '+I 5 null 2 null null null'],
      ['+I null null null null a 1', '+I null null null 5 null 2'],
    ]);
    expect(
      await run(
        [
          { input: 0, rows },
          { input: 1, rows },
        ],
        { joinType: 'inner' },
      ),
    ).toEqual([[], []]);
  });

  it('holds no row and no key when the watermark has passed everything, and stays small however often it is filled', async () => {
    const operator = new IntervalJoinOperator(intervalJoin({ joinType: 'full' }));
    const metrics = new MetricSet();
    operator.open({ now: () => 0, metrics, setTimer: () => undefined, warn: () => undefined });
    const out = { push: () => undefined, emit: () => undefined };
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 500 }, (_, i) => [
        round * 1000 + ((i * 7) % 500),
        `key ${i % 50} ${round}`,
        1n,
      ]);
      for (const input of [0, 1]) await operator.process(batchOf(timed, rows), out, input);
      expect(metrics.read()['stateRows']).toBe(1000);
      await operator.onWatermark(round * 1000 + 900, out);
      expect(metrics.read()['stateRows']).toBe(0);
      expect(metrics.read()['stateKeys']).toBe(0);
    }
    // Of the 200,000 rows that were here: what is forgotten is given back page by page.
    expect(metrics.read()['stateBytes']).toBeLessThan(6_000_000);
  });

  it('emits in parts where a row meets very many', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => [10, 'a', BigInt(i)]);
    const [, matches] = await run(
      [
        { input: 0, rows: many },
        { input: 1, rows: [[10, 'a', 0n]] },
      ],
      { joinType: 'inner' },
    );
    expect(new Set(matches).size).toBe(9000);
  });

  it('by processing time gives a row without partner when the clock has passed its bound', async () => {
    const clock = new FakeClock(100);
    const operator = new IntervalJoinOperator(intervalJoin({ joinType: 'left', processingTime: true }));
    const driven = await driveOperator(operator, clock);
    expect(await driven.push(batchOf(timed, [[100, 'a', 1n]]), 0)).toEqual([]);
    expect(driven.advance(3)).toEqual([]);
    expect(await driven.push(batchOf(timed, [[103, 'b', 1n]]), 1)).toEqual([]);
    expect(driven.advance(2)).toEqual([]);
    expect(driven.advance(1)).toEqual(['+I 100 a 1 null null null']);
  });
});
