import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { BIGINT, VARCHAR } from '../../types/sql-type.ts';
import { scalar } from '../define.ts';
import { DEFAULT_PATTERN, patternOf } from './date-patterns.ts';
import { zoneOf } from './temporal-reader.ts';

/** What Flink gives for a text that does not parse. */
const FLINK_BAD_TEXT = -9223372036854775808n;

const unixTimestamp = scalar({
  name: 'UNIX_TIMESTAMP',
  category: 'datetime',
  syntax: ['UNIX_TIMESTAMP()', 'UNIX_TIMESTAMP(timestamp)', 'UNIX_TIMESTAMP(text [, format])'],
  doc: 'Epoch seconds of now, of a TIMESTAMP or of text (`yyyy-MM-dd HH:mm:ss`) in the time zone of the job.',
  examples: [{ sql: "UNIX_TIMESTAMP(TIMESTAMP '1970-01-01 00:01:00')", gives: '60' }],
  overloads: [
    {
      params: [],
      returns: BIGINT,
      deterministic: false,
      make:
        ({ context }) =>
        () =>
          BigInt(Math.floor(context.now() / 1000)),
    },
    { params: ['timestamp'], returns: BIGINT, kernel: (t: number) => BigInt(Math.floor(t / 1000)) },
    {
      params: ['text', 'text'],
      optional: 1,
      returns: BIGINT,
      mayReturnNull: true,
      make: (site) => {
        const zone = zoneOf(site);
        const bad = site.context.compatibility === 'flink' ? FLINK_BAD_TEXT : null;
        const pattern = site.types.length === 1 ? () => DEFAULT_PATTERN : patternOf(site, 1);
        return (text: ByteSlice, format: ByteSlice) => {
          const epochMs = pattern(format)?.parse(text.bytes, text.offset, text.length, zone) ?? NaN;
          return Number.isNaN(epochMs) ? bad : BigInt(Math.floor(epochMs / 1000));
        };
      },
    },
  ],
});

const fromUnixtime = scalar({
  name: 'FROM_UNIXTIME',
  category: 'datetime',
  syntax: ['FROM_UNIXTIME(seconds [, format])'],
  doc: 'The text of epoch seconds in the time zone of the job, as `yyyy-MM-dd HH:mm:ss` or by a format; NULL for a bad format.',
  examples: [{ sql: "FROM_UNIXTIME(44, 'yy-MM-dd HH-mm-ss')", gives: '70-01-01 00-00-44' }],
  overloads: [
    {
      params: ['double', 'text'],
      optional: 1,
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const zone = zoneOf(site);
        const pattern = site.types.length === 1 ? () => DEFAULT_PATTERN : patternOf(site, 1);
        return (out: ByteSlice, seconds: number, format: ByteSlice) => {
          const compiled = pattern(format);
          if (compiled === undefined || !Number.isFinite(seconds)) return false;
          compiled.formatInto(out, Math.trunc(seconds) * 1000, zone);
          return true;
        };
      },
    },
  ],
});

export const unixTime: readonly ScalarFunction[] = [unixTimestamp, fromUnixtime];
