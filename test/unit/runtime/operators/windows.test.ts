import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import type { WindowAggregateExec } from '../../../../src/planner/physical/plan.ts';
import type { WindowJoinExec } from '../../../../src/planner/physical/window-plan.ts';
import { batchOf, chunk, type Row } from '../../../support/runtime/batches.ts';
import type { LoneOperator } from '../../../support/runtime/lone-operator.ts';
import { sum } from '../../../support/runtime/plain-aggregates.ts';
import {
  aggregate,
  inWindows,
  join,
  logs,
  lone,
  rank,
  row,
  table,
  windowed,
} from '../../../support/runtime/window-nodes.ts';

describe('sessions', () => {
  const session = (): LoneOperator => lone(aggregate({ kind: 'session', gapMs: 10 }));

  it('end a gap behind their last row, per key, and begin anew behind a longer pause', async () => {
    const one = session();
    await one.process(batchOf(logs, [row(0, 'a', 1), row(9, 'a', 2), row(5, 'b', 1), row(30, 'a', 4)]));
    await one.watermark(14);
    expect(one.take()).toEqual(['+I b 1 1 5 15']);
    await one.watermark(18);
    expect(one.take()).toEqual(['+I a 2 3 0 19']);
    await one.watermark(39);
    expect(one.take()).toEqual(['+I a 1 4 30 40']);
  });

  it('become one when a row lies between them, whatever came first', async () => {
    const one = session();
    await one.process(batchOf(logs, [row(20, 'a', 1), row(0, 'a', 2)]));
    await one.process(batchOf(logs, [row(8, 'a', 4), row(12, 'a', 8), row(40, 'a', 16)]));
    await one.watermark(100);
    expect(one.take()).toEqual(['+I a 4 15 0 30', '+I a 1 16 40 50']);
  });

  it('become one where the gap is exactly kept', async () => {
    const one = session();
    await one.process(batchOf(logs, [row(0, 'a', 1), row(10, 'a', 2)]));
    await one.end();
    expect(one.take()).toEqual(['+I a 2 3 0 20']);
  });

  it('take an old row that reaches a live session and drop one that would be a session that is over', async () => {
    const one = session();
    await one.process(batchOf(logs, [row(20, 'a', 1), row(20, 'b', 1)]));
    await one.watermark(25);
    await one.process(batchOf(logs, [row(12, 'a', 2), row(3, 'a', 4), row(5, 'c', 8)]));
    await one.end();
    expect(one.take()).toEqual(['+I a 3 7 3 30', '+I b 1 1 20 30']);
    expect(one.count('lateRows')).toBe(1);
  });

  it('without rows that were taken back give nothing', async () => {
    const kinds: ChangeKind[] = ['+I', '+I', '-D', '-D'];
    const one = lone(aggregate({ kind: 'session', gapMs: 10 }, { retracts: true }));
    await one.process(batchOf(logs, [row(0, 'a', 1), row(0, 'b', 2), row(0, 'a', 1), row(50, 'c', 1)], kinds));
    await one.end();
    expect(one.take()).toEqual(['+I b 1 2 0 10']);
  });
});

describe('DISTINCT in sessions', () => {
  it('counts a value as often as it came, also in sessions that have become one', async () => {
    const calls = [sum(2, { distinct: true })];
    const one = lone(aggregate({ kind: 'session', gapMs: 10 }, { retracts: true, calls }));
    await one.process(batchOf(logs, [row(0, 'a', 5), row(1, 'a', 5), row(30, 'a', 5), row(31, 'a', 7)]));
    await one.process(batchOf(logs, [row(10, 'a', 1), row(20, 'a', 1)]));
    await one.process(batchOf(logs, [row(30, 'a', 5), row(0, 'a', 5), row(31, 'a', 7)], ['-D', '-D', '-D']));
    await one.end();
    expect(one.take()).toEqual(['+I a 6 0 41']);
  });
});

describe('windows over rows that are updated', () => {
  it('count what is left when they are over', async () => {
    const kinds: ChangeKind[] = ['+I', '+I', '-U', '+U', '-D'];
    const rows = [row(1, 'a', 1), row(2, 'b', 5), row(1, 'a', 1), row(1, 'a', 3), row(2, 'b', 5)];
    for (const size of [1, 2, 5]) {
      const one = lone(aggregate({ kind: 'hop', sizeMs: 20, slideMs: 10, offsetMs: 0 }, { retracts: true }));
      for (let at = 0; at < rows.length; at += size) {
        await one.process(batchOf(logs, rows.slice(at, at + size), kinds.slice(at, at + size)));
      }
      await one.end();
      expect(one.take()).toEqual(['+I a 1 3 -10 10', '+I a 1 3 0 20']);
    }
  });
});

