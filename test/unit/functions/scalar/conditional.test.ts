import { describe, expect, it } from 'vitest';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INT,
  NULL_TYPE,
  TIMESTAMP,
  VARCHAR,
  char,
  decimal,
} from '../../../../src/types/sql-type.ts';
import { bindCall, evaluate, type Argument } from '../evaluate.ts';

const int = (value: number | null): Argument => [INT, value];
const text = (value: string | null): Argument => [VARCHAR, value];
const NOTHING: Argument = [NULL_TYPE, null];

describe('comparison', () => {
  it('casts a text to what it is compared with', () => {
    expect(evaluate('=', [text('404'), int(404)])).toBe('true BOOLEAN');
    expect(evaluate('<>', [text('abc'), int(404)])).toBe('NULL BOOLEAN');
    expect(evaluate('=', [[DATE, 9_810], text('1996-11-10')])).toBe('true BOOLEAN');
    expect(evaluate('<', [[TIMESTAMP, 0], text('1970-01-01 00:00:01')])).toBe('true BOOLEAN');
    expect(evaluate('=', [[BOOLEAN, true], text('yes')])).toBe('true BOOLEAN');
  });

  it('compares DECIMALs at their own scales, so that nothing is lost', () => {
    const wide: Argument = [decimal(30, 0), 123456789123456789123456789n];
    expect(evaluate('=', [wide, [decimal(38, 37), 10n ** 37n]])).toBe('false BOOLEAN');
    expect(evaluate('>', [wide, int(12)])).toBe('true BOOLEAN');
    expect(
      evaluate('=', [
        [decimal(8, 2), 100n],
        [decimal(8, 4), 10000n],
      ]),
    ).toBe('true BOOLEAN');
    expect(
      evaluate('=', [
        [decimal(8, 2), 100n],
        [DOUBLE, 1],
      ]),
    ).toBe('true BOOLEAN');
  });

  it('orders text by code points, as column and as literal', () => {
    for (const columns of [true, false]) {
      expect(evaluate('<', [text('Z'), text('a')], { columns })).toBe('true BOOLEAN');
      expect(evaluate('<', [text('z'), text('é')], { columns })).toBe('true BOOLEAN');
      expect(evaluate('<', [text('\uffff'), text('😀')], { columns })).toBe('true BOOLEAN');
      expect(evaluate('=', [text('abc'), text('abcd')], { columns })).toBe('false BOOLEAN');
      expect(evaluate('<>', [text('abc'), text('abd')], { columns })).toBe('true BOOLEAN');
      expect(evaluate('>=', [text('ab'), text('ab')], { columns })).toBe('true BOOLEAN');
    }
  });

  it('finds NaN equal to nothing', () => {
    expect(
      evaluate('=', [
        [DOUBLE, NaN],
        [DOUBLE, NaN],
      ]),
    ).toBe('false BOOLEAN');
    expect(
      evaluate('<>', [
        [DOUBLE, NaN],
        [DOUBLE, NaN],
      ]),
    ).toBe('true BOOLEAN');
  });

  it('takes NULL for a value in IS DISTINCT FROM, also of unlike types', () => {
    expect(evaluate('IS DISTINCT FROM', [int(null), text('sss')])).toBe('true BOOLEAN');
    expect(evaluate('IS NOT DISTINCT FROM', [int(null), text('sss')])).toBe('false BOOLEAN');
    expect(evaluate('IS NOT DISTINCT FROM', [int(null), int(null)])).toBe('true BOOLEAN');
    expect(evaluate('IS DISTINCT FROM', [int(1), [BIGINT, 1n]])).toBe('false BOOLEAN');
  });

  it('refuses types without a common one', () => {
    expect(bindCall('=', [[DATE, 1], int(1)])).toBeUndefined();
    expect(bindCall('<', [[BOOLEAN, true], int(1)])).toBeUndefined();
  });
});

describe('truth tests', () => {
  it.each([
    ['IS TRUE', 'true', 'false', 'false'],
    ['IS NOT TRUE', 'false', 'true', 'true'],
    ['IS FALSE', 'false', 'true', 'false'],
    ['IS NOT FALSE', 'true', 'false', 'true'],
    ['IS UNKNOWN', 'false', 'false', 'true'],
    ['IS NOT UNKNOWN', 'true', 'true', 'false'],
  ])('%s of TRUE, FALSE and NULL', (name, ofTrue, ofFalse, ofNull) => {
    const results = [true, false, null].map((value) => evaluate(name, [[BOOLEAN, value]]));
    expect(results).toEqual([ofTrue, ofFalse, ofNull].map((one) => `${one} BOOLEAN`));
  });
});

