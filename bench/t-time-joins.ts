import { Batch } from '../src/columnar/batch.ts';
import { fixedColumn } from '../src/columnar/column.ts';
import type { Lookup } from '../src/contracts/lookup.ts';
import type { Operator, OperatorContext, Out } from '../src/contracts/operator.ts';
import { OptionValues } from '../src/contracts/options.ts';
import type { PhysicalNode } from '../src/planner/physical/plan.ts';
import type { IntervalJoinExec, LookupJoinExec, TemporalJoinExec } from '../src/planner/physical/time-joins.ts';
import { MetricSet } from '../src/runtime/metrics.ts';
import { IntervalJoinOperator } from '../src/runtime/operators/joins/interval-join-operator.ts';
import { LookupJoinOperator } from '../src/runtime/operators/joins/lookup-join-operator.ts';
import { TemporalJoinOperator } from '../src/runtime/operators/joins/temporal-join-operator.ts';
import { field, schema, type Schema } from '../src/types/schema.ts';
import { BIGINT, TIMESTAMP } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const KEYS = 100_000;
/** Rows of one side within the bounds, and as many keys. */
const KEPT = 1_000_000;

/**
 * T1–T5: joins by time without source and sink, CPU time of a row of either input in the steady state. Rows are a time,
 * a BIGINT key in random order and a BIGINT, 100 a millisecond.
 */
export const measures: readonly Measure[] = [
  {
    id: 'T1',
    title: 'interval join of two streams in the order of time, 1,000,000 rows kept, one partner for a row of one side',
    unit: 'ns a row',
    goal: 2000,
    better: 'lower',
    peer: 'nothing: a look-up, a row kept, a row forgotten, a row made',
    run: async (log) => (await interval(0, log)).nsPerRow,
  },
  {
    id: 'T2',
    title: 'state of an interval join, a time, a BIGINT key and a BIGINT a row',
    unit: 'bytes a row',
    goal: 96,
    better: 'lower',
    peer: 'the 24 bytes of the values',
    run: async (log) => (await interval(0, log)).bytesPerRow,
  },
  {
    id: 'T3',
    title: 'dimension join with a table of 100,000 rows in memory (cache ALL)',
    unit: 'ns a row',
    goal: 300,
    better: 'lower',
    peer: 'nothing: a look-up and two columns gathered',
    run: (log) => lookup(log),
  },
  {
    id: 'T4',
    title: 'temporal join by event time, 100,000 keys, a new version for every fourth row',
    unit: 'ns a row',
    goal: 1500,
    better: 'lower',
    peer: 'nothing: a row kept, its version found, both forgotten',
    run: (log) => temporal(log),
  },
  {
    id: 'T5',
    title: 'interval join of streams whose rows come in disorder (up to a second of ten)',
    unit: 'x',
    goal: 2,
    better: 'lower',
    peer: 'the same in order',
    run: async (log) => (await interval(1000, log)).nsPerRow / (await interval(0, log)).nsPerRow,
  },
];

const rows: Schema = schema([field('ts', TIMESTAMP), field('k', BIGINT), field('v', BIGINT)]);
const out: Out = { push: () => undefined, emit: () => undefined };
const ROWS_A_MS = 100;

async function interval(
  disorderMs: number,
  log: (line: string) => void,
): Promise<{ nsPerRow: number; bytesPerRow: number }> {
  const node: IntervalJoinExec = {
    kind: 'interval-join',
    joinType: 'inner',
    lowerMs: -10_000,
    upperMs: 0,
    processingTime: false,
    leftTime: 0,
    rightTime: 0,
    ...shape(),
  };
  const operator = new IntervalJoinOperator(node);
  const metrics = opened(operator);
  const times: number[] = [];
  let bytesPerRow = 0;
  let stream = 0;
  const round = async (): Promise<void> => {
    let spentMs = 0;
    for (let i = 0; i < 64; i++) {
      const fromMs = (stream++ * ROWS) / ROWS_A_MS;
      const key = (): number => next() % KEPT;
      const batches = [batch(fromMs, disorderMs, key), batch(fromMs, disorderMs, key)];
      const before = process.cpuUsage();
      for (const input of [0, 1]) await operator.process(batches[input]!, out, input);
      await operator.onWatermark(fromMs - disorderMs, out);
      const { user, system } = process.cpuUsage(before);
      spentMs += user + system;
    }
    times.push((spentMs * 1000) / (64 * 2 * ROWS));
  };
  for (let i = 0; i < 4; i++) await round();
  times.length = 0;
  for (let i = 0; i < 5; i++) await round();
  const { stateBytes = 0, stateRows = 0 } = metrics.read();
  bytesPerRow = stateBytes / stateRows;
  const nsPerRow = Math.min(...times);
  log(
    `disorder ${disorderMs} ms: ${nsPerRow.toFixed(0)} ns a row, ${stateRows} rows kept, ${bytesPerRow.toFixed(1)} bytes a row`,
  );
  return { nsPerRow, bytesPerRow };
}

