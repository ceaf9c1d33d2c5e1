import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, type RegisterTableOptions } from '../../../src/index.ts';

const t: RegisterTableOptions = {
  columns: [
    { name: 'i', type: 'INT' },
    { name: 'l', type: 'BIGINT' },
    { name: 'f', type: 'FLOAT' },
    { name: 's', type: 'VARCHAR' },
    { name: 'dt', type: 'DATE' },
    { name: 'ts', type: 'TIMESTAMP(3)' },
    { name: 'n', type: 'INT' },
    { name: 'nt', type: 'TIMESTAMP(3)' },
  ],
  rows: [[3, 4, 1.5, '2017-11-10 22:23:24', '2017-11-10', '2017-11-10 22:23:24.567', null, null]],
};

const engines: Record<string, Engine> = {};

beforeAll(async () => {
  for (const dialect of ['blink', 'flink']) {
    for (const timeZone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      const engine = await Engine.open({ timeZone, settings: { 'sql.compatibility': dialect } });
      engine.registerTable('t', t);
      engines[`${dialect} ${timeZone}`] = engine;
    }
  }
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

/** The text of an expression and its type. */
async function value(expr: string, dialect: string, timeZone = 'UTC'): Promise<string> {
  const query = engines[`${dialect} ${timeZone}`]!.query(`SELECT ${expr} AS x FROM t`);
  const [row] = await query.toArray({ text: true });
  return `${row!['x'] ?? 'NULL'} ${query.schema[0]!.type}`;
}

describe.each(['blink', 'flink'])('under both settings (%s)', (dialect) => {
  it.each([
    ["(ts - TIMESTAMP '2017-11-10 20:00:00') HOUR", '+0 02:23:24.567 INTERVAL HOUR'],
    ["(DATE '2017-11-12' - dt) DAY", '+2 00:00:00.000 INTERVAL DAY'],
    ["(ts - TIMESTAMP '2016-01-31 00:00:00') MONTH", '+1-09 INTERVAL MONTH'],
    ["(TIMESTAMP '2016-01-31 00:00:00' - ts) YEAR TO MONTH", '-1-09 INTERVAL YEAR TO MONTH'],
    ["EXTRACT(HOUR FROM (ts - TIMESTAMP '2017-11-10 20:00:00') DAY TO SECOND)", '2 BIGINT'],
    ['(ts - nt) SECOND', 'NULL INTERVAL SECOND'],
    ["(s - '2017-11-09 22:23:24') DAY", '+1 00:00:00.000 INTERVAL DAY'],
    ["('no time' - dt) DAY", 'NULL INTERVAL DAY'],
    ["i * INTERVAL '3' SECOND(3)", '+0 00:00:09.000 INTERVAL SECOND(3)'],
    ["INTERVAL '1 2:3:4' DAY(2) TO SECOND(1)", '+1 02:03:04.000 INTERVAL DAY(2) TO SECOND(1)'],
    ["CAST(INTERVAL '1' HOUR AS INTERVAL DAY TO SECOND(3))", '+0 01:00:00.000 INTERVAL DAY TO SECOND(3)'],
    ["COALESCE(INTERVAL '1' HOUR, INTERVAL '1' DAY)", '+0 01:00:00.000 INTERVAL HOUR'],
    ['ts - nt', 'NULL INTERVAL DAY TO SECOND'],
    ["INTERVAL '7' MONTH / 2", '+0-03 INTERVAL MONTH'],
    ["INTERVAL '1' DAY * (0e0 / 0)", 'NULL INTERVAL DAY'],
    ["INTERVAL '1' DAY * 1e300", 'NULL INTERVAL DAY'],
    ["CAST('.5' AS INT)", '0 INT'],
    ["CAST('-.9' AS BIGINT)", '0 BIGINT'],
    ["CAST('5.' AS TINYINT)", '5 TINYINT'],
    ["TRY_CAST('.' AS INT)", 'NULL INT'],
    ["TRY_CAST('-' AS BIGINT)", 'NULL BIGINT'],
    ["TRY_CAST('.5x' AS INT)", 'NULL INT'],
    ["IS_DECIMAL(' 1.5 ')", `${dialect === 'flink' ? 'TRUE' : 'true'} BOOLEAN`],
    ["IS_DECIMAL(' ')", `${dialect === 'flink' ? 'FALSE' : 'false'} BOOLEAN`],
    ["IS_DIGIT('1２')", `${dialect === 'flink' ? 'TRUE' : 'true'} BOOLEAN`],
    ["IS_DIGIT('２x')", `${dialect === 'flink' ? 'FALSE' : 'false'} BOOLEAN`],
    ["ABS(INTERVAL '-14' MONTH)", '+1-02 INTERVAL MONTH'],
    ["ABS(INTERVAL '-1' DAY)", '+1 00:00:00.000 INTERVAL DAY'],
    ["DATE_FORMAT('2018-03-14 01:02:03', 'u SS')", '3 00 VARCHAR'],
    ['PI * 1', '3.141592653589793 DOUBLE'],
    ['NULLIF(i, 3.0)', 'NULL INT'],
    ['NULLIF(i, 3.5)', '3 INT'],
    ["NULLIF(i, '3')", 'NULL INT'],
    ['NULLIF(i, n)', '3 INT'],
    ['NULLIF(n, i)', 'NULL INT'],
    ['NULLIF(ts, dt)', '2017-11-10 22:23:24.567 TIMESTAMP(3)'],
    ["TO_TIMESTAMP_LTZ('2023-01-01 00:00:00')", '2023-01-01 00:00:00.000 TIMESTAMP(3)'],
    ["TO_TIMESTAMP_LTZ('2023/01/01', 'yyyy/MM/dd')", '2023-01-01 00:00:00.000 TIMESTAMP(3)'],
    ["TO_TIMESTAMP_LTZ('2023/01/01', 'yyyy/MM/dd', 'Asia/Shanghai')", '2022-12-31 16:00:00.000 TIMESTAMP(3)'],
    ["TO_TIMESTAMP_LTZ('no time')", 'NULL TIMESTAMP(3)'],
    ['TO_TIMESTAMP_LTZ(n, 3)', 'NULL TIMESTAMP(3)'],
    ['UNIX_TIMESTAMP(dt)', '1510272000 BIGINT'],
    ['FROM_TIMESTAMP(dt)', '1510272000000 BIGINT'],
    ["PRINT('i = ', i)", '3 INT'],
    ["PRINT('s = ', s)", '2017-11-10 22:23:24 VARCHAR'],
    ["PRINT('n = ', n)", 'NULL INT'],
    ['TYPEOF(NULL)', 'NULL VARCHAR'],
    ['TYPEOF(i)', 'INT VARCHAR'],
  ])('gives %s', async (expr, expected) => {
    expect(await value(expr, dialect)).toBe(expected);
  });

  it('TO_TIMESTAMP_LTZ takes seconds and milliseconds only', async () => {
    await expect(value('TO_TIMESTAMP_LTZ(l, 6)', dialect)).rejects.toThrow(
      'TO_TIMESTAMP_LTZ does not know precision 6',
    );
    expect(await value('TO_TIMESTAMP_LTZ(0e0 / 0, 3)', dialect)).toBe('NULL TIMESTAMP(3)');
  });

  it('an interval is not divided by zero', async () => {
    await expect(value("INTERVAL '1' DAY / (i - 3)", dialect)).rejects.toThrow('division by zero');
  });

  it('a column named PI is the column', async () => {
    const engine = engines[`${dialect} UTC`]!;
    expect(await engine.query('SELECT pi FROM (SELECT i AS pi FROM t) AS x').toArray()).toEqual([{ pi: 3 }]);
  });

  it('the EPOCH of a DATE knows no zone, that of a TIMESTAMP does', async () => {
    expect(await value("EXTRACT(EPOCH FROM DATE '1970-01-02')", dialect, 'America/New_York')).toBe('86400 BIGINT');
    expect(await value("EXTRACT(EPOCH FROM TIMESTAMP '1970-01-02 00:00:00')", dialect, 'America/New_York')).toBe(
      '104400 BIGINT',
    );
  });

  it.each([
    ['Asia/Shanghai', '2020-07-01', 'CST China Standard Time'],
    ['America/New_York', '2020-07-01', 'EDT Eastern Daylight Time'],
    ['America/New_York', '2020-01-01', 'EST Eastern Standard Time'],
    ['UTC', '2020-01-01', 'UTC Coordinated Universal Time'],
  ])('z is the name of %s at %s', async (zone, day, names) => {
    const expr = `DATE_FORMAT(TO_TIMESTAMP('${day} 12:00:00'), 'z zzzz')`;
    expect(await value(expr, dialect, zone)).toBe(`${names} VARCHAR`);
  });

  it('z is the offset of a zone without a name', async () => {
    expect(await value("DATE_FORMAT_TZ(TO_TIMESTAMP(0), 'HH z', 'GMT+5:30')", dialect)).toBe('05 GMT+05:30 VARCHAR');
  });

  it('months between two timestamps are those of the local clock', async () => {
    const months = "(TO_TIMESTAMP('2020-03-01 00:00:00') - TO_TIMESTAMP('2020-02-01 00:00:00')) MONTH";
    expect(await value(months, dialect, 'Asia/Shanghai')).toBe('+0-01 INTERVAL MONTH');
  });
});

describe('under one setting', () => {
  it.each([
    ["CAST('abcdef' AS VARCHAR(3))", 'abcdef VARCHAR(3)', 'abc VARCHAR(3)'],
    ["CAST(UPPER('abcdef') AS CHAR(3))", 'ABCDEF CHAR(3)', 'ABC CHAR(3)'],
    ["CAST(X'010203' AS VARBINARY(2))", '0x010203 VARBINARY(2)', '0x0102 VARBINARY(2)'],
    ["TRY_CAST('23' AS TIME)", 'NULL TIME(0)', '23:00:00 TIME(0)'],
    ["TRY_CAST('24' AS TIME)", 'NULL TIME(0)', 'NULL TIME(0)'],
    ['f + i', '4.5 DOUBLE', '4.5 FLOAT'],
    ['l / f', '2.6666666666666665 DOUBLE', '2.6666667 FLOAT'],
    ['f * 2.0', '3.0 DOUBLE', '3.0 DOUBLE'],
    ["DATE_FORMAT(ts, 'SSSSSS')", '000567 VARCHAR', '567000 VARCHAR'],
    ["DATE_FORMAT(ts, 'uuuu-MM-dd')", '0005-11-10 VARCHAR', '2017-11-10 VARCHAR'],
    [
      "CAST(TIMESTAMP '2018-01-01 10:00:00' AS VARCHAR)",
      '2018-01-01 10:00:00.000 VARCHAR',
      '2018-01-01 10:00:00 VARCHAR',
    ],
    ["TIMESTAMP '2018-01-01 10:00:00.5'", '2018-01-01 10:00:00.500 TIMESTAMP(3)', '2018-01-01 10:00:00.5 TIMESTAMP(1)'],
    [
      "COALESCE(TIMESTAMP '2018-01-01 10:00:00', dt)",
      '2018-01-01 10:00:00.000 TIMESTAMP(3)',
      '2018-01-01 10:00:00 TIMESTAMP(0)',
    ],
    ['TYPEOF(s)', 'VARCHAR VARCHAR', 'STRING VARCHAR'],
    ["TYPEOF('abc')", 'CHAR(3) VARCHAR', 'CHAR(3) NOT NULL VARCHAR'],
  ])('%s', async (expr, blink, flink) => {
    expect(await value(expr, 'blink')).toBe(blink);
    expect(await value(expr, 'flink')).toBe(flink);
  });

  it('numbers are cast to intervals of as many months or milliseconds in Flink', async () => {
    expect(await value('CAST(CAST(14 AS INT) AS INTERVAL MONTH)', 'flink')).toBe('+1-02 INTERVAL MONTH');
    expect(await value('CAST(l AS INTERVAL SECOND(3))', 'flink')).toBe('+0 00:00:00.004 INTERVAL SECOND(3)');
    await expect(value('CAST(l AS INTERVAL SECOND)', 'blink')).rejects.toThrow(
      'BIGINT cannot be cast to INTERVAL SECOND',
    );
  });

  it('DATE_FORMAT(uuuu) is read back by TO_TIMESTAMP in Flink', async () => {
    expect(await value("TO_TIMESTAMP('2020-01-02', 'uuuu-MM-dd')", 'flink')).toBe(
      '2020-01-02 00:00:00.000 TIMESTAMP(3)',
    );
  });
});
