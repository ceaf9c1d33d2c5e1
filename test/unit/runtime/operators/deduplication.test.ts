import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FirstRowsExec, LastRowExec } from '../../../../src/planner/physical/over-plan.ts';
import { FirstByTimeOperator } from '../../../../src/runtime/operators/ranking/first-by-time-operator.ts';
import { FirstRowsOperator } from '../../../../src/runtime/operators/ranking/first-rows-operator.ts';
import { LastRowOperator } from '../../../../src/runtime/operators/ranking/last-row-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../../src/types/sql-type.ts';
import { applied, batchOf, chunk, type Cell, type Row } from '../../../support/runtime/batches.ts';
import { inputOf } from '../../../support/runtime/join-plans.ts';
import { LoneOperator } from '../../../support/runtime/lone-operator.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const base = {
  id: 'rows',
  input: inputOf(logs, 'insert-only'),
  partition: [1],
  stateTtlMs: undefined,
  schema: logs,
} as const;

function first(parts: Partial<FirstRowsExec> = {}): LoneOperator {
  const plain = {
    ...base,
    kind: 'first-rows',
    fromRank: 1,
    toRank: 1,
    rankColumn: false,
    timeColumn: -1,
    changelog: 'insert-only',
  } as const;
  const node: FirstRowsExec = { ...plain, ...parts };
  return new LoneOperator(() => (node.timeColumn < 0 ? new FirstRowsOperator(node) : new FirstByTimeOperator(node)));
}

function last(parts: Partial<LastRowExec> = {}): LoneOperator {
  const plain = {
    ...base,
    kind: 'last-row',
    timeColumn: -1,
    ties: 'last',
    emitBefore: true,
    changelog: 'retract',
  } as const;
  return new LoneOperator(() => new LastRowOperator({ ...plain, ...parts }));
}

const row = (ts: number | null, k: string | null, v: bigint): Row => [ts, k, v];

describe('keep first by arrival', () => {
  it('passes the first row of each key on, NULL being a key', async () => {
    const operator = first();
    await operator.process(batchOf(logs, [row(1, 'a', 1n), row(2, null, 2n), row(3, 'a', 3n)]));
    await operator.process(batchOf(logs, [row(4, null, 4n), row(5, 'b', 5n)]));
    expect(operator.take()).toEqual(['+I 1 a 1', '+I 2 null 2', '+I 5 b 5']);
  });

  it('numbers the first rows, and leaves out those before the range', async () => {
    const operator = first({
      fromRank: 2,
      toRank: 3,
      rankColumn: true,
      schema: schema([...logs.fields, field('rn', BIGINT)]),
    });
    await operator.process(
      batchOf(
        logs,
        [1, 2, 3, 4].map((at) => row(at, 'a', BigInt(at))),
      ),
    );
    expect(operator.take()).toEqual(['+I 2 a 2 2', '+I 3 a 3 3']);
  });

  it('starts a key anew when its state has lived long enough since its first row', async () => {
    const operator = first({ stateTtlMs: 1000 });
    await operator.process(batchOf(logs, [row(1, 'a', 1n)]));
    await operator.advance(600);
    await operator.process(batchOf(logs, [row(2, 'a', 2n)]));
    await operator.advance(600);
    await operator.process(batchOf(logs, [row(3, 'a', 3n)]));
    expect(operator.take()).toEqual(['+I 1 a 1', '+I 3 a 3']);
  });
});

describe('keep first by event time', () => {
  it('waits for the watermark, and takes the earliest row, of equal ones the first that came', async () => {
    const operator = first({ timeColumn: 0 });
    await operator.process(batchOf(logs, [row(20, 'a', 1n), row(10, 'a', 2n), row(10, 'a', 3n), row(30, 'b', 4n)]));
    await operator.watermark(10);
    expect(operator.take()).toEqual([]);
    await operator.watermark(11);
    expect(operator.take()).toEqual(['+I 10 a 2']);
    await operator.process(batchOf(logs, [row(12, 'a', 5n)]));
    await operator.end();
    expect(operator.take()).toEqual(['+I 30 b 4']);
  });

  it('counts late rows and rows without a time', async () => {
    const operator = first({ timeColumn: 0 });
    await operator.watermark(50);
    await operator.process(batchOf(logs, [row(49, 'a', 1n), row(null, 'a', 2n), row(50, 'a', 3n)]));
    await operator.end();
    expect(operator.take()).toEqual(['+I 50 a 3']);
    expect([operator.count('lateRows'), operator.count('nullRowtime')]).toEqual([1, 1]);
  });
});

