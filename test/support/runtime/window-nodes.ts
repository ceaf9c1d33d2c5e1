import type { Expr } from '../../../src/contracts/expression.ts';
import type { AggregateCall, PhysicalNode, WindowAggregateExec } from '../../../src/planner/physical/plan.ts';
import type { WindowJoinExec, WindowRankExec, WindowTableExec } from '../../../src/planner/physical/window-plan.ts';
import { createOperator } from '../../../src/runtime/operators/table.ts';
import { field, schema, type Schema } from '../../../src/types/schema.ts';
import { BIGINT, TIMESTAMP, VARCHAR } from '../../../src/types/sql-type.ts';
import type { Row } from './batches.ts';
import { LoneOperator } from './lone-operator.ts';
import { countStar, sum } from './plain-aggregates.ts';
import { FakeSource, scan, windowAggregate } from './plans.ts';

export const logs = schema([field('ts', TIMESTAMP), field('k', VARCHAR), field('v', BIGINT)]);
export const windowed = schema([...logs.fields, field('start', TIMESTAMP), field('end', TIMESTAMP)]);

function input(of: Schema): PhysicalNode {
  return scan(of, new FakeSource([]));
}

export function lone(node: PhysicalNode): LoneOperator {
  return new LoneOperator(() => createOperator(node, {} as never));
}

type AggregateParts = Partial<
  Pick<WindowAggregateExec, 'processingTime' | 'retracts' | 'emit' | 'emitBefore' | 'properties' | 'keys'>
> & { readonly calls?: readonly AggregateCall[] };

export function aggregate(window: WindowAggregateExec['window'], parts: AggregateParts = {}): WindowAggregateExec {
  const of = window.kind === 'attached' ? windowed : logs;
  const node = windowAggregate(input(of), {
    window,
    timeColumn: parts.processingTime ? -1 : 0,
    keys: [1],
    calls: [countStar(), sum(2)],
    ...(window.kind === 'attached' ? { properties: [] } : {}),
    ...parts,
  });
  return { ...node, ...parts, keys: parts.keys ?? [1], calls: parts.calls ?? node.calls };
}

export const attached = { kind: 'attached', startColumn: 3, endColumn: 4 } as const;
export const rank: WindowRankExec = {
  kind: 'window-rank',
  id: 'rank',
  input: input(windowed),
  window: attached,
  processingTime: false,
  partition: [1],
  order: [{ column: 2, descending: true, nullsFirst: false }],
  fromRank: 1,
  toRank: 2,
  rankColumn: true,
  ties: 'first',
  schema: schema([...windowed.fields, field('rn', BIGINT)]),
  changelog: 'insert-only',
};

export function join(joinType: WindowJoinExec['joinType'], condition?: Expr): WindowJoinExec {
  const both = joinType === 'semi' || joinType === 'anti' ? [] : windowed.fields;
  return {
    kind: 'window-join',
    id: 'join',
    joinType,
    left: input(windowed),
    right: input(windowed),
    leftWindow: attached,
    rightWindow: attached,
    processingTime: false,
    leftKeys: [1],
    rightKeys: [1],
    condition,
    schema: schema([...windowed.fields, ...both]),
    changelog: 'insert-only',
  };
}

export function table(window: WindowTableExec['window'], processingTime = false): WindowTableExec {
  const bounds = [field('window_start', TIMESTAMP), field('window_end', TIMESTAMP), field('window_time', TIMESTAMP)];
  return {
    kind: 'window-table',
    id: 'table',
    input: input(logs),
    window,
    processingTime,
    timeColumn: processingTime ? -1 : 0,
    partition: [1],
    schema: schema([...logs.fields, ...bounds]),
    changelog: 'insert-only',
  };
}

export const row = (ts: number | null, k: string | null, v: number): Row => [ts, k, BigInt(v)];

/** Jumbled rows with late ones, NULL times and keys, and repeats. */
export const jumbled: readonly Row[] = Array.from({ length: 120 }, (_, i) =>
  row(i % 19 === 3 ? null : Math.max(0, i * 2 - ((i * 7) % 11) * 4), i % 13 === 5 ? null : `k${(i * 5) % 6}`, i % 4),
);
/** The same in windows of 20 that are 10 apart. */
export const inWindows: readonly Row[] = jumbled.flatMap(([ts, k, v]) => {
  if (ts === null) return [];
  const last = Math.floor(Number(ts) / 10) * 10;
  return [last - 10, last].map((start) => [ts!, k!, v!, start, start + 20]);
});
