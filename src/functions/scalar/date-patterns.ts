import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';
import { InternalError } from '../../errors/sluice-error.ts';
import { JavaDateFormat, type DateFormatStyle } from '../../values/java-date-format.ts';
import { timeZone, type Zone } from '../../values/zone.ts';

/** The pattern of texts without one. */
export const DEFAULT_PATTERN = validPattern('yyyy-MM-dd HH:mm:ss');
export const DEFAULT_DATE_PATTERN = validPattern('yyyy-MM-dd');

function validPattern(pattern: string): JavaDateFormat {
  const format = JavaDateFormat.of(pattern);
  if (format === undefined) throw new InternalError(`date pattern ${pattern} is not valid`);
  return format;
}

/** Finds the compiled pattern of argument `index` for a row: once for a literal, from a cache otherwise. */
export function patternOf(
  site: CallSite,
  index: number,
  style: DateFormatStyle = 'simple',
): (argument: ByteSlice) => JavaDateFormat | undefined {
  const literal = site.literals[index];
  if (literal instanceof ByteSlice) {
    const format = JavaDateFormat.of(literal.toString(), style);
    return () => format;
  }
  return (argument) => JavaDateFormat.of(argument.toString(), style);
}

/** The same for a zone name; an unknown one counts as GMT. */
export function zoneArgument(site: CallSite, index: number): (argument: ByteSlice) => Zone {
  const literal = site.literals[index];
  if (literal instanceof ByteSlice) {
    const zone = timeZone(literal.toString());
    return () => zone;
  }
  return (argument) => timeZone(argument.toString());
}
