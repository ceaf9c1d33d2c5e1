import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/columnar/batch.ts';
import type { StateReader } from '../../src/contracts/state.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../src/types/sql-type.ts';
import type { Row } from '../support/runtime/batches.ts';
import { ScriptedJob, type JobTable } from '../support/runtime/scripted-job.ts';
import { settle } from '../support/runtime/settle.ts';

const columns = [
  { name: 'ts', type: TIMESTAMP },
  { name: 'k', type: VARCHAR },
  { name: 'v', type: BIGINT },
];
const rows: readonly Row[] = Array.from({ length: 60 }, (_, i) => [
  i * 500 - ((i * 7) % 5) * 900,
  i % 9 === 4 ? null : `k${(i * 5) % 4}`,
  BigInt((i * 11) % 7),
]);
const kinds: readonly ChangeKind[] = rows.map((_, i) => (i % 10 === 9 ? '-D' : '+I'));
const inserts: JobTable = { name: 't', columns, rows, watermark: { column: 'ts', delayMs: 2000 } };
const changes: JobTable = {
  ...inserts,
  rows: rows.map((row, i) => (kinds[i] === '-D' ? rows[i - 7]! : row)),
  kinds,
  changelog: 'retract',
};

const out = ['a', 'b', 'c'].map((name) => `CREATE TABLE ${name} (k VARCHAR, n BIGINT) WITH (type = 'kept');`).join('\n');

const jobs: Readonly<Record<string, { readonly table: JobTable; readonly script: string }>> = {
  'a windowed view of three INSERTs': {
    table: inserts,
    script: `CREATE VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM t GROUP BY k, TUMBLE(ts, INTERVAL '4' SECOND);
      INSERT INTO a SELECT k, n FROM w; INSERT INTO b SELECT k, s FROM w WHERE k = 'k1';
      INSERT INTO c SELECT k, SUM(s) FROM w GROUP BY k;`,
  },
  'an updated view joined with itself and read by others': {
    table: changes,
    script: `CREATE VIEW q AS SELECT k, COUNT(*) AS n, MAX(v) AS m FROM t GROUP BY k;
      INSERT INTO a SELECT x.k, y.n FROM q AS x JOIN q AS y ON x.m = y.m; INSERT INTO b SELECT k, n FROM q;
      INSERT INTO c SELECT k, m FROM q WHERE n > 1;`,
  },
  'a ranking of a view beside a union of it': {
    table: inserts,
    script: `CREATE VIEW q AS SELECT k, v, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS n FROM t;
      INSERT INTO a SELECT k, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) AS r FROM q) WHERE r <= 2;
      INSERT INTO b SELECT k, n FROM q UNION ALL SELECT k, v + n FROM q;`,
  },
};

const subQueries: typeof jobs = {
  'sub-queries for the values of the query around': {
    table: changes,
    script: `INSERT INTO a SELECT k, (SELECT COUNT(*) FROM t AS u WHERE u.k = t.k AND u.v < t.v) FROM t;
      INSERT INTO b SELECT k, (SELECT u.v FROM t AS u WHERE u.k = t.k AND u.v > t.v ORDER BY u.v LIMIT 1) FROM t;
      INSERT INTO c SELECT k, v FROM t WHERE EXISTS (SELECT 1 FROM t AS u WHERE u.v = t.v AND u.ts < t.ts AND NOT EXISTS
        (SELECT 1 FROM t AS w WHERE w.k = u.k AND w.v > t.v));`,
  },
};

type Written = ScriptedJob['written'];

async function part(
  { table, script }: (typeof jobs)[string],
  batchRows: number,
  { upTo, from }: { readonly upTo?: number; readonly from?: StateReader },
): Promise<{ readonly written: Written; readonly state: StateReader | undefined }> {
  const job = new ScriptedJob(`${out} ${script}`, [table], { batchRows });
  const handle = job.start({ ...(upTo === undefined ? {} : { upTo }), ...(from === undefined ? {} : { from }) });
  if (upTo === undefined) {
    await handle.done;
    return { written: job.written, state: undefined };
  }
  while (handle.metrics().rows < Math.min(table.rows.length, upTo * batchRows)) await settle();
  await settle();
  const { reader } = await handle.snapshot();
  const { written } = job;
  await handle.stop();
  await handle.done;
  expect(job.written).toEqual(written);
  return { written, state: reader };
}

describe('restart law of operators with several readers', () => {
  for (const [name, job] of Object.entries({ ...jobs, ...subQueries })) {
    it(`${name}: stopped after any batch and restored gives what a straight run gives`, async () => {
      for (const batchRows of [1, 7, 30]) {
        const straight = await part(job, batchRows, {});
        expect(Object.values(straight.written).flat().length).toBeGreaterThan(0);
        const step = batchRows === 1 ? 9 : 1;
        for (let cut = 0; cut * batchRows <= rows.length; cut += step) {
          const first = await part(job, batchRows, { upTo: cut });
          const second = await part(job, batchRows, { from: first.state! });
          for (const [table, lines] of Object.entries(straight.written)) {
            const both = [...(first.written[table] ?? []), ...(second.written[table] ?? [])];
            expect(both, `${table}, cut after ${cut} batches of ${batchRows}`).toEqual(lines);
          }
        }
      }
    });
  }
});
