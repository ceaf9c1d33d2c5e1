import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import type { Session } from '../session.ts';

export interface RuleContext {
  readonly session: Session;
  /** A line for the user that concerns the plan. */
  readonly warn: (line: string) => void;
  /** What the plans of one job may have in common; absent where nothing is shared. */
  readonly sharing?: Sharing;
}

export interface Sharing {
  /** The plans of the job, in their order, with one object for each of their equal sub-plans. */
  intern(plans: readonly LogicalRoot[]): readonly LogicalRoot[];
  /** Sub-plans that somebody needs as they are: filters of others stay above them. */
  readonly whole: ReadonlySet<LogicalNode>;
}

/** One rewrite of a plan. It keeps the columns of the root: their number, order and types. */
export interface Rule {
  readonly name: string;
  apply(plan: LogicalRoot, context: RuleContext): LogicalRoot;
  /** The same for all plans of a job, for rules that look at what they share. Default: one after the other. */
  applyAll?(plans: readonly LogicalRoot[], context: RuleContext): readonly LogicalRoot[];
}
