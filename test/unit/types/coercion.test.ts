import { describe, expect, it } from 'vitest';
import { canWiden, commonType } from '../../../src/types/coercion.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  INTERVAL_DAY,
  NULL_TYPE,
  TIME,
  TIMESTAMP,
  TINYINT,
  VARCHAR,
  char,
  decimal,
  typeName,
  varchar,
  type SqlType,
} from '../../../src/types/sql-type.ts';

const name = (type: SqlType | undefined): string => (type === undefined ? 'none' : typeName(type));

describe('commonType of values', () => {
  it.each([
    [[TINYINT, INT], 'INT'],
    [[INT, BIGINT, NULL_TYPE], 'BIGINT'],
    [[INT, decimal(10, 2)], 'DECIMAL(12, 2)'],
    [[decimal(10, 2), decimal(8, 4)], 'DECIMAL(12, 4)'],
    [[decimal(38, 0), decimal(38, 19)], 'DECIMAL(38, 0)'],
    [[BIGINT, FLOAT], 'FLOAT'],
    [[decimal(10, 2), FLOAT], 'DOUBLE'],
    [[FLOAT, DOUBLE], 'DOUBLE'],
    [[char(3), char(5)], 'CHAR(5)'],
    [[char(3), VARCHAR], 'VARCHAR'],
    [[varchar(3), varchar(5)], 'VARCHAR(5)'],
    [[INT, VARCHAR], 'VARCHAR'],
    [[BOOLEAN, char(2)], 'VARCHAR'],
    [[DATE, TIMESTAMP], 'TIMESTAMP(3)'],
    [[NULL_TYPE, NULL_TYPE], 'NULL'],
    [[], 'NULL'],
    [[BOOLEAN, INT], 'none'],
    [[DATE, TIME], 'none'],
    [[INTERVAL_DAY, INTERVAL_DAY], 'INTERVAL DAY TO SECOND'],
  ] as const)('case %#', (types, expected) => {
    expect(name(commonType(types, 'values'))).toBe(expected);
    expect(name(commonType([...types].reverse(), 'values'))).toBe(expected);
  });
});

describe('commonType of a comparison', () => {
  it.each([
    [[VARCHAR, INT], 'BIGINT'],
    [[VARCHAR, decimal(10, 2)], 'DECIMAL(10, 2)'],
    [[VARCHAR, DATE], 'DATE'],
    [[char(4), BOOLEAN], 'BOOLEAN'],
    [[BIGINT, FLOAT], 'DOUBLE'],
    [[VARCHAR, INTERVAL_DAY], 'none'],
  ] as const)('case %#', (types, expected) => {
    expect(name(commonType(types, 'compare'))).toBe(expected);
    expect(name(commonType([...types].reverse(), 'compare'))).toBe(expected);
  });
});

describe('canWiden', () => {
  it('follows the order of numbers and lets everything become text', () => {
    expect(canWiden(TINYINT, BIGINT)).toBe(true);
    expect(canWiden(BIGINT, decimal(19, 0))).toBe(true);
    expect(canWiden(decimal(10, 2), DOUBLE)).toBe(true);
    expect(canWiden(TIMESTAMP, VARCHAR)).toBe(true);
    expect(canWiden(NULL_TYPE, DATE)).toBe(true);
    expect(canWiden(DATE, TIMESTAMP)).toBe(true);
  });

  it('does not narrow or read text', () => {
    expect(canWiden(BIGINT, INT)).toBe(false);
    expect(canWiden(DOUBLE, decimal(38, 18))).toBe(false);
    expect(canWiden(VARCHAR, INT)).toBe(false);
    expect(canWiden(TIMESTAMP, DATE)).toBe(false);
    expect(canWiden(INT, BOOLEAN)).toBe(false);
  });
});
