import { Batch } from '../src/columnar/batch.ts';
import { fixedColumn } from '../src/columnar/column.ts';
import { connectorRegistry } from '../src/connectors/registry.ts';
import { createFunctionRegistry } from '../src/functions/registry.ts';
import { startJob } from '../src/jobs/runner.ts';
import { parseScript } from '../src/parser/parse.ts';
import { Catalog } from '../src/planner/catalog.ts';
import { planJob } from '../src/planner/plan-job.ts';
import { Session } from '../src/planner/session.ts';
import { BIGINT, TIMESTAMP } from '../src/types/sql-type.ts';
import { field, schema } from '../src/types/schema.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const BATCHES = 400;
const KEYS = 20_000;
/** Event time that one batch spans: a window takes 40 batches. */
const BATCH_MS = 250;

const input = schema([field('ts', TIMESTAMP), field('k', BIGINT), field('v', BIGINT)]);

const view = `
CREATE VIEW w AS SELECT k, COUNT(*) AS n, SUM(v) AS s, MAX(v) AS m FROM t GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND);
CREATE TABLE a (k BIGINT, x BIGINT) WITH (type = 'blackhole');
CREATE TABLE b (k BIGINT, x BIGINT) WITH (type = 'blackhole');`;
const one = 'INSERT INTO a SELECT k, n + s + m FROM w;';
const two = `${one} INSERT INTO b SELECT k, s FROM w;`;

interface Cost {
  /** Processor time of the job. */
  readonly ms: number;
  /** Keyed state in the middle of a window. */
  readonly bytes: number;
}

/** V1: two INSERTs that read other columns of one windowed view, against the first of them alone. */
const twoInserts: Measure = {
  id: 'V1',
  title: 'two INSERTs over one windowed view',
  unit: 'x of one INSERT',
  goal: 1.2,
  better: 'lower',
  peer: 'the first INSERT alone, in the same run',
  run: async (log) => {
    const batches = batchesOf();
    const best = new Map<string, Cost>();
    for (let round = 0; round < 5; round++) {
      for (const [name, text, reuse] of [
        ['one', one, true],
        ['shared', two, true],
        ['each for itself', two, false],
      ] as const) {
        const cost = await run(batches, view + text, reuse);
        const before = best.get(name);
        if (before === undefined || cost.ms < before.ms) best.set(name, cost);
      }
    }
    const base = best.get('one')!;
    for (const [name, { ms, bytes }] of best) {
      const ns = ((ms * 1e6) / (ROWS * BATCHES)).toFixed(1);
      const ratios = `${(ms / base.ms).toFixed(2)} x time, ${(bytes / base.bytes).toFixed(2)} x state`;
      log(`${name}: ${ns} ns a row, ${(bytes / 1e6).toFixed(2)} MB of state: ${ratios}`);
    }
    return best.get('shared')!.ms / base.ms;
  },
};

export const measures: readonly Measure[] = [twoInserts];

function batchesOf(): readonly Batch[] {
  let random = 1;
  const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  return Array.from({ length: BATCHES }, (_, i) => {
    const times = Float64Array.from({ length: ROWS }, (__, k) => i * BATCH_MS + Math.floor((k * BATCH_MS) / ROWS));
    const keys = BigInt64Array.from({ length: ROWS }, () => BigInt(next() % KEYS));
    const values = BigInt64Array.from({ length: ROWS }, () => BigInt(next() % 1000));
    const columns = [
      fixedColumn(TIMESTAMP, times, ROWS),
      fixedColumn(BIGINT, keys, ROWS),
      fixedColumn(BIGINT, values, ROWS),
    ];
    return new Batch(input, columns, ROWS);
  });
}

async function run(batches: readonly Batch[], text: string, reuse: boolean): Promise<Cost> {
  const catalog = new Catalog({ functions: createFunctionRegistry(), connectors: connectorRegistry });
  const session = new Session();
  session.set('table.optimizer.reuse-sub-plan-enabled', String(reuse));
  const watermark = { column: 'ts', delayMs: 1000 };
  catalog.registerTable({ name: 't', columns: [...input.fields], watermark, bounded: true }, session);
  const source = { name: 'bench.sql', text };
  const plan = planJob(parseScript(source), catalog, session, { source });
  let bytes = 0;
  const rows = {
    *batches() {
      for (const [i, batch] of batches.entries()) {
        if (i === BATCHES - 20)
          bytes = handle.metrics().operators.reduce((sum, op) => sum + (op.values['stateBytes'] ?? 0), 0);
        yield batch;
      }
    },
  };
  const began = process.cpuUsage();
  const handle = startJob({ plan, name: 'bench', registeredSources: new Map([['t', rows]]) });
  await handle.done;
  const { user, system } = process.cpuUsage(began);
  return { ms: (user + system) / 1000, bytes };
}