describe('keep last', () => {
  it('replaces the row of a key once a batch', async () => {
    const operator = last();
    await operator.process(batchOf(logs, [row(1, 'a', 1n), row(2, 'a', 2n), row(3, 'b', 3n)]));
    await operator.process(batchOf(logs, [row(4, 'a', 4n), row(5, null, 5n)]));
    expect(operator.take()).toEqual(['+I 2 a 2', '+I 3 b 3', '-U 2 a 2', '+U 4 a 4', '+I 5 null 5']);
  });

  it('sends no old row where nobody asks for it', async () => {
    const operator = last({ emitBefore: false, changelog: 'upsert' });
    await operator.process(batchOf(logs, [row(1, 'a', 1n)]));
    await operator.process(batchOf(logs, [row(2, 'a', 2n), row(3, 'b', 3n)]));
    expect(operator.take()).toEqual(['+I 1 a 1', '+U 2 a 2', '+I 3 b 3']);
  });

  it('goes by event time where that is asked for: an older row changes nothing, an equal one does', async () => {
    const operator = last({ timeColumn: 0 });
    await operator.process(batchOf(logs, [row(10, 'a', 1n), row(5, 'a', 2n)]));
    await operator.process(batchOf(logs, [row(9, 'a', 3n), row(null, 'a', 4n)]));
    await operator.process(batchOf(logs, [row(10, 'a', 5n)]));
    expect(operator.take()).toEqual(['+I 10 a 1', '-U 10 a 1', '+U 10 a 5']);
    expect(operator.count('nullRowtime')).toBe(1);
    const ranked = last({ timeColumn: 0, ties: 'first' });
    await ranked.process(batchOf(logs, [row(10, 'a', 1n), row(10, 'a', 2n)]));
    await ranked.process(batchOf(logs, [row(10, 'a', 3n)]));
    expect(ranked.take()).toEqual(['+I 10 a 1']);
  });

  it('says nothing of a key whose time to live is over', async () => {
    const operator = last({ stateTtlMs: 1000 });
    await operator.process(batchOf(logs, [row(1, 'a', 1n)]));
    await operator.advance(1500);
    await operator.process(batchOf(logs, [row(2, 'a', 2n)]));
    expect(operator.take()).toEqual(['+I 1 a 1', '+I 2 a 2']);
  });
});

const rows = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 20 }), fc.constantFrom('a', 'b', 'c', null), fc.bigInt(0n, 9n)),
  { maxLength: 40 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });

/** The row that one takes from all rows of each key. */
function picked(given: readonly Row[], better: (one: Row, other: Row) => boolean): string[] {
  const best = new Map<Cell, Row>();
  for (const one of given) {
    const held = best.get(one[1]!);
    if (held === undefined || better(one, held)) best.set(one[1]!, one);
  }
  return [...best.values()].map((one) => one.map(String).join(' ')).sort();
}

const time = (one: Row): number => one[0] as number;
const forms: Readonly<Record<string, { make: () => LoneOperator; better: (one: Row, other: Row) => boolean }>> = {
  'first by arrival': { make: () => first(), better: () => false },
  'first by event time': { make: () => first({ timeColumn: 0 }), better: (one, other) => time(one) < time(other) },
  'last by arrival': { make: () => last(), better: () => true },
  'last by event time': { make: () => last({ timeColumn: 0 }), better: (one, other) => time(one) >= time(other) },
};

describe('one row a key', () => {
  for (const [name, { make, better }] of Object.entries(forms)) {
    it(`${name}: whatever the batches, and with restarts after any of them`, async () => {
      await fc.assert(
        fc.asyncProperty(rows, sizes, fc.nat(8), async (given, parts, cut) => {
          const operator = make();
          for (const [i, part] of chunk(given, ...parts).entries()) {
            if (i === cut) operator.restart();
            await operator.process(batchOf(logs, part));
          }
          await operator.end();
          expect(applied(operator.take())).toEqual(picked(given, better));
        }),
        { seed, numRuns: 150 },
      );
    });
  }
});
