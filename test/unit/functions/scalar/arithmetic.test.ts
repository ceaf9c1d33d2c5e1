import { describe, expect, it } from 'vitest';
import {
  BIGINT,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  INTERVAL_DAY,
  INTERVAL_MONTH,
  NULL_TYPE,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TINYINT,
  VARCHAR,
  decimal,
} from '../../../../src/types/sql-type.ts';
import { bindCall, evaluate, type Argument } from '../evaluate.ts';

const HOUR = 3_600_000;
const int = (value: number): Argument => [INT, value];
const bigint = (value: bigint): Argument => [BIGINT, value];
const exact = (precision: number, scale: number, unscaled: bigint): Argument => [decimal(precision, scale), unscaled];

describe('arithmetic of integers', () => {
  it.each([
    ['-', [TINYINT, -128], [TINYINT, 1], '127 TINYINT'],
    ['-', [INT, -2147483648], [INT, 1], '2147483647 INT'],
    ['+', [SMALLINT, 32767], [SMALLINT, 1], '-32768 SMALLINT'],
    ['*', [INT, 123456789], [INT, 987654321], '-67153019 INT'],
    ['+', [BIGINT, 2n ** 63n - 1n], [BIGINT, 1n], '-9223372036854775808 BIGINT'],
    ['*', [BIGINT, 4294967296n], [BIGINT, 4294967296n], '0 BIGINT'],
  ] as const)('wraps: %s, case %#', (op, a, b, result) => {
    expect(evaluate(op, [a, b])).toBe(result);
  });

  it('takes the wider type', () => {
    expect(evaluate('+', [[TINYINT, 1], int(2)])).toBe('3 INT');
    expect(evaluate('*', [int(3), bigint(4n)])).toBe('12 BIGINT');
    expect(evaluate('+', [int(1), [NULL_TYPE, null]])).toBe('NULL INT');
  });

  it('divides to DOUBLE in Blink and cuts in Flink', () => {
    expect(evaluate('/', [int(5), int(5)])).toBe('1.0 DOUBLE');
    expect(evaluate('/', [int(7), int(2)])).toBe('3.5 DOUBLE');
    expect(evaluate('/', [int(7), int(0)])).toBe('Infinity DOUBLE');
    expect(evaluate('/', [int(-7), int(2)], { compatibility: 'flink' })).toBe('-3 INT');
    expect(() => evaluate('/', [int(7), int(0)], { compatibility: 'flink' })).toThrow('division by zero');
  });

  it('gives a remainder the sign of the dividend and the type of the divisor', () => {
    expect(evaluate('%', [int(-7), int(3)])).toBe('-1 INT');
    expect(evaluate('MOD', [bigint(44n), int(3)])).toBe('2 INT');
    expect(evaluate('MOD', [[TINYINT, 7], bigint(-4n)])).toBe('3 BIGINT');
    expect(() => evaluate('%', [int(1), int(0)])).toThrow('division by zero');
    expect(
      evaluate('%', [
        [DOUBLE, 1],
        [DOUBLE, 0],
      ]),
    ).toBe('NaN DOUBLE');
  });

  it('turns the sign, the smallest integer staying itself', () => {
    expect(evaluate('NEGATE', [int(5)])).toBe('-5 INT');
    expect(evaluate('NEGATE', [[TINYINT, -128]])).toBe('-128 TINYINT');
    expect(evaluate('NEGATE', [bigint(-(2n ** 63n))])).toBe('-9223372036854775808 BIGINT');
    expect(evaluate('NEGATE', [exact(5, 2, 150n)])).toBe('-1.50 DECIMAL(5, 2)');
  });
});

describe('arithmetic with DOUBLE and FLOAT', () => {
  it('is DOUBLE, of two FLOATs FLOAT', () => {
    expect(
      evaluate('+', [
        [FLOAT, 1.5],
        [FLOAT, 0.25],
      ]),
    ).toBe('1.75 FLOAT');
    expect(evaluate('+', [[FLOAT, 1.5], int(1)])).toBe('2.5 DOUBLE');
    expect(evaluate('*', [exact(3, 2, 150n), [DOUBLE, 2]])).toBe('3.0 DOUBLE');
    expect(
      evaluate('*', [
        [FLOAT, Math.fround(3.4e38)],
        [FLOAT, 10],
      ]),
    ).toBe('Infinity FLOAT');
  });

  it('counts a text as the number it meets', () => {
    expect(evaluate('+', [[VARCHAR, '2'], bigint(3n)])).toBe('5 BIGINT');
    expect(evaluate('+', [[VARCHAR, 'x'], bigint(3n)])).toBe('NULL BIGINT');
  });
});