describe('windows by processing time', () => {
  const tumble = { kind: 'tumble', sizeMs: 100, offsetMs: 0 } as const;

  it('take rows by the clock and fire when it reaches their end', async () => {
    const one = lone(aggregate(tumble, { processingTime: true }));
    await one.process(batchOf(logs, [row(5000, 'a', 1), row(null, 'a', 2)]));
    await one.advance(60);
    await one.process(batchOf(logs, [row(1, 'a', 4)]));
    await one.watermark(1e9);
    await one.advance(39);
    expect(one.take()).toEqual([]);
    await one.advance(1);
    expect(one.take()).toEqual(['+I a 3 7 0 100']);
    await one.process(batchOf(logs, [row(1, 'b', 8)]));
    await one.end();
    expect(one.take()).toEqual(['+I b 1 8 100 200']);
  });

  it('go on with their timers after a restart', async () => {
    for (const window of [tumble, { kind: 'session', gapMs: 100 } as const]) {
      const one = lone(aggregate(window, { processingTime: true }));
      await one.process(batchOf(logs, [row(0, 'a', 1)]));
      one.restart();
      await one.advance(100);
      expect(one.take()).toEqual(['+I a 1 1 0 100']);
    }
  });

  it('prolong a session with every row', async () => {
    const one = lone(aggregate({ kind: 'session', gapMs: 100 }, { processingTime: true }));
    await one.process(batchOf(logs, [row(0, 'a', 1)]));
    await one.advance(80);
    await one.process(batchOf(logs, [row(0, 'a', 2)]));
    await one.advance(80);
    expect(one.take()).toEqual([]);
    await one.advance(20);
    expect(one.take()).toEqual(['+I a 2 3 0 180']);
  });
});

describe('EMIT', () => {
  const tumble = { kind: 'tumble', sizeMs: 100, offsetMs: 0 } as const;
  const emitting = (emit: NonNullable<WindowAggregateExec['emit']>, emitBefore = true): LoneOperator =>
    lone(aggregate(tumble, { emit, emitBefore, properties: ['start'] }));

  it('sends results of open windows at the interval, and only changed ones', async () => {
    const one = emitting({ earlyMs: 10, lateMs: undefined, keepMs: 0 });
    await one.process(batchOf(logs, [row(1, 'a', 1), row(2, 'b', 2)]));
    expect(one.take()).toEqual([]);
    await one.advance(10);
    expect(one.take()).toEqual(['+I a 1 1 0', '+I b 1 2 0']);
    await one.advance(50);
    await one.process(batchOf(logs, [row(3, 'a', 4)]));
    await one.advance(10);
    expect(one.take()).toEqual(['-U a 1 1 0', '+U a 2 5 0']);
    await one.watermark(99);
    expect(one.take()).toEqual([]);
    await one.process(batchOf(logs, [row(4, 'a', 4)]));
    expect(one.count('lateRows')).toBe(1);
    await one.advance(1000);
    expect(one.take()).toEqual([]);
  });

  it('sends what is new when the watermark passes, and corrections as late rows come', async () => {
    const one = emitting({ earlyMs: undefined, lateMs: 0, keepMs: 50 }, false);
    await one.process(batchOf(logs, [row(1, 'a', 1)]));
    await one.watermark(120);
    expect(one.take()).toEqual(['+I a 1 1 0']);
    await one.process(batchOf(logs, [row(2, 'a', 2), row(2, 'c', 3)]));
    expect(one.take()).toEqual(['+U a 2 3 0', '+I c 1 3 0']);
    await one.watermark(149);
    await one.process(batchOf(logs, [row(2, 'a', 2)]));
    expect(one.take()).toEqual([]);
    expect(one.count('lateRows')).toBe(1);
  });

  it('collects corrections for the delay', async () => {
    const one = emitting({ earlyMs: undefined, lateMs: 20, keepMs: 1000 });
    await one.watermark(150);
    await one.process(batchOf(logs, [row(1, 'a', 1)]));
    await one.process(batchOf(logs, [row(1, 'a', 2)]));
    expect(one.take()).toEqual([]);
    one.restart();
    await one.advance(20);
    expect(one.take()).toEqual(['+I a 2 3 0']);
  });

  it('takes a group back that has no row any more', async () => {
    const node = aggregate(tumble, {
      emit: { earlyMs: 0, lateMs: undefined, keepMs: 0 },
      emitBefore: true,
      retracts: true,
      properties: [],
    });
    const one = lone(node);
    await one.process(batchOf(logs, [row(1, 'a', 1)]));
    await one.process(batchOf(logs, [row(1, 'a', 1)], ['-D']));
    await one.end();
    expect(one.take()).toEqual(['+I a 1 1', '-D a 1 1']);
  });
});

describe('a window table', () => {
  it('cuts what many windows make of few rows into parts', async () => {
    const one = lone(table({ kind: 'hop', sizeMs: 10_000, slideMs: 1, offsetMs: 0 }));
    await one.process(batchOf(logs, [row(0, 'a', 1), row(1, 'a', 2)]));
    expect(one.lines.length).toBe(20_000);
    expect(one.lines[0]).toBe('+I 0 a 1 -9999 1 0');
  });

  it('by processing time takes the clock', async () => {
    const one = lone(table({ kind: 'tumble', sizeMs: 10, offsetMs: 0 }, true));
    await one.advance(25);
    await one.process(batchOf(logs, [row(0, 'a', 1)]));
    expect(one.take()).toEqual(['+I 0 a 1 20 30 29']);
  });
});

