import type { AggregateFunction, ScalarFunction } from '../contracts/function.ts';

/** THE list of built-in functions: one import and one line a file (a file may export a family as an array). Keep both sorted. */
export const builtinFunctions: readonly (ScalarFunction | AggregateFunction)[] = [
  // one `name,` or `...family,` a line
];
