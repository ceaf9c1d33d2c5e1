import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/columnar/batch.ts';
import type { UserFunctionRecord } from '../../src/contracts/user-function.ts';
import type { StateReader } from '../../src/contracts/state.ts';
import { createFunctionRegistry } from '../../src/functions/registry.ts';
import { UserFunctions } from '../../src/functions/user/user-registry.ts';
import { startJob } from '../../src/jobs/runner.ts';
import type { AggregateCall, Changelog, PhysicalNode } from '../../src/planner/physical/plan.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR, type SqlType } from '../../src/types/sql-type.ts';
import { batchOf, type Row } from '../support/runtime/batches.ts';
import { FakeClock } from '../support/runtime/fake-clock.ts';
import { FakeSink, FakeSource, groupAggregate, scan, sink, watermark, windowAggregate, type Answer } from '../support/runtime/plans.ts';
import { settle } from '../support/runtime/settle.ts';

const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
const never = (): Promise<never> => new Promise<never>(() => {});
const rows: readonly Row[] = Array.from({ length: 60 }, (_, i) => [
  i * 2 - ((i * 7) % 11) * 3,
  i % 13 === 5 ? null : `key ${(i * 5) % 4}`,
  i % 9 === 4 ? null : BigInt((i * 3) % 6),
]);
const kinds: readonly ChangeKind[] = rows.map((_, i) => (i % 10 === 9 ? '-D' : '+I'));
const changing: readonly Row[] = rows.map((row, i) => (kinds[i] === '-D' ? rows[i - 7]! : row));

/** Counts by value, which tells whether a Map with bigint keys comes back as it was. */
const histogram: UserFunctionRecord = {
  name: 'histogram',
  args: ['BIGINT'],
  returns: 'VARCHAR',
  createAccumulator: () => new Map<bigint | null, number>(),
  accumulate: (counts: Map<bigint | null, number>, value: bigint | null) => {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  },
  retract: (counts: Map<bigint | null, number>, value: bigint | null) => {
    counts.set(value, (counts.get(value) ?? 0) - 1);
  },
  merge: (counts: Map<bigint | null, number>, others: Iterable<Map<bigint | null, number>>) => {
    for (const other of others) for (const [value, count] of other) counts.set(value, (counts.get(value) ?? 0) + count);
  },
  getValue: (counts: Map<bigint | null, number>) =>
    [...counts]
      .filter(([, count]) => count !== 0)
      .map(([value, count]) => `${value}:${count}`)
      .sort()
      .join(','),
};
/** An accumulator that is replaced rather than changed. */
const highest: UserFunctionRecord = {
  name: 'highest',
  args: ['BIGINT'],
  returns: 'BIGINT',
  nulls: 'propagate',
  createAccumulator: () => -1n,
  accumulate: (most: bigint, value: bigint) => (value > most ? value : most),
  merge: (most: bigint, others: Iterable<bigint>) => [...others].reduce((a, b) => (a > b ? a : b), most),
  getValue: (most: bigint) => (most < 0n ? null : most),
};

function calls(records: readonly UserFunctionRecord[]): AggregateCall[] {
  const bigint: SqlType = BIGINT;
  const functions = new UserFunctions(createFunctionRegistry(), {
    typeOf: (text) => (text === 'BIGINT' ? bigint : VARCHAR),
    context: () => ({ timeZone: 'UTC', compatibility: 'blink', parameter: () => undefined }),
    warn: () => undefined,
  });
  const context = { compatibility: 'blink', timeZone: 'UTC', now: () => 0, regexpBacktracking: false } as const;
  return records.map((record) => {
    const fn = functions.add(record, { name: undefined, origin: 'test' });
    const binding = fn.kind === 'aggregate' ? fn.resolve({ types: [BIGINT], literals: [undefined], context }) : undefined;
    if (binding === undefined) throw new Error('no binding');
    return { name: fn.name, binding, args: [2], distinct: false, filter: undefined, type: binding.returns };
  });
}

const shapes: Readonly<Record<string, { changelog: Changelog; build: (input: PhysicalNode) => PhysicalNode }>> = {
  groups: {
    changelog: 'insert-only',
    build: (input) => groupAggregate(input, { keys: [1], calls: calls([histogram, highest]) }),
  },
  'groups with retractions': {
    changelog: 'retract',
    build: (input) => groupAggregate(input, { keys: [1], calls: calls([histogram]) }),
  },
  'tumbling windows': {
    changelog: 'insert-only',
    build: (input) =>
      windowAggregate(input, {
        window: { kind: 'tumble', sizeMs: 20, offsetMs: 0 },
        timeColumn: 0,
        keys: [1],
        calls: calls([histogram, highest]),
      }),
  },
  'hopping windows': {
    changelog: 'insert-only',
    build: (input) =>
      windowAggregate(input, {
        window: { kind: 'hop', sizeMs: 30, slideMs: 10, offsetMs: 0 },
        timeColumn: 0,
        keys: [],
        calls: calls([histogram, highest]),
      }),
  },
};

async function run(
  shape: (typeof shapes)[string],
  answers: readonly Answer[],
  from?: StateReader,
): Promise<{ lines: string[]; stop: () => Promise<StateReader> }> {
  const out = new FakeSink();
  const rowCount = answers.flatMap((one) => ('batches' in one ? one.batches : [])).reduce((n, one) => n + one.size, 0);
  const input = scan(logs, new FakeSource([{ answers }]), { changelog: shape.changelog, watermark: watermark(0, 5) });
  const job = startJob({
    plan: { roots: [sink(shape.build(input), out)], warnings: [] },
    name: 'restart',
    clock: new FakeClock(),
    ...(from === undefined ? {} : { restoreFrom: from }),
  });
  if (answers.at(-1) !== never) await job.done;
  while (job.status === 'running' && job.metrics().rows < rowCount) await settle();
  await settle();
  return {
    lines: [...out.written],
    stop: async () => {
      const snapshot = await job.snapshot();
      await job.stop();
      await job.done;
      return snapshot.reader;
    },
  };
}

describe('restart law of user aggregates', () => {
  it.each(Object.entries(shapes))('%s: stopped after any batch and restored is run straight', async (_, shape) => {
    const given = shape.changelog === 'retract' ? changing : rows;
    for (const size of [1, 7, 30]) {
      const answers: Answer[] = [];
      for (let at = 0; at < given.length; at += size) {
        const marks = shape.changelog === 'retract' ? kinds.slice(at, at + size) : undefined;
        answers.push({ batches: [batchOf(logs, given.slice(at, at + size), marks)] });
      }
      const straight = await run(shape, answers);
      expect(straight.lines.length).toBeGreaterThan(0);
      for (let cut = 0; cut <= answers.length; cut += size === 1 ? 7 : 1) {
        const first = await run(shape, [...answers.slice(0, cut), never]);
        const second = await run(shape, answers, await first.stop());
        expect([...first.lines, ...second.lines], `cut after ${cut} batches of ${size}`).toEqual(straight.lines);
      }
    }
  });
});
