import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../src/columnar/builder.ts';
import {
  BIGINT,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  INTERVAL_DAY,
  INTERVAL_MONTH,
  TIME,
  TIMESTAMP,
  VARCHAR,
  decimal,
} from '../../../../src/types/sql-type.ts';
import { bindCall, evaluate, type Argument, type EvaluateOptions } from '../evaluate.ts';

const SHANGHAI: EvaluateOptions = { zone: 'Asia/Shanghai' };
const NEW_YORK: EvaluateOptions = { zone: 'America/New_York' };
const FLINK: EvaluateOptions = { compatibility: 'flink' };
const HOUR = 3_600_000;

const text = (value: string | null): Argument => [VARCHAR, value];
const int = (value: number): Argument => [INT, value];
const bigint = (value: bigint): Argument => [BIGINT, value];
/** A TIMESTAMP of a UTC time `yyyy-MM-ddTHH:mm:ss[.SSS]`. */
const utc = (iso: string | null): Argument => [TIMESTAMP, iso === null ? null : Date.parse(`${iso}Z`)];
const date = (iso: string): Argument => [DATE, Date.parse(`${iso}T00:00:00Z`) / 86_400_000];
const time = (hours: number, minutes = 0, seconds = 0): Argument => [
  TIME,
  ((hours * 60 + minutes) * 60 + seconds) * 1000,
];
/** The value without its type. */
const gives = (name: string, args: readonly Argument[], options?: EvaluateOptions): string =>
  evaluate(name, args, options).replace(/ (VARCHAR|BIGINT|INT|DATE|TIME\(0\)|TIMESTAMP\(3\)|BOOLEAN)$/, '');

describe('TO_TIMESTAMP', () => {
  it('takes epoch milliseconds of any number type and cuts the fraction', () => {
    expect(evaluate('TO_TIMESTAMP', [bigint(1521025200000n)], NEW_YORK)).toBe('2018-03-14 07:00:00.000 TIMESTAMP(3)');
    expect(gives('TO_TIMESTAMP', [int(43)])).toBe('1970-01-01 00:00:00.043');
    expect(gives('TO_TIMESTAMP', [[DOUBLE, 43.9]])).toBe('1970-01-01 00:00:00.043');
    expect(gives('TO_TIMESTAMP', [[decimal(20, 2), -199n]])).toBe('1969-12-31 23:59:59.999');
    expect(gives('TO_TIMESTAMP', [[DOUBLE, NaN]])).toBe('NULL');
  });

  it('reads text in the zone of the job', () => {
    expect(gives('TO_TIMESTAMP', [text('2020-08-03 10:59:45.957')], SHANGHAI)).toBe('2020-08-03 10:59:45.957');
    expect(gives('TO_TIMESTAMP', [text('2017-09-15')])).toBe('2017-09-15 00:00:00.000');
    expect(gives('TO_TIMESTAMP', [text('20170915000000'), text('yyyyMMddHHmmss')])).toBe('2017-09-15 00:00:00.000');
    expect(gives('TO_TIMESTAMP', [text('')])).toBe('NULL');
    expect(gives('TO_TIMESTAMP', [text('abc')], FLINK)).toBe('NULL');
    expect(gives('TO_TIMESTAMP', [text('2017'), text("bad 'pattern")])).toBe('NULL');
  });

  it('moves a day beyond the month end as Java does in Blink and stops at it in Flink', () => {
    expect(gives('TO_TIMESTAMP', [text('2016-02-31 00:00:00')])).toBe('2016-03-02 00:00:00.000');
    expect(gives('TO_TIMESTAMP', [text('2016-02-31 00:00:00')], FLINK)).toBe('2016-02-29 00:00:00.000');
    expect(gives('TO_TIMESTAMP', [text('2016-02-28T00:00:00')], FLINK)).toBe('NULL');
    expect(gives('TO_TIMESTAMP', [text('2016-02-28 23:60:00')], FLINK)).toBe('NULL');
    const format = text('yyyy-MM-dd HH:mm:ss');
    expect(gives('TO_TIMESTAMP', [text('2016-02-28 23:60:00'), format], FLINK)).toBe('2016-02-29 00:00:00.000');
  });

  it('reads text of another zone; an unknown one counts as GMT', () => {
    expect(gives('TO_TIMESTAMP_TZ', [text('2018-03-14 11:00:00'), text('UTC')], SHANGHAI)).toBe(
      '2018-03-14 19:00:00.000',
    );
    expect(gives('TO_TIMESTAMP_TZ', [text('2018-03-14 11:00:00'), text('invalid_tz')], SHANGHAI)).toBe(
      '2018-03-14 19:00:00.000',
    );
    const args = [text('14.03.2018 11'), text('dd.MM.yyyy HH'), text('Asia/Shanghai')];
    expect(gives('TO_TIMESTAMP_TZ', args)).toBe('2018-03-14 03:00:00.000');
    expect(gives('TO_TIMESTAMP_TZ', args, { columns: true })).toBe('2018-03-14 03:00:00.000');
    expect(gives('TO_TIMESTAMP_TZ', [text(null), text('UTC')])).toBe('NULL');
  });
});

