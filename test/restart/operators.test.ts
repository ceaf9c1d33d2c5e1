import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/columnar/batch.ts';
import type { StateReader } from '../../src/contracts/state.ts';
import { startJob } from '../../src/jobs/runner.ts';
import type { Changelog, PhysicalNode } from '../../src/planner/physical/plan.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import { batchOf, type Row } from '../support/runtime/batches.ts';
import { everyAggregate } from '../support/runtime/every-aggregate.ts';
import { FakeClock } from '../support/runtime/fake-clock.ts';
import { lessThan, regularJoin, setOperation } from '../support/runtime/join-plans.ts';
import { countStar, sum } from '../support/runtime/plain-aggregates.ts';
import {
  FakeSink,
  FakeSource,
  groupAggregate,
  scan,
  sink,
  union,
  watermark,
  windowAggregate,
  type Answer,
} from '../support/runtime/plans.ts';
import { over } from '../support/runtime/over-plans.ts';
import { plannedOver } from '../support/runtime/planned.ts';
import { settle } from '../support/runtime/settle.ts';

const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const never = (): Promise<never> => new Promise<never>(() => {});

/** Rows in jumbled order with late ones, NULLs, repeats. */
const rows: readonly Row[] = Array.from({ length: 90 }, (_, i) => [
  i % 17 === 3 ? null : i * 2 - ((i * 7) % 11) * 3,
  i % 13 === 5 ? null : `key ${(i * 5) % 7}`,
  BigInt((i * 3) % 4),
]);
/** Every third row is taken back a while later. */
const kinds: readonly ChangeKind[] = rows.map((_, i) => (i % 10 === 9 ? '-D' : '+I'));
const changing: readonly Row[] = rows.map((row, i) => (kinds[i] === '-D' ? rows[i - 7]! : row));

/** A query that matches rows of `logs`. */
const matchScript = (clauses: string): string =>
  `CREATE TABLE src (ts TIMESTAMP, k VARCHAR, v BIGINT, WATERMARK FOR ts AS withOffset(ts, 5))
     WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
   SELECT * FROM src MATCH_RECOGNIZE (${clauses});`;

const overScript = (query: string): string =>
  `CREATE TABLE src (ts TIMESTAMP, k VARCHAR, v BIGINT, WATERMARK FOR ts AS withOffset(ts, 5))
     WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
   ${query};`;

const topN = (order: string, ranks = 'rn <= 3'): string =>
  overScript(`SELECT ts, k, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ${order}) AS rn FROM src) WHERE ${ranks}`);

