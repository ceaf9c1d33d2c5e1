import { belowMsOfFine, fineOf, msOfFine } from '../../columnar/fine-time.ts';
import { DOUBLE, INT, isFineTime, isNumeric, isString, TIMESTAMP, VARCHAR } from '../../types/sql-type.ts';
import { addMonths, MS_PER_DAY } from '../../values/civil-date.ts';
import { scalar } from '../define.ts';
import { addMonthsToLocal, monthsBetween } from './month-arithmetic.ts';
import { plainBinding } from './plain-binding.ts';
import { temporalReader, zoneOf } from './temporal-reader.ts';
import { fixedUnitMs, unitArgument, unitMonths } from './time-unit.ts';

export const timestampAdd = scalar({
  name: 'TIMESTAMPADD',
  category: 'datetime',
  syntax: ['TIMESTAMPADD(unit, n, t)'],
  doc: 'A point in time moved by `n` units; month ends are clipped. A DATE moved by hours or less becomes a TIMESTAMP.',
  examples: [{ sql: "TIMESTAMPADD(MONTH, -1, DATE '2016-03-31')", gives: '2016-02-29' }],
  resolve(site) {
    const unit = unitArgument(site, 0);
    const [, amount, given] = site.types;
    if (unit === undefined || amount === undefined || given === undefined || site.types.length !== 3) return undefined;
    if (!isNumeric(amount) && amount.kind !== 'null') return undefined;
    const months = unitMonths[unit];
    const ms = fixedUnitMs[unit] ?? 0;
    if (months === undefined && ms === 0) return undefined;
    const whole = months !== undefined || ms % MS_PER_DAY === 0;
    const text = isString(given) || given.kind === 'null';
    const type = text || (given.kind === 'date' && !whole) ? TIMESTAMP : given;
    let move: (n: number, t: number) => number;
    if (isFineTime(type)) {
      const zone = zoneOf(site);
      const moveFine = (n: number, t: bigint): bigint =>
        months === undefined
          ? t + fineOf(n * ms)
          : fineOf(zone.toInstant(addMonthsToLocal(zone.toLocal(msOfFine(t)), n * months)), belowMsOfFine(t));
      const kernel = (_unit: unknown, n: number, t: bigint): bigint => moveFine(Math.trunc(n), t);
      return plainBinding([VARCHAR, DOUBLE, type], type, kernel);
    }
    switch (type.kind) {
      case 'timestamp': {
        const zone = zoneOf(site);
        move =
          months === undefined
            ? (n, t) => t + n * ms
            : (n, t) => zone.toInstant(addMonthsToLocal(zone.toLocal(t), n * months));
        break;
      }
      case 'date':
        move = months === undefined ? (n, t) => t + n * (ms / MS_PER_DAY) : (n, t) => addMonths(t, n * months);
        break;
      case 'time':
        move = whole ? (_n, t) => t : (n, t) => (((t + n * ms) % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY;
        break;
      default:
        return undefined;
    }
    return {
      args: [VARCHAR, DOUBLE, type],
      returns: type,
      impl: {
        nulls: 'propagate',
        mayReturnNull: false,
        deterministic: true,
        kernel: (_unit: unknown, n: number, t: number) => move(Math.trunc(n), t),
      },
    };
  },
});

export const timestampDiff = scalar({
  name: 'TIMESTAMPDIFF',
  category: 'datetime',
  syntax: ['TIMESTAMPDIFF(unit, t1, t2)'],
  doc: 'Whole units from `t1` to `t2`, negative when `t2` is earlier; NULL for a text that is no point in time.',
  examples: [{ sql: "TIMESTAMPDIFF(DAY, DATE '2018-03-01', DATE '2018-03-20')", gives: '19' }],
  resolve(site) {
    const unit = unitArgument(site, 0);
    const [, first, second] = site.types;
    if (unit === undefined || first === undefined || second === undefined || site.types.length !== 3) return undefined;
    const zone = zoneOf(site);
    const a = temporalReader(first, zone);
    const b = temporalReader(second, zone);
    const months = unitMonths[unit];
    const ms = fixedUnitMs[unit] ?? 0;
    if (a === undefined || b === undefined || (months === undefined && ms === 0)) return undefined;
    // Days between dates are days, however long the zone's were.
    const isDates = first.kind === 'date' && second.kind === 'date';
    const form = months === undefined && !isDates ? 'instant' : 'local';
    const readA = a[form] as (value: unknown) => number;
    const readB = b[form] as (value: unknown) => number;
    return {
      args: [VARCHAR, a.type, b.type],
      returns: INT,
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: (_unit: unknown, x: unknown, y: unknown) => {
          const from = readA(x);
          const to = readB(y);
          if (Number.isNaN(from) || Number.isNaN(to)) return null;
          return Math.trunc(months === undefined ? (to - from) / ms : monthsBetween(from, to) / months) | 0;
        },
      },
    };
  },
});
