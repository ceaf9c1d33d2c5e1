import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import { standardOffset } from './zone-offset.ts';
import type { Rule, RuleContext } from './rule.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Windows of whole days begin at midnight of the session's time zone, not of UTC (D12); those of table functions count
 * from it whatever their length, as Flink has it.
 */
export const alignDayWindows: Rule = {
  name: 'align-day-windows',
  apply: (plan, context) => rewriteUp(plan, (node) => align(node, context)) as LogicalRoot,
};

function align(node: LogicalNode, context: RuleContext): LogicalNode {
  if (node.kind !== 'window-aggregate' && node.kind !== 'window-table') return node;
  const { window } = node;
  if (window.kind === 'session' || window.kind === 'attached' || window.zoned) return node;
  const stepMs = window.kind === 'hop' ? window.slideMs : window.sizeMs;
  if (stepMs % dayMs !== 0 && !window.local) return node;
  const zone = context.session.functionContext().timeZone;
  const { offsetMs, varies } = standardOffset(zone);
  if (varies && hourMs % stepMs !== 0) {
    context.warn(
      `windows of whole days begin at midnight standard time of "${zone}": in daylight-saving time one hour later`,
    );
  }
  if (offsetMs === 0) return node;
  const aligned = (((window.offsetMs - offsetMs) % stepMs) + stepMs) % stepMs;
  return { ...node, window: { ...window, offsetMs: aligned, zoned: true } };
}
