import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { coarseTime } from '../../columnar/fine-time.ts';
import type { CallSite, ScalarFunction } from '../../contracts/function.ts';
import { DATE, DOUBLE, INT, VARCHAR, isInteger, isNumeric, isString, type SqlType } from '../../types/sql-type.ts';
import { MS_PER_DAY } from '../../values/civil-date.ts';
import { MAX_TIMESTAMP_BYTES, writeDate } from '../../values/format-temporal.ts';
import { parseFlinkDate } from '../cast/to-temporal.ts';
import { parseDate } from '../../values/parse-temporal.ts';
import { scalar } from '../define.ts';
import { DEFAULT_DATE_PATTERN, patternOf } from './date-patterns.ts';
import { inlineForm } from './plain-binding.ts';
import { zoneOf } from './temporal-reader.ts';

const MINUS = 0x2d;

/** Day number of a text that begins with `yyyy-MM-dd`; NaN when it does not, or when a part has a sign. */
function daysOfText({ bytes, offset, length }: ByteSlice): number {
  const end = Math.min(length, 'yyyy-MM-dd'.length);
  for (let i = 1; i < end; i++) if (bytes[offset + i] === MINUS && bytes[offset + i - 1] === MINUS) return NaN;
  return Math.floor(DEFAULT_DATE_PATTERN.parseLocal(bytes, offset, length) / MS_PER_DAY);
}

interface DayReader {
  readonly type: SqlType;
  readonly days: (value: never) => number;
}

/** How to read the local day of an argument. */
function dayReader(type: SqlType, site: CallSite): DayReader | undefined {
  if (isString(type) || type.kind === 'null') return { type: VARCHAR, days: daysOfText };
  if (type.kind === 'date') return { type, days: (days: number) => days };
  if (type.kind !== 'timestamp') return undefined;
  const zone = zoneOf(site);
  return { type: coarseTime(type), days: (t: number) => Math.floor(zone.toLocal(t) / MS_PER_DAY) };
}

function shiftDays(name: 'DATE_ADD' | 'DATE_SUB', sign: 1 | -1, gives: string): ScalarFunction {
  return scalar({
    name,
    category: 'datetime',
    syntax: [`${name}(date, days)`],
    doc: `The day \`days\` days ${sign === 1 ? 'later' : 'earlier'}, as text \`yyyy-MM-dd\`; takes timestamps and text that begins with a date.`,
    examples: [{ sql: `${name}('2017-09-15 00:00:00', 30)`, gives }],
    resolve(site) {
      const [type, amount] = site.types;
      if (type === undefined || amount === undefined || site.types.length !== 2) return undefined;
      const reader = dayReader(type, site);
      if (reader === undefined || !(isNumeric(amount) || amount.kind === 'null')) return undefined;
      const days = reader.days as (value: unknown) => number;
      return {
        args: [reader.type, isInteger(amount) ? amount : DOUBLE].map((one) => (one.kind === 'bigint' ? DOUBLE : one)),
        returns: VARCHAR,
        impl: {
          nulls: 'propagate',
          mayReturnNull: true,
          deterministic: true,
          kernel: (out: ByteSlice, value: unknown, n: number) => {
            const day = days(value) + sign * Math.trunc(n);
            if (!Number.isFinite(day)) return false;
            out.length = writeDate(out.reserve(MAX_TIMESTAMP_BYTES), 0, day);
            return true;
          },
        },
      };
    },
  });
}

const dateDiff = scalar({
  name: 'DATEDIFF',
  category: 'datetime',
  syntax: ['DATEDIFF(a, b)'],
  doc: 'Days from the date of `b` to the date of `a`; NULL for text that does not begin with a date.',
  examples: [{ sql: "DATEDIFF('2017-10-15 00:00:00', '2017-09-15 23:59:59')", gives: '30' }],
  resolve(site) {
    const [a, b] = site.types;
    if (a === undefined || b === undefined || site.types.length !== 2) return undefined;
    const [left, right] = [dayReader(a, site), dayReader(b, site)];
    if (left === undefined || right === undefined) return undefined;
    const leftDays = left.days as (value: unknown) => number;
    const rightDays = right.days as (value: unknown) => number;
    return {
      args: [left.type, right.type],
      returns: INT,
      impl: {
        nulls: 'propagate',
        mayReturnNull: true,
        deterministic: true,
        kernel: (x: unknown, y: unknown) => {
          const days = leftDays(x) - rightDays(y);
          return Number.isNaN(days) ? null : days | 0;
        },
      },
    };
  },
});

const toDate = scalar({
  name: 'TO_DATE',
  category: 'datetime',
  syntax: ['TO_DATE(text [, format])', 'TO_DATE(days)'],
  doc: 'A DATE of text (`yyyy-MM-dd` or a format) or of days since 1970-01-01; NULL for text that does not match.',
  examples: [
    { sql: "TO_DATE('20170915', 'yyyyMMdd')", gives: '2017-09-15' },
    { sql: 'TO_DATE(100)', gives: '1970-04-11' },
  ],
  overloads: [
    {
      params: ['text'],
      returns: DATE,
      mayReturnNull: true,
      make: ({ context }) => {
        const lenient = context.compatibility === 'blink';
        return (text: ByteSlice) => {
          if (!lenient) return parseFlinkDate(text.bytes, text.offset, text.length);
          const days = parseDate(text.bytes, text.offset, text.length);
          if (days !== null) return days;
          const loose = daysOfText(text);
          return Number.isNaN(loose) ? null : loose;
        };
      },
    },
    {
      params: ['text', 'text'],
      returns: DATE,
      mayReturnNull: true,
      make: (site) => {
        // Flink reads dates with the lenient format, unlike timestamps.
        const pattern = patternOf(site, 1);
        return (text: ByteSlice, format: ByteSlice) => {
          const local = pattern(format)?.parseLocal(text.bytes, text.offset, text.length) ?? NaN;
          return Number.isNaN(local) ? null : Math.floor(local / MS_PER_DAY);
        };
      },
    },
    { params: ['int'], returns: DATE, kernel: (days: number) => days, inline: inlineForm((days) => days) },
  ],
});

export const dateDays: readonly ScalarFunction[] = [
  shiftDays('DATE_ADD', 1, '2017-10-15'),
  shiftDays('DATE_SUB', -1, '2017-08-16'),
  dateDiff,
  toDate,
];
