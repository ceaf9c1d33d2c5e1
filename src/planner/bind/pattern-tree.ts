import type { Span } from '../../errors/span.ts';
import type { MatchRecognize, PatternElement } from '../../parser/ast/match-recognize.ts';
import type { PatternTree } from '../physical/match-plan.ts';
import { notInFlink, patternError } from './match-error.ts';
import type { MatchInput } from './match-input.ts';

/** Places of the pattern written out; each is a state of the matcher. */
const MAX_PLACES = 5000;
/** Of PERMUTE: 720 orders. */
const MAX_PERMUTED = 6;

/** Whether a pattern branches or repeats more than single variables. */
export function isTree(pattern: readonly PatternElement[]): boolean {
  return pattern.some((element) => {
    if (element.kind === 'pattern-variable') return false;
    return element.kind !== 'pattern-group' || element.quantifier !== undefined || isTree(element.elements);
  });
}

/** What stands directly in an element. */
export function partsOf(element: Exclude<PatternElement, { kind: 'pattern-variable' }>): readonly PatternElement[] {
  return 'branches' in element ? element.branches.flat() : element.elements;
}

export function patternSpan(node: MatchRecognize): Span {
  const first = node.pattern[0];
  const last = node.pattern.at(-1);
  return first === undefined || last === undefined ? node.span : { start: first.span.start, end: last.span.end };
}

/** @throws PlanError PLAN_PATTERN */
export function bindPatternTree(node: MatchRecognize, input: MatchInput, flink: boolean): PatternTree {
  const tree = new TreeBinder(node, input, flink).sequence(node.pattern, false);
  const span = patternSpan(node);
  if (mayBeEmpty(tree)) {
    throw patternError('the pattern can match without any row', span, 'Let one variable be there at least once: A B*.');
  }
  if (placesOf(tree) > MAX_PLACES) {
    throw patternError(`the pattern has more than ${MAX_PLACES} places`, span, 'Repeat groups less often.');
  }
  return tree;
}

const forms = {
  'pattern-group': 'a quantifier behind a group',
  'pattern-alternation': 'an alternative (A | B)',
  'pattern-permute': 'PERMUTE',
  'pattern-exclusion': 'leaving out rows by {- -}',
} as const;

class TreeBinder {
  readonly #node: MatchRecognize;
  readonly #input: MatchInput;
  readonly #flink: boolean;

  constructor(node: MatchRecognize, input: MatchInput, flink: boolean) {
    this.#node = node;
    this.#input = input;
    this.#flink = flink;
  }

  sequence(elements: readonly PatternElement[], hidden: boolean): PatternTree {
    const parts = elements.map((one) => this.#element(one, hidden));
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #element(element: PatternElement, hidden: boolean): PatternTree {
    const { quantifier, span } = element;
    if (element.relaxed) {
      throw patternError(
        '"->" does not go with alternatives and repeated groups',
        span,
        'Put a reluctant variable without condition between: A X*? (B | C).',
      );
    }
    if (this.#flink && element.kind !== 'pattern-variable') {
      if (element.kind !== 'pattern-group' || quantifier !== undefined) throw notInFlink(forms[element.kind], span);
    }
    const part = this.#body(element, hidden);
    return quantifier === undefined ? part : { kind: 'repeat', part, ...quantifier };
  }

  #body(element: PatternElement, hidden: boolean): PatternTree {
    switch (element.kind) {
      case 'pattern-variable':
        return { kind: 'variable', variable: this.#input.find(element.name), hidden };
      case 'pattern-group':
        return this.sequence(element.elements, hidden);
      case 'pattern-alternation':
        return { kind: 'choice', parts: element.branches.map((one) => this.sequence(one, hidden)) };
      case 'pattern-exclusion':
        if (!this.#node.allRows) {
          throw patternError(
            'rows are left out of ALL ROWS PER MATCH only',
            element.span,
            'Leave {- and -} out: every measure sees all rows anyway.',
          );
        }
        return this.sequence(element.elements, true);
      case 'pattern-permute': {
        if (element.branches.length > MAX_PERMUTED) {
          throw patternError(
            `PERMUTE takes at most ${MAX_PERMUTED} patterns`,
            element.span,
            'Match any of them with (A | B | …){n} and count them in an outer query.',
          );
        }
        const parts = element.branches.map((one) => this.sequence(one, hidden));
        return { kind: 'choice', parts: orders(parts).map((one) => ({ kind: 'sequence', parts: one })) };
      }
    }
  }
}

/** In the order of the list, as the standard prefers them. */
function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [first, ...rest]));
}

function mayBeEmpty(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'variable':
      return false;
    case 'sequence':
      return tree.parts.every(mayBeEmpty);
    case 'choice':
      return tree.parts.some(mayBeEmpty);
    case 'repeat':
      return tree.least === 0 || mayBeEmpty(tree.part);
  }
}

function placesOf(tree: PatternTree): number {
  switch (tree.kind) {
    case 'variable':
      return 1;
    case 'sequence':
    case 'choice':
      return tree.parts.reduce((sum, one) => sum + placesOf(one), 1);
    case 'repeat':
      return placesOf(tree.part) * Math.max(1, tree.most ?? tree.least + 1);
  }
}
