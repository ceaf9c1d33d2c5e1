import { describe, expect, it } from 'vitest';
import { MatchStore } from '../../../../src/runtime/match/match-store.ts';
import { MatchOperator } from '../../../../src/runtime/operators/match-operator.ts';
import type { MatchExec, PhysicalNode } from '../../../../src/planner/physical/plan.ts';
import type { Operator } from '../../../../src/contracts/operator.ts';
import { createOperator } from '../../../../src/runtime/operators/table.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, changesOf, type Row } from '../../../support/runtime/batches.ts';
import { FakeClock } from '../../../support/runtime/fake-clock.ts';
import { driveOperator } from '../../../support/runtime/drive-operator.ts';
import { planned } from '../../../support/runtime/planned.ts';
import type { Batch } from '../../../../src/columnar/batch.ts';

const input = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);

/** The match of a query, and the projection below it. */
function matchOf(clauses: string): { operator: MatchOperator; project: (batch: Batch) => Promise<Batch> } {
  const nodes: PhysicalNode[] = [];
  let read = input;
  for (
    let node: PhysicalNode | undefined = planned(
      `CREATE TABLE src (ts TIMESTAMP, k VARCHAR, v BIGINT, WATERMARK FOR ts AS withOffset(ts, 0))
         WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
       SELECT * FROM (SELECT ts, k, v, PROCTIME() AS p FROM src) MATCH_RECOGNIZE (${clauses});`,
    );
    node !== undefined && node.kind !== 'scan';
    node = 'input' in node ? node.input : undefined
  ) {
    nodes.push(node);
    if ('input' in node && node.input.kind === 'scan') read = node.input.schema;
  }
  const at = nodes.findIndex((node) => node.kind === 'match');
  const below = nodes.slice(at + 1).filter((node) => node.kind === 'calc');
  const calcs = below.map((node): Operator => createOperator(node, {} as never));
  return {
    operator: new MatchOperator(nodes[at] as MatchExec),
    project: async (batch) => {
      // Columns that nobody reads are not there.
      const places = read.fields.map(({ name }) => input.fields.findIndex((one) => one.name === name));
      let result = batch.withColumns(
        read,
        places.map((at) => batch.columns[at]!),
      );
      for (const calc of calcs.toReversed()) {
        await calc.process(result, { push: () => undefined, emit: (made) => void (result = made) }, 0);
      }
      return result;
    },
  };
}

function storeOf(operator: MatchOperator): { keys: number; runs: number; rows: number } {
  const gauges = new Map<string, () => number>();
  operator.open({
    now: () => 0,
    warn: () => undefined,
    setTimer: () => undefined,
    metrics: {
      counter: () => ({ value: 0, add: () => undefined }),
      gauge: (name, read) => void gauges.set(name, read),
    },
  });
  return { keys: gauges.get('stateKeys')!(), runs: gauges.get('partialMatches')!(), rows: gauges.get('stateRows')!() };
}

const rows = (count: number, keys: number): Row[] =>
  Array.from({ length: count }, (_, i) => [i * 10, `key ${i % keys}`, BigInt((i * 7) % 5)]);