const shapes: Readonly<Record<string, { changelog: Changelog; build: (input: PhysicalNode) => PhysicalNode }>> = {
  'group aggregate': {
    changelog: 'insert-only',
    build: (input) => groupAggregate(input, { keys: [1], calls: [countStar(), sum(2)] }),
  },
  'group aggregate with retractions and DISTINCT': {
    changelog: 'retract',
    build: (input) => groupAggregate(input, { keys: [1, 2], calls: [countStar(), sum(2, { distinct: true })] }),
  },
  'global aggregate': {
    changelog: 'retract',
    build: (input) => groupAggregate(input, { keys: [], calls: [countStar(), sum(2)] }),
  },
  'tumbling window': {
    changelog: 'insert-only',
    build: (input) =>
      windowAggregate(input, {
        window: { kind: 'tumble', sizeMs: 20, offsetMs: 0 },
        timeColumn: 0,
        keys: [1],
        calls: [countStar(), sum(2, { distinct: true })],
      }),
  },
  'hopping window': {
    changelog: 'insert-only',
    build: (input) =>
      windowAggregate(input, {
        window: { kind: 'hop', sizeMs: 25, slideMs: 10, offsetMs: 0 },
        timeColumn: 0,
        keys: [1],
        calls: [sum(2), countStar()],
      }),
  },
  'every aggregate function in groups with retractions': {
    changelog: 'retract',
    build: (input) => groupAggregate(input, { keys: [], calls: everyAggregate(logs, [1, 2], true) }),
  },
  'every aggregate function in groups': {
    changelog: 'insert-only',
    build: (input) => groupAggregate(input, { keys: [1], calls: everyAggregate(logs, [1, 2], false) }),
  },
  'every aggregate function in hopping windows': {
    changelog: 'insert-only',
    build: (input) =>
      windowAggregate(input, {
        window: { kind: 'hop', sizeMs: 30, slideMs: 10, offsetMs: 0 },
        timeColumn: 0,
        keys: [],
        calls: everyAggregate(logs, [1, 2], false),
      }),
  },
  'match by event time with PREV, aggregates and a trailing greedy variable': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        matchScript(`PARTITION BY k ORDER BY ts, v DESC
          MEASURES FIRST(ts) AS f, ts AS l, COUNT(*) AS n, SUM(B.v) AS s, CLASSIFIER() AS c
          AFTER MATCH SKIP TO NEXT ROW PATTERN (A B*? C+) WITHIN INTERVAL '0.100' SECOND
          DEFINE A AS A.v < 3, B AS SUM(B.v) < 6, C AS C.v >= PREV(C.v)`),
        input,
      ),
  },
  'match of alternatives and repeated groups': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        matchScript(`PARTITION BY k ORDER BY ts, v DESC
          MEASURES FIRST(ts) AS f, COUNT(*) AS n, SUM(U.v) AS u, CLASSIFIER() AS c ALL ROWS PER MATCH
          AFTER MATCH SKIP TO NEXT ROW PATTERN ((A | {- B -} C)+ (B C | PERMUTE(A, C))) SUBSET U = (A, B)
          DEFINE A AS A.v < 3, B AS SUM(B.v) < 6, C AS C.v >= 1`),
        input,
      ),
  },
  'match with every row and timeouts': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        matchScript(`PARTITION BY k ORDER BY ts MEASURES A.v AS a, LAST(B.v, 1) AS b, CLASSIFIER() AS c
          ALL ROWS PER MATCH WITH TIMEOUT ROWS AFTER MATCH SKIP PAST LAST ROW
          PATTERN (A -> B{2}) WITHIN INTERVAL '0.060' SECOND DEFINE A AS v = 0, B AS v > A.v`),
        input,
      ),
  },
  'OVER rows with every aggregate function': {
    changelog: 'insert-only',
    build: (input) =>
      over(input, {
        partition: [1],
        frame: { unit: 'rows', preceding: 2 },
        timeColumn: 0,
        aggregates: everyAggregate(logs, [1, 2], true),
      }),
  },
  'OVER a range of time with every aggregate function': {
    changelog: 'insert-only',
    build: (input) =>
      over(input, {
        partition: [1],
        frame: { unit: 'range', preceding: 30 },
        timeColumn: 0,
        aggregates: everyAggregate(logs, [1, 2], true),
      }),
  },
  'OVER all rows before, ranks, LAG and LEAD': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        overScript(`SELECT ts, k, v, SUM(v) OVER w, COUNT(DISTINCT v) OVER w, RANK() OVER w, LAG(v, 2) OVER w, LEAD(ts) OVER w
          FROM src WINDOW w AS (PARTITION BY k ORDER BY ts)`),
        input,
      ),
  },
  'TopN over inserts': {
    changelog: 'insert-only',
    build: (input) => plannedOver(topN('v DESC, ts'), input),
  },
  'keep first by event time': {
    changelog: 'insert-only',
    build: (input) => plannedOver(topN('ts', 'rn = 1'), input),
  },
  'keep last by event time': {
    changelog: 'insert-only',
    build: (input) => plannedOver(`SET sql.compatibility = 'flink'; ${topN('ts DESC', 'rn = 1')}`, input),
  },
  'ORDER BY event time': {
    changelog: 'insert-only',
    build: (input) => plannedOver(overScript('SELECT ts, k, v FROM src ORDER BY ts, v DESC'), input),
  },
  'the watermark in a filter and a projection': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        overScript(`SELECT ts, k, v, CURRENT_WATERMARK(ts) AS w FROM src
          WHERE CURRENT_WATERMARK(ts) IS NULL OR ts <= CURRENT_WATERMARK(ts) OR v > 1`),
        input,
      ),
  },
  'keys and extremes in nanoseconds': {
    changelog: 'insert-only',
    build: (input) =>
      plannedOver(
        overScript(`SELECT n, k, COUNT(*), MIN(u), MAX(u), COUNT(DISTINCT u), LAST_VALUE(u) FROM (
            SELECT k, CAST(CONCAT('1600-01-01 00:00:00.00000000', CAST(v AS VARCHAR)) AS TIMESTAMP(9)) AS n,
              CAST(ts AS TIMESTAMP(6)) AS u FROM src)
          GROUP BY n, k`),
        input,
      ),
  },
  'TopN of rows that are taken back': {
    changelog: 'retract',
    build: (input) => ({
      kind: 'rank',
      id: 'rank',
      input,
      partition: [2],
      order: [{ column: 1, descending: true, nullsFirst: false }],
      fromRank: 2,
      toRank: 5,
      rankColumn: false,
      strategy: 'retract',
      rowKey: undefined,
      emitBefore: true,
      stateTtlMs: undefined,
      schema: input.schema,
      changelog: 'retract',
    }),
  },
  sort: {
    changelog: 'retract',
    build: (input) => ({
      kind: 'sort-limit',
      id: 'sort',
      schema: input.schema,
      changelog: 'insert-only',
      input,
      keys: [{ column: 2, descending: true, nullsFirst: false }],
      limit: 40,
      offset: 2,
    }),
  },
  limit: {
    changelog: 'insert-only',
    build: (input) => ({
      kind: 'sort-limit',
      id: 'limit',
      schema: input.schema,
      changelog: 'insert-only',
      input,
      keys: [],
      limit: 40,
      offset: 5,
    }),
  },
  'full join of a table with itself': {
    changelog: 'retract',
    build: (input) =>
      regularJoin({
        joinType: 'full',
        left: input,
        right: input,
        keys: [{ left: 1, right: 1, nullsMatch: false }],
        condition: lessThan(2, 5, BIGINT),
      }),
  },
  'except all of a table and itself': {
    changelog: 'retract',
    build: (input) => setOperation('except', true, [input, union(input, input)]),
  },
  'union with a list of values': {
    changelog: 'insert-only',
    build: (input) =>
      union(
        { kind: 'values', id: 'values', schema: logs, changelog: 'insert-only', rows: [[1, null, 2n]] },
        input,
      ),
  },
};

