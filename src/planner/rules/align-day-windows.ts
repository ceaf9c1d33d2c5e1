import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import type { WindowSpec } from '../physical/plan.ts';
import { standardOffset } from './zone-offset.ts';
import type { Rule, RuleContext } from './rule.ts';

const dayMs = 86_400_000;

/** Windows of whole days begin at midnight of the session's time zone, not of UTC (D12). */
export const alignDayWindows: Rule = {
  name: 'align-day-windows',
  apply: (plan, context) => rewriteUp(plan, (node) => align(node, context)) as LogicalRoot,
};

function align(node: LogicalNode, context: RuleContext): LogicalNode {
  if (node.kind !== 'window-aggregate') return node;
  const { window } = node;
  const stepMs = window.kind === 'tumble' ? window.sizeMs : window.slideMs;
  if (stepMs % dayMs !== 0) return node;
  const zone = context.session.functionContext().timeZone;
  const { offsetMs, varies } = standardOffset(zone);
  if (varies) {
    context.warn(
      `windows of whole days begin at midnight standard time of "${zone}": in daylight-saving time one hour later`,
    );
  }
  const aligned = ((-offsetMs % stepMs) + stepMs) % stepMs;
  return aligned === window.offsetMs
    ? node
    : { ...node, window: { ...window, offsetMs: aligned } satisfies WindowSpec };
}
