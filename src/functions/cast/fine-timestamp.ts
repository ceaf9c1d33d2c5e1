import { cutFine, fineOf, msOfFine } from '../../columnar/fine-time.ts';
import { TIMESTAMP, isFineTime, isString } from '../../types/sql-type.ts';
import { parseFineFlinkTimestamp } from '../../values/flink-timestamp.ts';
import { parseFineTimestamp } from '../../values/parse-temporal.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';
import { castToTimestamp } from './to-temporal.ts';

/** TIMESTAMP(4) … TIMESTAMP(9): finer digits are cut, as Flink does; all but texts comes by way of milliseconds. */
export function castToFineTimestamp(site: CastSite, precision: number): Conversion | undefined {
  const { from, zone, flink } = site;
  if (from.kind === 'timestamp' && isFineTime(from)) {
    return from.precision <= precision ? IDENTITY : { kernel: (value: bigint) => cutFine(value, precision) };
  }
  if (isString(from)) {
    const parse = flink ? parseFineFlinkTimestamp : parseFineTimestamp;
    return castFromText(site, (bytes, offset, length) => parse(bytes, offset, length, zone, precision), !flink);
  }
  const coarse = from.kind === 'timestamp' ? IDENTITY : castToTimestamp({ ...site, to: TIMESTAMP }, 3);
  if (coarse === undefined) return undefined;
  const { mayReturnNull = false } = coarse;
  const kernel = coarse.kernel as unknown as (value: unknown) => number | null;
  return {
    mayReturnNull,
    kernel: (value: unknown) => {
      const ms = kernel(value);
      return ms === null ? null : fineOf(ms);
    },
  };
}

/** A conversion of TIMESTAMP(3), for a finer one: the digits below the millisecond mean nothing to it. */
export function throughMilliseconds(conversion: Conversion | undefined): Conversion | undefined {
  if (conversion === undefined) return undefined;
  const { mayReturnNull = false } = conversion;
  const kernel = conversion.kernel as unknown as (value: number) => unknown;
  return { mayReturnNull, kernel: (value: bigint) => kernel(msOfFine(value)) };
}
