import { describe, expect, it } from 'vitest';
import { ByteSlice, encodeUtf8 } from '../../../src/columnar/byte-slice.ts';
import type { Value } from '../../../src/columnar/builder.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  FLOAT,
  INTERVAL_DAY,
  INTERVAL_MONTH,
  TIME,
  TIMESTAMP,
  timestamp,
  VARBINARY,
  type SqlType,
} from '../../../src/types/sql-type.ts';
import { formatValue, valueFormatter, type Formatter, type TextStyle } from '../../../src/values/format-value.ts';
import { parseBoolean } from '../../../src/values/parse-boolean.ts';
import { parseDate, parseTime, parseTimestamp } from '../../../src/values/parse-temporal.ts';
import { timeZone, UTC, type Zone } from '../../../src/values/zone.ts';

/** Both ways of printing must agree. */
function text(type: SqlType, value: Value, style: TextStyle = 'blink', zone: Zone = UTC): string | null {
  const direct = formatValue(type, value, zone, style);
  if (value !== null) {
    const out = new ByteSlice();
    (valueFormatter(type, zone, style) as Formatter<Value>)(out, value);
    expect(out.toString()).toBe(direct);
  }
  return direct;
}

describe('text forms', () => {
  it('of doubles are those of Java', () => {
    expect(text(DOUBLE, 1)).toBe('1.0');
    expect(text(DOUBLE, 123456789.12345679)).toBe('1.2345678912345679E8');
    expect(text(DOUBLE, 9999999)).toBe('9999999.0');
    expect(text(DOUBLE, 1e7)).toBe('1.0E7');
    expect(text(DOUBLE, 0.001)).toBe('0.001');
    expect(text(DOUBLE, 0.00099)).toBe('9.9E-4');
    expect(text(DOUBLE, -0)).toBe('-0.0');
    expect(text(DOUBLE, NaN)).toBe('NaN');
    expect(text(DOUBLE, -Infinity)).toBe('-Infinity');
    expect(text(DOUBLE, 1e21)).toBe('1.0E21');
    expect(text(FLOAT, Math.fround(123.456))).toBe('123.456');
    expect(text(FLOAT, Math.fround(1e10))).toBe('1.0E10');
  });

  it('of other numbers are plain digits', () => {
    expect(text(BIGINT, -9223372036854775808n)).toBe('-9223372036854775808');
    expect(text(BIGINT, 12345678901234n)).toBe('12345678901234');
    expect(text(decimal(10, 2), -5n)).toBe('-0.05');
    expect(text(decimal(38, 0), 10n ** 37n)).toBe(`1${'0'.repeat(37)}`);
  });

  it('of times depend on the zone and the dialect', () => {
    const at = Date.UTC(1969, 6, 20, 20, 17, 40);
    expect(text(TIMESTAMP, at)).toBe('1969-07-20 20:17:40.000');
    expect(text(TIMESTAMP, at, 'blink', timeZone('Asia/Shanghai'))).toBe('1969-07-21 04:17:40.000');
    expect(text(timestamp(0), at, 'flink')).toBe('1969-07-20 20:17:40');
    expect(text(timestamp(1), at + 120, 'flink')).toBe('1969-07-20 20:17:40.1');
    expect(text(timestamp(6), BigInt(at) * 1_000_000n + 123_456_000n, 'flink')).toBe('1969-07-20 20:17:40.123456');
    expect(text(timestamp(9), -1n, 'blink')).toBe('1969-12-31 23:59:59.999999999');
    expect(text(DATE, -165)).toBe('1969-07-20');
    expect(text(DATE, -719529)).toBe('-1-12-31');
    expect(text(TIME, 73060123)).toBe('20:17:40');
    expect(text(INTERVAL_DAY, 90061001)).toBe('+1 01:01:01.001');
    expect(text(INTERVAL_MONTH, -25)).toBe('-2-01');
  });

  it('of BOOLEAN and bytes', () => {
    expect(text(BOOLEAN, true)).toBe('true');
    expect(text(BOOLEAN, true, 'flink')).toBe('TRUE');
    expect(text(VARBINARY, ByteSlice.ofBytes(Uint8Array.of(0, 255)))).toBe('0x00ff');
    expect(text(BIGINT, null)).toBeNull();
  });
});

function onBytes<T>(source: string, parse: (bytes: Uint8Array, offset: number, length: number) => T): T {
  const bytes = encodeUtf8(`x${source}x`);
  return parse(bytes, 1, bytes.length - 2);
}

describe('values from text', () => {
  it('reads dates with one-digit parts and cuts a time part', () => {
    expect(onBytes('1970-1-2', parseDate)).toBe(1);
    expect(onBytes('1970-01-02 10:00:00', parseDate)).toBe(1);
    expect(onBytes('2016-02-29', parseDate)).toBe(16860);
    for (const bad of ['2015-02-29', '2016-13-01', '2016-01-00', '2016-01', '2016/01/01', '', 'x', '2016-01-01x']) {
      expect(onBytes(bad, parseDate), bad).toBeNull();
    }
  });

  it('reads times of day', () => {
    expect(onBytes('1:30:00', parseTime)).toBe(5_400_000);
    expect(onBytes('23:59:59.9999', parseTime)).toBe(86_399_999);
    for (const bad of ['24:00:00', '1:60:00', '12', '', '1:2:3x', '1:2:'])
      expect(onBytes(bad, parseTime), bad).toBeNull();
  });

  it('reads timestamps in the zone', () => {
    const zone = timeZone('Asia/Shanghai');
    const read = (source: string): number | null => onBytes(source, (b, o, l) => parseTimestamp(b, o, l, zone));
    expect(read('1970-01-01 00:00:00')).toBe(-28_800_000);
    expect(read('1970-01-01T08:00:00.5')).toBe(500);
    expect(read('1970-01-02')).toBe(57_600_000);
    for (const bad of ['1970-01-01 25:00:00', '1970-01-01 ', 'abc', '1970-01-01 00:00:00Z'])
      expect(read(bad), bad).toBeNull();
  });

  it('moves a time that the clock skips forward and takes a doubled one as standard time', () => {
    const zone = timeZone('America/New_York');
    expect(zone.toInstant(Date.UTC(2024, 2, 10, 2, 30))).toBe(Date.UTC(2024, 2, 10, 7, 30));
    expect(zone.toInstant(Date.UTC(2024, 10, 3, 1, 30))).toBe(Date.UTC(2024, 10, 3, 6, 30));
  });

  it('takes an unknown zone as GMT', () => {
    expect(timeZone('Mars/Olympus').offsetAt(0)).toBe(0);
    expect(timeZone('GMT+8').offsetAt(0)).toBe(28_800_000);
  });

  it('reads the words of BOOLEAN in any case', () => {
    for (const word of ['true', 'T', 'Yes', 'y', '1']) expect(onBytes(word, parseBoolean), word).toBe(true);
    for (const word of ['FALSE', 'f', 'no', 'N', '0']) expect(onBytes(word, parseBoolean), word).toBe(false);
    for (const word of ['', 'tru', '2', 'on', 'truee', 'Q']) expect(onBytes(word, parseBoolean), word).toBeNull();
  });
});
