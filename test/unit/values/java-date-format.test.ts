import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../src/columnar/byte-slice.ts';
import { JavaDateFormat, type DateFormatStyle } from '../../../src/values/java-date-format.ts';
import { timeZone, UTC } from '../../../src/values/zone.ts';

const AT = Date.UTC(2018, 2, 4, 13, 5, 9, 7);

function format(pattern: string, zone = UTC, style: DateFormatStyle = 'simple'): string | undefined {
  return JavaDateFormat.of(pattern, style)?.format(AT, zone);
}

function parse(pattern: string, text: string, style: DateFormatStyle = 'simple'): string {
  const bytes = encodeUtf8(text);
  const ms = JavaDateFormat.of(pattern, style)?.parse(bytes, 0, bytes.length, UTC) ?? NaN;
  return ms === ms ? new Date(ms).toISOString() : 'no match';
}

describe('date patterns', () => {
  it('print as SimpleDateFormat does', () => {
    expect(format('yyyy-MM-dd HH:mm:ss.SSS')).toBe('2018-03-04 13:05:09.007');
    expect(format('yy/M/d h:m:s a')).toBe('18/3/4 1:5:9 PM');
    expect(format('EEE, d MMM yyyy')).toBe('Sun, 4 Mar 2018');
    expect(format('EEEE MMMM D u')).toBe('Sunday March 63 7');
    expect(format("yyyy'年'MM'月' ''HH''")).toBe("2018年03月 '13'");
    expect(format('dd/MMM/yyyy:HH:mm:ss Z', timeZone('Asia/Shanghai'))).toBe('04/Mar/2018:21:05:09 +0800');
    expect(format("yyyy-MM-dd'T'HH:mm:ssXXX", timeZone('+05:30'))).toBe('2018-03-04T18:35:09+05:30');
    expect(format('k K H', timeZone('UTC'))).toBe('13 1 13');
    expect(format('w W F')).toBe('10 2 1');
    expect(format('SSSSSS')).toBe('000007');
    expect(format('SSSSSS', UTC, 'strict')).toBe('007000');
  });

  it('have no format when a letter or quote is wrong', () => {
    expect(JavaDateFormat.of('yyyy-bb')).toBeUndefined();
    expect(JavaDateFormat.of("yyyy 'open")).toBeUndefined();
  });

  it('read leniently: short numbers, days beyond the month, text behind', () => {
    expect(parse('yyyy-MM-dd', '2016-2-28')).toBe('2016-02-28T00:00:00.000Z');
    expect(parse('yyyy-MM-dd', '2016-02-31')).toBe('2016-03-02T00:00:00.000Z');
    expect(parse('yyyy-MM-dd', '2016-02-28 and more')).toBe('2016-02-28T00:00:00.000Z');
    expect(parse('yyyy-MM-dd HH:mm', '2016-13-01 25:61')).toBe('2017-01-02T02:01:00.000Z');
    expect(parse('yyyyMMddHHmmss', '20160229010203')).toBe('2016-02-29T01:02:03.000Z');
    expect(parse('dd/MMM/yyyy:HH:mm:ss Z', '10/Oct/2000:13:55:36 -0700')).toBe('2000-10-10T20:55:36.000Z');
    expect(parse('h:mm a', '12:30 am')).toBe('1970-01-01T00:30:00.000Z');
    expect(parse('HH', '7')).toBe('1970-01-01T07:00:00.000Z');
    expect(parse('yyyy-MM-dd', '2016/02/28')).toBe('no match');
    expect(parse('yyyy-MM-dd', '')).toBe('no match');
  });

  it('read strictly under Flink, with its fallback to the usual form', () => {
    expect(parse('yyyy/MM/dd', '2016/02/31', 'strict')).toBe('2016-02-29T00:00:00.000Z');
    expect(parse('yyyy/MM/dd', '2016/13/01', 'strict')).toBe('no match');
    expect(parse('yyyy/MM/dd', '2016/02/01x', 'strict')).toBe('no match');
    expect(parse('yyyy/MM/dd', '1999-9-10 05:20:10', 'strict')).toBe('1999-09-10T05:20:10.000Z');
    expect(parse('HH:mm:ss.SSS', '01:02:03.5', 'strict')).toBe('no match');
  });

  it('reads the zone of a text with its own clock changes', () => {
    expect(parse('yyyy-MM-dd HH:mm z', '2024-07-01 12:00 America/New_York')).toBe('2024-07-01T16:00:00.000Z');
  });
});