describe('epoch seconds', () => {
  it('UNIX_TIMESTAMP reads timestamps and text', () => {
    expect(evaluate('UNIX_TIMESTAMP', [utc('2018-03-14T11:00:00.999')])).toBe('1521025200 BIGINT');
    expect(gives('UNIX_TIMESTAMP', [utc('1969-12-31T23:59:59.5')])).toBe('-1');
    expect(gives('UNIX_TIMESTAMP', [text('1970-01-01 00:00:00')], SHANGHAI)).toBe('-28800');
    expect(gives('UNIX_TIMESTAMP', [text('2020-08-03 10:59:45.957')], SHANGHAI)).toBe('1596423585');
    expect(gives('UNIX_TIMESTAMP', [text('19700102'), text('yyyyMMdd')])).toBe('86400');
  });

  it('UNIX_TIMESTAMP of text that does not parse is NULL, in Flink the smallest number', () => {
    expect(gives('UNIX_TIMESTAMP', [text('nonsense')])).toBe('NULL');
    expect(gives('UNIX_TIMESTAMP', [text('nonsense')], FLINK)).toBe('-9223372036854775808');
  });

  it('FROM_UNIXTIME cuts fractions toward zero and takes a format', () => {
    expect(evaluate('FROM_UNIXTIME', [bigint(1521025200n)], NEW_YORK)).toBe('2018-03-14 07:00:00 VARCHAR');
    expect(gives('FROM_UNIXTIME', [[decimal(38, 19), -12311231231231321321111n]])).toBe('1969-12-31 23:39:29');
    expect(gives('FROM_UNIXTIME', [[FLOAT, 4.5]])).toBe('1970-01-01 00:00:04');
    expect(gives('FROM_UNIXTIME', [bigint(1505404800n), text('MMdd-yyyy')], SHANGHAI)).toBe('0915-2017');
    expect(gives('FROM_UNIXTIME', [bigint(0n), text("bad 'pattern")])).toBe('NULL');
    expect(gives('FROM_UNIXTIME', [bigint(0n), text(null)])).toBe('NULL');
  });

  it('NOW and the clock functions follow the injected clock and the zone', () => {
    const now = Date.UTC(2020, 0, 1, 20, 30, 15, 678);
    expect(evaluate('NOW', [], { now })).toBe('1577910615 BIGINT');
    expect(evaluate('NOW', [int(-15)], { now })).toBe('1577910600 BIGINT');
    expect(evaluate('NOW', [], { now, ...FLINK })).toBe('2020-01-01 20:30:15.678 TIMESTAMP(3)');
    expect(evaluate('UNIX_TIMESTAMP', [], { now })).toBe('1577910615 BIGINT');
    expect(evaluate('CURRENT_DATE', [], { now, ...SHANGHAI })).toBe('2020-01-02 DATE');
    expect(evaluate('CURRENT_TIME', [], { now, ...SHANGHAI })).toBe('04:30:15 TIME(0)');
    expect(evaluate('LOCALTIMESTAMP', [], { now, ...SHANGHAI })).toBe('2020-01-02 04:30:15.678 TIMESTAMP(3)');
    for (const name of ['NOW', 'CURRENT_TIMESTAMP', 'PROCTIME', 'CURRENT_DATE', 'LOCALTIME', 'UNIX_TIMESTAMP']) {
      expect(bindCall(name, [])?.impl.deterministic, name).toBe(false);
    }
  });
});

