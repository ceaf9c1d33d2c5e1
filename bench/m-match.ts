import { Batch } from '../src/columnar/batch.ts';
import { bytesColumn, fixedColumn } from '../src/columnar/column.ts';
import type { Out } from '../src/contracts/operator.ts';
import { connectorRegistry } from '../src/connectors/registry.ts';
import { createFunctionRegistry } from '../src/functions/registry.ts';
import { parseScript } from '../src/parser/parse.ts';
import { Catalog } from '../src/planner/catalog.ts';
import { planStages } from '../src/planner/plan-job.ts';
import type { CalcExec, PhysicalNode } from '../src/planner/physical/plan.ts';
import { Session } from '../src/planner/session.ts';
import { CalcOperator } from '../src/runtime/operators/calc-operator.ts';
import { MatchOperator } from '../src/runtime/operators/match-operator.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const BATCHES = 64;
const input = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);

/**
 * M1–M2: PATTERN (A B+ C) by a VARCHAR key and event time, without source and sink: conditions, order of time, runs and
 * results; CPU time. A watermark follows every batch of 4,096 rows, half a batch behind.
 */
export const measures: readonly Measure[] = [
  {
    id: 'M1',
    title: 'A B+ C by 1,000 keys, conditions on the row at hand',
    unit: 'ns a row',
    goal: 2000,
    better: 'lower',
    peer: 'nothing: a stored row and a step of an automaton',
    run: (log) => matched('A AS A.v < 20, B AS B.v BETWEEN 20 AND 79, C AS C.v >= 80', 1000, log),
  },
  {
    id: 'M2',
    title: 'A B+ C by 1,000 keys, conditions on earlier rows of the match (a falling value)',
    unit: 'ns a row',
    goal: 4000,
    better: 'lower',
    peer: 'M1',
    run: (log) =>
      matched('B AS B.v < LAST(B.v, 1) OR (LAST(B.v, 1) IS NULL AND B.v < A.v), C AS C.v > LAST(B.v)', 1000, log),
  },
];

async function matched(define: string, keys: number, log: (line: string) => void): Promise<number> {
  const { project, match } = planned(`CREATE TABLE src (ts TIMESTAMP, k VARCHAR, v BIGINT,
      WATERMARK FOR ts AS withOffset(ts, 2048)) WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
    SELECT * FROM src MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts
      MEASURES FIRST(ts) AS f, A.v AS a, LAST(B.v) AS b, COUNT(B.v) AS n, C.v AS c
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+ C) WITHIN INTERVAL '10' MINUTE DEFINE ${define});`);
  let found = 0;
  const out: Out = { push: () => undefined, emit: (batch) => void (found += batch.size) };
  let turn: Batch | undefined;
  const next: Out = { push: () => undefined, emit: (batch) => void (turn = batch) };
  let random = 1;
  const below = (count: number): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0) % count;
  const times: number[] = [];
  let atMs = 0;
  for (let round = 0; round < 6; round++) {
    const batches = Array.from({ length: BATCHES }, () => batchOf(() => atMs++ + below(1000), keys, below));
    const start = process.cpuUsage();
    for (const [i, batch] of batches.entries()) {
      await project.process(batch, next);
      if (turn !== undefined) await match.process(turn, out);
      await match.onWatermark(atMs - (BATCHES - 1 - i) * ROWS - ROWS / 2, out);
    }
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / (BATCHES * ROWS));
  }
  const best = Math.min(...times);
  log(`${best.toFixed(0)} ns a row, ${found} matches in ${6 * BATCHES * ROWS} rows`);
  return best;
}

function planned(script: string): { readonly project: CalcOperator; readonly match: MatchOperator } {
  const catalog = new Catalog({ functions: createFunctionRegistry(), connectors: connectorRegistry });
  const session = new Session({ now: () => 0 });
  const source = { name: 'bench', text: script };
  for (const one of parseScript(source)) {
    if (one.kind !== 'query') {
      catalog.applyDdl(one, { session, source });
      continue;
    }
    const nodes: PhysicalNode[] = [];
    let node: PhysicalNode | undefined = planStages(one, catalog, session, { source }).physical.roots[0];
    for (; node !== undefined; node = 'input' in node ? node.input : undefined) nodes.push(node);
    const match = nodes.find((each) => each.kind === 'match');
    const calc = nodes.findLast((each): each is CalcExec => each.kind === 'calc');
    if (match !== undefined && calc !== undefined)
      return { project: new CalcOperator(calc), match: new MatchOperator(match) };
  }
  throw new Error('the script has no match');
}

function batchOf(time: () => number, keys: number, below: (count: number) => number): Batch {
  const width = 20;
  const text = Array.from({ length: ROWS }, () => `user-${String(below(keys)).padStart(15, '0')}`).join('');
  const key = bytesColumn(
    VARCHAR,
    {
      bytes: new TextEncoder().encode(text),
      offsets: Int32Array.from({ length: ROWS }, (_, i) => i * width),
      lengths: new Int32Array(ROWS).fill(width),
    },
    ROWS,
  );
  return new Batch(
    input,
    [
      fixedColumn(TIMESTAMP, Float64Array.from({ length: ROWS }, time), ROWS),
      key,
      fixedColumn(
        BIGINT,
        BigInt64Array.from({ length: ROWS }, () => BigInt(below(100))),
        ROWS,
      ),
    ],
    ROWS,
  );
}
