import { describe, expect, it } from 'vitest';
import type { CallExpr, Expr } from '../../../../src/contracts/expression.ts';
import { startJob } from '../../../../src/jobs/runner.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { DOUBLE, TIMESTAMP, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf } from '../../../support/runtime/batches.ts';
import { countStar } from '../../../support/runtime/plain-aggregates.ts';
import {
  columnExpr,
  FakeSink,
  FakeSource,
  scan,
  sink,
  watermark,
  windowAggregate,
} from '../../../support/runtime/plans.ts';

const raw = schema([field('seconds', DOUBLE), field('level', VARCHAR)]);

/** seconds × 1000 as TIMESTAMP. */
function toTime(): CallExpr {
  const impl = {
    nulls: 'propagate',
    mayReturnNull: false,
    deterministic: true,
    kernel: (seconds: number): number => seconds * 1000,
  } as const;
  return { kind: 'call', name: 'TO_TIME', args: [columnExpr(raw, 0)], type: TIMESTAMP, impl };
}

describe('scan', () => {
  it('counts the computed time of rows that the source left out, at their place', async () => {
    const outputs: Expr[] = [columnExpr(raw, 1), toTime()];
    // Row 40 is filtered out by the source; row 12 behind it is late for [0, 15).
    const batch = batchOf(raw, [
      [3, 'a'],
      [40, 'no'],
      [12, 'a'],
      [41, 'a'],
    ]).select(Int32Array.of(0, 2, 3));
    const input = {
      ...scan(raw, new FakeSource([{ answers: [{ batches: [batch] }] }]), { watermark: watermark(1, 0, 15_000) }),
      schema: schema([field('level', VARCHAR), field('time', TIMESTAMP)]),
      outputs,
    };
    const out = new FakeSink();
    const node = windowAggregate(input, {
      window: { kind: 'tumble', sizeMs: 15_000, offsetMs: 0 },
      timeColumn: 1,
      keys: [0],
      calls: [countStar()],
    });
    const job = startJob({ plan: { roots: [sink(node, out)], warnings: [] }, name: 'scan' });
    await job.done;
    expect(out.written).toEqual(['+I a 1 0 15000', '+I a 1 30000 45000']);
    expect(job.metrics().lateRows).toBe(1);
  });

  it('tells the source which of its columns the time is computed from', async () => {
    const source = new FakeSource([{ answers: [] }]);
    const input = {
      ...scan(raw, source, { watermark: watermark(1, 0) }),
      schema: schema([field('level', VARCHAR), field('time', TIMESTAMP)]),
      outputs: [columnExpr(raw, 1), toTime()],
    };
    await startJob({ plan: { roots: [sink(input, new FakeSink())], warnings: [] }, name: 'scan' }).done;
    expect(source.context?.watermarkInputs).toEqual([0]);
    expect(source.context?.schema.fields.map((one) => one.name)).toEqual(['seconds', 'level']);
  });
});
