import type { Operator } from '../../../contracts/operator.ts';
import type { WindowAggregateExec } from '../../../planner/physical/plan.ts';
import type { WindowTableExec } from '../../../planner/physical/window-plan.ts';
import { AttachedAggregateOperator } from './attached-aggregate-operator.ts';
import { EmitAggregateOperator } from './emit-aggregate-operator.ts';
import { SessionAggregateOperator } from './session-aggregate-operator.ts';
import { SessionTableOperator } from './session-table-operator.ts';
import { WindowAggregateOperator } from './window-aggregate-operator.ts';
import { WindowTableOperator } from './window-table-operator.ts';

/** The operator for the kind of window. */
export function windowAggregateOperator(node: WindowAggregateExec): Operator {
  const { window } = node;
  if (window.kind === 'attached') return new AttachedAggregateOperator(node, window);
  if (window.kind === 'session') return new SessionAggregateOperator(node, window);
  return node.emit === undefined
    ? new WindowAggregateOperator(node, window)
    : new EmitAggregateOperator(node, window, node.emit);
}

export function windowTableOperator(node: WindowTableExec): Operator {
  const { window } = node;
  return window.kind === 'session' ? new SessionTableOperator(node, window) : new WindowTableOperator(node, window);
}
