import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';

/** Units of EXTRACT, FLOOR / CEIL TO, TIMESTAMPADD and TIMESTAMPDIFF. */
export type TimeUnit =
  | 'NANOSECOND'
  | 'MICROSECOND'
  | 'MILLISECOND'
  | 'SECOND'
  | 'MINUTE'
  | 'HOUR'
  | 'DAY'
  | 'WEEK'
  | 'MONTH'
  | 'QUARTER'
  | 'YEAR'
  | 'DECADE'
  | 'CENTURY'
  | 'MILLENNIUM'
  | 'EPOCH'
  | 'DOW'
  | 'ISODOW'
  | 'DOY'
  | 'ISOYEAR';

const units: Readonly<Record<string, TimeUnit>> = {
  NANOSECOND: 'NANOSECOND',
  MICROSECOND: 'MICROSECOND',
  MILLISECOND: 'MILLISECOND',
  SECOND: 'SECOND',
  MINUTE: 'MINUTE',
  HOUR: 'HOUR',
  DAY: 'DAY',
  DAYOFMONTH: 'DAY',
  WEEK: 'WEEK',
  MONTH: 'MONTH',
  QUARTER: 'QUARTER',
  YEAR: 'YEAR',
  DECADE: 'DECADE',
  CENTURY: 'CENTURY',
  MILLENNIUM: 'MILLENNIUM',
  EPOCH: 'EPOCH',
  DOW: 'DOW',
  DAYOFWEEK: 'DOW',
  ISODOW: 'ISODOW',
  DOY: 'DOY',
  DAYOFYEAR: 'DOY',
  ISOYEAR: 'ISOYEAR',
};

/** Units of a fixed length in milliseconds. */
export const fixedUnitMs: Partial<Record<TimeUnit, number>> = {
  MILLISECOND: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 7 * 86_400_000,
};

/** Units counted in months. */
export const unitMonths: Partial<Record<TimeUnit, number>> = {
  MONTH: 1,
  QUARTER: 3,
  YEAR: 12,
  DECADE: 120,
  CENTURY: 1200,
  MILLENNIUM: 12_000,
};

/** The unit that stands as a literal at argument `index` (`SECOND`, `SQL_TSI_SECOND`, `seconds`), if it is one. */
export function unitArgument(site: CallSite, index: number): TimeUnit | undefined {
  const literal = site.literals[index];
  if (!(literal instanceof ByteSlice)) return undefined;
  const name = literal
    .toString()
    .toUpperCase()
    .replace(/^SQL_TSI_/, '');
  return units[name] ?? units[name.replace(/S$/, '')];
}