describe('text of dates', () => {
  it('DATE_FORMAT shows timestamps in the zone and does not shift text', () => {
    expect(gives('DATE_FORMAT', [utc('2018-03-14T01:02:03'), text('yyyy/MM/dd HH')], SHANGHAI)).toBe('2018/03/14 09');
    expect(gives('DATE_FORMAT', [text('2018-03-14 01:02:03'), text('yyyy/MM/dd HH')], SHANGHAI)).toBe('2018/03/14 01');
    expect(gives('DATE_FORMAT', [date('2018-03-14'), text('yyyyMMdd')], SHANGHAI)).toBe('20180314');
    expect(gives('DATE_FORMAT', [text('0915-2017'), text('MMdd-yyyy'), text('yyyy-MM-dd')])).toBe('2017-09-15');
    expect(gives('DATE_FORMAT', [text('0915-2017'), text('MMdd-yyyy'), text(null)])).toBe('NULL');
    expect(gives('DATE_FORMAT', [text('nonsense'), text('yyyy')])).toBe('NULL');
  });

  it('DATE_FORMAT_TZ and CONVERT_TZ change the zone', () => {
    expect(gives('DATE_FORMAT_TZ', [utc('1970-01-01T00:00:00'), text('Asia/Shanghai')])).toBe('1970-01-01 08:00:00');
    expect(gives('DATE_FORMAT_TZ', [utc('1970-01-01T00:00:00'), text('HH:mm'), text('nowhere')])).toBe('00:00');
    const zones = [text('UTC'), text('Asia/Shanghai')];
    expect(gives('CONVERT_TZ', [text('2018-03-14 11:00:00'), ...zones])).toBe('2018-03-14 19:00:00');
    expect(gives('CONVERT_TZ', [text('14.3.2018'), text('dd.MM.yyyy'), ...zones])).toBe('2018-03-14 08:00:00');
    expect(gives('CONVERT_TZ', [text('nonsense'), ...zones])).toBe('NULL');
  });
});

describe('days', () => {
  it('DATE_ADD and DATE_SUB give text, in the zone of the job', () => {
    expect(evaluate('DATE_ADD', [text('2017-09-15 00:00:00'), int(30)])).toBe('2017-10-15 VARCHAR');
    expect(gives('DATE_ADD', [utc('2018-03-13T17:02:03'), int(2)])).toBe('2018-03-15');
    expect(gives('DATE_ADD', [utc('2018-03-13T17:02:03'), int(2)], SHANGHAI)).toBe('2018-03-16');
    expect(gives('DATE_SUB', [utc('2018-03-13T17:02:03'), bigint(2n)], NEW_YORK)).toBe('2018-03-11');
    expect(gives('DATE_ADD', [date('2018-01-01'), int(-1)])).toBe('2017-12-31');
    expect(gives('DATE_ADD', [text('bad'), int(1)])).toBe('NULL');
    expect(gives('DATE_ADD', [utc(null), int(30)])).toBe('NULL');
  });

  it('DATEDIFF counts local days', () => {
    const late = utc('2018-03-11T05:00:01');
    expect(gives('DATEDIFF', [text('2018-03-12 00:00:01'), late], NEW_YORK)).toBe('1');
    expect(gives('DATEDIFF', [text('2018-03-12 00:00:01'), utc('2018-03-11T04:59:59')], NEW_YORK)).toBe('2');
    expect(evaluate('DATEDIFF', [text('2017-10-15'), text('2017-09-15 23:59:59')])).toBe('30 INT');
    expect(gives('DATEDIFF', [text('bad'), late])).toBe('NULL');
  });

  it('TO_DATE reads text, formats and days', () => {
    expect(evaluate('TO_DATE', [int(100)])).toBe('1970-04-11 DATE');
    expect(gives('TO_DATE', [text('2017-9-5')])).toBe('2017-09-05');
    expect(gives('TO_DATE', [text('20170915'), text('yyyyMMdd')])).toBe('2017-09-15');
    expect(gives('TO_DATE', [text('x')])).toBe('NULL');
  });
});

