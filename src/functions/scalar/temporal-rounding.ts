import { fineOf, msOfFine, NS_PER_MS } from '../../columnar/fine-time.ts';
import type { CallSite, ScalarBinding, ScalarImplementation } from '../../contracts/function.ts';
import { isFineTime, isString, TIMESTAMP, VARCHAR } from '../../types/sql-type.ts';
import { civilFromDays, daysFromCivil, MS_PER_DAY } from '../../values/civil-date.ts';
import { plainBinding, type InlineText } from './plain-binding.ts';
import { zoneOf } from './temporal-reader.ts';
import { fixedUnitMs, unitArgument, unitMonths, type TimeUnit } from './time-unit.ts';

export type Direction = 'floor' | 'ceil';

/** FLOOR / CEIL of a point in time to a unit of the local clock; of the argument's type. */
export function resolveTemporalRounding(direction: Direction, site: CallSite): ScalarBinding | undefined {
  const unit = unitArgument(site, 1);
  const given = site.types[0];
  if (unit === undefined || given === undefined || site.types.length !== 2) return undefined;
  const type = isString(given) || given.kind === 'null' ? TIMESTAMP : given;
  const round = localRounding(direction, unit);
  if (round === undefined) return undefined;
  const bind = (kernel: ScalarImplementation['kernel'], inline?: InlineText): ScalarBinding =>
    plainBinding([type, VARCHAR], type, kernel, inline);
  if (isFineTime(type)) {
    const zone = zoneOf(site);
    const step = unit === 'NANOSECOND' ? 1n : unit === 'MICROSECOND' ? 1000n : NS_PER_MS;
    return bind((ns: bigint) => {
      const below = step === 1n ? ns : ns - (((ns % step) + step) % step);
      const stepped = direction === 'ceil' && below < ns ? below + step : below;
      return step < NS_PER_MS ? stepped : fineOf(zone.toInstant(round(zone.toLocal(msOfFine(stepped)))));
    });
  }
  switch (type.kind) {
    case 'date':
      return bind((days: number) => Math.floor(round(days * MS_PER_DAY) / MS_PER_DAY));
    case 'time':
      return bind((t: number) => {
        const rounded = round(t) % MS_PER_DAY;
        return rounded < 0 ? rounded + MS_PER_DAY : rounded;
      });
    case 'timestamp': {
      const zone = zoneOf(site);
      const ms = unit === 'WEEK' ? undefined : fixedUnitMs[unit];
      const offset = zone.fixedOffset;
      if (ms === undefined || offset === undefined) return bind((t: number) => zone.toInstant(round(zone.toLocal(t))));
      return bind(
        (t: number) => Math[direction]((t + offset) / ms) * ms - offset,
        (t) => `(Math.${direction}((${t} + ${offset}) / ${ms}) * ${ms} - ${offset})`,
      );
    }
    default:
      return undefined;
  }
}

/** Rounds local milliseconds; weeks begin on Sunday, centuries in the year 1. */
function localRounding(direction: Direction, unit: TimeUnit): ((local: number) => number) | undefined {
  const ms = fixedUnitMs[unit];
  if (ms !== undefined) {
    // 1970-01-01 was a Thursday: the week before it began four days earlier.
    const shift = unit === 'WEEK' ? 4 * MS_PER_DAY : 0;
    return (local) => Math[direction]((local + shift) / ms) * ms - shift;
  }
  const months = unitMonths[unit];
  if (months === undefined) return unit === 'MICROSECOND' || unit === 'NANOSECOND' ? (local) => local : undefined;
  // Months since year 0; centuries and millennia begin with their year 1.
  const origin = unit === 'CENTURY' || unit === 'MILLENNIUM' ? 12 : 0;
  const start = (period: number): number => {
    const month = period * months + origin;
    const year = Math.floor(month / 12);
    return daysFromCivil(year, month - year * 12 + 1, 1) * MS_PER_DAY;
  };
  return (local) => {
    const date = civilFromDays(Math.floor(local / MS_PER_DAY));
    const period = Math.floor((date.year * 12 + date.month - 1 - origin) / months);
    const floor = start(period);
    return direction === 'floor' || floor === local ? floor : start(period + 1);
  };
}
