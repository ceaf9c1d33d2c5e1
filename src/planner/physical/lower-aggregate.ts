import { PlanError } from '../../errors/sluice-error.ts';
import type { AggregateNode, WindowAggregateNode } from '../logical/plan.ts';
import { changelogOf, isUpdating } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { GroupAggregateExec } from './plan.ts';

/** GROUP BY without a window, and DISTINCT. @throws PlanError PLAN_CHANGELOG */
export function lowerAggregate(node: AggregateNode, before: boolean, lowerer: Lowerer): GroupAggregateExec {
  const id = lowerer.id('group-aggregate');
  const input = keyedExchange(lowerer.lower(node.input, true), node.keys, id);
  const updating = isUpdating(node);
  const retracts = input.changelog !== 'insert-only';
  if (retracts) checkRetractable(node);
  return {
    kind: 'group-aggregate',
    id,
    input,
    keys: node.keys,
    calls: node.calls,
    retracts,
    emitBefore: updating && before,
    stateTtlMs: node.forever === true ? undefined : lowerer.settings.stateTtlMs,
    schema: node.schema,
    changelog: changelogOf(updating, before),
    span: node.span,
  };
}

/** @throws PlanError PLAN_CHANGELOG where a function cannot take rows back */
export function checkRetractable(node: AggregateNode | WindowAggregateNode): void {
  const fixed = node.calls.find((call) => !call.binding.retractable);
  if (fixed === undefined) return;
  throw new PlanError(
    'PLAN_CHANGELOG',
    `aggregate function "${fixed.name}" cannot take back rows that its input updates`,
    {
      span: node.span,
      hint: 'Aggregate over a source that only adds rows, or over the results of a window.',
    },
  );
}
