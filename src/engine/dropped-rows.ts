import type { OperatorReading } from '../jobs/metrics.ts';

/** What a run tells at its end about rows that are in no result, by no mistake of the query that could be an error. */
export function droppedRowsWarnings(operators: readonly OperatorReading[]): readonly string[] {
  const sum = (name: string): number => operators.reduce((total, one) => total + (one.values[name] ?? 0), 0);
  const late = sum('lateRows');
  const untimed = sum('nullRowtime');
  const warnings: string[] = [];
  if (late > 0) {
    const what =
      late === 1
        ? '1 row came too late and was dropped: the watermark was past its time'
        : `${late.toLocaleString('en-US')} rows came too late and were dropped: the watermark was past their time`;
    warnings.push(`${what}, a larger delay in WATERMARK waits longer`);
  }
  if (untimed > 0) {
    const what = untimed === 1 ? '1 row was' : `${untimed.toLocaleString('en-US')} rows were`;
    warnings.push(
      `${what} dropped because the event time is NULL: its column is missing in the data or does not parse`,
    );
  }
  const nulls = sum('droppedNulls');
  if (nulls > 0) {
    const what = nulls === 1 ? '1 row was' : `${nulls.toLocaleString('en-US')} rows were`;
    warnings.push(`${what} not written because a NOT NULL column of the table would be NULL`);
  }
  return warnings;
}
