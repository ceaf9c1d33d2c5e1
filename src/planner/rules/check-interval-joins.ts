import { PlanError } from '../../errors/sluice-error.ts';
import { intervalJoin } from '../logical/interval-join.ts';
import type { JoinNode } from '../logical/plan.ts';
import { visit } from '../logical/tree.ts';
import { windowJoinColumns } from '../logical/window-join.ts';
import { unboundedTable } from '../physical/bounded.ts';
import { isIntervalJoin } from '../physical/changelog.ts';
import type { Rule } from './rule.ts';

const advice =
  'Join before aggregating or keeping the last row, or join by FOR SYSTEM_TIME AS OF for the version valid at a time.';

/**
 * A join by distance of times over rows that are updated later: time says nothing of when a row is taken back, so it is
 * a regular join, which keeps both sides. Flink refuses it; else it runs and says what it costs where it has no end.
 * @throws PlanError PLAN_CHANGELOG
 */
export const checkIntervalJoins: Rule = {
  name: 'check-interval-joins',
  apply: (plan, { session, warn }) => {
    visit(plan, (node) => {
      if (node.kind !== 'join' || !isUpdatedInterval(node)) return;
      if (session.get('sql.compatibility') === 'flink') {
        throw new PlanError('PLAN_CHANGELOG', 'a join by distance of times takes no rows that are updated later', {
          span: node.span,
          hint: advice,
        });
      }
      if (session.int('blink.state.ttl.ms') !== undefined || unboundedTable(node) === undefined) return;
      warn(
        `a join by distance of times reads rows that are updated later: it keeps both sides and its state grows without end; ${advice[0]!.toLowerCase()}${advice.slice(1, -1)}; SET 'blink.state.ttl.ms' bounds it`,
      );
    });
    return plan;
  },
};

function isUpdatedInterval(node: JoinNode): boolean {
  return windowJoinColumns(node) === undefined && intervalJoin(node) !== undefined && !isIntervalJoin(node);
}
