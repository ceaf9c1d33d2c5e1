import { decodeUtf8 } from '../../columnar/byte-slice.ts';
import { msOfFine } from '../../columnar/fine-time.ts';
import { isFineTime } from '../../types/sql-type.ts';
import { daysFromCivil, MS_PER_DAY } from '../../values/civil-date.ts';
import { pow10 } from '../../values/decimal.ts';
import { parseFlinkTimestamp } from '../../values/flink-timestamp.ts';
import { parseDate, parseTime, parseTimestamp } from '../../values/parse-temporal.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

export function castToDate(site: CastSite): Conversion | undefined {
  const { from, zone, flink } = site;
  switch (from.kind) {
    case 'timestamp':
      return { kernel: (value: number) => Math.floor(zone.toLocal(value) / MS_PER_DAY) };
    case 'char':
    case 'varchar':
      return castFromText(site, flink ? parseFlinkDate : parseDate);
    default:
      return undefined;
  }
}

const FIRST_DAY = daysFromCivil(0, 1, 1);
const LAST_DAY = daysFromCivil(9999, 12, 31);

/** Whether a `T` and no blank stands behind the date. */
function hasLetterT(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let at = offset; at < offset + length; at++) {
    if (bytes[at] === 0x20) return false;
    if (bytes[at] === 0x54) return true;
  }
  return false;
}

/** Flink knows the years 0 to 9999 and no `T`, and also takes a year and a year with month: `123` is 0123-01-01. */
export function parseFlinkDate(bytes: Uint8Array, offset: number, length: number): number | null {
  const days = parseDate(bytes, offset, length);
  if (days !== null) return days < FIRST_DAY || days > LAST_DAY || hasLetterT(bytes, offset, length) ? null : days;
  if (length > 7) return null;
  const match = /^(\d{1,4})(?:-(\d{1,2}))?$/.exec(decodeUtf8(bytes, offset, length));
  const month = Number(match?.[2] ?? 1);
  return match === null || month < 1 || month > 12 ? null : daysFromCivil(Number(match[1]), month, 1);
}

/** Flink also takes the hour alone: `23` is 23:00:00. */
function parseFlinkHour(bytes: Uint8Array, offset: number, length: number): number | null {
  const text = length > 2 ? '' : decodeUtf8(bytes, offset, length);
  return /^\d+$/.test(text) && Number(text) < 24 ? Number(text) * 3_600_000 : null;
}

export function castToTime(site: CastSite, precision: number): Conversion | undefined {
  const { from, zone, flink } = site;
  // TIME(0) of Flink keeps whole seconds; Blink's TIME keeps what it is made of and shows seconds.
  const unit = flink && precision < 3 ? 10 ** (3 - precision) : 1;
  switch (from.kind) {
    case 'time':
      return unit === 1 ? IDENTITY : { kernel: (value: number) => value - (value % unit) };
    case 'timestamp':
      return {
        kernel: (value: number) => {
          const local = zone.toLocal(value);
          const ms = local - Math.floor(local / MS_PER_DAY) * MS_PER_DAY;
          return ms - (ms % unit);
        },
      };
    case 'char':
    case 'varchar':
      return castFromText(site, (bytes, offset, length) => {
        const ms = parseTime(bytes, offset, length) ?? (flink ? parseFlinkHour(bytes, offset, length) : null);
        return ms === null ? null : ms - (ms % unit);
      });
    default:
      return undefined;
  }
}

export function castToTimestamp(site: CastSite, precision: number): Conversion | undefined {
  const { from, zone, flink } = site;
  const unit = flink && precision < 3 ? 10 ** (3 - precision) : 1;
  switch (from.kind) {
    case 'timestamp':
      if (isFineTime(from)) return { kernel: (value: bigint) => Math.floor(msOfFine(value) / unit) * unit };
      return unit === 1 ? IDENTITY : { kernel: (value: number) => Math.floor(value / unit) * unit };
    case 'date':
      return { kernel: (value: number) => zone.toInstant(value * MS_PER_DAY) };
    case 'time':
      return { kernel: (value: number) => zone.toInstant(value) };
    case 'char':
    case 'varchar':
      return castFromText(
        site,
        (bytes, offset, length) => {
          const ms = flink
            ? parseFlinkTimestamp(bytes, offset, length, zone)
            : parseTimestamp(bytes, offset, length, zone);
          return ms === null ? null : Math.floor(ms / unit) * unit;
        },
        !flink,
      );
    default:
      return flink ? undefined : secondsToTimestamp(site);
  }
}

/** A number is epoch **seconds** (blink-sql.md 2.3), unlike in TO_TIMESTAMP. */
function secondsToTimestamp({ from }: CastSite): Conversion | undefined {
  switch (from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
      return { kernel: (value: number) => value * 1000, inline: (value) => `(${value} * 1000)` };
    case 'bigint':
      return { kernel: (value: bigint) => Number(value) * 1000, inline: (value) => `(Number(${value}) * 1000)` };
    case 'decimal': {
      const divisor = pow10(from.scale);
      return { kernel: (value: bigint) => Number((value * 1000n) / divisor) };
    }
    case 'float':
    case 'double':
      return {
        mayReturnNull: true,
        kernel: (value: number) => (Number.isFinite(value) ? Math.trunc(value * 1000) : null),
      };
    default:
      return undefined;
  }
}
