import { InternalError } from '../../errors/sluice-error.ts';
import { printSchema, sameTypes } from '../../types/schema.ts';
import type { LogicalRoot } from '../logical/plan.ts';
import { order } from './order.ts';
import type { Rule, RuleContext } from './rule.ts';

/** Sees the plan after each rule that changed it. */
export type RuleObserver = (rule: Rule, plan: LogicalRoot) => void;

export interface OptimizeOptions {
  readonly observe?: RuleObserver | undefined;
  /** Default: all, in their order. */
  readonly rules?: readonly Rule[];
}

/**
 * Applies the rules in their order to the plans of one job.
 * @throws InternalError when a rule changed the columns of a result (law 3)
 */
export function optimize(
  plans: readonly LogicalRoot[],
  context: RuleContext,
  { observe = () => undefined, rules = order }: OptimizeOptions = {},
): readonly LogicalRoot[] {
  return rules.reduce((before, rule) => {
    const after = rule.applyAll?.(before, context) ?? before.map((plan) => rule.apply(plan, context));
    for (const [i, plan] of after.entries()) {
      const { schema } = before[i]!;
      if (!sameTypes(schema, plan.schema)) {
        throw new InternalError(`rule "${rule.name}" turned ${printSchema(schema)} into ${printSchema(plan.schema)}`);
      }
      if (plan !== before[i]) observe(rule, plan);
    }
    return after;
  }, plans);
}