describe('arithmetic of DECIMALs', () => {
  it.each([
    ['+', exact(10, 2, 10012n), exact(10, 4, 2001234n), '300.2434 DECIMAL(13, 4)'],
    ['-', exact(10, 2, 10012n), exact(10, 4, 2001234n), '-100.0034 DECIMAL(13, 4)'],
    ['*', exact(5, 2, 100n), exact(10, 4, 20000n), '2.000000 DECIMAL(16, 6)'],
    ['*', exact(19, 0, 1514356320000n), [INT, 6], '9086137920000 DECIMAL(30, 0)'],
    ['/', exact(10, 2, 100n), [INT, 2], '0.5000000000000 DECIMAL(21, 13)'],
    ['/', exact(20, 2, 100n), exact(2, 1, 30n), '0.333333 DECIMAL(25, 6)'],
    ['/', exact(19, 0, 1514356320000n), [INT, 6], '252392720000.00000000000 DECIMAL(30, 11)'],
    ['%', exact(10, 2, 300n), [INT, 7], '3.00 DECIMAL(10, 2)'],
    ['+', exact(1, 0, 1n), exact(38, 38, 1n), 'NULL DECIMAL(38, 38)'],
  ] as const)('has the type and digits of the rules: %s, case %#', (op, a, b, result) => {
    expect(evaluate(op, [a, b])).toBe(result);
  });

  it('rounds a quotient half away from zero', () => {
    expect(evaluate('/', [exact(1, 0, -2n), exact(2, 1, 30n)])).toBe('-0.666667 DECIMAL(8, 6)');
    expect(evaluate('/', [exact(1, 0, 2n), exact(2, 1, -30n)])).toBe('-0.666667 DECIMAL(8, 6)');
  });

  it('gives up fraction digits in Flink and whole ones in Blink where 38 are not enough', () => {
    const a = exact(38, 10, 100_000_000_000_000_000_000n);
    const b = exact(38, 28, 0n);
    expect(evaluate('+', [a, b], { compatibility: 'flink' })).toBe('10000000000.000000000 DECIMAL(38, 9)');
    expect(evaluate('+', [a, b])).toBe('NULL DECIMAL(38, 28)');
    const third = exact(30, 20, 10n ** 20n);
    expect(evaluate('*', [third, third], { compatibility: 'flink' })).toBe('1.00000000000000000 DECIMAL(38, 17)');
  });

  it('is NULL when the result does not fit and fails on division by zero', () => {
    const large = exact(38, 0, 5n * 10n ** 37n);
    expect(evaluate('+', [large, large])).toBe('NULL DECIMAL(38, 0)');
    expect(() => evaluate('/', [large, exact(1, 0, 0n)])).toThrow('division by zero');
  });

  it('cuts in DIV', () => {
    expect(evaluate('DIV', [exact(2, 1, 79n), exact(4, 3, 2009n)])).toBe('3 DECIMAL(4, 0)');
    expect(evaluate('DIV', [exact(2, 1, -79n), int(2)])).toBe('-3 DECIMAL(1, 0)');
    expect(evaluate('DIV', [int(-7), int(2)])).toBe('-3 INT');
    expect(evaluate('DIV', [[DOUBLE, 7.9], int(2)])).toBe('3.0 DOUBLE');
    expect(() =>
      evaluate('DIV', [
        [DOUBLE, 1],
        [DOUBLE, 0],
      ]),
    ).toThrow('division by zero');
  });
});

describe('arithmetic of time', () => {
  const noon: Argument = [TIMESTAMP, Date.UTC(2018, 0, 31, 12)];

  it('moves points in time by intervals', () => {
    expect(evaluate('+', [noon, [INTERVAL_DAY, HOUR]])).toBe('2018-01-31 13:00:00.000 TIMESTAMP(3)');
    expect(evaluate('-', [noon, [INTERVAL_DAY, 12 * HOUR + 1]])).toBe('2018-01-30 23:59:59.999 TIMESTAMP(3)');
    expect(evaluate('+', [[INTERVAL_MONTH, 1], noon])).toBe('2018-02-28 12:00:00.000 TIMESTAMP(3)');
    expect(
      evaluate('-', [
        [DATE, 17_562],
        [INTERVAL_DAY, 48 * HOUR],
      ]),
    ).toBe('2018-01-29 DATE');
    expect(
      evaluate('+', [
        [INTERVAL_DAY, -12 * HOUR],
        [TIME, 10 * HOUR],
      ]),
    ).toBe('22:00:00 TIME(0)');
    expect(
      evaluate('+', [
        [TIME, 23 * HOUR],
        [INTERVAL_DAY, 2 * HOUR],
      ]),
    ).toBe('01:00:00 TIME(0)');
  });

  it('keeps the local clock when months pass over a change of the clock', () => {
    // 2018-02-25 09:00 in New York is 14:00 UTC; a month later the same clock time is 13:00 UTC.
    const start: Argument = [TIMESTAMP, Date.UTC(2018, 1, 25, 14)];
    const options = { zone: 'America/New_York' };
    expect(evaluate('+', [start, [INTERVAL_MONTH, 1]], options)).toBe('2018-03-25 09:00:00.000 TIMESTAMP(3)');
  });

  it('measures and scales', () => {
    expect(evaluate('-', [noon, [TIMESTAMP, Date.UTC(2018, 0, 31, 10)]])).toBe(
      '+0 02:00:00.000 INTERVAL DAY TO SECOND',
    );
    expect(
      evaluate('-', [
        [DATE, 3],
        [DATE, 1],
      ]),
    ).toBe('+2 00:00:00.000 INTERVAL DAY TO SECOND');
    expect(evaluate('*', [int(2), [INTERVAL_DAY, 3000]])).toBe('+0 00:00:06.000 INTERVAL DAY TO SECOND');
    expect(
      evaluate('-', [
        [INTERVAL_MONTH, 24],
        [INTERVAL_MONTH, 12],
      ]),
    ).toBe('+1-00 INTERVAL YEAR TO MONTH');
    expect(evaluate('NEGATE', [[INTERVAL_DAY, 12_000]])).toBe('-0 00:00:12.000 INTERVAL DAY TO SECOND');
  });

  it('takes no interval of another kind and no sum of two points', () => {
    expect(
      bindCall('+', [
        [INTERVAL_DAY, 1],
        [INTERVAL_MONTH, 1],
      ]),
    ).toBeUndefined();
    expect(bindCall('+', [noon, noon])).toBeUndefined();
    expect(bindCall('*', [noon, int(2)])).toBeUndefined();
  });
});
