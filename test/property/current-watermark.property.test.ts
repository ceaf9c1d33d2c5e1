import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startJob } from '../../src/jobs/runner.ts';
import { field, schema } from '../../src/types/schema.ts';
import { TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import { batchOf, chunk } from '../support/runtime/batches.ts';
import { FakeClock } from '../support/runtime/fake-clock.ts';
import { plannedOver } from '../support/runtime/planned.ts';
import { FakeSink, FakeSource, scan, sink, watermark } from '../support/runtime/plans.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const logs = schema([field('a', VARCHAR), field('ts', TIMESTAMP)]);
const delayMs = 5;
const script = `CREATE TABLE src (a VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS withOffset(ts, ${delayMs}))
    WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
  SELECT a, ts, CURRENT_WATERMARK(ts) AS w FROM src;`;

/** Row by row: the maximum before the row minus the delay. */
function model(times: readonly (number | null)[]): string[] {
  let max = -Infinity;
  return times.map((ms, i) => {
    const w = max === -Infinity ? null : max - delayMs;
    if (ms !== null) max = Math.max(max, ms);
    return `+I row ${i} ${ms} ${w}`;
  });
}

it('every row meets the watermark of the rows before it, however they are split into batches', async () => {
  const times = fc.array(fc.option(fc.integer({ min: 0, max: 40 }), { freq: 6 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(times, fc.constantFrom(1, 2, 7, 4096), async (given, size) => {
      const rows = given.map((ms, i) => [`row ${i}`, ms] as const);
      const out = new FakeSink();
      const batches = chunk(rows, size).map((part) => batchOf(logs, part));
      const input = scan(logs, new FakeSource([{ answers: [{ batches }] }]), {
        watermark: { ...watermark(1, delayMs), everyMove: true, keepsNulls: true },
      });
      await startJob({
        plan: { roots: [sink(plannedOver(script, input), out)], warnings: [] },
        name: 'watermark',
        clock: new FakeClock(),
      }).done;
      expect(out.written).toEqual(model(given));
    }),
    { seed, numRuns: 150 },
  );
});
