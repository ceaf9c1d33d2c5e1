import type { MatchRecognize, PatternElement } from '../../parser/ast/match-recognize.ts';
import type { MatchElement, MatchSpec } from '../physical/match-plan.ts';
import { notInFlink, patternError } from './match-error.ts';
import type { MatchInput } from './match-input.ts';
import { bindPatternTree, isTree, partsOf, patternSpan } from './pattern-tree.ts';

/** PATTERN ( … ) as a list of places, or as a tree where it branches. @throws PlanError PLAN_PATTERN */
export function bindPattern(
  node: MatchRecognize,
  input: MatchInput,
  flink: boolean,
): Pick<MatchSpec, 'pattern' | 'tree'> {
  if (isTree(node.pattern)) return { pattern: [], tree: bindPatternTree(node, input, flink) };
  const pattern = elements(node.pattern, input, flink);
  checkPattern(pattern, node, flink);
  return { pattern };
}

/** The variables of a pattern in the order in which they first stand in it. */
export function variableNames(pattern: readonly PatternElement[]): readonly string[] {
  const names = new Set<string>();
  const visit = (element: PatternElement): void => {
    if (element.kind === 'pattern-variable') names.add(element.name.name);
    else partsOf(element).forEach(visit);
  };
  pattern.forEach(visit);
  return [...names];
}

/** Parentheses without quantifier change nothing. */
function elements(pattern: readonly PatternElement[], input: MatchInput, flink: boolean): readonly MatchElement[] {
  return pattern.flatMap((element): readonly MatchElement[] => {
    if (element.relaxed && flink) {
      throw notInFlink('"->"', element.span, 'Put a reluctant variable without condition between: A X*? B.');
    }
    if (element.kind !== 'pattern-variable') {
      const [first, ...rest] = elements(partsOf(element), input, flink);
      return first === undefined ? [] : [{ ...first, relaxed: first.relaxed || element.relaxed }, ...rest];
    }
    const { quantifier, name, relaxed } = element;
    const { least, most, reluctant } = quantifier ?? { least: 1, most: 1, reluctant: false };
    if (flink && reluctant && least === 0 && most === 1) {
      throw notInFlink('a reluctant optional variable', element.span, 'Write "?" instead of "??".');
    }
    return [{ variable: input.find(name), least, most, reluctant, relaxed }];
  });
}

function checkPattern(pattern: readonly MatchElement[], node: MatchRecognize, flink: boolean): void {
  const span = patternSpan(node);
  if (pattern.every((one) => one.least === 0)) {
    throw patternError('the pattern can match without any row', span, 'Let one variable be there at least once: A B*.');
  }
  const last = pattern.at(-1);
  if (
    flink &&
    last !== undefined &&
    !last.reluctant &&
    last.least !== last.most &&
    !(last.least === 0 && last.most === 1)
  ) {
    throw notInFlink(
      'a greedy quantifier at the end of a pattern',
      node.pattern.at(-1)?.span ?? span,
      'End it with a plain variable, or make the quantifier reluctant: B+?.',
    );
  }
}
