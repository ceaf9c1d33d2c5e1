import type { CallSite, ScalarBinding, ScalarFunction } from '../../contracts/function.ts';
import { BIGINT, isFineTime, isInterval, isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { civilFromDays, dayOfYear, isoDayOfWeek, isoWeek, MS_PER_DAY } from '../../values/civil-date.ts';
import { scalar } from '../define.ts';
import { plainBinding } from './plain-binding.ts';
import { temporalReader, zoneOf } from './temporal-reader.ts';
import { unitArgument, type TimeUnit } from './time-unit.ts';

const extract = scalar({
  name: 'EXTRACT',
  category: 'datetime',
  syntax: ['EXTRACT(unit FROM t)'],
  doc: 'A part of a date, time, timestamp or interval, in the time zone of the job. DOW counts from Sunday = 1, WEEK is the ISO week.',
  examples: [{ sql: "EXTRACT(DAY FROM DATE '2018-03-20')", gives: '20' }],
  resolve(site) {
    const unit = unitArgument(site, 0);
    const type = site.types[1];
    if (unit === undefined || type === undefined || site.types.length !== 2) return undefined;
    const part = isInterval(type) ? intervalPart(unit, type) : temporalPart(unit, type, site);
    if (part === undefined) return undefined;
    return {
      ...part,
      args: [VARCHAR, ...part.args],
      impl: { ...part.impl, kernel: withoutUnit(part.impl.kernel as unknown as (value: unknown) => unknown) },
    };
  },
});

function withoutUnit(kernel: (value: unknown) => unknown): (unit: unknown, value: unknown) => unknown {
  return (_unit, value) => kernel(value);
}

function partFunction(name: string, unit: TimeUnit, what: string, gives: string): ScalarFunction {
  return scalar({
    name,
    category: 'datetime',
    syntax: [`${name}(t)`],
    doc: `${what} of a date, time, timestamp or text in the usual form; NULL for a text that is none.`,
    examples: [{ sql: `${name}(TIMESTAMP '2017-11-10 22:23:24')`, gives }],
    resolve(site) {
      const type = site.types[0];
      return type === undefined || site.types.length !== 1 ? undefined : temporalPart(unit, type, site);
    },
  });
}

export const temporalParts: readonly ScalarFunction[] = [
  extract,
  partFunction('YEAR', 'YEAR', 'The year', '2017'),
  partFunction('QUARTER', 'QUARTER', 'The quarter, 1 to 4,', '4'),
  partFunction('MONTH', 'MONTH', 'The month, 1 to 12,', '11'),
  partFunction('WEEK', 'WEEK', 'The ISO week', '45'),
  partFunction('DAYOFYEAR', 'DOY', 'The day of the year', '314'),
  partFunction('DAYOFMONTH', 'DAY', 'The day of the month', '10'),
  partFunction('DAYOFWEEK', 'DOW', 'The day of the week, Sunday = 1,', '6'),
  partFunction('HOUR', 'HOUR', 'The hour', '22'),
  partFunction('MINUTE', 'MINUTE', 'The minute', '23'),
  partFunction('SECOND', 'SECOND', 'The second', '24'),
];

function temporalPart(unit: TimeUnit, type: SqlType, site: CallSite): ScalarBinding | undefined {
  if (type.kind === 'date' && (unit === 'NANOSECOND' || unit === 'MICROSECOND')) return undefined;
  if (isFineTime(type) && (unit === 'NANOSECOND' || unit === 'MICROSECOND')) {
    return plainBinding(
      [type],
      BIGINT,
      unit === 'NANOSECOND' ? nanosOfSecond : (ns: bigint) => nanosOfSecond(ns) / 1000n,
    );
  }
  const reader = temporalReader(type, zoneOf(site));
  if (reader === undefined) return undefined;
  // A DATE or TIME alone is in no zone, so neither is its EPOCH.
  const zoned = unit === 'EPOCH' && (type.kind === 'timestamp' || isString(type));
  const read = (zoned ? reader.instant : reader.local) as (value: unknown) => number;
  const part = localPart(unit);
  const base = { nulls: 'propagate', deterministic: true } as const;
  return {
    args: [reader.type],
    returns: BIGINT,
    impl: reader.total
      ? { ...base, mayReturnNull: false, kernel: (value: unknown) => BigInt(part(read(value))) }
      : {
          ...base,
          mayReturnNull: true,
          kernel: (value: unknown) => {
            const at = read(value);
            return Number.isNaN(at) ? null : BigInt(part(at));
          },
        },
  };
}

/** Offsets of zones are whole seconds, so the part is the same in all of them. */
function nanosOfSecond(ns: bigint): bigint {
  const rest = ns % 1_000_000_000n;
  return rest < 0n ? rest + 1_000_000_000n : rest;
}

/** A part of local milliseconds (EPOCH: of epoch milliseconds). */
function localPart(unit: TimeUnit): (local: number) => number {
  const civil = { year: 0, month: 0, day: 0 };
  const days = (local: number): number => Math.floor(local / MS_PER_DAY);
  const date = (local: number): typeof civil => civilFromDays(days(local), civil);
  const inUnits = (ms: number, modulus: number) => (local: number) => {
    const value = Math.floor(local / ms) % modulus;
    return value < 0 ? value + modulus : value;
  };
  switch (unit) {
    case 'NANOSECOND':
      return (local) => inUnits(1, 1000)(local) * 1_000_000;
    case 'MICROSECOND':
      return (local) => inUnits(1, 1000)(local) * 1000;
    case 'MILLISECOND':
      return inUnits(1, 1000);
    case 'SECOND':
      return inUnits(1000, 60);
    case 'MINUTE':
      return inUnits(60_000, 60);
    case 'HOUR':
      return inUnits(3_600_000, 24);
    case 'DAY':
      return (local) => date(local).day;
    case 'DOW':
      return (local) => (isoDayOfWeek(days(local)) % 7) + 1;
    case 'ISODOW':
      return (local) => isoDayOfWeek(days(local));
    case 'DOY':
      return (local) => dayOfYear(days(local));
    case 'WEEK':
      return (local) => isoWeek(days(local)).week;
    case 'ISOYEAR':
      return (local) => isoWeek(days(local)).year;
    case 'MONTH':
      return (local) => date(local).month;
    case 'QUARTER':
      return (local) => Math.ceil(date(local).month / 3);
    case 'YEAR':
      return (local) => date(local).year;
    case 'DECADE':
      return (local) => Math.floor(date(local).year / 10);
    case 'CENTURY':
      return (local) => Math.floor((date(local).year + 99) / 100);
    case 'MILLENNIUM':
      return (local) => Math.floor((date(local).year + 999) / 1000);
    case 'EPOCH':
      return (epochMs) => Math.floor(epochMs / 1000);
  }
}

function intervalPart(unit: TimeUnit, type: SqlType): ScalarBinding | undefined {
  const part = type.kind === 'interval-month' ? monthPart(unit) : dayPart(unit);
  if (part === undefined) return undefined;
  return {
    args: [type],
    returns: BIGINT,
    impl: {
      nulls: 'propagate',
      mayReturnNull: false,
      deterministic: true,
      kernel: (value: number) => BigInt(Math.trunc(part(value))),
    },
  };
}

function monthPart(unit: TimeUnit): ((months: number) => number) | undefined {
  switch (unit) {
    case 'MONTH':
      return (months) => months % 12;
    case 'QUARTER':
      return (months) => Math.trunc((months % 12) / 3) + 1;
    case 'YEAR':
      return (months) => months / 12;
    case 'DECADE':
      return (months) => months / 120;
    case 'CENTURY':
      return (months) => months / 1200;
    case 'MILLENNIUM':
      return (months) => months / 12_000;
    default:
      return undefined;
  }
}

function dayPart(unit: TimeUnit): ((ms: number) => number) | undefined {
  switch (unit) {
    case 'MILLISECOND':
      return (ms) => ms % 1000;
    case 'SECOND':
      return (ms) => Math.trunc(ms / 1000) % 60;
    case 'MINUTE':
      return (ms) => Math.trunc(ms / 60_000) % 60;
    case 'HOUR':
      return (ms) => Math.trunc(ms / 3_600_000) % 24;
    case 'DAY':
      return (ms) => ms / MS_PER_DAY;
    case 'WEEK':
      return (ms) => ms / (7 * MS_PER_DAY);
    case 'EPOCH':
      return (ms) => ms / 1000;
    default:
      return undefined;
  }
}
