import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { belowMsOfFine, msOfFine } from '../../columnar/fine-time.ts';
import type { ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { VARCHAR, isFineTime, type SqlType } from '../../types/sql-type.ts';
import { UTC, type Zone } from '../../values/zone.ts';
import { scalar } from '../define.ts';
import { DEFAULT_PATTERN, patternOf, zoneArgument } from './date-patterns.ts';
import { readText, temporalReader, zoneOf } from './temporal-reader.ts';

function text(args: readonly SqlType[], kernel: ScalarImplementation['kernel']): ScalarBinding {
  return { args, returns: VARCHAR, impl: { nulls: 'propagate', mayReturnNull: true, deterministic: true, kernel } };
}

const dateFormat = scalar({
  name: 'DATE_FORMAT',
  category: 'datetime',
  syntax: ['DATE_FORMAT(t, format)', 'DATE_FORMAT(text, from, to)'],
  doc: 'The text of a date or timestamp by a Java date format; a text is read first (by the format `from`), without shifting zones.',
  examples: [
    { sql: "DATE_FORMAT(TIMESTAMP '2018-03-14 01:02:03', 'yyyy/MM/dd')", gives: '2018/03/14' },
    { sql: "DATE_FORMAT('0915-2017', 'MMdd-yyyy', 'yyyy-MM-dd')", gives: '2017-09-15' },
  ],
  resolve(site) {
    const [first] = site.types;
    if (first === undefined || !site.types.slice(1).every(isText)) return undefined;
    if (site.types.length === 3 && isText(first)) {
      const from = patternOf(site, 1);
      const to = patternOf(site, 2);
      return text([VARCHAR, VARCHAR, VARCHAR], (out: ByteSlice, value: ByteSlice, f: ByteSlice, t: ByteSlice) => {
        const local = from(f)?.parseLocal(value.bytes, value.offset, value.length) ?? NaN;
        return write(out, to(t), local, UTC);
      });
    }
    if (site.types.length !== 2) return undefined;
    // Flink writes timestamps with DateTimeFormatter: S is a digit of the fraction there, and a number of milliseconds in Blink.
    // A text is read and written with SimpleDateFormat in both.
    const strict = site.context.compatibility === 'flink' && !isText(first);
    const pattern = patternOf(site, 1, strict ? 'strict' : 'simple');
    if (first.kind === 'timestamp') {
      const zone = zoneOf(site);
      if (isFineTime(first)) {
        return text([first, VARCHAR], (out: ByteSlice, ns: bigint, f: ByteSlice) => {
          const format = pattern(f);
          if (format === undefined) return false;
          format.formatInto(out, msOfFine(ns), zone, belowMsOfFine(ns));
          return true;
        });
      }
      return text([first, VARCHAR], (out: ByteSlice, t: number, f: ByteSlice) => write(out, pattern(f), t, zone));
    }
    const reader = temporalReader(first, UTC);
    if (reader === undefined) return undefined;
    const local = reader.local as (value: unknown) => number;
    return text([reader.type, VARCHAR], (out: ByteSlice, value: unknown, f: ByteSlice) =>
      write(out, pattern(f), local(value), UTC),
    );
  },
});

const dateFormatTz = scalar({
  name: 'DATE_FORMAT_TZ',
  category: 'datetime',
  syntax: ['DATE_FORMAT_TZ(timestamp [, format], zone)'],
  doc: 'The text of a TIMESTAMP in another time zone; an unknown zone counts as GMT.',
  examples: [{ sql: "DATE_FORMAT_TZ(TO_TIMESTAMP(0), 'Asia/Shanghai')", gives: '1970-01-01 08:00:00' }],
  overloads: [
    {
      params: ['timestamp', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const zone = zoneArgument(site, 1);
        return (out: ByteSlice, t: number, z: ByteSlice) => write(out, DEFAULT_PATTERN, t, zone(z));
      },
    },
    {
      params: ['timestamp', 'text', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const pattern = patternOf(site, 1);
        const zone = zoneArgument(site, 2);
        return (out: ByteSlice, t: number, f: ByteSlice, z: ByteSlice) => write(out, pattern(f), t, zone(z));
      },
    },
  ],
});

const convertTz = scalar({
  name: 'CONVERT_TZ',
  category: 'datetime',
  syntax: ['CONVERT_TZ(text [, format], from_zone, to_zone)'],
  doc: 'The local time of another zone, as `yyyy-MM-dd HH:mm:ss`; NULL for text that does not match.',
  examples: [{ sql: "CONVERT_TZ('2018-03-14 11:00:00', 'UTC', 'Asia/Shanghai')", gives: '2018-03-14 19:00:00' }],
  resolve(site) {
    const count = site.types.length;
    if ((count !== 3 && count !== 4) || !site.types.every(isText)) return undefined;
    const args = site.types.map(() => VARCHAR);
    const from = zoneArgument(site, count - 2);
    const to = zoneArgument(site, count - 1);
    if (count === 3) {
      return text(args, (out: ByteSlice, value: ByteSlice, f: ByteSlice, t: ByteSlice) =>
        write(out, DEFAULT_PATTERN, from(f).toInstant(readText(value)), to(t)),
      );
    }
    const pattern = patternOf(site, 1);
    return text(args, (out: ByteSlice, value: ByteSlice, p: ByteSlice, f: ByteSlice, t: ByteSlice) => {
      const epochMs = pattern(p)?.parse(value.bytes, value.offset, value.length, from(f)) ?? NaN;
      return write(out, DEFAULT_PATTERN, epochMs, to(t));
    });
  },
});

export const dateFormats: readonly ScalarFunction[] = [dateFormat, dateFormatTz, convertTz];

function isText(type: SqlType): boolean {
  return type.kind === 'char' || type.kind === 'varchar' || type.kind === 'null';
}

function write(out: ByteSlice, format: ReturnType<ReturnType<typeof patternOf>>, epochMs: number, zone: Zone): boolean {
  if (format === undefined || Number.isNaN(epochMs)) return false;
  format.formatInto(out, epochMs, zone);
  return true;
}
