import { Batch } from '../src/columnar/batch.ts';
import { fixedColumn } from '../src/columnar/column.ts';
import type { AggregateFunction, CallSite } from '../src/contracts/function.ts';
import type { Out } from '../src/contracts/operator.ts';
import { count } from '../src/functions/aggregate/count.ts';
import { sumFunctions } from '../src/functions/aggregate/sum.ts';
import type { AggregateCall, AssignedWindow, WindowAggregateExec } from '../src/planner/physical/plan.ts';
import { MetricSet } from '../src/runtime/metrics.ts';
import { windowAggregateOperator } from '../src/runtime/operators/windows/window-operators.ts';
import { WindowRankOperator } from '../src/runtime/operators/windows/window-rank-operator.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT, TIMESTAMP } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const BATCHES = 200;
/** Event time that one batch spans. */
const BATCH_MS = 250;
const KEYS = 1000;

const windows: readonly { readonly id: string; readonly window: AssignedWindow; readonly goal: number }[] = [
  { id: 'W1', window: { kind: 'tumble', sizeMs: 10_000, offsetMs: 0 }, goal: 80 },
  { id: 'W2', window: { kind: 'hop', sizeMs: 10_000, slideMs: 1000, offsetMs: 0 }, goal: 120 },
  { id: 'W3', window: { kind: 'cumulate', sizeMs: 10_000, stepMs: 1000, offsetMs: 0 }, goal: 120 },
  { id: 'W4', window: { kind: 'session', gapMs: 100 }, goal: 400 },
];

/**
 * W1–W4: COUNT(*) and SUM(BIGINT) by a BIGINT key of 1,000 in windows by event time, results included, without source and
 * sink. The state is what a live key of a window holds.
 */
const aggregates: readonly Measure[] = windows.map(({ id, window, goal }) => ({
  id,
  title: `COUNT and SUM in ${window.kind} windows, 1,000 BIGINT keys`,
  unit: 'ns a row',
  goal,
  better: 'lower',
  peer: 'O1: a look-up and two additions',
  run: async (log) => measured(window, log),
}));

/** W5: rows with their window; each batch holds them back until the window is over. */
const ranking: Measure = {
  id: 'W5',
  title: 'the best 3 of each of 1,000 BIGINT keys in windows of a second',
  unit: 'ns a row',
  goal: 400,
  better: 'lower',
  peer: 'W1: the same keys counted',
  run: async () => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) times.push(await rankedOnce());
    return Math.min(...times);
  },
};

export const measures: readonly Measure[] = [...aggregates, ranking];

async function rankedOnce(): Promise<number> {
  const bounds = schema([...input.fields, field('start', TIMESTAMP), field('end', TIMESTAMP)]);
  const operator = new WindowRankOperator({
    kind: 'window-rank',
    id: 'rank',
    input: { kind: 'values', id: 'values', rows: [], schema: bounds, changelog: 'insert-only' },
    window: { kind: 'attached', startColumn: 3, endColumn: 4 },
    processingTime: false,
    partition: [1],
    order: [{ column: 2, descending: true, nullsFirst: false }],
    fromRank: 1,
    toRank: 3,
    rankColumn: false,
    ties: 'first',
    schema: bounds,
    changelog: 'insert-only',
  });
  operator.open({ now: () => 0, metrics: new MetricSet(), warn: () => undefined, setTimer: () => undefined });
  let random = 1;
  const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const plain = batchOf(i * BATCH_MS, () => next() % KEYS);
    const values = BigInt64Array.from({ length: ROWS }, () => BigInt(next() % 100_000));
    const start = Math.floor((i * BATCH_MS) / 1000) * 1000;
    const times = [start, start + 1000].map((ms) => fixedColumn(TIMESTAMP, new Float64Array(ROWS).fill(ms), ROWS));
    const columns = [...plain.columns.slice(0, 2), fixedColumn(BIGINT, values, ROWS), ...times];
    return new Batch(bounds, columns, ROWS);
  });
  const began = process.cpuUsage();
  for (const [i, batch] of batches.entries()) {
    operator.process(batch);
    await operator.onWatermark(i * BATCH_MS, out);
  }
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1000) / (BATCHES * ROWS);
}

async function measured(window: AssignedWindow, log: (line: string) => void): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) times.push(await once(window));
  const bytes = await stateBytes(window);
  const best = Math.min(...times);
  log(`${window.kind}: ${best.toFixed(1)} ns a row, ${bytes.toFixed(0)} bytes of state a key at 100,000 keys`);
  return best;
}

const input = schema([field('ts', TIMESTAMP), field('k', BIGINT), field('v', BIGINT)]);

function nodeOf(window: AssignedWindow): WindowAggregateExec {
  const calls = [call(count, []), call(sumFunctions[0]!, [2])];
  const fields = [field('k', BIGINT), field('n', BIGINT), field('s', BIGINT), field('start', TIMESTAMP)];
  return {
    kind: 'window-aggregate',
    id: 'window',
    input: { kind: 'values', id: 'values', rows: [], schema: input, changelog: 'insert-only' },
    window,
    timeColumn: 0,
    keys: [1],
    calls,
    properties: ['start'],
    schema: schema(fields),
    changelog: 'insert-only',
  };
}

function opened(window: AssignedWindow): { operator: ReturnType<typeof windowAggregateOperator>; metrics: MetricSet } {
  const operator = windowAggregateOperator(nodeOf(window));
  const metrics = new MetricSet();
  void operator.open?.({ now: () => 0, metrics, warn: () => undefined, setTimer: () => undefined });
  return { operator, metrics };
}

const out: Out = { push: () => undefined, emit: () => undefined };

async function once(window: AssignedWindow): Promise<number> {
  const { operator } = opened(window);
  let random = 1;
  const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const batches = Array.from({ length: BATCHES }, (_, i) => batchOf(i * BATCH_MS, () => next() % KEYS));
  const start = process.cpuUsage();
  for (const [i, batch] of batches.entries()) {
    await operator.process(batch, out, 0);
    await operator.onWatermark?.(i * BATCH_MS, out);
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / (BATCHES * ROWS);
}

/** What a key holds while its window is open. */
async function stateBytes(window: AssignedWindow): Promise<number> {
  const keys = 100_000;
  const { operator, metrics } = opened(window);
  for (let from = 0; from < keys; from += ROWS) {
    await operator.process(
      batchOf(0, (row) => (from + row) % keys),
      out,
      0,
    );
  }
  return (metrics.read()['stateBytes'] ?? 0) / keys;
}

function batchOf(fromMs: number, pick: (row: number) => number): Batch {
  const times = Float64Array.from({ length: ROWS }, (_, row) => fromMs + Math.floor((row * BATCH_MS) / ROWS));
  const keys = BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(pick(row)));
  const columns = [
    fixedColumn(TIMESTAMP, times, ROWS),
    fixedColumn(BIGINT, keys, ROWS),
    fixedColumn(BIGINT, new BigInt64Array(ROWS).fill(7n), ROWS),
  ];
  return new Batch(input, columns, ROWS);
}

function call(definition: AggregateFunction, args: readonly number[]): AggregateCall {
  const context: CallSite['context'] = {
    compatibility: 'blink',
    timeZone: 'UTC',
    now: () => 0,
    regexpBacktracking: false,
  };
  const binding = definition.resolve({ types: args.map(() => BIGINT), literals: args.map(() => undefined), context });
  if (binding === undefined) throw new Error(`${definition.name} does not take these arguments`);
  return { name: definition.name, binding, args, distinct: false, filter: undefined, type: BIGINT };
}
