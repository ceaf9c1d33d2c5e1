import { PlanError } from '../../errors/sluice-error.ts';
import type { MatchNode } from '../logical/plan.ts';
import { isUpdating } from './changelog.ts';
import { keyedExchange, type Lowerer } from './lowerer.ts';
import type { MatchExec } from './plan.ts';

/** @throws PlanError PLAN_CHANGELOG */
export function lowerMatch(node: MatchNode, lowerer: Lowerer): MatchExec {
  const { spec, schema, span } = node;
  if (isUpdating(node.input)) {
    throw new PlanError('PLAN_CHANGELOG', 'MATCH_RECOGNIZE cannot take back rows that its input updates', {
      span,
      hint: 'Match over a source that only adds rows, or over the results of a window.',
    });
  }
  const id = lowerer.id('match');
  const input = keyedExchange(lowerer.lower(node.input, false), spec.partition, id);
  return { kind: 'match', id, input, spec, schema, changelog: 'insert-only', span };
}
