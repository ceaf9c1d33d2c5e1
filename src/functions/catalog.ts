import type { AnyFunction } from '../contracts/function.ts';
import { average } from './aggregate/average.ts';
import { collectingFunctions } from './aggregate/collect.ts';
import { joiningFunctions } from './aggregate/concat-agg.ts';
import { approximateCount, count } from './aggregate/count.ts';
import { endValues } from './aggregate/first-last-value.ts';
import { jsonAggregates } from './aggregate/json-aggregates.ts';
import { max2nd } from './aggregate/max2nd.ts';
import { extremes } from './aggregate/min-max.ts';
import { percentile } from './aggregate/percentile.ts';
import { sumFunctions } from './aggregate/sum.ts';
import { varianceFunctions } from './aggregate/variance.ts';
import { arithmeticOperators, mod } from './scalar/arithmetic.ts';
import { arrayOrders } from './scalar/array-order.ts';
import { arraySearches } from './scalar/array-search.ts';
import { arraySets } from './scalar/array-sets.ts';
import { characterCodes } from './scalar/ascii.ts';
import { base64Functions } from './scalar/base64.ts';
import { caseFunctions } from './scalar/change-case.ts';
import { charLength } from './scalar/char-length.ts';
import { charsetFunctions } from './scalar/charset.ts';
import { comparisonOperators } from './scalar/comparison.ts';
import { concatenations } from './scalar/concat.ts';
import { conditionalFunctions } from './scalar/conditional.ts';
import { currentTime } from './scalar/current-time.ts';
import { currentWatermark } from './scalar/current-watermark.ts';
import { dateDays } from './scalar/date-days.ts';
import { dateFormats } from './scalar/date-format.ts';
import { digestFunctions } from './scalar/digest.ts';
import { doubleMath } from './scalar/double-math.ts';
import { elt } from './scalar/elt.ts';
import { hashCode } from './scalar/hash-code.ts';
import { integerMath } from './scalar/integer-math.ts';
import { jsonBuilders } from './scalar/json-build.ts';
import { jsonQueries } from './scalar/json-query.ts';
import { jsonQuotes } from './scalar/json-quote.ts';
import { jsonValue } from './scalar/json-value.ts';
import { keyvalue } from './scalar/keyvalue.ts';
import { patternTests } from './scalar/like.ts';
import { searchFunctions } from './scalar/locate.ts';
import { mapFunctions } from './scalar/map-functions.ts';
import { minusDate } from './scalar/minus-date.ts';
import { murmurHashes } from './scalar/murmur-hash.ts';
import { nestedAccess } from './scalar/nested-access.ts';
import { nestedConstructors } from './scalar/nested-constructors.ts';
import { numberBases } from './scalar/number-bases.ts';
import { overlaps } from './scalar/overlaps.ts';
import { overlay } from './scalar/overlay.ts';
import { padFunctions } from './scalar/pad.ts';
import { printValue } from './scalar/print-value.ts';
import { printf } from './scalar/printf.ts';
import { randomNumbers } from './scalar/random-numbers.ts';
import { regexpExtractAll } from './scalar/regexp-extract-all.ts';
import { regexpFunctions } from './scalar/regexp.ts';
import { replaceFunctions } from './scalar/repeat.ts';
import { roundingFunctions } from './scalar/rounding.ts';
import { splitIndex } from './scalar/split-index.ts';
import { splitFunctions } from './scalar/split.ts';
import { affixTests } from './scalar/starts-with.ts';
import { substringFunctions } from './scalar/substring.ts';
import { temporalParts } from './scalar/temporal-parts.ts';
import { textTests } from './scalar/text-tests.ts';
import { timestampAdd, timestampDiff } from './scalar/timestamp-add.ts';
import { timestampConversions } from './scalar/to-timestamp.ts';
import { translate } from './scalar/translate.ts';
import { trimFunctions } from './scalar/trim.ts';
import { truthTests } from './scalar/truth-tests.ts';
import { currentDatabase, typeOf } from './scalar/type-of.ts';
import { unhex } from './scalar/unhex.ts';
import { unixTime } from './scalar/unix-time.ts';
import { urlFunctions } from './scalar/url.ts';
import { uuid } from './scalar/uuid.ts';
import { generateSeries } from './table/generate-series.ts';
import { jsonTuple } from './table/json-tuple.ts';
import { multiKeyvalue } from './table/multi-keyvalue.ts';
import { stringSplit } from './table/string-split.ts';
import { unnestFunctions } from './table/unnest.ts';
import { overFunctions } from './window/over-functions.ts';

/** THE list of built-in functions: one import and one line a file (a file may export a family as an array). Keep both sorted. */
export const builtinFunctions: readonly AnyFunction[] = [
  // one `name,` or `...family,` a line
  ...affixTests,
  approximateCount,
  ...arithmeticOperators,
  ...arrayOrders,
  ...arraySearches,
  ...arraySets,
  average,
  ...base64Functions,
  ...caseFunctions,
  ...characterCodes,
  charLength,
  ...charsetFunctions,
  ...collectingFunctions,
  ...comparisonOperators,
  ...concatenations,
  ...conditionalFunctions,
  count,
  currentDatabase,
  ...currentTime,
  currentWatermark,
  ...dateDays,
  ...dateFormats,
  ...digestFunctions,
  ...doubleMath,
  elt,
  ...endValues,
  ...extremes,
  generateSeries,
  hashCode,
  ...integerMath,
  ...joiningFunctions,
  ...jsonAggregates,
  ...jsonBuilders,
  ...jsonQueries,
  ...jsonQuotes,
  jsonTuple,
  jsonValue,
  keyvalue,
  ...mapFunctions,
  max2nd,
  minusDate,
  mod,
  multiKeyvalue,
  ...murmurHashes,
  ...nestedAccess,
  ...nestedConstructors,
  ...numberBases,
  ...overFunctions,
  overlaps,
  overlay,
  ...padFunctions,
  ...patternTests,
  percentile,
  printValue,
  printf,
  ...randomNumbers,
  regexpExtractAll,
  ...regexpFunctions,
  ...replaceFunctions,
  ...roundingFunctions,
  ...searchFunctions,
  ...splitFunctions,
  splitIndex,
  stringSplit,
  ...substringFunctions,
  ...sumFunctions,
  ...temporalParts,
  ...textTests,
  timestampAdd,
  ...timestampConversions,
  timestampDiff,
  translate,
  ...trimFunctions,
  ...truthTests,
  typeOf,
  unhex,
  ...unixTime,
  ...unnestFunctions,
  ...urlFunctions,
  uuid,
  ...varianceFunctions,
];