describe('parts', () => {
  const noon = utc('1996-11-10T06:55:44.333');

  it.each([
    ['YEAR', '1996'],
    ['QUARTER', '4'],
    ['MONTH', '11'],
    ['WEEK', '45'],
    ['DAY', '10'],
    ['DOY', '315'],
    ['DOW', '1'],
    ['HOUR', '6'],
    ['MINUTE', '55'],
    ['SECOND', '44'],
    ['MILLISECOND', '333'],
    ['DECADE', '199'],
    ['CENTURY', '20'],
    ['MILLENNIUM', '2'],
    ['EPOCH', '847608944'],
  ])('EXTRACT(%s) is %s', (unit, part) => {
    expect(evaluate('EXTRACT', [text(unit), noon])).toBe(`${part} BIGINT`);
  });

  it('are those of the local clock', () => {
    expect(gives('EXTRACT', [text('DAY'), utc('2018-03-19T23:59:59')], SHANGHAI)).toBe('20');
    expect(gives('EXTRACT', [text('EPOCH'), utc('1970-01-01T00:00:01')], SHANGHAI)).toBe('1');
    expect(gives('HOUR', [utc('1969-12-31T23:00:00')])).toBe('23');
  });

  it('of text, dates and times; NULL for text that is none', () => {
    expect(gives('HOUR', [text('22:23:24')])).toBe('22');
    expect(gives('YEAR', [text('2017-11-10')])).toBe('2017');
    expect(gives('MINUTE', [time(22, 23, 24)])).toBe('23');
    expect(gives('DAYOFYEAR', [date('2000-12-31')])).toBe('366');
    expect(gives('WEEK', [text('nonsense')])).toBe('NULL');
    expect(gives('MONTH', [utc(null)])).toBe('NULL');
  });

  it('of intervals', () => {
    expect(gives('EXTRACT', [text('DAY'), [INTERVAL_DAY, 19 * 24 * HOUR + 12 * HOUR]])).toBe('19');
    expect(gives('EXTRACT', [text('SECOND'), [INTERVAL_DAY, -61_500]])).toBe('-1');
    expect(gives('EXTRACT', [text('QUARTER'), [INTERVAL_MONTH, 25]])).toBe('1');
    expect(gives('EXTRACT', [text('YEAR'), [INTERVAL_MONTH, 25]])).toBe('2');
  });

  it('take only units that exist and a date has', () => {
    expect(bindCall('EXTRACT', [text('FORTNIGHT'), noon])).toBeUndefined();
    expect(bindCall('EXTRACT', [text('NANOSECOND'), date('1990-10-14')])).toBeUndefined();
    expect(bindCall('EXTRACT', [text('HOUR'), [INTERVAL_MONTH, 1]])).toBeUndefined();
  });
});

