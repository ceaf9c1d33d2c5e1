import { PlanError } from '../../errors/sluice-error.ts';
import type { OverNode } from '../logical/plan.ts';
import { isUpdating } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { LeadExec, OverCall, OverExec } from './over-plan.ts';
import type { PhysicalNode } from './plan.ts';

type Shift = Extract<OverCall, { kind: 'shift' }>;

/** @throws PlanError PLAN_OVER, PLAN_CHANGELOG */
export function lowerOver(node: OverNode, lowerer: Lowerer): OverExec | LeadExec {
  const time = timeOrder(node);
  if (isUpdating(node.input)) {
    throw new PlanError('PLAN_CHANGELOG', 'OVER over rows that are updated later is not possible', {
      span: node.span,
      hint: 'Take a source that only adds rows or the results of a window; for the first rows of an updated result filter ROW_NUMBER() in an outer query.',
    });
  }
  checkFrame(node);
  const isLead = (call: OverCall): call is Shift => call.kind === 'shift' && call.name === 'LEAD';
  const calls = node.calls.filter((call) => !isLead(call));
  const leads = node.calls.filter(isLead);
  const width = node.input.schema.fields.length;
  const fields = node.schema.fields.filter((_, i) => i < width || !isLead(node.calls[i - width]!));
  const id = lowerer.id('over');
  const { partition, frame, span } = node;
  const isEventTime = node.input.schema.fields[time]!.time === 'rowtime';
  const over: OverExec = {
    kind: 'over',
    id,
    input: keyedExchange(lowerer.lower(node.input, false), partition, id),
    partition,
    frame,
    calls,
    timeColumn: isEventTime ? time : -1,
    schema: { fields },
    changelog: 'insert-only',
    span,
  };
  return leads.length === 0 ? over : withLeads(node, over, leads, lowerer);
}

function withLeads(node: OverNode, over: OverExec, calls: readonly Shift[], lowerer: Lowerer): LeadExec {
  const width = node.input.schema.fields.length;
  const others = node.calls.filter((call) => !(call.kind === 'shift' && call.name === 'LEAD'));
  const callPlaces = node.calls.map((call) => {
    const other = others.indexOf(call);
    return other >= 0 ? width + other : width + others.length + calls.indexOf(call as Shift);
  });
  // By processing time alone rows are in order already.
  const input: PhysicalNode = others.length === 0 && over.timeColumn < 0 ? over.input : over;
  return {
    kind: 'lead',
    id: lowerer.id('lead'),
    input,
    partition: node.partition,
    calls,
    outputs: [...Array.from({ length: width }, (_, i) => i), ...callPlaces],
    schema: node.schema,
    changelog: 'insert-only',
    span: node.span,
  };
}

/** The column of ORDER BY of OVER: one time attribute, forwards. */
function timeOrder({ order, calls, input, span }: OverNode): number {
  const [key, second] = order;
  const column = key === undefined ? undefined : input.schema.fields[key.column];
  const ranking = calls.find((call) => call.kind === 'rank');
  if (key === undefined || column === undefined) {
    throw new PlanError('PLAN_OVER', 'OVER has no ORDER BY', {
      span,
      hint: 'Rows come one after the other: write ORDER BY a time attribute, for example OVER (PARTITION BY id ORDER BY ts); for one result a group write GROUP BY.',
    });
  }
  if (column.time === undefined && ranking?.name === 'ROW_NUMBER') {
    throw new PlanError('PLAN_OVER', `ROW_NUMBER() ordered by "${column.name}" has no bound`, {
      span,
      hint: 'Every new row could change all numbers: keep the first ones, SELECT * FROM (…) WHERE rn <= 10, or order by a time attribute.',
    });
  }
  if (column.time === undefined && ranking !== undefined) {
    throw new PlanError('PLAN_OVER', `${ranking.name}() goes by a time attribute only and "${column.name}" is none`, {
      span,
      hint: 'For the first rows of a group use ROW_NUMBER() and filter it in an outer query: WHERE rn <= 10.',
    });
  }
  if (column.time === undefined) {
    throw new PlanError('PLAN_OVER', `ORDER BY of OVER takes a time attribute and column "${column.name}" is none`, {
      span,
      hint: 'Order by the column of a WATERMARK or by PROCTIME(), unchanged: any function on it, a GROUP BY without window or a join makes it an ordinary TIMESTAMP.',
    });
  }
  if (key.descending) {
    throw new PlanError('PLAN_OVER', `OVER goes forward in time and column "${column.name}" is ordered DESC`, {
      span,
      hint: 'Leave DESC out; for the latest rows filter ROW_NUMBER() in an outer query: WHERE rn <= 10.',
    });
  }
  if (second !== undefined) {
    throw new PlanError('PLAN_OVER', 'ORDER BY of OVER takes one column', {
      span,
      hint: 'Order by the time attribute alone.',
    });
  }
  return key.column;
}

function checkFrame({ frame, calls, span }: OverNode): void {
  if (frame.preceding === undefined) return;
  for (const one of calls) {
    if (one.kind !== 'aggregate' || one.call.binding.retractable) continue;
    throw new PlanError('PLAN_OVER', `aggregate function "${one.call.name}" cannot give up rows that leave its frame`, {
      span,
      hint: 'Write UNBOUNDED PRECEDING; a user function needs a retract method for such a frame.',
    });
  }
}
