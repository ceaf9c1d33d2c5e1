import { describe, expect, it } from 'vitest';
import type { PhysicalNode } from '../../src/planner/physical/plan.ts';
import type { Schema } from '../../src/types/schema.ts';
import { batchOf, chunk, type Row } from '../support/runtime/batches.ts';
import { sum } from '../support/runtime/plain-aggregates.ts';
import { aggregate, attached, inWindows, join, jumbled, logs, lone, rank, table, windowed } from '../support/runtime/window-nodes.ts';

const hour = 3_600_000;
/** The same rows an hour apart, about the time when New York put its clocks forward. */
const aroundChange = jumbled.map(([ts, ...cells]): Row => [
  ts === null ? null : Date.parse('1970-04-26T07:00:00Z') + (Number(ts) - 40) * hour,
  ...cells,
]);

const operators: Readonly<Record<string, { node: PhysicalNode; rows: readonly Row[]; of: Schema; inputs?: number }>> = {
  cumulate: { node: aggregate({ kind: 'cumulate', sizeMs: 30, stepMs: 10, offsetMs: 3 }), rows: jumbled, of: logs },
  'windows of local time': {
    node: aggregate({ kind: 'hop', sizeMs: 24 * hour, slideMs: 8 * hour, offsetMs: 0, zone: 'America/New_York' }),
    rows: aroundChange,
    of: logs,
  },
  session: { node: aggregate({ kind: 'session', gapMs: 7 }), rows: jumbled, of: logs },
  'session with DISTINCT': {
    node: aggregate({ kind: 'session', gapMs: 9 }, { calls: [sum(2, { distinct: true })] }),
    rows: jumbled,
    of: logs,
  },
  'windows of the rows': { node: aggregate(attached), rows: inWindows, of: windowed },
  'table of sessions': { node: table({ kind: 'session', gapMs: 7 }), rows: jumbled, of: logs },
  'rank of a window': { node: rank, rows: inWindows, of: windowed },
  'last row of a window': {
    node: { ...rank, order: [{ column: 0, descending: true, nullsFirst: false }], toRank: 1, ties: 'last' },
    rows: inWindows,
    of: windowed,
  },
  'inner join': { node: join('inner'), rows: inWindows, of: windowed, inputs: 2 },
  'full join': { node: join('full'), rows: inWindows, of: windowed, inputs: 2 },
  'anti join': { node: join('anti'), rows: inWindows, of: windowed, inputs: 2 },
  emit: {
    node: aggregate(
      { kind: 'hop', sizeMs: 20, slideMs: 10, offsetMs: 0 },
      { emit: { earlyMs: 0, lateMs: 0, keepMs: 15 }, emitBefore: true },
    ),
    rows: jumbled,
    of: logs,
  },
};

async function run(
  { node, rows, of, inputs = 1 }: (typeof operators)[string],
  size: number,
  stopAt?: number,
): Promise<string[]> {
  const one = lone(node);
  let max = 0;
  let at = 0;
  for (const part of chunk(rows, size)) {
    if (at === stopAt) one.restart();
    await one.process(batchOf(of, part), at % inputs);
    for (const [ts] of part) max = Math.max(max, Number(ts ?? 0));
    for (let i = 0; i < inputs; i++) await one.inputWatermark(max - 25, i);
    await one.watermark(max - 25);
    at++;
  }
  await one.end();
  return one.lines;
}

describe('operators of windows', () => {
  it.each(Object.entries(operators))(
    '%s: stopped after any batch and restored goes on as if never stopped',
    async (_, shape) => {
      for (const size of [1, 7, 40]) {
        const straight = await run(shape, size);
        expect(straight.length).toBeGreaterThan(0);
        const batches = Math.ceil(shape.rows.length / size);
        for (let stop = 0; stop < batches; stop += size === 1 ? 11 : 1) {
          expect(await run(shape, size, stop), `size ${size}, stopped at ${stop}`).toEqual(straight);
        }
      }
    },
  );

  it('keep nothing of windows that are over', async () => {
    for (const [name, { node, rows, of }] of Object.entries(operators)) {
      const one = lone(node);
      await one.process(batchOf(of, rows));
      await one.watermark(1e12);
      one.take();
      await one.watermark(2e12);
      await one.end();
      expect(one.take(), name).toEqual([]);
    }
  });
});

