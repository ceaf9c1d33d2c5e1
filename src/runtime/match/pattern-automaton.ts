import type { MatchElement } from '../../planner/physical/match-plan.ts';

/** The pattern is matched. */
export const END = 0;

/** What a state does with a row. */
export interface Edge {
  /** The variable that takes the row; −1: the row is passed over. */
  readonly variable: number;
  readonly target: number;
  /** Variables whose conditions must fail on the row. */
  readonly nots: readonly number[];
  /** ALL ROWS PER MATCH leaves the row out. */
  readonly hidden?: boolean;
}

export interface State {
  readonly edges: readonly Edge[];
  /** Variables whose conditions decide about the edges. */
  readonly needs: readonly number[];
  /** Nothing that must come is missing. */
  readonly accepting: boolean;
}

export interface Automaton {
  /** State END has no edges. */
  readonly states: readonly State[];
  readonly start: number;
  /** A match that could still grow waits for the row that ends it: the pattern ends with a greedy quantifier. */
  readonly waits: boolean;
  /** Edges and runs stand in the order in which they are preferred, and the preferred way is the match. */
  readonly prefers: boolean;
}

interface Transition {
  readonly kind: 'take' | 'ignore' | 'proceed';
  readonly variable: number;
  readonly target: number;
  nots: readonly number[];
}

/** Whether a quantifier takes rows that what follows could take too. `?` and fixed counts leave both ways open. */
function isGreedy(element: MatchElement): boolean {
  const { least, most, reluctant } = element;
  return !reluctant && least !== most && !(least === 0 && most === 1);
}

/**
 * States from the last element to the first, with the edges of Flink's NFACompiler: behind a greedy element every edge of
 * the next state asks that the greedy variable does not fit, even when its highest count is reached.
 */
class Compiler {
  readonly transitions: Transition[][] = [[]];

  add(): number {
    return this.transitions.push([]) - 1;
  }

  take(state: number, variable: number, target: number): void {
    this.transitions[state]!.push({ kind: 'take', variable, target, nots: [] });
  }

  proceed(state: number, target: number): void {
    this.transitions[state]!.push({ kind: 'proceed', variable: -1, target, nots: [] });
  }

  ignore(state: number, variable: number, target: number): void {
    this.transitions[state]!.push({ kind: 'ignore', variable: -1, target, nots: [variable] });
  }

  /** @returns the state in which the element begins */
  element(element: MatchElement, next: number): number {
    const { variable, least, most, relaxed } = element;
    const from = Math.max(1, least);
    if (isGreedy(element)) {
      for (const transition of this.transitions[next]!) transition.nots = [...transition.nots, variable];
    }
    let last = next;
    if (most === undefined) {
      last = this.add();
      this.proceed(last, next);
      this.take(last, variable, last);
    } else {
      for (let i = from; i < most; i++) last = this.single(variable, last, next);
    }
    for (let i = 1; i < from; i++) last = this.single(variable, last);
    const start = this.single(variable, last, least === 0 ? next : undefined);
    if (relaxed) {
      // Once a row was passed over the variable is not left out any more, and a greedy one before it has ended.
      const waiting = this.single(variable, last);
      this.ignore(waiting, variable, waiting);
      this.ignore(start, variable, waiting);
    }
    return start;
  }

  /** One row of a variable; `skipTo`: or none. */
  single(variable: number, target: number, skipTo?: number): number {
    const state = this.add();
    this.take(state, variable, target);
    if (skipTo !== undefined) this.proceed(state, skipTo);
    return state;
  }
}

export function compilePattern(pattern: readonly MatchElement[]): Automaton {
  const compiler = new Compiler();
  let start = END;
  for (const element of pattern.toReversed()) start = compiler.element(element, start);
  const states = compiler.transitions.map((_, i) => flatten(compiler.transitions, i));
  const tail = pattern.slice(pattern.findLastIndex((one) => one.least > 0));
  return { states, start, waits: tail.some(isGreedy), prefers: false };
}

/** Edges of a state and of those it leads to without a row, in the order in which they are tried. */
function flatten(transitions: readonly (readonly Transition[])[], state: number): State {
  const edges: Edge[] = [];
  const open: { readonly state: number; readonly nots: readonly number[] }[] = [{ state, nots: [] }];
  let accepting = false;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.state === END) accepting = true;
    for (const { kind, variable, target, nots } of transitions[at.state]!) {
      const all = [...new Set([...at.nots, ...nots])];
      if (kind === 'proceed') open.push({ state: target, nots: all });
      else edges.push({ variable, target, nots: all });
    }
  }
  const needs = new Set(edges.flatMap((edge) => [...(edge.variable < 0 ? [] : [edge.variable]), ...edge.nots]));
  return { edges, needs: [...needs], accepting };
}
