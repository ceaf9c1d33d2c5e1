import { Interner } from '../logical/interner.ts';
import type { LogicalNode, LogicalRoot } from '../logical/plan.ts';
import { inputsOf } from '../logical/tree.ts';
import { keepsState } from './keeps-state.ts';
import { optimize, type RuleObserver } from './optimize.ts';
import { order } from './order.ts';
import { pushFilterDown } from './push-filter-down.ts';
import type { RuleContext, Sharing } from './rule.ts';

/** One INSERT or query of a job. */
export interface BoundRoot {
  readonly root: LogicalRoot;
  /** The settings that its functions were bound with. */
  readonly context: string;
}

/** Each is planned once more to see whether it pays. */
const MOST_TRIALS = 16;

/**
 * Applies the rules to the plans of one job together, so that they keep in common what they have in common: a sub-plan
 * used twice is planned with the columns of all its uses, and where one use needs it unfiltered the filters of the others
 * stay above it, if that leaves fewer operators with state. Equal sub-plans of the result are one object.
 */
export function optimizeJob(
  bound: readonly BoundRoot[],
  context: RuleContext,
  observe?: RuleObserver,
): readonly LogicalRoot[] {
  const at = order.indexOf(pushFilterDown);
  const plans = bound.map((one) => one.root);
  const head = optimize(plans, context, { observe, rules: order.slice(0, at) });
  const interner = new Interner();
  const intern = (given: readonly LogicalRoot[]): readonly LogicalRoot[] =>
    given.map((plan, i) => interner.root(plan, bound[i]!.context));
  const interned = intern(head);
  const tail = (whole: ReadonlySet<LogicalNode>, warn = context.warn, see = observe): readonly LogicalRoot[] => {
    const sharing: Sharing = { intern, whole };
    return intern(optimize(interned, { ...context, warn, sharing }, { observe: see, rules: order.slice(at) }));
  };
  const whole = new Set<LogicalNode>();
  const candidates = wantedWhole(
    interned,
    intern(interned.map((plan) => pushFilterDown.apply(plan, context))),
    (one, i) => interner.root(pushFilterDown.apply(one, context), bound[i]!.context),
  );
  if (candidates.length > 0) {
    const cost = (kept: ReadonlySet<LogicalNode>): number =>
      statefulCount(
        tail(
          kept,
          () => undefined,
          () => undefined,
        ),
      );
    let best = cost(whole);
    for (const one of candidates.slice(0, MOST_TRIALS)) {
      const count = cost(new Set([...whole, one]));
      if (count >= best) continue;
      best = count;
      whole.add(one);
    }
  }
  return tail(whole);
}

/**
 * Sub-plans with state that several read and one of them needs as they are, where filters of the others would make
 * something else of them.
 * @param pushed the plans with all their filters pushed down
 * @param pushAlone the same for a plan of its own, by the place of a plan that it is part of
 */
function wantedWhole(
  plans: readonly LogicalRoot[],
  pushed: readonly LogicalRoot[],
  pushAlone: (plan: LogicalRoot, at: number) => LogicalRoot,
): readonly LogicalNode[] {
  if (statefulCount(pushed) <= statefulCount(plans)) return [];
  const after = readersOf(pushed);
  return [...readersOf(plans)].flatMap(([node, { count, plan }]) => {
    if (count < 2 || !holdsState(node)) return [];
    const alone = pushAlone({ kind: 'collect', input: node, schema: node.schema }, plan);
    return alone.kind === 'collect' && after.has(alone.input) ? [belowProjections(node)] : [];
  });
}

/** A filter that passes a projection meets those of its reader. */
function belowProjections(node: LogicalNode): LogicalNode {
  return node.kind === 'project' ? belowProjections(node.input) : node;
}

/** By node below the roots: how many read it, and a plan that does. */
function readersOf(plans: readonly LogicalRoot[]): ReadonlyMap<LogicalNode, { count: number; readonly plan: number }> {
  const readers = new Map<LogicalNode, { count: number; readonly plan: number }>();
  const see = (node: LogicalNode, plan: number): void => {
    for (const input of inputsOf(node)) {
      const known = readers.get(input);
      if (known !== undefined) {
        known.count++;
        continue;
      }
      readers.set(input, { count: 1, plan });
      see(input, plan);
    }
  };
  plans.forEach(see);
  return readers;
}

function holdsState(node: LogicalNode): boolean {
  return keepsState(node) || inputsOf(node).some(holdsState);
}

/** Operators with state; a sub-plan with several readers counts once. */
function statefulCount(plans: readonly LogicalRoot[]): number {
  return [...readersOf(plans).keys()].filter(keepsState).length;
}
