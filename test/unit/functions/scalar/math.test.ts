import { describe, expect, it } from 'vitest';
import {
  BIGINT,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  TINYINT,
  VARCHAR,
  decimal,
  type SqlType,
} from '../../../../src/types/sql-type.ts';
import { bindCall, evaluate, type Argument } from '../evaluate.ts';

const int = (value: number): Argument => [INT, value];
const double = (value: number): Argument => [DOUBLE, value];
const exact = (precision: number, scale: number, unscaled: bigint): Argument => [decimal(precision, scale), unscaled];

describe('functions on doubles', () => {
  it.each([
    ['LN', [double(0)], '-Infinity'],
    ['LN', [double(-1)], 'NaN'],
    ['LOG', [double(2)], '0.6931471805599453'],
    ['LOG', [double(2), double(8)], '3.0'],
    ['LOG10', [int(10)], '1.0'],
    ['LOG2', [double(4.6)], '2.2016338611696504'],
    ['POWER', [int(5), int(5)], '3125.0'],
    ['POWER', [int(-1), double(0.5)], 'NaN'],
    ['SQRT', [double(-1)], 'NaN'],
    ['ACOS', [double(0.4)], '1.1592794807274085'],
    ['ATAN2', [exact(38, 19, -1231231231321321111n), exact(38, 19, -1231231231321321111n)], '-2.356194490192345'],
    ['DEGREES', [double(Math.PI)], '180.0'],
    ['RADIANS', [double(0.5)], '0.008726646259971648'],
    ['E', [], '2.718281828459045'],
    ['PI', [], '3.141592653589793'],
  ] as const)('%s, case %#', (name, args, result) => {
    expect(evaluate(name, args)).toBe(`${result} DOUBLE`);
  });

  it('draw the numbers of Java for a seed', () => {
    expect(evaluate('RAND', [int(1)])).toBe('0.7308781907032909 DOUBLE');
    const kernel = bindCall('RAND', [int(1)])!.impl.kernel as unknown as (seed: number) => number;
    expect([kernel(1), kernel(1)]).toEqual([0.7308781907032909, 0.41008081149220166]);
    const bounded = bindCall('RAND_INTEGER', [int(1), int(100)])!.impl.kernel as unknown as (
      seed: number,
      bound: number,
    ) => number;
    // new java.util.Random(1).nextInt(100), three times
    expect([bounded(1, 100), bounded(1, 100), bounded(1, 100)]).toEqual([85, 88, 47]);
    expect(evaluate('RAND_INTEGER', [int(0)])).toBe('NULL INT');
  });
});

describe('rounding', () => {
  it.each([
    ['ROUND', [[BIGINT, 44n], int(-1)], '40 BIGINT'],
    ['ROUND', [[TINYINT, 123], int(0)], '123 TINYINT'],
    ['ROUND', [exact(10, 3, 646646n)], '647 DECIMAL(8, 0)'],
    ['ROUND', [exact(10, 3, 646646n), int(2)], '646.65 DECIMAL(10, 2)'],
    ['ROUND', [exact(10, 3, 646646n), int(3)], '646.646 DECIMAL(10, 3)'],
    ['ROUND', [exact(10, 3, 646646n), int(-2)], '600 DECIMAL(8, 0)'],
    ['ROUND', [exact(4, 2, 9999n), int(1)], '100.0 DECIMAL(4, 1)'],
    ['ROUND', [exact(6, 3, -125315n), int(2)], '-125.32 DECIMAL(6, 2)'],
    ['ROUND', [double(2.5)], '3.0 DOUBLE'],
    ['ROUND', [double(-2.5)], '-3.0 DOUBLE'],
    ['ROUND', [double(1.005), int(2)], '1.01 DOUBLE'],
    ['ROUND', [double(1e300), int(-299)], '1.0E300 DOUBLE'],
    ['ROUND', [double(1234), int(-400)], '0.0 DOUBLE'],
    ['ROUND', [double(5e-324), int(300)], '0.0 DOUBLE'],
    ['ROUND', [double(NaN), int(1)], 'NaN DOUBLE'],
    ['ROUND', [[FLOAT, Math.fround(1.2345)], int(3)], '1.235 FLOAT'],
    ['TRUNCATE', [exact(5, 3, 42345n), int(2)], '42.34 DECIMAL(5, 2)'],
    ['TRUNCATE', [int(42), int(-3)], '0 INT'],
    ['TRUNCATE', [[BIGINT, -44n], int(-1)], '-40 BIGINT'],
    ['TRUNCATE', [double(-1.999), int(2)], '-1.99 DOUBLE'],
    ['CEIL', [int(1)], '1 INT'],
    ['CEIL', [exact(2, 1, 25n)], '3 DECIMAL(2, 0)'],
    ['CEIL', [exact(2, 1, -25n)], '-2 DECIMAL(2, 0)'],
    ['FLOOR', [exact(2, 1, -25n)], '-3 DECIMAL(2, 0)'],
    ['FLOOR', [double(8.123)], '8.0 DOUBLE'],
  ] as const)('%s, case %#', (name, args, result) => {
    expect(evaluate(name, args)).toBe(result);
  });

  it('with digits that are not constant keeps the type', () => {
    const args = [exact(10, 3, 646646n), int(1)];
    expect(evaluate('ROUND', args, { columns: true })).toBe('646.600 DECIMAL(10, 3)');
    expect(evaluate('ROUND', [exact(3, 1, 999n), int(0)], { columns: true })).toBe('NULL DECIMAL(3, 1)');
    expect(evaluate('ROUND', [exact(10, 3, 1n), int(-2147483648)], { columns: true })).toBe('0.000 DECIMAL(10, 3)');
  });
});

