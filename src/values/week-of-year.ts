import { daysFromCivil, isoDayOfWeek } from './civil-date.ts';

/** Weeks of the US locale, which Java's default formats use: Sunday first, the week of January 1 is week 1. */
export function weekFrom(days: number, first: number): number {
  const sundayBasedFirst = isoDayOfWeek(first) % 7;
  return Math.floor((days - first + sundayBasedFirst) / 7) + 1;
}

export function weekOfYear(days: number, year: number): number {
  return weekYear(days, year) > year ? 1 : weekFrom(days, daysFromCivil(year, 1, 1));
}

export function weekYear(days: number, year: number): number {
  const next = daysFromCivil(year + 1, 1, 1);
  return days >= next - (isoDayOfWeek(next) % 7) ? year + 1 : year;
}
