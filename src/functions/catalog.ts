import type { AggregateFunction, ScalarFunction } from '../contracts/function.ts';
import { arithmeticOperators, mod } from './scalar/arithmetic.ts';
import { comparisonOperators } from './scalar/comparison.ts';
import { conditionalFunctions } from './scalar/conditional.ts';
import { currentTime } from './scalar/current-time.ts';
import { dateDays } from './scalar/date-days.ts';
import { dateFormats } from './scalar/date-format.ts';
import { doubleMath } from './scalar/double-math.ts';
import { integerMath } from './scalar/integer-math.ts';
import { numberBases } from './scalar/number-bases.ts';
import { overlaps } from './scalar/overlaps.ts';
import { randomNumbers } from './scalar/random-numbers.ts';
import { roundingFunctions } from './scalar/rounding.ts';
import { temporalParts } from './scalar/temporal-parts.ts';
import { textTests } from './scalar/text-tests.ts';
import { timestampAdd, timestampDiff } from './scalar/timestamp-add.ts';
import { timestampConversions } from './scalar/to-timestamp.ts';
import { truthTests } from './scalar/truth-tests.ts';
import { unixTime } from './scalar/unix-time.ts';

/** THE list of built-in functions: one import and one line a file (a file may export a family as an array). Keep both sorted. */
export const builtinFunctions: readonly (ScalarFunction | AggregateFunction)[] = [
  // one `name,` or `...family,` a line
  ...arithmeticOperators,
  ...comparisonOperators,
  ...conditionalFunctions,
  ...currentTime,
  ...dateDays,
  ...dateFormats,
  ...doubleMath,
  ...integerMath,
  mod,
  ...numberBases,
  overlaps,
  ...randomNumbers,
  ...roundingFunctions,
  ...temporalParts,
  ...textTests,
  timestampAdd,
  ...timestampConversions,
  timestampDiff,
  ...truthTests,
  ...unixTime,
];