describe('functions that keep the type', () => {
  it.each([
    ['ABS', [TINYINT, -42], '42 TINYINT'],
    ['ABS', [TINYINT, -128], '-128 TINYINT'],
    ['ABS', [BIGINT, -5n], '5 BIGINT'],
    ['ABS', [decimal(10, 2), -314n], '3.14 DECIMAL(10, 2)'],
    ['ABS', [DOUBLE, -0.5], '0.5 DOUBLE'],
    ['SIGN', [decimal(2, 1), -11n], '-1.0 DECIMAL(2, 1)'],
    ['SIGN', [decimal(2, 2), 11n], '1.00 DECIMAL(3, 2)'],
    ['SIGN', [INT, 0], '0 INT'],
    ['SIGN', [DOUBLE, 4.6], '1.0 DOUBLE'],
    ['BITNOT', [INT, 7], '-8 INT'],
  ] as [string, readonly [SqlType, number | bigint], string][])('%s, case %#', (name, arg, result) => {
    expect(evaluate(name, [arg])).toBe(result);
  });

  it('combine bits of the wider type', () => {
    expect(evaluate('BITAND', [int(12), int(10)])).toBe('8 INT');
    expect(
      evaluate('BITOR', [
        [SMALLINT, 12],
        [BIGINT, 1n << 40n],
      ]),
    ).toBe('1099511627788 BIGINT');
    expect(evaluate('BITXOR', [int(-1), int(1)])).toBe('-2 INT');
    expect(bindCall('BITAND', [double(1), int(1)])).toBeUndefined();
  });
});

describe('numbers in other bases', () => {
  it.each([
    ['BIN', [int(12)], '1100'],
    ['BIN', [int(-1)], '1'.repeat(64)],
    ['HEX', [int(255)], 'FF'],
    ['HEX', [int(-1)], 'F'.repeat(16)],
    ['HEX', [[VARCHAR, 'ö']], 'C3B6'],
    ['CONV', [[VARCHAR, '100'], int(2), int(10)], '4'],
    ['CONV', [[BIGINT, -10n], int(10), int(16)], 'FFFFFFFFFFFFFFF6'],
    ['CONV', [[BIGINT, -10n], int(10), int(-16)], '-A'],
    ['CONV', [[VARCHAR, 'test'], int(10), int(2)], 'NULL'],
    ['CONV', [[VARCHAR, '1'], int(1), int(2)], 'NULL'],
    ['CONV', [[VARCHAR, '-'], int(10), int(2)], 'NULL'],
  ] as const)('%s, case %#', (name, args, result) => {
    expect(evaluate(name, args)).toBe(`${result} VARCHAR`);
  });
});
