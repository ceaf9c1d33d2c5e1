import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisteredRows } from '../../src/contracts/registered.ts';
import { createFunctionRegistry } from '../../src/functions/registry.ts';
import { startJob } from '../../src/jobs/runner.ts';
import { parseQuery } from '../../src/parser/parse.ts';
import { Catalog } from '../../src/planner/catalog.ts';
import { lower } from '../../src/planner/physical/lower.ts';
import type { PhysicalPlan } from '../../src/planner/physical/plan.ts';
import { planStages } from '../../src/planner/plan-job.ts';
import { Session } from '../../src/planner/session.ts';
import { BIGINT, INT, TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import { applied, batchOf, changesOf, type Row } from '../support/runtime/batches.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

const catalog = new Catalog({
  functions: createFunctionRegistry(),
  connectors: { connector: () => undefined, names: () => [] },
});
const session = new Session({ now: () => 0 });
const columns = [
  { name: 'i', type: INT },
  { name: 's', type: VARCHAR },
  { name: 'v', type: BIGINT },
  { name: 'ts', type: TIMESTAMP },
];
const table = catalog.registerTable(
  { name: 't', columns, watermark: { column: 'ts', delayMs: 5000 }, bounded: true },
  session,
);

const row = fc.tuple(
  fc.option(fc.integer({ min: -3, max: 3 })),
  fc.option(fc.constantFrom('a', 'b', '')),
  fc.option(fc.bigInt({ min: -5n, max: 5n })),
  fc.integer({ min: 0, max: 30 }).map((second) => second * 1000),
);

const condition = fc.constantFrom(
  'i > 0',
  "s = 'a'",
  'i IS NULL OR v < 2',
  'i IN (1, 2, NULL)',
  '1 = 1',
  "s <> '' AND v BETWEEN -2 AND 1 + 1",
  'NOT (i = v)',
);
const item = fc.constantFrom('i + 1', 'v * 2', "COALESCE(s, '?')", 'CASE WHEN i > 0 THEN i ELSE 0 END', 'v');

/** A query with columns i, s, v and, where `timed`, ts as event time. */
const plain: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constant('SELECT i, s, v, ts FROM t'),
    fc.tuple(tie('query'), condition).map(([q, c]) => `SELECT * FROM (${q}) WHERE ${c}`),
    tie('query').map((q) => `SELECT CAST(v AS INT) AS i, s, v + i AS v, ts FROM (${q})`),
    fc
      .tuple(tie('query'), condition)
      .map(([q, c]) => `SELECT * FROM (${q}) UNION ALL SELECT i, s, v, ts FROM t WHERE ${c}`),
  ),
})).query;

const query = fc.tuple(plain, condition, item, item).chain(([from, where, a, b]) =>
  fc.constantFrom(
    `SELECT ${a} AS x, s, ${b} FROM (${from}) WHERE ${where}`,
    `SELECT DISTINCT ${a}, s FROM (${from})`,
    `SELECT COUNT(*) FROM (${from}) WHERE ${where}`,
    `SELECT * FROM (SELECT s, i, COUNT(*) AS v, SUM(${a === "COALESCE(s, '?')" ? 'v' : a}) AS total FROM (${from}) GROUP BY s, i) WHERE ${where}`,
    `SELECT s, MAX(n), COUNT(*) FROM (SELECT s, i, COUNT(DISTINCT v) AS n FROM (${from}) WHERE ${where} GROUP BY s, i) GROUP BY s`,
    `SELECT * FROM (SELECT TUMBLE_START(ts, INTERVAL '4' SECOND) AS w, s, COUNT(*) AS v, MIN(i) AS i FROM (${from})
      GROUP BY s, TUMBLE(ts, INTERVAL '4' SECOND)) WHERE ${where}`,
    `SELECT HOP_END(ts, INTERVAL '2' SECOND, INTERVAL '6' SECOND), SUM(v) FROM (${from}) WHERE ${where}
      GROUP BY HOP(ts, INTERVAL '2' SECOND, INTERVAL '6' SECOND) HAVING COUNT(*) > 1`,
  ),
);

async function run(plan: PhysicalPlan, rows: readonly Row[]): Promise<string[]> {
  const source: RegisteredRows = {
    batches: () => [
      batchOf({ fields: table.descriptor.columns }, rows.slice(0, 3)),
      batchOf({ fields: table.descriptor.columns }, rows.slice(3)),
    ],
  };
  const job = startJob({ plan, name: 'test', registeredSources: new Map([['t', source]]) });
  const changes: string[] = [];
  for await (const batch of job.results ?? []) changes.push(...changesOf(batch));
  await job.done;
  return applied(changes).sort();
}

describe('optimizer rules', () => {
  it(`never change the result of a query (SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(query, fc.array(row, { maxLength: 12 }), async (text, rows) => {
        const stages = planStages(parseQuery({ name: 'query', text }), catalog, session, {
          source: { name: 'query', text },
        });
        expect(await run(stages.physical, rows)).toEqual(
          await run(lower(stages.logical, { stateTtlMs: undefined }), rows),
        );
      }),
      { seed, numRuns: 150 },
    );
  });
});
