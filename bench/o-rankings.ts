import { Batch } from '../src/columnar/batch.ts';
import { fixedColumn } from '../src/columnar/column.ts';
import type { Operator, OperatorContext, Out } from '../src/contracts/operator.ts';
import type { CallSite } from '../src/contracts/function.ts';
import { count } from '../src/functions/aggregate/count.ts';
import { sumFunctions } from '../src/functions/aggregate/sum.ts';
import type { FirstRowsExec, OverExec, OverFrame, RankExec } from '../src/planner/physical/over-plan.ts';
import type { AggregateCall, PhysicalNode } from '../src/planner/physical/plan.ts';
import { FirstRowsOperator } from '../src/runtime/operators/ranking/first-rows-operator.ts';
import { LastRowOperator } from '../src/runtime/operators/ranking/last-row-operator.ts';
import { OverOperator } from '../src/runtime/operators/over/over-operator.ts';
import { RankOperator } from '../src/runtime/operators/ranking/rank-operator.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT, TIMESTAMP } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const KEYS = 100_000;
const logs = schema([field('ts', TIMESTAMP), field('k', BIGINT), field('v', BIGINT)]);

/** O11–O17: OVER, TopN and deduplication of rows by one BIGINT key, without source and sink. Goals are about twice what we have. */
export const measures: readonly Measure[] = [
  over(
    'O11',
    'COUNT and SUM OVER all rows before, 1,000 keys',
    { keys: 1000, frame: { unit: 'rows', preceding: undefined } },
    150,
  ),
  over(
    'O12',
    'COUNT and SUM OVER the last 10 rows, 1,000 keys',
    { keys: 1000, frame: { unit: 'rows', preceding: 10 } },
    500,
  ),
  over('O13', 'COUNT and SUM OVER the last 10 rows of 1 key', { keys: 1, frame: { unit: 'rows', preceding: 10 } }, 500),
  measure('O14', 'TopN: 10 rows with their ranks of each of 1,000 keys', 500, () => new RankOperator(rank()), 1000),
  measure('O15', `keep first: ${KEYS} keys`, 120, () => new FirstRowsOperator(first()), KEYS),
  measure('O16', `keep last with the old row: ${KEYS} keys`, 1200, () => new LastRowOperator(last()), KEYS),
  measure('O17', `TopN: the first 10 of ${KEYS} rows that change`, 8000, () => new RankOperator(changing()), KEYS),
];

function over(
  id: string,
  title: string,
  { keys, frame }: { readonly keys: number; readonly frame: OverFrame },
  goal: number,
): Measure {
  const calls = [call(count, []), call(sumFunctions[0]!, [2])].map(
    (one) => ({ kind: 'aggregate', call: one }) as const,
  );
  const fields = [...logs.fields, field('n', BIGINT), field('s', BIGINT)];
  const node: OverExec = {
    kind: 'over',
    id: 'over',
    input: input(),
    partition: [1],
    frame,
    calls,
    timeColumn: -1,
    schema: { fields },
    changelog: 'insert-only',
  };
  return measure(id, title, goal, () => new OverOperator(node), keys);
}

function measure(id: string, title: string, goal: number, make: () => Operator, keys: number): Measure {
  return {
    id,
    title,
    unit: 'ns a row',
    goal,
    better: 'lower',
    peer: 'nothing: what it was when it was built',
    run: async (log) => {
      const { nsPerRow, bytesPerKey } = await known(make(), keys);
      log(`${id}: ${nsPerRow.toFixed(0)} ns a row, ${bytesPerKey.toFixed(0)} bytes of state a key at ${keys} keys`);
      return nsPerRow;
    },
  };
}

/** Rows in the order of their values rise in the long run, so that a ranking changes now and then, not always. */
async function known(operator: Operator, keys: number): Promise<{ nsPerRow: number; bytesPerKey: number }> {
  let bytes = (): number => 0;
  const context: OperatorContext = {
    now: () => 0,
    metrics: {
      counter: () => ({ value: 0, add: () => undefined }),
      gauge: (name, read) => {
        if (name === 'stateBytes') bytes = read;
      },
    },
    setTimer: () => undefined,
    warn: () => undefined,
  };
  await operator.open?.(context);
  const out: Out = { push: () => undefined, emit: () => undefined };
  let random = 1;
  const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const batches = Array.from({ length: Math.max(32, Math.ceil((keys * 2) / ROWS)) }, () => {
    const times = new Float64Array(ROWS);
    const ks = BigInt64Array.from({ length: ROWS }, () => BigInt(next() % keys));
    const vs = BigInt64Array.from({ length: ROWS }, () => BigInt(next() % 1_000_000));
    return new Batch(
      logs,
      [fixedColumn(TIMESTAMP, times, ROWS), fixedColumn(BIGINT, ks, ROWS), fixedColumn(BIGINT, vs, ROWS)],
      ROWS,
    );
  });
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage();
    for (const batch of batches) await operator.process(batch, out, 0);
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / (batches.length * ROWS));
  }
  return { nsPerRow: Math.min(...times.slice(1)), bytesPerKey: bytes() / keys };
}

function input(): PhysicalNode {
  return { kind: 'values', id: 'input', schema: logs, changelog: 'insert-only', rows: [] };
}

function rank(): RankExec {
  return {
    kind: 'rank',
    id: 'rank',
    input: input(),
    partition: [1],
    order: [{ column: 2, descending: true, nullsFirst: false }],
    fromRank: 1,
    toRank: 10,
    rankColumn: true,
    strategy: 'append',
    rowKey: undefined,
    emitBefore: true,
    stateTtlMs: undefined,
    schema: { fields: [...logs.fields, field('rn', BIGINT)] },
    changelog: 'retract',
  };
}

/** Every row takes the place of the one with its key. */
function changing(): RankExec {
  return { ...rank(), partition: [], strategy: 'retract', rowKey: [1], rankColumn: false, schema: logs };
}

function first(): FirstRowsExec {
  return {
    kind: 'first-rows',
    id: 'first',
    input: input(),
    partition: [1],
    fromRank: 1,
    toRank: 1,
    rankColumn: false,
    timeColumn: -1,
    stateTtlMs: undefined,
    schema: logs,
    changelog: 'insert-only',
  };
}

function last(): ConstructorParameters<typeof LastRowOperator>[0] {
  return {
    kind: 'last-row',
    id: 'last',
    input: input(),
    partition: [1],
    timeColumn: -1,
    ties: 'last',
    emitBefore: true,
    stateTtlMs: undefined,
    schema: logs,
    changelog: 'retract',
  };
}

function call(definition: typeof count, args: readonly number[]): AggregateCall {
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
