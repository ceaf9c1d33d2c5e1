import { describe, expect, it } from 'vitest';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import type { Value } from '../../../src/columnar/builder.ts';
import { generateFunction } from '../../../src/columnar/codegen.ts';
import type { CastMode, Compatibility } from '../../../src/contracts/function.ts';
import { createFunctionRegistry } from '../../../src/functions/registry.ts';
import { layoutOf } from '../../../src/types/layout.ts';
import {
  BIGINT,
  BOOLEAN,
  char,
  DATE,
  decimal,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  TIME,
  TIMESTAMP,
  timestamp,
  TINYINT,
  VARBINARY,
  VARCHAR,
  varchar,
  type SqlType,
} from '../../../src/types/sql-type.ts';
import { formatValue } from '../../../src/values/format-value.ts';
import { timeZone } from '../../../src/values/zone.ts';

const registry = createFunctionRegistry();
const ZONE = 'Asia/Shanghai';

interface Options {
  readonly mode?: CastMode;
  readonly compatibility?: Compatibility;
}

/** The result as text; `none` where the dialect has no such cast. */
function cast(value: Value | string, from: SqlType, to: SqlType, options: Options = {}): string | null {
  const { mode = 'cast', compatibility = 'blink' } = options;
  const context = { compatibility, timeZone: ZONE, now: () => 0, regexpBacktracking: false };
  const impl = registry.cast(from, to, mode, context);
  if (impl === undefined) return 'none';
  const argument = typeof value === 'string' ? ByteSlice.ofString(value) : value;
  const kernel = impl.kernel as unknown as (...args: unknown[]) => unknown;
  let result: Value;
  if (layoutOf(to) === 'bytes') {
    const out = new ByteSlice();
    result = kernel(out, argument) === false ? null : out;
  } else {
    result = kernel(argument) as Value;
  }
  if (result === null) expect(impl.mayReturnNull).toBe(true);
  if (impl.inline !== undefined && typeof argument !== 'object') {
    const run = generateFunction<(a: unknown) => Value>(['a'], `return ${impl.inline(['a'])};`, {});
    expect(run(argument)).toBe(result);
  }
  return formatValue(to, result, timeZone(ZONE), compatibility);
}

