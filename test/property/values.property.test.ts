import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../src/columnar/byte-slice.ts';
import { civilFromDays, daysFromCivil } from '../../src/values/civil-date.ts';
import { columnParser } from '../../src/values/column-parser.ts';
import { decimalToString, divideHalfUp, numberToDecimal, pow10 } from '../../src/values/decimal.ts';
import { formatDouble, formatFloat } from '../../src/values/format-double.ts';
import { formatValue } from '../../src/values/format-value.ts';
import { JavaDateFormat } from '../../src/values/java-date-format.ts';
import { parseDecimal, parseDouble, parseInt64, parseInteger } from '../../src/values/parse-number.ts';
import { parseTimestamp } from '../../src/values/parse-temporal.ts';
import { timeZone, UTC } from '../../src/values/zone.ts';
import { BIGINT, decimal, INT, TIMESTAMP } from '../../src/types/sql-type.ts';

const seed = Number(process.env['SEED'] ?? 20260801);
const runs = { seed, numRuns: 500 };

function onBytes<T>(text: string, parse: (bytes: Uint8Array, offset: number, length: number) => T): T {
  const encoded = encodeUtf8(`9${text}9`);
  return parse(encoded, 1, encoded.length - 2);
}

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const nearEdges = fc.oneof(
  fc.bigInt({ min: MIN * 12n, max: MAX * 12n }),
  fc.bigInt({ min: MIN - 50n, max: MIN + 50n }),
  fc.bigInt({ min: MAX - 50n, max: MAX + 50n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
);

describe('numbers from bytes', () => {
  it('reads 64-bit integers exactly to their edges and refuses what lies outside', () => {
    fc.assert(
      fc.property(nearEdges, fc.nat(4), (value, zeros) => {
        const digits = (value < 0n ? -value : value).toString();
        const text = (value < 0n ? '-' : '') + '0'.repeat(zeros) + digits;
        expect(onBytes(text, parseInt64)).toBe(value >= MIN && value <= MAX ? value : null);
      }),
      runs,
    );
  });

  it('reads small integers as Number does, or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
        expect(onBytes(String(value), parseInteger)).toBe(value === 0 ? 0 : value);
      }),
      runs,
    );
    for (const text of ['', '-', '+', '1.5', ' 1', '1 ', '1e3', '9007199254740992', 'x']) {
      expect(onBytes(text, parseInteger)).toBeNaN();
    }
  });

  it('reads doubles as Number does', () => {
    const forms = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer(), fc.nat(99999), fc.integer({ min: -30, max: 30 })).map(([a, b, e]) => `${a}.${b}e${e}`),
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(30)).map(([a, s]) => decimalToString(a, s)),
    );
    fc.assert(
      fc.property(forms, (text) => {
        expect(onBytes(text, parseDouble)).toBe(Number(text));
      }),
      runs,
    );
  });

  it('rounds decimals half up and refuses what does not fit', () => {
    const input = fc.tuple(
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
      fc.nat(20),
      fc.integer({ min: 1, max: 38 }),
      fc.nat(38),
    );
    fc.assert(
      fc.property(input, ([unscaled, from, precision, scaleSeed]) => {
        const scale = scaleSeed % (precision + 1);
        const text = decimalToString(unscaled, from);
        const exact = scale >= from ? unscaled * pow10(scale - from) : divideHalfUp(unscaled, pow10(from - scale));
        const fits = exact < pow10(precision) && -exact < pow10(precision);
        expect(onBytes(text, (b, o, l) => parseDecimal(b, o, l, precision, scale))).toBe(fits ? exact : null);
      }),
      runs,
    );
  });

  it('gives the same values through column parsers', () => {
    const bigints = new BigInt64Array(3);
    const parse = columnParser(BIGINT, UTC);
    const money = columnParser(decimal(18, 2), UTC);
    fc.assert(
      fc.property(nearEdges, (value) => {
        expect(onBytes(` ${value} `, (b, o, l) => parse(b, o, l, bigints, 1))).toBe(value >= MIN && value <= MAX);
        if (value >= MIN && value <= MAX) expect(bigints[1]).toBe(value);
        const fits = value < pow10(16) && -value < pow10(16);
        expect(onBytes(`${value}.005`, (b, o, l) => money(b, o, l, bigints, 1))).toBe(fits);
        const negative = value < 0n;
        if (fits) expect(bigints[1]).toBe(value * 100n + (negative ? -1n : 1n));
      }),
      runs,
    );
  });
});

