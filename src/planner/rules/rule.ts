import type { LogicalRoot } from '../logical/plan.ts';
import type { Session } from '../session.ts';

export interface RuleContext {
  readonly session: Session;
  /** A line for the user that concerns the plan. */
  readonly warn: (line: string) => void;
}

/** One rewrite of a plan. It keeps the columns of the root: their number, order and types. */
export interface Rule {
  readonly name: string;
  apply(plan: LogicalRoot, context: RuleContext): LogicalRoot;
}
