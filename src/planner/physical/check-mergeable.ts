import { PlanError } from '../../errors/sluice-error.ts';
import type { WindowAggregateNode } from '../logical/plan.ts';

/** Windows that overlap or grow together add up accumulators. @throws PlanError PLAN_WINDOW */
export function checkMergeable({ window, calls, span }: WindowAggregateNode): void {
  if (window.kind === 'tumble' || window.kind === 'attached') return;
  const fixed = calls.find((call) => call.binding.mergeable === false);
  if (fixed === undefined) return;
  throw new PlanError('PLAN_WINDOW', `aggregate function "${fixed.name}" has no merge`, {
    span,
    hint: `${window.kind.toUpperCase()} windows add up accumulators: give the function a merge(accumulator, others).`,
  });
}