describe('numbers as text', () => {
  it('prints doubles and floats that read back as themselves', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.float({ noNaN: true }), (double, float) => {
        expect(onBytes(formatDouble(double), parseDouble)).toBe(double);
        expect(Math.fround(onBytes(formatFloat(float), parseDouble) ?? NaN)).toBe(float);
        expect(formatDouble(double)).toMatch(/^-?(\d{1,7}\.\d+|\d\.\d+E-?\d+|Infinity)$/);
      }),
      runs,
    );
  });

  it('takes the shortest digits of a double for a decimal', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
        const unscaled = numberToDecimal(value, 38, 9);
        expect(unscaled).toBe(onBytes(String(value), (b, o, l) => parseDecimal(b, o, l, 38, 9)));
      }),
      runs,
    );
  });
});

describe('time zones', () => {
  const names = [
    'Asia/Shanghai',
    'America/New_York',
    'Europe/Berlin',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
    '+05:30',
  ];
  const instants = fc.integer({ min: -4_000_000_000, max: 7_000_000_000 }).map((seconds) => seconds * 1000 + 7);

  function intlOffset(name: string, epochMs: number): number {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    const text = format.formatToParts(epochMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    const seconds = Number(match?.[2] ?? 0) * 3600 + Number(match?.[3] ?? 0) * 60 + Number(match?.[4] ?? 0);
    return (match?.[1] === '-' ? -seconds : seconds) * 1000;
  }

  it('knows the offset at any instant, as Intl does', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names.filter((name) => !name.startsWith('+'))), instants, (name, at) => {
        expect(timeZone(name).offsetAt(at) + 0).toBe(intlOffset(name, at) + 0);
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('reads back every timestamp that it prints, except in the hour that occurs twice', () => {
    const formats = ['yyyy-MM-dd HH:mm:ss.SSS', 'dd/MMM/yyyy:HH:mm:ss.SSS', 'yyyyMMddHHmmss.SSS'];
    fc.assert(
      fc.property(fc.constantFrom(...names), instants, fc.constantFrom(...formats), (name, at, pattern) => {
        const zone = timeZone(name);
        const text = formatValue(TIMESTAMP, at, zone, 'blink') ?? '';
        const back = onBytes(text, (b, o, l) => parseTimestamp(b, o, l, zone)) ?? NaN;
        expect(zone.toLocal(back)).toBe(zone.toLocal(at));
        expect(new Date(zone.toLocal(at)).toISOString().replace('T', ' ').replace('Z', '')).toBe(text);
        const format = JavaDateFormat.of(pattern);
        const again = onBytes(format?.format(at, zone) ?? '', (b, o, l) => format?.parse(b, o, l, zone)) ?? NaN;
        expect(again).toBe(back);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('does calendar arithmetic as Date does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3_000_000, max: 3_000_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const civil = civilFromDays(days);
        expect(civil).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
        expect(daysFromCivil(civil.year, civil.month, civil.day)).toBe(days);
      }),
      runs,
    );
  });
});

describe('integers through INT columns', () => {
  it('cuts the fraction of a text and refuses what is out of range', () => {
    const values = new Int32Array(1);
    const parse = columnParser(INT, UTC);
    const run = (text: string): number | false => onBytes(text, (b, o, l) => parse(b, o, l, values, 0)) && values[0]!;
    expect(run('1.9')).toBe(1);
    expect(run(' -2147483648 ')).toBe(-2147483648);
    expect(run('2147483648')).toBe(false);
    expect(run('')).toBe(false);
    expect(run('1.x')).toBe(false);
    expect(run('abc')).toBe(false);
  });
});
