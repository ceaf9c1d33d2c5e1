import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateReader } from '../../src/contracts/state.ts';
import { startJob } from '../../src/jobs/runner.ts';
import type { PhysicalNode } from '../../src/planner/physical/plan.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import { applied, batchOf, chunk, type Row } from '../support/runtime/batches.ts';
import { FakeClock } from '../support/runtime/fake-clock.ts';
import { countStar, sum } from '../support/runtime/plain-aggregates.ts';
import {
  FakeSink,
  FakeSource,
  groupAggregate,
  scan,
  sink,
  watermark,
  windowAggregate,
  type Answer,
} from '../support/runtime/plans.ts';
import { settle } from '../support/runtime/settle.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const never = (): Promise<never> => new Promise<never>(() => {});

const rowsArbitrary = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 80 }), fc.constantFrom('a', 'b', null), fc.bigInt(-3n, 3n)),
  { minLength: 1, maxLength: 40 },
);

/** A window below a grouping over its results: two kinds of state, one behind the other. */
function plan(input: PhysicalNode): PhysicalNode {
  const window = windowAggregate(input, {
    window: { kind: 'hop', sizeMs: 20, slideMs: 5, offsetMs: 0 },
    timeColumn: 0,
    keys: [1],
    calls: [sum(2), countStar()],
    properties: ['rowtime'],
  });
  return groupAggregate(window, { keys: [0], calls: [sum(1), sum(2, { distinct: true }), countStar()] });
}

async function run(
  answers: readonly Answer[],
  restoreFrom?: StateReader,
): Promise<[string[], () => Promise<StateReader>]> {
  const out = new FakeSink();
  const count = answers
    .flatMap((one) => ('batches' in one ? (one.batches ?? []) : []))
    .reduce((n, one) => n + one.size, 0);
  const input = scan(logs, new FakeSource([{ answers }]), { watermark: watermark(0, 7, 5) });
  const job = startJob({
    plan: { roots: [sink(plan(input), out)], warnings: [] },
    name: 'partition',
    clock: new FakeClock(),
    ...(restoreFrom === undefined ? {} : { restoreFrom }),
  });
  if (answers.at(-1) !== never) await job.done;
  while (job.status === 'running' && job.metrics().rows < count) await settle();
  await settle();
  const stop = async (): Promise<StateReader> => {
    const snapshot = await job.snapshot();
    await job.stop();
    await job.done;
    return snapshot.reader;
  };
  return [[...out.written], stop];
}

describe('laws of the runtime', () => {
  it('any split of the same rows into batches, and a restart after any of them, leaves the same result', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, sizes, fc.nat(50), async (rows, parts, cutAt) => {
        const [whole] = await run([{ batches: [batchOf(logs, rows)] }]);
        const answers = chunk(rows as Row[], ...parts).map((part) => ({ batches: [batchOf(logs, part)] }));
        const cut = cutAt % (answers.length + 1);
        const [first, stop] = await run([...answers.slice(0, cut), never]);
        const [second] = await run(answers, await stop());
        expect(applied([...first, ...second])).toEqual(applied(whole));
      }),
      { seed, numRuns: 60 },
    );
  });
});