describe('CAST under blink', () => {
  it('reads numbers from text, cuts fractions, and gives NULL for bad text or range', () => {
    expect(cast(' 1.9 ', VARCHAR, INT)).toBe('1');
    expect(cast('-128', VARCHAR, TINYINT)).toBe('-128');
    expect(cast('128', VARCHAR, TINYINT)).toBeNull();
    expect(cast('9223372036854775808', VARCHAR, BIGINT)).toBeNull();
    expect(cast('1e3', VARCHAR, DOUBLE)).toBe('1000.0');
    expect(cast('abc', VARCHAR, DOUBLE)).toBeNull();
    expect(cast('', VARCHAR, INT)).toBeNull();
    expect(cast('1.005', VARCHAR, decimal(5, 2))).toBe('1.01');
    expect(cast('1000', VARCHAR, decimal(5, 2))).toBeNull();
  });

  it('keeps the low bits of integers and saturates doubles', () => {
    expect(cast(300, INT, TINYINT)).toBe('44');
    expect(cast(-12345678901n, BIGINT, SMALLINT)).toBe('-7221');
    expect(cast(1e10, DOUBLE, INT)).toBe('2147483647');
    expect(cast(-1e30, DOUBLE, BIGINT)).toBe('-9223372036854775808');
    expect(cast(1e30, DOUBLE, BIGINT)).toBe('9223372036854775807');
    expect(cast(NaN, DOUBLE, BIGINT)).toBe('0');
    expect(cast(123456.789, DOUBLE, SMALLINT)).toBe('-7616');
    expect(cast(-0.5, DOUBLE, INT)).toBe('0');
    expect(cast(1e300, DOUBLE, FLOAT)).toBe('Infinity');
    expect(cast(4.2, DOUBLE, decimal(10, 0))).toBe('4');
    expect(cast(-2.5, DOUBLE, decimal(10, 0))).toBe('-3');
    expect(cast(100n, BIGINT, decimal(2, 0))).toBeNull();
    expect(cast(-1999n, decimal(4, 3), INT)).toBe('-1');
    expect(cast(7, INT, decimal(38, 18))).toBe('7.000000000000000000');
    expect(cast(5n, BIGINT, DOUBLE)).toBe('5.0');
  });

  it('takes numbers as epoch seconds and works in the job zone', () => {
    expect(cast(0n, BIGINT, TIMESTAMP)).toBe('1970-01-01 08:00:00.000');
    expect(cast(1500, TIMESTAMP, BIGINT)).toBe('1');
    expect(cast(1500, TIMESTAMP, DOUBLE)).toBe('1.5');
    expect(cast('1970-01-01 08:00:01', VARCHAR, TIMESTAMP)).toBe('1970-01-01 08:00:01.000');
    expect(cast(57_600_000, TIMESTAMP, DATE)).toBe('1970-01-02');
    expect(cast(57_600_000, TIMESTAMP, TIME)).toBe('00:00:00');
    expect(cast(1, DATE, TIMESTAMP)).toBe('1970-01-02 00:00:00.000');
    expect(cast(3_600_000, TIME, TIMESTAMP)).toBe('1970-01-01 01:00:00.000');
    expect(cast('2015-02-29', VARCHAR, DATE)).toBeNull();
  });

  it('prints any type, and pads CHAR', () => {
    expect(cast(true, BOOLEAN, VARCHAR)).toBe('true');
    expect(cast(0, TIMESTAMP, VARCHAR)).toBe('1970-01-01 08:00:00.000');
    expect(cast(1n, decimal(5, 2), VARCHAR)).toBe('0.01');
    expect(cast('ä', char(1), char(3))).toBe('ä  ');
    expect(cast('abcdef', VARCHAR, varchar(3))).toBe('abcdef');
    expect(cast('hé', VARCHAR, VARBINARY)).toBe('0x68c3a9');
    expect(cast('Yes', VARCHAR, BOOLEAN)).toBe('true');
    expect(cast('maybe', VARCHAR, BOOLEAN)).toBeNull();
    expect(cast(0, DOUBLE, BOOLEAN)).toBe('false');
    expect(cast(true, BOOLEAN, BIGINT)).toBe('1');
  });
});

describe('CAST under flink', () => {
  const flink: Options = { compatibility: 'flink' };

  it('fails for bad text, which TRY_CAST makes NULL', () => {
    expect(() => cast('abc', VARCHAR, INT, flink)).toThrow(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        message: "text 'abc' cannot be cast to INT",
        hint: 'TRY_CAST gives NULL where CAST fails.',
      }) as Error,
    );
    expect(cast('abc', VARCHAR, INT, { ...flink, mode: 'try' })).toBeNull();
    expect(cast(1e30, DOUBLE, decimal(5, 2), flink)).toBeNull();
  });

  it('keeps declared lengths and precisions', () => {
    expect(cast('abcdef', VARCHAR, varchar(3), flink)).toBe('abc');
    expect(cast('ab', VARCHAR, char(3), flink)).toBe('ab ');
    expect(cast('AAbb', VARCHAR, { kind: 'varbinary', length: 2 }, flink)).toBe('0x4141');
    expect(cast('o', VARCHAR, { kind: 'binary', length: 2 }, flink)).toBe('0x6f00');
    expect(cast(1234, TIMESTAMP, timestamp(0), flink)).toBe('1970-01-01 08:00:01');
    expect(cast(true, BOOLEAN, VARCHAR, flink)).toBe('TRUE');
  });

  it('has no cast between numbers and times', () => {
    expect(cast(1, INT, TIMESTAMP, flink)).toBe('none');
    expect(cast(1, TIMESTAMP, BIGINT, flink)).toBe('none');
    expect(cast(1, DATE, INT, flink)).toBe('none');
    expect(cast('a', VARBINARY, INT, flink)).toBe('none');
  });
});