describe('MatchOperator', () => {
  it('forgets keys, rows and runs that can no longer match', async () => {
    const { operator, project } = matchOf(`PARTITION BY k ORDER BY ts MEASURES A.v AS a, COUNT(B.v) AS n
      AFTER MATCH SKIP TO NEXT ROW PATTERN (A B* C) WITHIN INTERVAL '1' SECOND
      DEFINE A AS v > 0, B AS B.v > A.v, C AS v = 9`);
    const driven = await driveOperator(operator, new FakeClock());
    await driven.push(await project(batchOf(input, rows(3000, 11))));
    expect(await driven.watermark(20_000)).toEqual([]);
    const during = storeOf(operator);
    expect(during.runs).toBeGreaterThan(0);
    expect(during.runs).toBeLessThan(200);
    expect(during.rows).toBeLessThan(1300);
    await driven.watermark(29_991);
    await driven.watermark(31_000);
    expect(storeOf(operator)).toEqual({ keys: 0, runs: 0, rows: 0 });
  });

  it('keeps of each key the rows that PREV looks back to', async () => {
    const { operator, project } = matchOf(`PARTITION BY k ORDER BY ts MEASURES A.v AS a
      PATTERN (A B) DEFINE A AS v > PREV(v, 2), B AS v < 0`);
    const driven = await driveOperator(operator, new FakeClock());
    await driven.push(await project(batchOf(input, rows(500, 5))));
    await driven.watermark(Infinity);
    expect(storeOf(operator)).toEqual({ keys: 5, runs: 0, rows: 10 });
  });

  it('by processing time ends matches by the clock', async () => {
    const { operator, project } = matchOf(`PARTITION BY k ORDER BY p MEASURES A.v AS a, B.v AS b
      ONE ROW PER MATCH WITH TIMEOUT ROWS PATTERN (A -> B) WITHIN INTERVAL '1' SECOND DEFINE A AS v = 1, B AS v = 2`);
    const clock = new FakeClock(5000);
    const driven = await driveOperator(operator, clock);
    expect(
      await driven.push(
        await project(
          batchOf(input, [
            [0, 'x', 1n],
            [0, 'y', 1n],
          ]),
        ),
      ),
    ).toEqual([]);
    driven.advance(999);
    expect(await driven.push(await project(batchOf(input, [[0, 'x', 2n]])))).toEqual(['+I x 1 2']);
    expect(driven.advance(1)).toEqual(['+I y 1 null']);
    expect(await driven.push(await project(batchOf(input, [[0, 'y', 2n]])))).toEqual([]);
  });

  it('by processing time ends each of several matches at its time', async () => {
    const { operator, project } = matchOf(`PARTITION BY k ORDER BY p MEASURES A.v AS a, B.v AS b
      ONE ROW PER MATCH WITH TIMEOUT ROWS PATTERN (A -> B) WITHIN INTERVAL '1' SECOND DEFINE A AS v = 1, B AS v = 2`);
    const driven = await driveOperator(operator, new FakeClock(5000));
    for (const key of ['x', 'y', 'z']) {
      await driven.push(await project(batchOf(input, [[0, key, 1n]])));
      driven.advance(300);
    }
    expect(driven.advance(99)).toEqual([]);
    expect(driven.advance(1)).toEqual(['+I x 1 null']);
    expect(driven.advance(600)).toEqual(['+I y 1 null', '+I z 1 null']);
    expect(storeOf(operator)).toEqual({ keys: 0, runs: 0, rows: 0 });
  });

  it('by processing time sorts the rows of one millisecond by the further keys', async () => {
    const { operator, project } = matchOf('ORDER BY p, v MEASURES A.v AS a, B.v AS b PATTERN (A B)');
    const driven = await driveOperator(operator, new FakeClock(5000));
    await driven.push(
      await project(
        batchOf(input, [
          [0, 'x', 3n],
          [0, 'y', 1n],
        ]),
      ),
    );
    expect(await driven.push(await project(batchOf(input, [[0, 'x', 2n]])))).toEqual([]);
    expect(driven.advance(1)).toEqual(['+I 1 2', '+I 2 3']);
  });

  it('goes on from a snapshot with runs, waiting rows and rows to look back to', async () => {
    const clauses = `PARTITION BY k ORDER BY ts MEASURES A.v AS a, B.v AS b, MATCH_ROWTIME() AS t
      PATTERN (A B) DEFINE B AS B.v >= PREV(B.v)`;
    const first = matchOf(clauses);
    const driven = await driveOperator(first.operator, new FakeClock());
    await driven.push(
      await first.project(
        batchOf(input, [
          [10, 'x', 1n],
          [20, 'y', 5n],
          [40, 'x', 4n],
        ]),
      ),
    );
    expect(await driven.watermark(30)).toEqual([]);
    const snapshot = new MemorySnapshot();
    first.operator.snapshot(snapshot.writer);
    const second = matchOf(clauses);
    second.operator.restore(snapshot.reader);
    const restored = await driveOperator(second.operator, new FakeClock());
    await restored.push(
      await second.project(
        batchOf(input, [
          [29, 'y', 1n],
          [35, 'y', 9n],
          [50, 'y', 9n],
        ]),
      ),
    );
    expect(await restored.watermark(60)).toEqual(['+I y 5 9 35', '+I x 1 4 40', '+I y 9 9 50']);
  });

  it('puts out many matches in batches', async () => {
    const { operator, project } = matchOf('ORDER BY ts MEASURES A.v AS a ALL ROWS PER MATCH PATTERN (A{3})');
    const sizes: number[] = [];
    const out = {
      push: () => undefined,
      emit: async (batch: Batch): Promise<void> => {
        sizes.push(batch.size);
        expect(changesOf(batch)).toHaveLength(batch.size);
      },
    };
    await operator.process(await project(batchOf(input, rows(4000, 1))), out);
    await operator.onWatermark(Infinity, out);
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(3 * 3998);
    expect(Math.max(...sizes)).toBeLessThan(4200);
  });
});

describe('MatchStore', () => {
  it('gives back a shared beginning when the last who refers to it lets go', () => {
    const store = new MatchStore({ input, keys: [], variables: [undefined, undefined], back: 0 });
    const batch = batchOf(input, rows(3, 1));
    store.keys.upsert([], Int32Array.of(0, 1, 2), 3, new Int32Array(3));
    store.ensureKeys();
    const slots = store.addRows(batch.columns, Int32Array.of(0, 1, 2), new Int32Array(3), 3);
    const first = store.addNode(slots[0]!, 0, -1);
    const one = store.addNode(slots[1]!, 1, first);
    const other = store.addNode(slots[2]!, 0, first);
    for (const slot of slots) store.rowDone(slot);
    store.releaseNode(first);
    expect([store.lastOf(one, 0), store.lastOf(other, 0), store.count(other, 0), store.depth(one)]).toEqual([
      first,
      other,
      2,
      2,
    ]);
    store.releaseNode(one);
    expect(store.rowCount).toBe(2);
    store.releaseNode(other);
    expect(store.rowCount).toBe(0);
  });
});
