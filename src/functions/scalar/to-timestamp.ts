import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { ScalarFunction } from '../../contracts/function.ts';
import { TypeMismatchError } from '../../errors/sluice-error.ts';
import { BIGINT, DOUBLE, TIMESTAMP, isInteger, isNumeric } from '../../types/sql-type.ts';
import { parseFlinkTimestamp } from '../../values/flink-timestamp.ts';
import { parseTimestamp } from '../../values/parse-temporal.ts';
import type { Zone } from '../../values/zone.ts';
import { scalar, type Overload } from '../define.ts';
import { DEFAULT_PATTERN, patternOf, zoneArgument } from './date-patterns.ts';
import { inlineForm } from './plain-binding.ts';
import { zoneOf } from './temporal-reader.ts';

/** Epoch milliseconds of `yyyy-MM-dd[ HH:mm:ss[.SSS]]`, NULL when it is none; Blink also takes what Java's lenient format reads. */
function readDefault(text: ByteSlice, zone: Zone, lenient: boolean): number | null {
  const { bytes, offset, length } = text;
  if (!lenient) return parseFlinkTimestamp(bytes, offset, length, zone);
  const strict = parseTimestamp(bytes, offset, length, zone);
  if (strict !== null) return strict;
  const loose = DEFAULT_PATTERN.parse(bytes, offset, length, zone);
  return Number.isNaN(loose) ? null : loose;
}

const textForms: readonly Overload[] = [
  {
    params: ['text'],
    returns: TIMESTAMP,
    mayReturnNull: true,
    make: (site) => {
      const zone = zoneOf(site);
      const lenient = site.context.compatibility === 'blink';
      return (text: ByteSlice) => readDefault(text, zone, lenient);
    },
  },
  {
    params: ['text', 'text'],
    returns: TIMESTAMP,
    mayReturnNull: true,
    make: (site) => {
      const zone = zoneOf(site);
      const pattern = patternOf(site, 1, site.context.compatibility === 'blink' ? 'simple' : 'strict');
      return (text: ByteSlice, format: ByteSlice) => {
        const epochMs = pattern(format)?.parse(text.bytes, text.offset, text.length, zone) ?? NaN;
        return Number.isNaN(epochMs) ? null : epochMs;
      };
    },
  },
];

const toTimestamp = scalar({
  name: 'TO_TIMESTAMP',
  category: 'datetime',
  syntax: ['TO_TIMESTAMP(milliseconds)', 'TO_TIMESTAMP(text [, format])'],
  doc: 'A TIMESTAMP of epoch milliseconds, or of text read in the time zone of the job; NULL for text that does not match.',
  examples: [{ sql: 'TO_TIMESTAMP(1521503999000)', gives: '2018-03-19 23:59:59.000' }],
  resolve(site) {
    const [type] = site.types;
    if (type !== undefined && isNumeric(type) && site.types.length === 1) {
      const base = { nulls: 'propagate', mayReturnNull: false, deterministic: true } as const;
      if (isInteger(type)) {
        const args = [type.kind === 'bigint' ? BIGINT : type];
        const impl = { ...base, kernel: (ms: bigint | number) => Number(ms), inline: inlineNumber(type.kind) };
        return { args, returns: TIMESTAMP, impl };
      }
      // NaN and infinities have no place in time.
      const kernel = (ms: number): number | null => (Number.isFinite(ms) ? Math.trunc(ms) : null);
      return { args: [DOUBLE], returns: TIMESTAMP, impl: { ...base, mayReturnNull: true, kernel } };
    }
    return scalarForms.resolve(site);
  },
});

function inlineNumber(kind: string): (args: readonly string[]) => string {
  return inlineForm((ms) => (kind === 'bigint' ? `Number(${ms})` : ms));
}

const scalarForms = scalar({
  name: 'TO_TIMESTAMP',
  category: 'datetime',
  syntax: [],
  doc: '',
  examples: [],
  overloads: textForms,
});

/** `(text, format, zone)` */
const zonedForm: Overload = {
  params: ['text', 'text', 'text'],
  returns: TIMESTAMP,
  mayReturnNull: true,
  make: (site) => {
    const pattern = patternOf(site, 1, site.context.compatibility === 'blink' ? 'simple' : 'strict');
    const zone = zoneArgument(site, 2);
    return (text: ByteSlice, format: ByteSlice, name: ByteSlice) => {
      const epochMs = pattern(format)?.parse(text.bytes, text.offset, text.length, zone(name)) ?? NaN;
      return Number.isNaN(epochMs) ? null : epochMs;
    };
  },
};

const toTimestampTz = scalar({
  name: 'TO_TIMESTAMP_TZ',
  category: 'datetime',
  syntax: ['TO_TIMESTAMP_TZ(text [, format], zone)'],
  doc: 'A TIMESTAMP of text that is read in another time zone; an unknown zone counts as GMT.',
  examples: [{ sql: "UNIX_TIMESTAMP(TO_TIMESTAMP_TZ('1970-01-01 00:00:00', 'Asia/Shanghai'))", gives: '-28800' }],
  overloads: [
    {
      params: ['text', 'text'],
      returns: TIMESTAMP,
      mayReturnNull: true,
      make: (site) => {
        const zone = zoneArgument(site, 1);
        return (text: ByteSlice, name: ByteSlice) => readDefault(text, zone(name), true);
      },
    },
    zonedForm,
  ],
});

const fromTimestamp = scalar({
  name: 'FROM_TIMESTAMP',
  category: 'datetime',
  syntax: ['FROM_TIMESTAMP(timestamp)'],
  doc: 'Epoch milliseconds of a TIMESTAMP.',
  examples: [{ sql: 'FROM_TIMESTAMP(TO_TIMESTAMP(1521503999000))', gives: '1521503999000' }],
  overloads: [{ params: ['timestamp'], returns: BIGINT, kernel: (t: number) => BigInt(t) }],
});

function badPrecision(precision: number): TypeMismatchError {
  return new TypeMismatchError('VALUE_INVALID', `TO_TIMESTAMP_LTZ does not know precision ${precision}`, {
    hint: 'Precision 0 is for seconds and 3 for milliseconds.',
  });
}

const toTimestampLtz = scalar({
  name: 'TO_TIMESTAMP_LTZ',
  category: 'datetime',
  syntax: ['TO_TIMESTAMP_LTZ(number [, precision])', 'TO_TIMESTAMP_LTZ(text [, format [, zone]])'],
  doc: 'A TIMESTAMP of epoch seconds (precision 0) or milliseconds (precision 3), or of text read in the time zone of the job or in the one given.',
  examples: [{ sql: 'FROM_TIMESTAMP(TO_TIMESTAMP_LTZ(100, 0))', gives: '100000' }],
  overloads: [
    {
      params: ['double', 'int'],
      optional: 1,
      returns: TIMESTAMP,
      mayReturnNull: true,
      make: (site) => {
        // Flink makes a BIGINT of a DECIMAL first, so that its fraction is lost.
        const cuts = site.types[0]?.kind === 'decimal' && site.context.compatibility === 'flink';
        return (value: number, precision = 3) => {
          if (precision !== 0 && precision !== 3) throw badPrecision(precision);
          if (!Number.isFinite(value)) return null;
          return Math.trunc(precision === 0 ? (cuts ? Math.trunc(value) : value) * 1000 : value);
        };
      },
    },
    ...textForms,
    zonedForm,
  ],
});

export const timestampConversions: readonly ScalarFunction[] = [
  toTimestamp,
  toTimestampTz,
  toTimestampLtz,
  fromTimestamp,
];
