import type { AggregateFunction, ScalarFunction } from '../contracts/function.ts';

import { arithmeticOperators } from './scalar/arithmetic.ts';
import { comparisonOperators } from './scalar/comparison.ts';
import { truthTests } from './scalar/truth-tests.ts';

/** THE list of built-in functions: one import and one line a file (a file may export a family as an array). Keep both sorted. */
export const builtinFunctions: readonly (ScalarFunction | AggregateFunction)[] = [
  // one `name,` or `...family,` a line
  ...arithmeticOperators,
  ...comparisonOperators,
  ...truthTests,
];
