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
 * Applies the rules in their order.
 * @throws InternalError when a rule changed the columns of the result (law 3)
 */
export function optimize(
  plan: LogicalRoot,
  context: RuleContext,
  { observe = () => undefined, rules = order }: OptimizeOptions = {},
): LogicalRoot {
  return rules.reduce((before, rule) => {
    const after = rule.apply(before, context);
    if (!sameTypes(before.schema, after.schema)) {
      throw new InternalError(
        `rule "${rule.name}" turned ${printSchema(before.schema)} into ${printSchema(after.schema)}`,
      );
    }
    if (after !== before) observe(rule, after);
    return after;
  }, plan);
}