describe('functions that choose', () => {
  it('COALESCE and IFNULL take the first that is not NULL', () => {
    expect(evaluate('COALESCE', [NOTHING, int(null), int(3), int(4)])).toBe('3 INT');
    expect(evaluate('COALESCE', [[BIGINT, null], int(1)])).toBe('1 BIGINT');
    expect(evaluate('COALESCE', [text(null), text('5')])).toBe('5 VARCHAR');
    expect(evaluate('IFNULL', [int(null), int(null)])).toBe('NULL INT');
    expect(evaluate('COALESCE', [int(1), text('x')])).toBe('1 VARCHAR');
  });

  it('IF takes the second value unless the condition is TRUE', () => {
    expect(evaluate('IF', [[BOOLEAN, true], int(1), [BIGINT, 2n]])).toBe('1 BIGINT');
    expect(evaluate('IF', [[BOOLEAN, null], int(1), int(2)])).toBe('2 INT');
    expect(evaluate('IF', [[BOOLEAN, false], text('a'), [BOOLEAN, true]])).toBe('true VARCHAR');
    expect(
      evaluate('IF', [
        [BOOLEAN, true],
        [char(3), 'yes'],
        [char(2), 'no'],
      ]),
    ).toBe('yes VARCHAR');
  });

  it('NULLIF is NULL where both are equal', () => {
    expect(evaluate('NULLIF', [int(1), int(1)])).toBe('NULL INT');
    expect(evaluate('NULLIF', [int(1), int(2)])).toBe('1 INT');
    expect(evaluate('NULLIF', [int(1), int(null)])).toBe('1 INT');
    expect(
      evaluate('NULLIF', [
        [decimal(8, 2), 100n],
        [decimal(8, 4), 10000n],
      ]),
    ).toBe('NULL DECIMAL(8, 2)');
    expect(evaluate('NULLIF', [text('a'), text('b')])).toBe('a VARCHAR');
    const unequal = evaluate('NULLIF', [
      [char(1), 'a'],
      [char(3), 'bcd'],
    ]);
    expect(unequal, 'not padded').toBe('a VARCHAR');
  });

  it('GREATEST and LEAST are NULL with a NULL and refuse text beside numbers', () => {
    expect(evaluate('GREATEST', [int(1), [BIGINT, 3n], int(2)])).toBe('3 BIGINT');
    expect(evaluate('LEAST', [text('b'), text('a')])).toBe('a VARCHAR');
    expect(evaluate('LEAST', [int(1), int(null)])).toBe('NULL INT');
    expect(
      evaluate('GREATEST', [
        [DOUBLE, NaN],
        [DOUBLE, 1],
      ]),
    ).toBe('NaN DOUBLE');
    expect(bindCall('GREATEST', [int(1), text('a')])).toBeUndefined();
  });
});

describe('tests of text', () => {
  it.each([
    ['IS_ALPHA', 'abcÄ', true],
    ['IS_ALPHA', 'a1', false],
    ['IS_ALPHA', '', false],
    ['IS_DIGIT', '0123', true],
    ['IS_DIGIT', '-1', false],
    ['IS_DECIMAL', '-1.5e3', true],
    ['IS_DECIMAL', '1.2.3', false],
    ['IS_DECIMAL', '', false],
  ])('%s of %j', (name, value, expected) => {
    expect(evaluate(name, [text(value)])).toBe(`${expected} BOOLEAN`);
  });

  it('know numbers by their type and take NULL for FALSE', () => {
    expect(evaluate('IS_DIGIT', [int(5)])).toBe('true BOOLEAN');
    expect(evaluate('IS_DIGIT', [[DOUBLE, 5]])).toBe('false BOOLEAN');
    expect(evaluate('IS_DECIMAL', [[DOUBLE, 5]])).toBe('true BOOLEAN');
    expect(evaluate('IS_ALPHA', [int(5)])).toBe('false BOOLEAN');
    expect(evaluate('IS_ALPHA', [text(null)])).toBe('false BOOLEAN');
  });
});
