import type { OptionValues } from '../../contracts/options.ts';
import { sequenceRows } from './field-options.ts';

/** How many rows the table has; undefined: it never ends. */
export function rowsOf(options: OptionValues): number | undefined {
  const rows = options.optionalInt('rows') ?? options.optionalInt('number-of-rows');
  const counted = sequenceRows(options);
  if (rows === undefined || counted === undefined) return rows ?? counted;
  return Math.min(rows, counted);
}
