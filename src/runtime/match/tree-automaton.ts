import type { PatternTree } from '../../planner/physical/match-plan.ts';
import { END, type Automaton, type Edge, type State } from './pattern-automaton.ts';

interface Take {
  readonly variable: number;
  readonly target: number;
  readonly hidden: boolean;
}

/** What leads on from a state, the preferred first: a row that is taken, or a state that is entered without one. */
type Step = Take | number;

/**
 * States of a pattern with alternatives and repeated groups (Thompson's construction): ways in the order in which the SQL
 * standard prefers them, alternatives from left to right, one repetition more before one less (reluctant: the other way
 * round). What stands behind the end of the pattern can never be the preferred way and is left out.
 */
export function compileTree(tree: PatternTree): Automaton {
  const steps: Step[][] = [[]];
  const add = (...first: Step[]): number => steps.push(first) - 1;
  const build = (part: PatternTree, next: number): number => {
    switch (part.kind) {
      case 'variable':
        return add({ variable: part.variable, target: next, hidden: part.hidden });
      case 'sequence':
        return part.parts.reduceRight((behind, one) => build(one, behind), next);
      case 'choice':
        return add(...part.parts.map((one) => build(one, next)));
      case 'repeat': {
        const { least, most, reluctant } = part;
        const either = (again: number): Step[] => (reluctant ? [next, again] : [again, next]);
        let at = next;
        if (most === undefined) {
          at = add();
          steps[at]!.push(...either(build(part.part, at)));
        } else {
          for (let i = least; i < most; i++) at = add(...either(build(part.part, at)));
        }
        for (let i = 0; i < least; i++) at = build(part.part, at);
        return at;
      }
    }
  };
  const start = build(tree, END);
  return { states: steps.map((_, i) => flatten(steps, i)), start, waits: false, prefers: true };
}

function flatten(steps: readonly (readonly Step[])[], from: number): State {
  const edges: Edge[] = [];
  const seen = new Set<number>();
  let accepting = false;
  const visit = (state: number): void => {
    if (accepting || seen.has(state)) return;
    seen.add(state);
    if (state === END) {
      accepting = true;
      return;
    }
    for (const step of steps[state]!) {
      if (accepting) return;
      if (typeof step === 'number') visit(step);
      else edges.push({ ...step, nots: [] });
    }
  };
  visit(from);
  return { edges, needs: [...new Set(edges.map((edge) => edge.variable))], accepting };
}