describe('FLOOR and CEIL to a unit', () => {
  const t = utc('2018-03-20T06:44:31.500');

  it.each([
    ['SECOND', '2018-03-20 06:44:31.000', '2018-03-20 06:44:32.000'],
    ['MINUTE', '2018-03-20 06:44:00.000', '2018-03-20 06:45:00.000'],
    ['HOUR', '2018-03-20 06:00:00.000', '2018-03-20 07:00:00.000'],
    ['DAY', '2018-03-20 00:00:00.000', '2018-03-21 00:00:00.000'],
    ['WEEK', '2018-03-18 00:00:00.000', '2018-03-25 00:00:00.000'],
    ['MONTH', '2018-03-01 00:00:00.000', '2018-04-01 00:00:00.000'],
    ['QUARTER', '2018-01-01 00:00:00.000', '2018-04-01 00:00:00.000'],
    ['YEAR', '2018-01-01 00:00:00.000', '2019-01-01 00:00:00.000'],
    ['DECADE', '2010-01-01 00:00:00.000', '2020-01-01 00:00:00.000'],
    ['CENTURY', '2001-01-01 00:00:00.000', '2101-01-01 00:00:00.000'],
    ['MILLENNIUM', '2001-01-01 00:00:00.000', '3001-01-01 00:00:00.000'],
  ])('%s', (unit, floor, ceil) => {
    expect(gives('FLOOR', [t, text(unit)])).toBe(floor);
    expect(gives('CEIL', [t, text(unit)])).toBe(ceil);
    const start = utc(floor.replace(' ', 'T'));
    expect(gives('CEIL', [start, text(unit)])).toBe(floor);
  });

  it('follow the local clock, also where it changes', () => {
    expect(gives('FLOOR', [utc('2018-03-19T18:00:00'), text('DAY')], SHANGHAI)).toBe('2018-03-20 00:00:00.000');
    // The clock went from 02:00 to 03:00 on this day: midnight was four hours and not five before 05:00.
    const dawn = utc('2018-03-11T09:00:00');
    expect(gives('FLOOR', [dawn, text('DAY')], NEW_YORK)).toBe('2018-03-11 00:00:00.000');
    expect(evaluateMs('FLOOR', [dawn, text('DAY')], NEW_YORK)).toBe(Date.UTC(2018, 2, 11, 5));
    // Kathmandu is 5:45 ahead.
    const half = { zone: 'Asia/Kathmandu' };
    expect(gives('FLOOR', [utc('2018-03-20T00:00:00'), text('HOUR')], half)).toBe('2018-03-20 05:00:00.000');
  });

  it('agree with their inline form in zones of a fixed offset', () => {
    const binding = bindCall('FLOOR', [t, text('HOUR')], { zone: '+05:30' })!;
    const source = binding.impl.inline!(['t', 'unit']);
    const [days, clock] = source.match(/\d+/g)!.map(Number);
    expect([days, clock]).toEqual([5.5 * HOUR, HOUR]);
    expect(gives('FLOOR', [t, text('HOUR')], { zone: '+05:30' })).toBe('2018-03-20 12:00:00.000');
  });

  it('take dates and times of day', () => {
    expect(evaluate('CEIL', [date('1990-10-14'), text('MONTH')])).toBe('1990-11-01 DATE');
    expect(gives('FLOOR', [date('1990-10-14'), text('HOUR')])).toBe('1990-10-14');
    expect(gives('FLOOR', [date('2021-02-27'), text('WEEK')])).toBe('2021-02-21');
    expect(evaluate('CEIL', [time(12, 44, 31), text('HOUR')])).toBe('13:00:00 TIME(0)');
    expect(gives('CEIL', [time(23, 30), text('HOUR')])).toBe('00:00:00');
  });
});

describe('DATE_FORMAT under flink', () => {
  it.each([
    ['QQ QQQ QQQQ', '03 Q3 3rd quarter'],
    ['e ccc eeee', '7 Sat Saturday'],
    ['N A n', '1500000000 1500 500000000'],
    ['yyyy[-MM]', '2020-08'],
    ['F', '1'],
  ])('knows the letters of DateTimeFormatter: %s', (format, result) => {
    expect(gives('DATE_FORMAT', [utc('2020-08-15T00:00:01.5'), text(format)], FLINK)).toBe(result);
  });

  it('leaves them to it', () => {
    expect(gives('DATE_FORMAT', [utc('2020-08-15T00:00:01.5'), text('Q')])).toBe('NULL');
    expect(gives('DATE_FORMAT', [utc('2020-08-15T00:00:01.5'), text('[F]')])).toBe('[3]');
  });
});

