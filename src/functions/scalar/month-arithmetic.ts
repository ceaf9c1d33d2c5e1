import { addMonths, MS_PER_DAY } from '../../values/civil-date.ts';

/** Local milliseconds `months` later: the same time of day, month ends clipped. */
export function addMonthsToLocal(local: number, months: number): number {
  const days = Math.floor(local / MS_PER_DAY);
  return addMonths(days, months) * MS_PER_DAY + (local - days * MS_PER_DAY);
}

/**
 * Whole months from `start` to `end` (local milliseconds), truncated toward zero. As in Calcite a month is over when the
 * start moved by it, its day clipped to the month end, is reached: from 31 January to 29 February is one.
 */
export function monthsBetween(start: number, end: number): number {
  const [from, to] = [Math.floor(start / MS_PER_DAY), Math.floor(end / MS_PER_DAY)];
  const months = monthsOfDays(from, to);
  const isSameDay = addMonths(from, months) === to;
  return isSameDay && end - to * MS_PER_DAY < start - from * MS_PER_DAY ? months - 1 : months;
}

function monthsOfDays(from: number, to: number): number {
  if (to < from) return -monthsOfDays(to, from);
  // No month is longer than 31 days: a low estimate.
  let months = Math.floor((to - from) / 31);
  while (addMonths(from, months) < to && addMonths(from, months + 1) <= to) months++;
  return months;
}
