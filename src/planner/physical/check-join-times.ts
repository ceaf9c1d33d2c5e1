import { PlanError } from '../../errors/sluice-error.ts';
import { intervalJoin } from '../logical/interval-join.ts';
import type { JoinNode, LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { inputsOf, visit } from '../logical/tree.ts';
import { windowJoinColumns } from '../logical/window-join.ts';
import { isIntervalJoin } from './changelog.ts';

/**
 * Refuses windows and event-time order over the time of a regular join: a late partner gives a row of any age, so no
 * watermark says when its time is over.
 * @throws PlanError PLAN_WINDOW
 */
export function checkJoinTimes(root: LogicalRoot): void {
  visit(root, (node) => {
    const column = eventTime(node);
    if (column === undefined) return;
    const [input] = inputsOf(node);
    const join = input === undefined ? undefined : joinBelow(input, column);
    if (input === undefined || join === undefined) return;
    throw new PlanError(
      'PLAN_WINDOW',
      `column "${input.schema.fields[column]?.name ?? ''}" is no time attribute any more: it comes out of a join without time bounds`,
      {
        span: node.span,
        hint:
          intervalJoin(join) === undefined
            ? "Bound the times of both sides in ON (a.ts BETWEEN b.ts - INTERVAL '1' HOUR AND b.ts), or group by the window before the join."
            : 'Its inputs are updated later, so that their times bound nothing: group by the window before the join.',
      },
    );
  });
}

/** Whether a join is neither by window nor by the distance of times. */
export function isRegularJoin(node: JoinNode): boolean {
  return windowJoinColumns(node) === undefined && !isIntervalJoin(node);
}

/** The event time by which a node waits for the watermark. */
function eventTime(node: LogicalNode): number | undefined {
  switch (node.kind) {
    case 'window-aggregate':
    case 'window-table':
      return node.processingTime || node.timeColumn < 0 ? undefined : node.timeColumn;
    case 'match':
      return node.spec.time === 'rowtime' ? node.spec.timeColumn : undefined;
    case 'over': {
      const column = node.order[0]?.column;
      return column !== undefined && node.input.schema.fields[column]?.time === 'rowtime' ? column : undefined;
    }
    default:
      return undefined;
  }
}

/** The regular join that a column passes on its way up. */
function joinBelow(node: LogicalNode, column: number): JoinNode | undefined {
  switch (node.kind) {
    case 'join': {
      if (isRegularJoin(node)) return node;
      const width = node.left.schema.fields.length;
      return column < width ? joinBelow(node.left, column) : joinBelow(node.right, column - width);
    }
    case 'project': {
      const expr = node.exprs[column];
      return expr?.kind === 'column' ? joinBelow(node.input, expr.index) : undefined;
    }
    case 'filter':
    case 'sort':
      return joinBelow(node.input, column);
    case 'union':
      return node.inputs.map((one) => joinBelow(one, column)).find((one) => one !== undefined);
    default:
      return undefined;
  }
}