describe('TIMESTAMPADD and TIMESTAMPDIFF', () => {
  it.each([
    ['MONTH', -1, date('2016-03-31'), '2016-02-29 DATE'],
    ['WEEK', 3, date('2021-10-30'), '2021-11-20 DATE'],
    ['SQL_TSI_SECOND', -1, date('2016-06-15'), '2016-06-14 23:59:59.000 TIMESTAMP(3)'],
    ['HOUR', 8, utc('2017-11-29T10:58:58.998'), '2017-11-29 18:58:58.998 TIMESTAMP(3)'],
    ['QUARTER', -1, utc('2021-10-30T01:00:00'), '2021-07-30 01:00:00.000 TIMESTAMP(3)'],
    ['HOUR', 1, time(23, 59, 59), '00:59:59 TIME(0)'],
    ['MONTH', 1, time(23, 59, 59), '23:59:59 TIME(0)'],
  ])('add %s', (unit, amount, to, result) => {
    expect(evaluate('TIMESTAMPADD', [text(unit), int(amount), to])).toBe(result);
  });

  it.each([
    ['MONTH', date('2019-09-01'), date('2016-08-01'), '-37'],
    ['MONTH', date('2021-01-04'), time(0), '-612'],
    ['MONTH', time(0), date('2021-02-04'), '613'],
    ['MONTH', date('2018-01-31'), date('2018-02-28'), '1'],
    ['MONTH', date('2018-01-30'), date('2018-02-27'), '0'],
    ['YEAR', date('2016-02-29'), date('2017-02-28'), '1'],
    ['YEAR', date('2016-02-29'), date('2017-02-27'), '0'],
    ['DAY', utc('2018-03-01T12:00:00'), utc('2018-03-03T11:59:59'), '1'],
    ['SECOND', utc('2018-03-01T00:00:01'), utc('2018-03-01T00:00:00.001'), '0'],
    ['HOUR', text('2018-03-01 00:00:00'), text('2018-03-01 05:30:00'), '5'],
  ])('measure %s', (unit, from, to, result) => {
    expect(evaluate('TIMESTAMPDIFF', [text(unit), from, to])).toBe(`${result} INT`);
  });

  it('are NULL with a NULL or text that is no point in time', () => {
    const nothing: readonly Value[] = [null];
    expect(gives('TIMESTAMPADD', [text('HOUR'), [INT, nothing[0]!], utc('2016-02-24T12:42:25')])).toBe('NULL');
    expect(gives('TIMESTAMPDIFF', [text('HOUR'), text('x'), text('2018-03-01 05:30:00')])).toBe('NULL');
  });
});

describe('OVERLAPS', () => {
  it('shares ends and takes lengths, in any order', () => {
    const day = (n: number): Argument => [INTERVAL_DAY, n * 24 * HOUR];
    expect(gives('OVERLAPS', [date('2011-03-10'), day(10), date('2011-03-19'), day(10)])).toBe('true');
    expect(gives('OVERLAPS', [date('2011-03-10'), day(8), date('2011-03-19'), day(10)])).toBe('false');
    const start = utc('2011-03-10T05:02:02');
    const lengthless: Argument = [INTERVAL_DAY, 0];
    expect(gives('OVERLAPS', [start, lengthless, start, utc('2011-03-10T05:02:01')])).toBe('true');
  });
});

function evaluateMs(name: string, args: readonly Argument[], options: EvaluateOptions): number {
  const { impl } = bindCall(name, args, options)!;
  return (impl.kernel as unknown as (...values: unknown[]) => number)(...args.map(([, value]) => value));
}