describe('a window join', () => {
  const at = (k: string | null, v: number, start = 0): Row => [start, k, BigInt(v), start, start + 10];

  it('waits for both sides, lets NULL meet nothing, and fills up what is alone', async () => {
    const one = lone(join('full'));
    await one.process(batchOf(windowed, [at('a', 1), at(null, 2), at('b', 3)]), 0);
    await one.process(batchOf(windowed, [at('a', 4), at('a', 5), at(null, 6), at('a', 7, 10)]), 1);
    await one.watermark(8);
    expect(one.take()).toEqual([]);
    await one.watermark(9);
    expect(one.take().map((line) => line.replaceAll(' null null null null null', ' -'))).toEqual([
      '+I 0 a 1 0 10 0 a 4 0 10',
      '+I 0 a 1 0 10 0 a 5 0 10',
      '+I 0 null 2 0 10 -',
      '+I 0 b 3 0 10 -',
      '+I - 0 null 6 0 10',
    ]);
  });

  it('drops a row that is late on its own side although the other side lags behind', async () => {
    const one = lone(join('left'));
    await one.inputWatermark(20, 0);
    await one.process(batchOf(windowed, [at('a', 1)]), 0);
    await one.process(batchOf(windowed, [at('a', 2)]), 1);
    await one.end();
    expect(one.take()).toEqual([]);
    expect(one.count('lateRows')).toBe(1);
  });
});

describe('a window join of two inputs', () => {
  const batches = chunk(inWindows, 9).map((rows, i) => ({ input: i % 2, rows }));

  /** Each input in its own order; `pick` says whose turn it is. */
  async function interleaved(type: WindowJoinExec['joinType'], pick: () => number): Promise<string[]> {
    const one = lone(join(type));
    const left = [0, 1].map((input) => batches.filter((batch) => batch.input === input));
    const marks = [-Infinity, -Infinity];
    while (left.some((rest) => rest.length > 0)) {
      const wanted = pick();
      const input = left[wanted]!.length > 0 ? wanted : 1 - wanted;
      const { rows } = left[input]!.shift()!;
      await one.process(batchOf(windowed, rows), input);
      marks[input] = Math.max(marks[input]!, ...rows.map(([ts]) => Number(ts) - 20));
      await one.inputWatermark(marks[input], input);
      await one.watermark(Math.min(...marks));
    }
    await one.end();
    return one.lines.sort();
  }

  it.each(['inner', 'left', 'full', 'semi', 'anti'] as const)(
    '%s: does not depend on which comes first',
    async (type) => {
      const expected = await interleaved(type, () => 0);
      let random = 1;
      const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0) >>> 31;
      for (let run = 0; run < 8; run++) expect(await interleaved(type, next)).toEqual(expected);
      expect(await interleaved(type, () => 1)).toEqual(expected);
    },
  );
});

describe('a window ranking', () => {
  it('keeps the best rows however many come', async () => {
    const one = lone({ ...rank, partition: [], toRank: 3 });
    const rows = Array.from({ length: 30_000 }, (_, i): Row => [i, 'a', BigInt((i * 7919) % 9973), 0, 10]);
    for (const part of chunk(rows, 1000)) await one.process(batchOf(windowed, part));
    expect(one.metrics.read()['stateBytes']).toBeLessThan(1_500_000);
    await one.end();
    const best = [...rows].sort((x, y) => Number(y[2]) - Number(x[2]) || Number(x[0]) - Number(y[0])).slice(0, 3);
    expect(one.take()).toEqual(best.map(([i, k, v], at) => `+I ${i} ${k} ${v} 0 10 ${at + 1}`));
  });

  it('ranks the same whether it keeps a few or sorts all', async () => {
    const rows = Array.from({ length: 300 }, (_, i): Row => [i, `k${i % 3}`, BigInt((i * 7) % 11), 0, 10]);
    const few = lone({ ...rank, toRank: 40 });
    const many = lone({ ...rank, toRank: 80 });
    for (const one of [few, many]) {
      await one.process(batchOf(windowed, rows));
      await one.end();
    }
    const best = many.take().filter((line) => Number(line.split(' ').at(-1)) <= 40);
    expect(few.take()).toEqual(best);
  });

  it('gives ranks from the middle on', async () => {
    const one = lone({ ...rank, fromRank: 2, toRank: 2 });
    const rows = [3, 1, 2].map((v): Row => [0, 'a', BigInt(v), 0, 10]);
    await one.process(batchOf(windowed, rows));
    await one.end();
    expect(one.take()).toEqual(['+I 0 a 2 0 10 2']);
  });
});
