import { Batch } from '../src/columnar/batch.ts';
import { bytesColumn, fixedColumn } from '../src/columnar/column.ts';
import { createFunctionRegistry } from '../src/functions/registry.ts';
import { parseQuery } from '../src/parser/parse.ts';
import { Catalog } from '../src/planner/catalog.ts';
import type { CalcExec, PhysicalNode } from '../src/planner/physical/plan.ts';
import { planQuery } from '../src/planner/plan-job.ts';
import { Session } from '../src/planner/session.ts';
import { CalcOperator } from '../src/runtime/operators/calc-operator.ts';
import { field, schema, type Schema } from '../src/types/schema.ts';
import { BIGINT, INT, VARCHAR } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const input = schema([field('status', INT), field('bytes', BIGINT), field('path', VARCHAR)]);

const queries = [
  { id: 'F1', what: 'a filter on numbers, half of the rows', sql: 'SELECT * FROM t WHERE status >= 400', goal: 5 },
  {
    id: 'F2',
    what: 'a filter on text',
    sql: "SELECT * FROM t WHERE path LIKE '/api/%' AND path <> '/api/5'",
    goal: 40,
  },
  { id: 'F3', what: 'a projection of numbers', sql: 'SELECT bytes * 8 + status, bytes - 1 FROM t', goal: 15 },
  { id: 'F4', what: 'a projection of text', sql: 'SELECT UPPER(SUBSTRING(path, 2)) FROM t', goal: 150 },
  {
    id: 'F5',
    what: 'a filter with a projection over it',
    sql: "SELECT path, CASE WHEN status >= 500 THEN 'error ' ELSE 'client' END, bytes / 2 FROM t WHERE status >= 400",
    goal: 60,
  },
] as const;

/** F1–F5: filter and projection in their compiled loops, over batches that lie in the caches; CPU time of a row read. */
export const measures: readonly Measure[] = queries.map(({ id, what, sql, goal }) => ({
  id,
  title: what,
  unit: 'ns a row',
  goal,
  better: 'lower',
  peer: "the project's goal",
  run: async (log) => {
    const node = calcOf(sql);
    const operator = new CalcOperator(node);
    // The planner leaves out of the input what the query does not read.
    const batches = Array.from({ length: 32 }, (_, i) => pick(batch(i), node.input.schema));
    let rows = 0;
    const out = { push: () => undefined, emit: (result: Batch) => void (rows += result.size) };
    const times: number[] = [];
    for (let round = 0; round < 15; round++) {
      const start = process.cpuUsage();
      for (let i = 0; i < 8; i++) for (const one of batches) await operator.process(one, out);
      const { user, system } = process.cpuUsage(start);
      times.push(((user + system) * 1000) / (8 * batches.length * ROWS));
    }
    log(`${sql}: ${Math.round((rows / (15 * 8 * 32 * ROWS)) * 100)} % of the rows come out`);
    return Math.min(...times);
  },
}));

/** The filter and projection that the planner makes of a query. */
function calcOf(sql: string): CalcExec {
  const session = new Session({ now: () => 0 });
  const catalog = new Catalog({
    functions: createFunctionRegistry(),
    connectors: { connector: () => undefined, names: () => [] },
  });
  const columns = input.fields.map(({ name, type }) => ({ name, type }));
  catalog.registerTable({ name: 't', columns, bounded: true }, session);
  const { plan } = planQuery(parseQuery({ name: 'bench', text: sql }), catalog, session);
  let node: PhysicalNode | undefined = plan.roots[0]?.input;
  while (node !== undefined && node.kind !== 'calc') node = 'input' in node ? node.input : undefined;
  if (node === undefined) throw new Error(`the plan of ${sql} has no calculation`);
  return node;
}

function pick(all: Batch, wanted: Schema): Batch {
  const columns = wanted.fields.map(({ name }) => all.columns[input.fields.findIndex((one) => one.name === name)]!);
  return new Batch(wanted, columns, all.rowCount);
}

function batch(seed: number): Batch {
  const rows = Array.from({ length: ROWS }, (_, i) => (Math.imul(i + seed * ROWS, 2_654_435_761) >>> 0) % 1000);
  const texts = rows.map((at) => (at % 3 === 0 ? `/static/${at}.css` : `/api/${at % 10}`));
  const bytes = new TextEncoder().encode(texts.join(''));
  const lengths = Int32Array.from(texts, (text) => text.length);
  const offsets = new Int32Array(ROWS);
  for (let i = 1; i < ROWS; i++) offsets[i] = offsets[i - 1]! + lengths[i - 1]!;
  return new Batch(
    input,
    [
      fixedColumn(
        INT,
        Int32Array.from(rows, (at) => 200 + (at % 4) * 100),
        ROWS,
      ),
      fixedColumn(
        BIGINT,
        BigInt64Array.from(rows, (at) => BigInt(at)),
        ROWS,
      ),
      bytesColumn(VARCHAR, { bytes, offsets, lengths }, ROWS),
    ],
    ROWS,
  );
}
