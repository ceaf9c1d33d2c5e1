import { belowMsOfFine, coarseTime, fineOf, msOfFine } from '../../columnar/fine-time.ts';
import type { FunctionContext, ScalarBinding, ScalarImplementation } from '../../contracts/function.ts';
import {
  DOUBLE,
  INTERVAL_DAY,
  TIMESTAMP,
  isFineTime,
  isInterval,
  isNumeric,
  isTemporal,
  type SqlType,
} from '../../types/sql-type.ts';
import { addMonths, MS_PER_DAY } from '../../values/civil-date.ts';
import { timeZone } from '../../values/zone.ts';
import { divisionByZero } from './decimal-arithmetic.ts';
import { addMonthsToLocal } from './month-arithmetic.ts';
import { plainBinding } from './plain-binding.ts';

type Kernel = ScalarImplementation['kernel'];

/** `+ - * /` where a point in time or an interval takes part; undefined where none does or they do not fit. */
export function resolveTemporalArithmetic(
  op: string,
  a: SqlType,
  b: SqlType,
  context: FunctionContext,
): ScalarBinding | undefined {
  if (op === '*' || op === '/') return scaled(op, a, b);
  if (op !== '+' && op !== '-') return undefined;
  if (isInterval(a) && a.kind === b.kind) {
    const kernel: Kernel = op === '+' ? (x: number, y: number) => x + y : (x: number, y: number) => x - y;
    return plainBinding([a, a], a, kernel, (x, y) => `(${x} ${op} ${y})`);
  }
  if (isTemporal(a) && isInterval(b)) return moved(a, b, op === '+' ? 1 : -1, context);
  if (op === '+' && isInterval(a) && isTemporal(b)) {
    const forward = moved(b, a, 1, context);
    const kernel = forward.impl.kernel as unknown as (t: number, by: number) => number;
    const { inline } = forward.impl;
    return plainBinding(
      [a, b],
      b,
      (by: number, t: number) => kernel(t, by),
      inline === undefined ? undefined : (by, t) => inline([t, by]),
    );
  }
  if (op === '-' && isTemporal(a) && isTemporal(b)) return difference(a, b);
  return undefined;
}

/** `t + sign × interval`, of the type of t. Days and shorter are exact lengths; months keep the local clock time. */
function moved(type: SqlType, interval: SqlType, sign: 1 | -1, context: FunctionContext): ScalarBinding {
  const args = [type, interval];
  const op = sign === 1 ? '+' : '-';
  if (isFineTime(type)) return plainBinding(args, type, movedFine(interval, sign, context));
  if (interval.kind === 'interval-day') {
    switch (type.kind) {
      case 'timestamp':
        return plainBinding(
          args,
          type,
          (t: number, ms: number) => t + sign * ms,
          (t, ms) => `(${t} ${op} ${ms})`,
        );
      case 'date':
        return plainBinding(args, type, (days: number, ms: number) => days + sign * Math.trunc(ms / MS_PER_DAY));
      default:
        return plainBinding(args, type, (t: number, ms: number) => {
          const moved = (t + sign * ms) % MS_PER_DAY;
          return moved < 0 ? moved + MS_PER_DAY : moved;
        });
    }
  }
  switch (type.kind) {
    case 'timestamp': {
      const zone = timeZone(context.timeZone);
      return plainBinding(args, type, (t: number, months: number) =>
        zone.toInstant(addMonthsToLocal(zone.toLocal(t), sign * months)),
      );
    }
    case 'date':
      return plainBinding(args, type, (days: number, months: number) => addMonths(days, sign * months));
    default:
      return plainBinding(args, type, (t: number) => t);
  }
}

/** As `moved`, in nanoseconds: what is below the millisecond stays. */
function movedFine(interval: SqlType, sign: 1 | -1, context: FunctionContext): Kernel {
  if (interval.kind === 'interval-day') return (ns: bigint, ms: number) => ns + fineOf(sign * ms);
  const zone = timeZone(context.timeZone);
  return (ns: bigint, months: number) =>
    fineOf(zone.toInstant(addMonthsToLocal(zone.toLocal(msOfFine(ns)), sign * months)), belowMsOfFine(ns));
}

/** The length between two points in time, in whole milliseconds of both. */
function difference(a: SqlType, b: SqlType): ScalarBinding | undefined {
  if (a.kind === 'time' || b.kind === 'time') {
    if (a.kind !== b.kind) return undefined;
    return plainBinding(
      [a, b],
      INTERVAL_DAY,
      (x: number, y: number) => x - y,
      (x, y) => `(${x} - ${y})`,
    );
  }
  if (a.kind === 'date' && b.kind === 'date') {
    return plainBinding([a, b], INTERVAL_DAY, (x: number, y: number) => (x - y) * MS_PER_DAY);
  }
  const args = [a, b].map((one) => (one.kind === 'timestamp' ? coarseTime(one) : TIMESTAMP));
  return plainBinding(
    args,
    INTERVAL_DAY,
    (x: number, y: number) => x - y,
    (x, y) => `(${x} - ${y})`,
  );
}

/** `interval × number`, `number × interval`, `interval / number`; fractions of the smallest unit are cut. */
function scaled(op: '*' | '/', a: SqlType, b: SqlType): ScalarBinding | undefined {
  const intervalFirst = isInterval(a) && isNumeric(b);
  if (!intervalFirst && !(op === '*' && isNumeric(a) && isInterval(b))) return undefined;
  const interval = intervalFirst ? a : b;
  const months = interval.kind === 'interval-month';
  // NaN and what 64 bits do not hold are no length.
  const cut = (x: number): number | null =>
    Math.abs(x) < 2 ** 63 ? (months ? Math.trunc(x) | 0 : Math.trunc(x)) : null;
  const kernel: Kernel =
    op === '*'
      ? (x: number, y: number) => cut(x * y)
      : (x: number, y: number) => {
          if (y === 0) throw divisionByZero();
          return cut(x / y);
        };
  const binding = plainBinding(intervalFirst ? [interval, DOUBLE] : [DOUBLE, interval], interval, kernel);
  return { ...binding, impl: { ...binding.impl, mayReturnNull: true } };
}
