import type { Operator } from '../../contracts/operator.ts';
import type { PhysicalKind, PhysicalNode } from '../../planner/physical/plan.ts';
import type { RegisteredRows } from '../../contracts/registered.ts';
import type { CollectQueue } from '../collect-queue.ts';
import { CalcOperator } from './calc-operator.ts';
import { ChangelogNormalizeOperator } from './changelog-normalize-operator.ts';
import { CollectOperator } from './collect-operator.ts';
import { CorrelateFoldOperator } from './joins/correlate-fold-operator.ts';
import { CorrelateOperator } from './joins/correlate-operator.ts';
import { ExpandOperator } from './grouping/expand-operator.ts';
import { GroupAggregateOperator } from './grouping/group-aggregate-operator.ts';
import { MatchOperator } from './match-operator.ts';
import { IntervalJoinOperator } from './joins/interval-join-operator.ts';
import { LatestJoinOperator } from './joins/latest-join-operator.ts';
import { LookupJoinOperator } from './joins/lookup-join-operator.ts';
import { FirstByTimeOperator } from './ranking/first-by-time-operator.ts';
import { FirstRowsOperator } from './ranking/first-rows-operator.ts';
import { LastRowOperator } from './ranking/last-row-operator.ts';
import { LeadOperator } from './over/lead-operator.ts';
import { OverOperator } from './over/over-operator.ts';
import { PassThroughOperator } from './pass-through-operator.ts';
import { RankOperator } from './ranking/rank-operator.ts';
import { RegularJoinOperator } from './joins/regular-join-operator.ts';
import { ScanOperator } from './scan-operator.ts';
import { SetOperationOperator } from './set-operation-operator.ts';
import { SinkOperator } from './sink-operator.ts';
import { SortLimitOperator } from './sort-limit-operator.ts';
import { TemporalJoinOperator } from './joins/temporal-join-operator.ts';
import { TemporalSortOperator } from './over/temporal-sort-operator.ts';
import { ValuesOperator } from './values-operator.ts';
import { windowAggregateOperator, windowTableOperator } from './windows/window-operators.ts';
import { WindowJoinOperator } from './windows/window-join-operator.ts';
import { WindowRankOperator } from './windows/window-rank-operator.ts';

/** What operators may need besides their node. */
export interface OperatorEnvironment {
  /** Aborted when the job is given up. */
  readonly signal: AbortSignal;
  /** Aborted when rows that are still being made are wanted no more: the job is given up, or a query was stopped. */
  readonly unwanted: AbortSignal;
  readonly queue: CollectQueue;
  /** Rows that the program gave, by table. */
  readonly registered?: ReadonlyMap<string, RegisteredRows>;
}

type OperatorFactory<K extends PhysicalKind> = (
  node: Extract<PhysicalNode, { kind: K }>,
  environment: OperatorEnvironment,
) => Operator;

/** Plan kind → operator: a new kind does not compile until it has one. */
const operators: { readonly [K in PhysicalKind]: OperatorFactory<K> } = {
  scan: (node) => new ScanOperator(node),
  values: (node) => new ValuesOperator(node),
  calc: (node) => new CalcOperator(node),
  exchange: (node) => new PassThroughOperator(node),
  'group-aggregate': (node) => new GroupAggregateOperator(node),
  'window-aggregate': windowAggregateOperator,
  'window-table': windowTableOperator,
  'window-join': (node) => new WindowJoinOperator(node),
  'window-rank': (node) => new WindowRankOperator(node),
  correlate: (node, environment) =>
    node.fold === undefined ? new CorrelateOperator(node, environment.unwanted) : new CorrelateFoldOperator(node),
  expand: (node) => new ExpandOperator(node),
  match: (node) => new MatchOperator(node),
  union: (node) => new PassThroughOperator(node),
  'changelog-normalize': (node) => new ChangelogNormalizeOperator(node),
  'set-operation': (node) => new SetOperationOperator(node),
  'regular-join': (node) => new RegularJoinOperator(node),
  'interval-join': (node) => new IntervalJoinOperator(node),
  'temporal-join': (node) =>
    node.times === undefined ? new LatestJoinOperator(node) : new TemporalJoinOperator(node, node.times),
  'lookup-join': (node, environment) => new LookupJoinOperator(node, environment),
  over: (node) => new OverOperator(node),
  lead: (node) => new LeadOperator(node),
  rank: (node) => new RankOperator(node),
  'first-rows': (node) => (node.timeColumn < 0 ? new FirstRowsOperator(node) : new FirstByTimeOperator(node)),
  'last-row': (node) => new LastRowOperator(node),
  'temporal-sort': (node) => new TemporalSortOperator(node),
  'sort-limit': (node) => new SortLimitOperator(node),
  sink: (node, { signal }) => new SinkOperator(node, signal),
  collect: (node, { queue }) => new CollectOperator(node, queue),
};

export function createOperator(node: PhysicalNode, environment: OperatorEnvironment): Operator {
  // One entry per kind, so the factory found takes this node.
  const factory = operators[node.kind] as (node: PhysicalNode, environment: OperatorEnvironment) => Operator;
  return factory(node, environment);
}

/** Kinds that keep state by key: what they hold is lost without durable checkpoints (design D7). */
export const keyedKinds: ReadonlySet<PhysicalKind> = new Set([
  'group-aggregate',
  'window-aggregate',
  'window-table',
  'window-join',
  'window-rank',
  'sort-limit',
  'over',
  'lead',
  'rank',
  'first-rows',
  'last-row',
  'temporal-sort',
  'regular-join',
  'interval-join',
  'temporal-join',
  'set-operation',
  'changelog-normalize',
  'match',
]);
