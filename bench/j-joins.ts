import { Batch } from '../src/columnar/batch.ts';
import { fixedColumn } from '../src/columnar/column.ts';
import type { Out } from '../src/contracts/operator.ts';
import type { PhysicalNode, RegularJoinExec } from '../src/planner/physical/plan.ts';
import { RegularJoinOperator } from '../src/runtime/operators/joins/regular-join-operator.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT } from '../src/types/sql-type.ts';
import type { Measure } from './measure.ts';

const ROWS = 4096;
const KEYS = 500_000;

/**
 * J1–J3: a regular join without source and sink. Both sides bring every key once in random order, in turns; CPU time of
 * all rows, the first half of which finds few partners and the second half many.
 */
export const measures: readonly Measure[] = [
  {
    id: 'J1',
    title: 'inner join of two tables by a BIGINT key, inserts only, 1,000,000 rows',
    unit: 'ns a row',
    goal: 1000,
    better: 'lower',
    peer: 'nothing: a look-up and a stored row',
    run: async (log) => (await joined('inner', 'insert-only', log)).nsPerRow,
  },
  {
    id: 'J2',
    title: 'state of the inner join by a BIGINT key, two BIGINT columns a row',
    unit: 'bytes a row',
    goal: 64,
    better: 'lower',
    peer: 'the 16 bytes of the row',
    run: async (log) => (await joined('inner', 'insert-only', log)).bytesPerRow,
  },
  {
    id: 'J3',
    title: 'full join of two tables that take rows back, 1,000,000 rows',
    unit: 'ns a row',
    goal: 2000,
    better: 'lower',
    peer: 'the inner join of inserts',
    run: async (log) => (await joined('full', 'retract', log)).nsPerRow,
  },
];

async function joined(
  joinType: RegularJoinExec['joinType'],
  changelog: 'insert-only' | 'retract',
  log: (line: string) => void,
): Promise<{ readonly nsPerRow: number; readonly bytesPerRow: number }> {
  const input = schema([field('k', BIGINT), field('v', BIGINT)]);
  const side: PhysicalNode = { kind: 'union', id: 'side', inputs: [], schema: input, changelog };
  const node: RegularJoinExec = {
    kind: 'regular-join',
    id: 'join',
    joinType,
    left: side,
    right: side,
    keys: [{ left: 0, right: 0, nullsMatch: false }],
    condition: undefined,
    outputs: [0, 1, 3],
    stateTtlMs: undefined,
    schema: schema([field('k', BIGINT), field('v', BIGINT), field('w', BIGINT)]),
    changelog: 'retract',
  };
  const batches = [shuffled(1), shuffled(2)].map((keys) => batchesOf(keys, input));
  const out: Out = { push: () => undefined, emit: () => undefined };
  const times: number[] = [];
  let bytesPerRow = 0;
  for (let round = 0; round < 4; round++) {
    const operator = new RegularJoinOperator(node);
    const gauges = new Map<string, () => number>();
    operator.open({
      now: () => 0,
      metrics: { counter: () => ({ value: 0, add: () => undefined }), gauge: (name, read) => gauges.set(name, read) },
      setTimer: () => undefined,
      warn: () => undefined,
    });
    const start = process.cpuUsage();
    for (let i = 0; i < batches[0]!.length; i++) {
      await operator.process(batches[0]![i]!, out, 0);
      await operator.process(batches[1]![i]!, out, 1);
    }
    const { user, system } = process.cpuUsage(start);
    times.push(((user + system) * 1000) / (2 * KEYS));
    bytesPerRow = (gauges.get('stateBytes')?.() ?? 0) / (2 * KEYS);
  }
  const nsPerRow = Math.min(...times);
  log(
    `${joinType} join, ${changelog}: ${nsPerRow.toFixed(0)} ns a row, ${bytesPerRow.toFixed(1)} bytes of state a row`,
  );
  return { nsPerRow, bytesPerRow };
}

function batchesOf(keys: Int32Array, input: Batch['schema']): Batch[] {
  return Array.from({ length: Math.ceil(keys.length / ROWS) }, (_, i) => {
    const part = keys.subarray(i * ROWS, (i + 1) * ROWS);
    const column = (): ReturnType<typeof fixedColumn> =>
      fixedColumn(BIGINT, BigInt64Array.from(part, BigInt), part.length);
    return new Batch(input, [column(), column()], part.length);
  });
}

/** Every key once, the same order for the same seed. */
function shuffled(seed: number): Int32Array {
  const keys = Int32Array.from({ length: KEYS }, (_, i) => i);
  let random = seed;
  for (let i = KEYS - 1; i > 0; i--) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const other = random % (i + 1);
    [keys[i], keys[other]] = [keys[other]!, keys[i]!];
  }
  return keys;
}