async function run(
  shape: (typeof shapes)[string],
  answers: readonly Answer[],
  from?: { reader: StateReader },
): Promise<{ lines: string[]; stop: () => Promise<StateReader> }> {
  const out = new FakeSink();
  const rowCount = answers.flatMap((one) => ('batches' in one ? one.batches : [])).reduce((n, one) => n + one.size, 0);
  const input = scan(logs, new FakeSource([{ answers }]), {
    changelog: shape.changelog,
    watermark: watermark(0, 5),
  });
  const job = startJob({
    plan: { roots: [sink(shape.build(input), out)], warnings: [] },
    name: 'restart',
    clock: new FakeClock(),
    ...(from === undefined ? {} : { restoreFrom: from.reader }),
  });
  if (answers.at(-1) !== never) await job.done;
  while (job.status === 'running' && job.metrics().rows < rowCount) await settle();
  await settle();
  const lines = [...out.written];
  return {
    lines,
    stop: async () => {
      const snapshot = await job.snapshot();
      await job.stop();
      await job.done;
      expect(out.written.length).toBe(lines.length);
      return snapshot.reader;
    },
  };
}

describe('restart law', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    it(`${name}: stopped after any batch and restored gives what a straight run gives`, async () => {
      const given = shape.changelog === 'retract' ? changing : rows;
      for (const size of [1, 7, 30]) {
        const answers: Answer[] = [];
        for (let at = 0; at < given.length; at += size) {
          const part = given.slice(at, at + size);
          const marks = shape.changelog === 'retract' ? kinds.slice(at, at + size) : undefined;
          answers.push({ batches: [batchOf(logs, part, marks)] });
        }
        const straight = await run(shape, answers);
        expect(straight.lines.length).toBeGreaterThan(0);
        const step = size === 1 ? 7 : 1;
        for (let cut = 0; cut <= answers.length; cut += step) {
          const first = await run(shape, [...answers.slice(0, cut), never]);
          const reader = await first.stop();
          const second = await run(shape, answers, { reader });
          expect([...first.lines, ...second.lines], `cut after ${cut} batches of ${size}`).toEqual(straight.lines);
        }
      }
    });
  }
});
