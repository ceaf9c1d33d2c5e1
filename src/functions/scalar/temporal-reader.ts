import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { coarseTime } from '../../columnar/fine-time.ts';
import type { CallSite } from '../../contracts/function.ts';
import { isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { MS_PER_DAY } from '../../values/civil-date.ts';
import { parseLocalTimestamp, parseTime } from '../../values/parse-temporal.ts';
import { timeZone, type Zone } from '../../values/zone.ts';
import { DEFAULT_DATE_PATTERN, DEFAULT_PATTERN } from './date-patterns.ts';

/** How to read a value of some type as a point in time; NaN where it is none. */
interface TemporalReader {
  /** The type the argument is cast to. */
  readonly type: SqlType;
  /** False where a value may be no point in time (text). */
  readonly total: boolean;
  /** Milliseconds of the local clock, counted as if it were UTC. */
  readonly local: (value: never) => number;
  /** Epoch milliseconds. */
  readonly instant: (value: never) => number;
}

/** A reader of DATE, TIME (on 1970-01-01), TIMESTAMP or text (`yyyy-MM-dd[ HH:mm:ss[.SSS]]`, `HH:mm:ss`). */
export function temporalReader(type: SqlType, zone: Zone): TemporalReader | undefined {
  switch (type.kind) {
    case 'timestamp':
      return {
        type: coarseTime(type),
        total: true,
        local: (value: number) => zone.toLocal(value),
        instant: (value: number) => value,
      };
    case 'date':
      return {
        type,
        total: true,
        local: (value: number) => value * MS_PER_DAY,
        instant: (value: number) => zone.toInstant(value * MS_PER_DAY),
      };
    case 'time':
      return { type, total: true, local: (value: number) => value, instant: (value: number) => zone.toInstant(value) };
    default:
      if (!isString(type) && type.kind !== 'null') return undefined;
      return {
        type: VARCHAR,
        total: false,
        local: readText,
        instant: (value: ByteSlice) => zone.toInstant(readText(value)),
      };
  }
}

/** Local milliseconds of a text in one of the usual forms; NaN when it is none. */
export function readText(value: ByteSlice): number {
  const { bytes, offset, length } = value;
  const local = parseLocalTimestamp(bytes, offset, length) ?? parseTime(bytes, offset, length);
  return local ?? readLenient(value);
}

/** As Java's lenient formats do: `2016-02-31` is 2 March, what follows is ignored. */
function readLenient({ bytes, offset, length }: ByteSlice): number {
  const local = DEFAULT_PATTERN.parseLocal(bytes, offset, length);
  return Number.isNaN(local) ? DEFAULT_DATE_PATTERN.parseLocal(bytes, offset, length) : local;
}

/** The job's zone. */
export function zoneOf(site: CallSite): Zone {
  return timeZone(site.context.timeZone);
}
