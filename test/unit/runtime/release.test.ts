import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/columnar/batch.ts';
import { startJob } from '../../../src/jobs/runner.ts';
import type { CalcExec, PhysicalNode, PhysicalPlan } from '../../../src/planner/physical/plan.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../src/types/sql-type.ts';
import { batchOf, type Row } from '../../support/runtime/batches.ts';
import { countStar, sum } from '../../support/runtime/plain-aggregates.ts';
import {
  columnExpr,
  FakeSink,
  FakeSource,
  groupAggregate,
  scan,
  sink,
  union,
  watermark,
  windowAggregate,
} from '../../support/runtime/plans.ts';

const input = schema([field('k', VARCHAR), field('v', BIGINT), field('t', TIMESTAMP)]);
const rows: Row[] = [
  ['ada', 1n, 1000],
  ['bob', 2n, 2000],
  ['ada', 3n, 11_000],
  ['eve', 4n, 25_000],
];

/** What a source does that lends its memory: after the release other bytes lie there. */
function overwrite(batch: Batch): void {
  for (const column of batch.columns) {
    if (column.layout === 'bytes') column.bytes.fill(0x78);
    else new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength).fill(0);
  }
}

async function run(
  plan: (from: PhysicalNode, out: FakeSink) => PhysicalPlan['roots'],
): Promise<{ written: readonly string[]; releases: boolean | undefined; released: number }> {
  let released = 0;
  const answers = rows.map((row) => {
    const batch = batchOf(input, [row]);
    const release = (): void => {
      released++;
      overwrite(batch);
    };
    return { batches: [batch], release };
  });
  const source = new FakeSource([{ answers }]);
  const out = new FakeSink();
  const from = scan(input, source, { watermark: watermark(2, 0, 10_000) });
  await startJob({ plan: { roots: plan(from, out), warnings: [] }, name: 'release' }).done;
  return { written: out.written, releases: source.context?.releases, released };
}

function calc(from: PhysicalNode): CalcExec {
  const projection = [1, 0, 2].map((index) => columnExpr(input, index));
  const shape = schema([field('v', BIGINT), field('k', VARCHAR), field('t', TIMESTAMP)]);
  return {
    kind: 'calc',
    id: 'calc',
    schema: shape,
    changelog: 'insert-only',
    input: from,
    filter: undefined,
    projection,
  };
}

const tumble = { kind: 'tumble', sizeMs: 10_000, offsetMs: 0 } as const;

describe('memory that a source lends', () => {
  it('is given back after each answer where only aggregates read it, and their results stay right', async () => {
    const windows = await run((from, out) => [
      sink(
        windowAggregate(calc(from), { window: tumble, timeColumn: 2, keys: [1], calls: [countStar(), sum(0)] }),
        out,
      ),
    ]);
    expect(windows).toEqual({
      written: ['+I ada 1 1 0 10000', '+I bob 1 2 0 10000', '+I ada 1 3 10000 20000', '+I eve 1 4 20000 30000'],
      releases: true,
      released: 4,
    });
    const groups = await run((from, out) => [
      sink(groupAggregate(union(from), { keys: [0], calls: [sum(1)], emitBefore: false }), out),
    ]);
    expect(groups.written).toEqual(['+I ada 1', '+I bob 2', '+U ada 4', '+I eve 4']);
    expect(groups.released).toBe(4);
  });

  it('is never given back where rows may be kept', async () => {
    const sorted = await run((from, out) => [
      sink(
        {
          kind: 'sort-limit',
          id: 'sort',
          schema: input,
          changelog: 'insert-only',
          input: from,
          keys: [{ column: 1, descending: true, nullsFirst: false }],
          limit: 2,
          offset: 0,
        },
        out,
      ),
    ]);
    expect(sorted).toEqual({ written: ['+I eve 4 25000', '+I ada 3 11000'], releases: false, released: 0 });
    const written = await run((from, out) => [sink(calc(from), out)]);
    expect([written.releases, written.released]).toEqual([false, 0]);
  });

  it('is given back where the sink says that it copies', async () => {
    const copied = await run((from, out) => {
      out.copies = true;
      return [sink(calc(from), out)];
    });
    expect([copied.releases, copied.released]).toEqual([true, 4]);
    expect(copied.written[0]).toBe('+I 1 ada 1000');
  });

  it('is never given back where one of two readers may keep rows', async () => {
    const both = await run((from, out) => [
      sink(groupAggregate(from, { keys: [0], calls: [sum(1)] }), new FakeSink()),
      sink(from, out),
    ]);
    expect([both.releases, both.released]).toEqual([false, 0]);
  });
});
