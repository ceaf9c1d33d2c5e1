import type { CastMode, FunctionContext, ScalarImplementation } from '../../contracts/function.ts';
import { layoutOf } from '../../types/layout.ts';
import { TIMESTAMP, isFineTime, isString, sameType, type SqlType } from '../../types/sql-type.ts';
import { timeZone } from '../../values/zone.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castToFineTimestamp, throughMilliseconds } from './fine-timestamp.ts';
import { castToApproximate } from './to-approximate.ts';
import { castToBigint } from './to-bigint.ts';
import { castToBinary } from './to-binary.ts';
import { castToBoolean } from './to-boolean.ts';
import { castToDecimal } from './to-decimal.ts';
import { castToNested } from './to-nested.ts';
import { castToSmallInteger } from './to-small-integer.ts';
import { castToDate, castToTime, castToTimestamp } from './to-temporal.ts';
import { castToText } from './to-text.ts';

/** The conversion `from` → `to` of blink-sql.md 2.3; undefined where none exists. */
export function castImplementation(
  from: SqlType,
  to: SqlType,
  mode: CastMode,
  context: FunctionContext,
): ScalarImplementation | undefined {
  const flink = context.compatibility === 'flink';
  const zone = timeZone(context.timeZone);
  // In Flink a text beside a date or time that is none makes the comparison NULL, where CAST fails.
  const isComparedTime = mode === 'implicit' && /^(date|time|timestamp)$/.test(to.kind);
  const conversion = findConversion({ from, to, flink, zone, failing: flink && mode !== 'try' && !isComparedTime });
  if (conversion === undefined) return undefined;
  const { kernel, mayReturnNull = false, inline } = conversion;
  return {
    nulls: 'propagate',
    deterministic: true,
    mayReturnNull,
    kernel,
    ...(inline === undefined ? {} : { inline: ([value = '']: readonly string[]) => inline(value) }),
  };
}

function findConversion(site: CastSite): Conversion | undefined {
  const { from, to } = site;
  if (from.kind === 'null') return layoutOf(to) === 'bytes' ? NULL_TO_BYTES : NULL_TO_FIXED;
  if (sameType(from, to) && layoutOf(to) !== 'bytes') return IDENTITY;
  if (isFineTime(from) && to.kind !== 'timestamp' && !isString(to)) {
    return throughMilliseconds(findConversion({ ...site, from: TIMESTAMP }));
  }
  switch (to.kind) {
    case 'boolean':
      return castToBoolean(site);
    case 'tinyint':
    case 'smallint':
    case 'int':
      return castToSmallInteger(site, to.kind);
    case 'bigint':
      return castToBigint(site);
    case 'float':
    case 'double':
      return castToApproximate(site, to.kind);
    case 'decimal':
      return castToDecimal(site, to.precision, to.scale);
    case 'char':
    case 'varchar':
      return castToText(site, to);
    case 'binary':
    case 'varbinary':
      return castToBinary(site, to);
    case 'date':
      return castToDate(site);
    case 'time':
      return castToTime(site, to.precision);
    case 'timestamp':
      return isFineTime(to) ? castToFineTimestamp(site, to.precision) : castToTimestamp(site, to.precision);
    case 'array':
    case 'multiset':
    case 'map':
    case 'row':
      return castToNested(site, to, findConversion);
    case 'interval-month':
      // Flink takes the number an interval is kept as.
      return site.flink && from.kind === 'int' ? IDENTITY : undefined;
    case 'interval-day':
      return site.flink && from.kind === 'bigint' ? { kernel: (value: bigint) => Number(value) } : undefined;
    case 'null':
      return undefined;
  }
}

const NULL_TO_FIXED: Conversion = { kernel: () => null, mayReturnNull: true };
const NULL_TO_BYTES: Conversion = { kernel: () => false, mayReturnNull: true };
