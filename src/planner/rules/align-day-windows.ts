import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { rewriteUp } from '../logical/tree.ts';
import { standardOffset } from './zone-offset.ts';
import type { AlignedWindow } from '../physical/plan.ts';
import type { Rule, RuleContext } from './rule.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Windows of whole days begin at midnight of the session's time zone, not of UTC (D12); those of table functions, and
 * under Flink's setting all, count from it whatever their length, as Flink has it.
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
  const { timeZone: zone, compatibility } = context.session.functionContext();
  if (stepMs % dayMs !== 0 && !window.local && compatibility !== 'flink') return node;
  const { offsetMs, varies } = standardOffset(zone);
  if (varies && keepsLocalTime(window)) return { ...node, window: { ...window, zone, zoned: true } };
  if (varies && hourMs % stepMs !== 0) {
    context.warn(`windows begin as in standard time of "${zone}": in daylight-saving time one hour later`);
  }
  if (offsetMs === 0) return node;
  const aligned = (((window.offsetMs - offsetMs) % stepMs) + stepMs) % stepMs;
  return { ...node, window: { ...window, offsetMs: aligned, zoned: true } };
}

/**
 * Windows are told apart by where they end: no two may end within an hour that a change of the clock skips. Those of
 * CUMULATE that do have the same rows.
 */
function keepsLocalTime(window: AlignedWindow): boolean {
  return window.kind === 'cumulate' || (window.kind === 'hop' ? window.slideMs : window.sizeMs) >= 2 * hourMs;
}
