import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startJob } from '../../../../src/jobs/runner.ts';
import type { AlignedWindow } from '../../../../src/planner/physical/plan.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, chunk, type Row } from '../../../support/runtime/batches.ts';
import { countStar, sum } from '../../../support/runtime/plain-aggregates.ts';
import { FakeSink, FakeSource, scan, sink, watermark, windowAggregate } from '../../../support/runtime/plans.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);

interface Outcome {
  readonly lines: string[];
  readonly late: number;
  readonly nulls: number;
}

async function run(
  rows: readonly Row[],
  settings: { window: AlignedWindow; delayMs: number; sizes: readonly number[]; distinct?: boolean; paneMs?: number },
): Promise<Outcome> {
  const { window, delayMs, sizes } = settings;
  const answers = chunk(rows, ...sizes).map((part) => ({ batches: [batchOf(logs, part)] }));
  const out = new FakeSink();
  const input = scan(logs, new FakeSource([{ answers }]), {
    watermark: watermark(0, delayMs, settings.paneMs ?? 1, window.offsetMs),
  });
  const node = windowAggregate(input, {
    window,
    timeColumn: 0,
    keys: [1],
    calls: [countStar(), sum(2, { distinct: settings.distinct ?? false })],
  });
  const job = startJob({ plan: { roots: [sink(node, out)], warnings: [] }, name: 'windows' });
  await job.done;
  const scanned = job.metrics().operators.find((one) => one.kind === 'scan');
  return { lines: out.written, late: job.metrics().lateRows, nulls: scanned?.values['nullRowtime'] ?? 0 };
}

/** The same by a plain script: the watermark after each row, a row dropped from each window that has fired. */
function expected(rows: readonly Row[], window: AlignedWindow, delayMs: number, distinct = false): Outcome {
  const slide = window.kind === 'hop' ? window.slideMs : window.sizeMs;
  const windows = new Map<number, Map<string, { count: number; values: bigint[] }>>();
  let watermarkMs = -Infinity;
  let late = 0;
  let nulls = 0;
  for (const [ts, key, value] of rows as [number | null, string, bigint][]) {
    if (ts === null) {
      nulls++;
      continue;
    }
    let starts: number[] = [];
    const last = Math.floor((ts - window.offsetMs) / slide) * slide + window.offsetMs;
    for (let start = last; start + window.sizeMs > ts; start -= slide) starts.push(start);
    const covered = starts.length > 0;
    starts = starts.filter((start) => start + window.sizeMs - 1 > watermarkMs);
    if (covered && starts.length === 0) late++;
    for (const start of starts) {
      const keys = windows.get(start) ?? new Map<string, { count: number; values: bigint[] }>();
      windows.set(start, keys);
      const group = keys.get(key) ?? { count: 0, values: [] };
      keys.set(key, group);
      group.count++;
      group.values.push(value);
    }
    watermarkMs = Math.max(watermarkMs, ts - delayMs);
  }
  const lines = [...windows].flatMap(([start, keys]) =>
    [...keys].map(([key, { count, values }]) => {
      const total = (distinct ? [...new Set(values)] : values).reduce((a, b) => a + b, 0n);
      return `+I ${key} ${count} ${total} ${start} ${start + window.sizeMs}`;
    }),
  );
  return { lines, late, nulls };
}

const rowsArbitrary = fc.array(
  fc.tuple(
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -30, max: 90 }) }, { weight: 1, arbitrary: fc.constant(null) }),
    fc.constantFrom('a', 'b', 'c'),
    fc.bigInt(-5n, 5n),
  ),
  { maxLength: 60 },
);
const windowArbitrary: fc.Arbitrary<AlignedWindow> = fc.oneof(
  fc.record({ kind: fc.constant('tumble'), sizeMs: fc.constantFrom(1, 7, 10), offsetMs: fc.constantFrom(0, 3) }),
  fc.record({
    kind: fc.constant('hop'),
    sizeMs: fc.constantFrom(10, 12, 7),
    slideMs: fc.constantFrom(5, 4, 3, 20),
    offsetMs: fc.constantFrom(0, 2),
  }),
);

function pane(window: AlignedWindow): number {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b));
  return window.kind === 'hop' ? divide(window.sizeMs, window.slideMs) : window.sizeMs;
}

describe('window aggregate', () => {
  it('equals a row-by-row recomputation, late count included, for random order, windows and batch sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsArbitrary,
        windowArbitrary,
        fc.constantFrom(0, 1, 9, 25),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (rows, window, delayMs, sizes, distinct, exactPane) => {
          const paneMs = exactPane ? pane(window) : 1;
          const got = await run(rows, { window, delayMs, sizes, distinct, paneMs });
          const want = expected(rows, window, delayMs, distinct);
          expect({ ...got, lines: [...got.lines].sort() }).toEqual({ ...want, lines: want.lines.sort() });
          const ends = got.lines.map((line) => Number(line.split(' ')[5]));
          // What arrives in time may open an earlier window later only if that window's end was not passed yet.
          expect(ends).toEqual([...ends].sort((a, b) => a - b));
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('gives the same rows at batch sizes 1, 7 and 4096 with no delay and equal times on the last millisecond', async () => {
    const window: AlignedWindow = { kind: 'tumble', sizeMs: 10, offsetMs: 0 };
    const rows: Row[] = Array.from({ length: 500 }, (_, i) => {
      const base = Math.floor(i / 5) * 3;
      return [i % 3 === 0 ? base - (base % 10) + 9 : base, `k${i % 4}`, BigInt(i)];
    });
    const want = expected(rows, window, 0);
    expect(want.late).toBeGreaterThan(0);
    const results = await Promise.all(
      [1, 7, 4096].map((size) => run(rows, { window, delayMs: 0, sizes: [size], paneMs: 10 })),
    );
    for (const result of results) {
      expect(result.late).toBe(want.late);
      expect(result.lines).toEqual(results[0]!.lines);
      expect([...result.lines].sort()).toEqual([...want.lines].sort());
    }
  });

  it('emits a window of many groups in batches of at most 4096 rows', async () => {
    const rows: Row[] = Array.from({ length: 10_000 }, (_, i) => [5, `key ${i}`, 1n]);
    const out = new FakeSink();
    const input = scan(logs, new FakeSource([{ answers: [{ batches: [batchOf(logs, rows)] }] }]), {
      watermark: watermark(0, 0),
    });
    const node = windowAggregate(input, {
      window: { kind: 'tumble', sizeMs: 10, offsetMs: 0 },
      timeColumn: 0,
      keys: [1],
      calls: [countStar()],
      properties: ['rowtime', 'end'],
    });
    await startJob({ plan: { roots: [sink(node, out)], warnings: [] }, name: 'many' }).done;
    expect(out.events).toEqual(['write 4096', 'write 4096', 'write 1808', 'flush']);
    expect(out.written[0]).toBe('+I key 0 1 9 10');
  });
});
