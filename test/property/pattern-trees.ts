import fc from 'fast-check';
import type { Identifier } from '../../src/parser/ast/expression.ts';
import type { MatchSkip, PatternElement, PatternQuantifier } from '../../src/parser/ast/match-recognize.ts';

const span = { start: 0, end: 0 };

const quantifier: fc.Arbitrary<PatternQuantifier | undefined> = fc.option(
  fc
    .tuple(fc.nat(3), fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), fc.boolean())
    .map(([least, more, reluctant]) => ({ least, most: more === undefined ? undefined : least + more, reluctant })),
  { nil: undefined },
);

/** AFTER MATCH SKIP of a random tree. */
export function skipTrees(name: fc.Arbitrary<Identifier>): fc.Arbitrary<MatchSkip> {
  return fc.oneof(
    fc.constantFrom<MatchSkip>(
      { kind: 'next-row', variable: undefined, span },
      { kind: 'past-last-row', variable: undefined, span },
    ),
    fc.record({
      kind: fc.constantFrom('to-first' as const, 'to-last' as const),
      variable: name,
      span: fc.constant(span),
    }),
  );
}

/** What stands inside PATTERN ( … ). */
export function patternTrees(name: fc.Arbitrary<Identifier>): fc.Arbitrary<readonly PatternElement[]> {
  const { elements } = fc.letrec<{
    elements: readonly PatternElement[];
    sequence: readonly PatternElement[];
    element: PatternElement;
  }>((tie) => ({
    sequence: fc
      .array(tie('element'), { minLength: 1, maxLength: 3 })
      .map(([first, ...rest]) => [{ ...first!, relaxed: false }, ...rest]),
    elements: fc.oneof(
      { weight: 4, arbitrary: tie('sequence') },
      {
        weight: 1,
        arbitrary: fc
          .array(tie('sequence'), { minLength: 2, maxLength: 3 })
          .map((branches): readonly PatternElement[] => [
            { kind: 'pattern-alternation', branches, relaxed: false, quantifier: undefined, span },
          ]),
      },
    ),
    element: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('pattern-variable' as const),
        name,
        relaxed: fc.boolean(),
        quantifier,
        span: fc.constant(span),
      }),
      fc.record({
        kind: fc.constantFrom('pattern-group' as const, 'pattern-exclusion' as const),
        elements: tie('elements'),
        relaxed: fc.boolean(),
        quantifier,
        span: fc.constant(span),
      }),
      fc.record({
        kind: fc.constant('pattern-permute' as const),
        branches: fc.array(tie('elements'), { minLength: 1, maxLength: 3 }),
        relaxed: fc.boolean(),
        quantifier,
        span: fc.constant(span),
      }),
    ),
  }));
  return elements;
}