async function temporal(log: (line: string) => void): Promise<number> {
  const node: TemporalJoinExec = { kind: 'temporal-join', joinType: 'inner', times: { left: 0, right: 0 }, ...shape() };
  const operator = new TemporalJoinOperator(node, { left: 0, right: 0 });
  const metrics = opened(operator);
  const times: number[] = [];
  for (let round = 0, stream = 0; round < 8; round++) {
    let spentMs = 0;
    for (let i = 0; i < 64; i++) {
      const fromMs = (stream++ * ROWS) / ROWS_A_MS;
      const batches = [batch(fromMs, 0), i % 4 === 0 ? batch(fromMs, 0) : undefined];
      const before = process.cpuUsage();
      operator.process(batches[0]!, out, 0);
      if (batches[1] !== undefined) operator.process(batches[1], out, 1);
      await operator.onWatermark(fromMs, out);
      const { user, system } = process.cpuUsage(before);
      spentMs += user + system;
    }
    times.push((spentMs * 1000) / (64 * 1.25 * ROWS));
  }
  const { stateBytes = 0, stateRows = 0 } = metrics.read();
  log(
    `${Math.min(...times).toFixed(0)} ns a row, ${stateRows} rows kept, ${(stateBytes / stateRows).toFixed(1)} bytes a row`,
  );
  return Math.min(...times);
}

async function lookup(log: (line: string) => void): Promise<number> {
  const table: Lookup = {
    open: async () => {},
    *scanAll() {
      for (let from = 0; from < KEYS; from += ROWS) yield batch(0, 0, (row) => from + row);
    },
    close: async () => {},
  };
  const node: LookupJoinExec = {
    kind: 'lookup-join',
    id: 'lookup',
    joinType: 'inner',
    input: input(),
    inputWidth: 3,
    table: {
      name: 'd',
      columns: rows.fields.map((one) => ({ ...one, header: false })),
      primaryKey: ['k'],
      options: new OptionValues(new Map(), new Set()),
      timeZone: 'UTC',
      compatibility: 'blink',
    },
    source: {
      kind: 'connector',
      entry: {
        name: 'd',
        title: 'd',
        options: {},
        source: false,
        sink: false,
        load: async () => ({ lookup: () => table }),
      },
    },
    wanted: [0, 1, 2],
    fetched: rows.fields.map(({ name, type }, index) => ({ kind: 'column', index, name, type })),
    keys: [{ input: 1, column: 1 }],
    condition: undefined,
    maxRows: 1,
    cache: { kind: 'all', size: 0, ttlMs: undefined, empty: true, quiet: [] },
    schema: schema([...rows.fields, ...rows.fields]),
    changelog: 'insert-only',
  };
  const operator = new LookupJoinOperator(node, { signal: new AbortController().signal });
  const metrics = new MetricSet();
  await operator.open(context(metrics));
  const batches = Array.from({ length: 64 }, () => batch(0, 0));
  const times: number[] = [];
  for (let round = 0; round < 9; round++) {
    const before = process.cpuUsage();
    for (const one of batches) await operator.process(one, out);
    const { user, system } = process.cpuUsage(before);
    times.push(((user + system) * 1000) / (batches.length * ROWS));
  }
  log(
    `${Math.min(...times).toFixed(1)} ns a row, ${((metrics.read()['tableBytes'] ?? 0) / KEYS).toFixed(1)} bytes a row of the table`,
  );
  return Math.min(...times);
}

function shape(): Pick<
  IntervalJoinExec,
  'id' | 'schema' | 'changelog' | 'left' | 'right' | 'leftKeys' | 'rightKeys' | 'condition' | 'outputs'
> {
  return {
    id: 'join',
    schema: schema([...rows.fields, ...rows.fields]),
    changelog: 'insert-only',
    left: input(),
    right: input(),
    leftKeys: [1],
    rightKeys: [1],
    condition: undefined,
    outputs: [0, 1, 2, 3, 4, 5],
  };
}

function input(): PhysicalNode {
  return { kind: 'values', id: 'none', schema: rows, changelog: 'insert-only', rows: [] };
}

function context(metrics: MetricSet): OperatorContext {
  return { now: () => 0, metrics, setTimer: () => undefined, warn: () => undefined };
}

function opened(operator: Operator): MetricSet {
  const metrics = new MetricSet();
  void operator.open?.(context(metrics));
  return metrics;
}

let random = 1;
const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);

function batch(fromMs: number, disorderMs: number, key: (row: number) => number = () => next() % KEYS): Batch {
  const late = (): number => (disorderMs === 0 ? 0 : next() % disorderMs);
  return new Batch(
    rows,
    [
      fixedColumn(
        TIMESTAMP,
        Float64Array.from({ length: ROWS }, (_, row) => Math.floor(fromMs + row / ROWS_A_MS) - late()),
        ROWS,
      ),
      fixedColumn(
        BIGINT,
        BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(key(row))),
        ROWS,
      ),
      fixedColumn(BIGINT, new BigInt64Array(ROWS).fill(7n), ROWS),
    ],
    ROWS,
  );
}
