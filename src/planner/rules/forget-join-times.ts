import { checkJoinTimes, isRegularJoin } from '../physical/check-join-times.ts';
import { timeOf } from '../logical/build.ts';
import type { LogicalField, LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { Rule } from './rule.ts';

/**
 * Rows of a regular join come in any order of event time: what reads them must not take their times for time attributes
 * (ORDER BY time, first or last row by time). What cannot do without one is refused. The order of arrival stays.
 */
export const forgetJoinTimes: Rule = {
  name: 'forget-join-times',
  apply: (plan) => {
    checkJoinTimes(plan);
    return rewriteUp(plan, forget) as LogicalRoot;
  },
};

function forget(node: LogicalNode): LogicalNode {
  switch (node.kind) {
    case 'join':
      return isRegularJoin(node) ? withTimes(node, (i) => arrival(node.schema.fields[i]?.time)) : node;
    case 'project':
      return withTimes(node, (i) => timeOf(node.exprs[i]!, node.input.schema.fields));
    case 'filter':
    case 'sort':
      return withTimes(node, (i) => node.input.schema.fields[i]?.time);
    case 'union':
      return withTimes(node, (i) => {
        const times = node.inputs.map((one) => one.schema.fields[i]?.time);
        return times.every((one) => one === times[0]) ? times[0] : undefined;
      });
    default:
      return node;
  }
}

function withTimes(node: LogicalNode, timeAt: (column: number) => LogicalField['time']): LogicalNode {
  const { fields } = node.schema;
  // Only ever taken away: what a projection makes a time attribute of stays one.
  if (fields.every((field, i) => field.time === undefined || field.time === timeAt(i))) return node;
  const kept = fields.map((field, i) =>
    field.time === undefined || field.time === timeAt(i) ? field : { ...field, time: undefined },
  );
  return { ...node, schema: { fields: kept } };
}

function arrival(time: LogicalField['time']): LogicalField['time'] {
  return time === 'proctime' ? time : undefined;
}
