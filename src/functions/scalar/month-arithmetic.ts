import { addMonths, civilFromDays, MS_PER_DAY } from '../../values/civil-date.ts';

/** Local milliseconds `months` later: the same time of day, month ends clipped. */
export function addMonthsToLocal(local: number, months: number): number {
  const days = Math.floor(local / MS_PER_DAY);
  return addMonths(days, months) * MS_PER_DAY + (local - days * MS_PER_DAY);
}

/** Whole months from `start` to `end` (local milliseconds), truncated toward zero. */
export function monthsBetween(start: number, end: number): number {
  const [from, to] = [Math.floor(start / MS_PER_DAY), Math.floor(end / MS_PER_DAY)];
  const a = civilFromDays(from);
  const b = civilFromDays(to);
  const months = (b.year - a.year) * 12 + b.month - a.month;
  const [restA, restB] = [
    a.day * MS_PER_DAY + (start - from * MS_PER_DAY),
    b.day * MS_PER_DAY + (end - to * MS_PER_DAY),
  ];
  if (months > 0 && restB < restA) return months - 1;
  if (months < 0 && restB > restA) return months + 1;
  return months;
}
