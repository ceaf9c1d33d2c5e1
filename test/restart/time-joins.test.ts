import { describe, expect, it } from 'vitest';
import type { Operator } from '../../src/contracts/operator.ts';
import { IntervalJoinOperator } from '../../src/runtime/operators/joins/interval-join-operator.ts';
import { LatestJoinOperator } from '../../src/runtime/operators/joins/latest-join-operator.ts';
import { TemporalJoinOperator } from '../../src/runtime/operators/joins/temporal-join-operator.ts';
import type { Row } from '../support/runtime/batches.ts';
import { intervalJoin, runSteps, temporalJoin, type Step } from '../support/runtime/time-joins.ts';

/** Rows of both inputs in jumbled order, with late ones, NULLs, repeats and deletions, and a watermark now and then. */
const steps: readonly Step[] = Array.from({ length: 60 }, (_, i): Step => {
  if (i === 59) return { watermark: Infinity };
  if (i % 5 === 4) return { watermark: i * 3 - 10 };
  const input = i % 3 === 0 ? 1 : 0;
  const rows = Array.from({ length: (i * 7) % 4 }, (_, k): Row => {
    const n = i * 5 + k * 3;
    return [n % 23 === 7 ? null : i * 3 - ((n * 7) % 13), n % 11 === 5 ? null : `key ${n % 4}`, BigInt(n % 6)];
  });
  const kinds = rows.map((_, k) => (input === 1 && (i + k) % 7 === 6 ? ('-D' as const) : ('+I' as const)));
  return { input, rows, kinds };
});

const shapes: Readonly<Record<string, () => Operator>> = {
  'inner interval join': () => new IntervalJoinOperator(intervalJoin({ joinType: 'inner' })),
  'full interval join': () => new IntervalJoinOperator(intervalJoin({ joinType: 'full', lowerMs: -9, upperMs: 6 })),
  'interval join by processing time': () =>
    new IntervalJoinOperator(intervalJoin({ joinType: 'full', processingTime: true })),
  'temporal join': () => new TemporalJoinOperator(temporalJoin({ joinType: 'inner' }), { left: 0, right: 0 }),
  'left temporal join': () => new TemporalJoinOperator(temporalJoin({ joinType: 'left' }), { left: 0, right: 0 }),
  'temporal join by processing time': () => new LatestJoinOperator(temporalJoin({ joinType: 'left', times: undefined })),
};

describe('restart law of joins by time', () => {
  it.each(Object.entries(shapes))('%s: replaced by its snapshot after any step it gives the same', async (_, make) => {
    for (const size of [1, Infinity]) {
      const straight = await runSteps(make, steps, { size });
      expect(straight.flat().length).toBeGreaterThan(20);
      for (let restartAfter = 0; restartAfter < steps.length; restartAfter++) {
        expect(await runSteps(make, steps, { size, restartAfter }), `after step ${restartAfter}`).toEqual(straight);
      }
    }
  });
});
