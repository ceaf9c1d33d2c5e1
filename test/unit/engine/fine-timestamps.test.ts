import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, type RegisterTableOptions } from '../../../src/index.ts';

const t: RegisterTableOptions = {
  columns: [
    { name: 'id', type: 'INT' },
    { name: 'u', type: 'TIMESTAMP(6)' },
    { name: 'n', type: 'TIMESTAMP(9)' },
    { name: 'a', type: 'ARRAY<TIMESTAMP(9)>' },
  ],
  rows: [
    [1, '2020-02-29 01:56:59.987654', '2020-02-29 01:56:59.987654321', ['1500-04-30 12:00:00.123456789', null]],
    [2, '1969-12-31 23:59:59.9999995', '1969-12-31 23:59:59.999999999', []],
    [3, null, null, null],
    [4, '2020-02-29 01:56:59.987655', '2020-02-29 01:56:59.987654321', [null]],
  ],
};

const engines: Record<string, Engine> = {};

beforeAll(async () => {
  const open = async (name: string, dialect: string, timeZone: string): Promise<void> => {
    const engine = await Engine.open({ timeZone, settings: { 'sql.compatibility': dialect } });
    engine.registerTable('t', t);
    engines[name] = engine;
  };
  await open('blink', 'blink', 'UTC');
  await open('flink', 'flink', 'UTC');
  await open('new york', 'flink', 'America/New_York');
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

async function texts(engine: string, sql: string): Promise<(string | null)[][]> {
  const rows = await engines[engine]!.query(sql).toArray({ text: true });
  return rows.map((row) => Object.values(row));
}

/** The value of an expression over row 1 and its type. */
async function value(expr: string, engine = 'flink'): Promise<string> {
  const query = engines[engine]!.query(`SELECT ${expr} AS x FROM t WHERE id = 1`);
  const type = query.schema[0]!.type;
  return `${(await query.toArray({ text: true }))[0]!['x'] ?? 'NULL'} ${type}`;
}

describe('TIMESTAMP(4) to TIMESTAMP(9)', () => {
  it('keeps its digits from the source to the result, and no more than it declares', async () => {
    const rows = [
      ['2020-02-29 01:56:59.987654', '2020-02-29 01:56:59.987654321'],
      ['1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999999'],
      [null, null],
      ['2020-02-29 01:56:59.987655', '2020-02-29 01:56:59.987654321'],
    ];
    expect(await texts('blink', 'SELECT u, n FROM t')).toEqual(rows);
    expect(await texts('flink', 'SELECT u, n FROM t')).toEqual(rows);
    expect(await texts('new york', 'SELECT u, n FROM t')).toEqual(rows);
    expect(await engines['flink']!.query('SELECT u, a FROM t WHERE id = 1').toArray()).toEqual([
      { u: '2020-02-29 01:56:59.987654', a: ['1500-04-30 12:00:00.123456789', null] },
    ]);
  });

  it.each([
    ["TIMESTAMP '1500-04-30 12:00:00.123456'", '1500-04-30 12:00:00.123456 TIMESTAMP(6)'],
    ["TIMESTAMP '2020-01-01 00:00:00.1234567891'", '2020-01-01 00:00:00.123456789 TIMESTAMP(9)'],
    ["TIMESTAMP '2020-01-01 00:00:00'", '2020-01-01 00:00:00 TIMESTAMP(0)'],
    ["CAST(TIMESTAMP '2020-01-01 00:00:00' AS VARCHAR)", '2020-01-01 00:00:00 VARCHAR'],
    ['CAST(n AS TIMESTAMP(6))', '2020-02-29 01:56:59.987654 TIMESTAMP(6)'],
    ['CAST(n AS TIMESTAMP(3))', '2020-02-29 01:56:59.987 TIMESTAMP(3)'],
    ['CAST(n AS TIMESTAMP(0))', '2020-02-29 01:56:59 TIMESTAMP(0)'],
    ['CAST(CAST(n AS TIMESTAMP(3)) AS TIMESTAMP(9))', '2020-02-29 01:56:59.987000000 TIMESTAMP(9)'],
    ["CAST('2020-02-29 01:56:59.987654321' AS TIMESTAMP(7))", '2020-02-29 01:56:59.9876543 TIMESTAMP(7)'],
    ["TRY_CAST('2020-02-29 01:56:59.9876543219' AS TIMESTAMP(7))", 'NULL TIMESTAMP(7)'],
    ["TRY_CAST('no time' AS TIMESTAMP(6))", 'NULL TIMESTAMP(6)'],
    ["CAST(DATE '2020-02-29' AS TIMESTAMP(6))", '2020-02-29 00:00:00.000000 TIMESTAMP(6)'],
    ['CAST(n AS DATE)', '2020-02-29 DATE'],
    ['CAST(n AS TIME)', '01:56:59 TIME(0)'],
    ['CAST(n AS VARCHAR)', '2020-02-29 01:56:59.987654321 VARCHAR'],
    ["n + INTERVAL '1' MONTH", '2020-03-29 01:56:59.987654321 TIMESTAMP(9)'],
    ["INTERVAL '0.013' SECOND + n", '2020-02-29 01:57:00.000654321 TIMESTAMP(9)'],
    ["n - INTERVAL '1' YEAR", '2019-02-28 01:56:59.987654321 TIMESTAMP(9)'],
    ['TIMESTAMPADD(DAY, 1, n)', '2020-03-01 01:56:59.987654321 TIMESTAMP(9)'],
    ['TIMESTAMPADD(MONTH, -2, n)', '2019-12-29 01:56:59.987654321 TIMESTAMP(9)'],
    ['FLOOR(n TO MICROSECOND)', '2020-02-29 01:56:59.987654000 TIMESTAMP(9)'],
    ['CEIL(n TO MILLISECOND)', '2020-02-29 01:56:59.988000000 TIMESTAMP(9)'],
    ['CEIL(n TO DAY)', '2020-03-01 00:00:00.000000000 TIMESTAMP(9)'],
    ['EXTRACT(MICROSECOND FROM n)', '987654 BIGINT'],
    ['EXTRACT(NANOSECOND FROM n)', '987654321 BIGINT'],
    ['EXTRACT(MILLISECOND FROM n)', '987 BIGINT'],
    ['EXTRACT(HOUR FROM n)', '1 BIGINT'],
    ["DATE_FORMAT(n, 'ss.SSSSSSSSS')", '59.987654321 VARCHAR'],
    ["DATE_FORMAT(n, 'SSS SSSS')", '987 9876 VARCHAR'],
    ['u < n', 'TRUE BOOLEAN'],
    ['u = CAST(n AS TIMESTAMP(6))', 'TRUE BOOLEAN'],
    ["n BETWEEN '2020-02-29 01:56:59.987654321' AND '2020-02-29 01:56:59.987654322'", 'TRUE BOOLEAN'],
    ["n IN (TIMESTAMP '2020-02-29 01:56:59.987654321', TIMESTAMP '2020-01-01 00:00:00')", 'TRUE BOOLEAN'],
    ['CAST(n AS TIMESTAMP(3)) < n', 'TRUE BOOLEAN'],
    ["n > DATE '2020-02-29'", 'TRUE BOOLEAN'],
    ['GREATEST(u, n)', '2020-02-29 01:56:59.987654321 TIMESTAMP(9)'],
    ['COALESCE(CAST(NULL AS TIMESTAMP(3)), u)', '2020-02-29 01:56:59.987654 TIMESTAMP(6)'],
    ['CASE WHEN id = 1 THEN u ELSE n END', '2020-02-29 01:56:59.987654000 TIMESTAMP(9)'],
    ['IF(id = 2, n, CAST(u AS TIMESTAMP(3)))', '2020-02-29 01:56:59.987000000 TIMESTAMP(9)'],
    ['NULLIF(n, u)', '2020-02-29 01:56:59.987654321 TIMESTAMP(9)'],
    ['TIMESTAMPDIFF(SECOND, u, n)', '0 INT'],
    ['UNIX_TIMESTAMP(n)', '1582941419 BIGINT'],
    ["(n, INTERVAL '1' SECOND) OVERLAPS (u, u)", 'FALSE BOOLEAN'],
    ["(u, INTERVAL '1' SECOND) OVERLAPS (n, n)", 'TRUE BOOLEAN'],
    ['ARRAY[n, u][2]', '2020-02-29 01:56:59.987654000 TIMESTAMP(9)'],
    ['CAST(a AS ARRAY<TIMESTAMP(5)>)[1]', '1500-04-30 12:00:00.12345 TIMESTAMP(5)'],
    ["JSON_OBJECT('t' VALUE n)", '{"t":"2020-02-29T01:56:59.987654321"} VARCHAR'],
    ["PRINTF('%s', n)", '2020-02-29T01:56:59.987654321 VARCHAR'],
  ])('gives %s', async (expr, expected) => {
    expect(await value(expr)).toBe(expected);
  });

  it('is moved by months and rounded by days in the zone of the session', async () => {
    // The clock of New York goes from 02:00 to 03:00 on 2020-03-08.
    expect(await value("CAST('2020-02-08 02:30:00.0000005' AS TIMESTAMP(7)) + INTERVAL '1' MONTH", 'new york')).toBe(
      '2020-03-08 03:30:00.0000005 TIMESTAMP(7)',
    );
    expect(await value('FLOOR(n TO DAY)', 'new york')).toBe('2020-02-29 00:00:00.000000000 TIMESTAMP(9)');
    expect(await value("UNIX_TIMESTAMP(CAST('1970-01-01 00:00:00.0000005' AS TIMESTAMP(7)))", 'new york')).toBe(
      '18000 BIGINT',
    );
  });

  it('has milliseconds in literals of Blink', async () => {
    expect(await value("TIMESTAMP '2020-01-01 00:00:00.123456'", 'blink')).toBe('2020-01-01 00:00:00.123 TIMESTAMP(3)');
    expect(await value('DATE_ADD(n, 1)', 'blink')).toBe('2020-03-01 VARCHAR');
    expect(await value('DATEDIFF(n, u)', 'blink')).toBe('0 INT');
    expect(await value('FROM_TIMESTAMP(n)', 'blink')).toBe('1582941419987 BIGINT');
    expect(await value("DATE_FORMAT_TZ(n, 'UTC')", 'blink')).toBe('2020-02-29 01:56:59 VARCHAR');
    expect(await value('CAST(n AS BIGINT)', 'blink')).toBe('1582941419 BIGINT');
    expect(await value('YEAR(u)', 'blink')).toBe('2020 BIGINT');
  });

  it('is a key, an extreme and an order', async () => {
    const sorted = [
      ['2020-02-29 01:56:59.987654321', '2'],
      ['1969-12-31 23:59:59.999999999', '1'],
      [null, '1'],
    ];
    const grouped = await texts('flink', 'SELECT n, COUNT(*) FROM t GROUP BY n');
    expect(grouped).toHaveLength(3);
    expect(grouped).toEqual(expect.arrayContaining(sorted));
    expect(await texts('flink', 'SELECT MIN(u), MAX(u), COUNT(DISTINCT n), LAST_VALUE(u) FROM t')).toEqual([
      ['1969-12-31 23:59:59.999999', '2020-02-29 01:56:59.987655', '2', '2020-02-29 01:56:59.987655'],
    ]);
    const top = `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY u DESC) AS r FROM t) WHERE r <= 2`;
    expect((await texts('flink', top)).flat().sort()).toEqual(['1', '4']);
    expect(await texts('flink', 'SELECT l.id, r.id FROM t AS l JOIN t AS r ON l.n = r.u')).toEqual([]);
    expect(await texts('flink', 'SELECT l.id FROM t AS l JOIN t AS r ON CAST(l.n AS TIMESTAMP(6)) = r.u')).toHaveLength(
      3,
    );
  });

  it('is read from files and written to them', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-fine-'));
    try {
      const line = '{"u":"2020-02-29 01:56:59.9876543","a":["1500-04-30T12:00:00.123456789"],"r":{"n":null}}';
      await writeFile(join(dir, 'in.jsonl'), `${line}\n{"u":null}\n`);
      const engine = engines['flink']!;
      const columns = 'u TIMESTAMP(6), a ARRAY<TIMESTAMP(9)>, r ROW<n TIMESTAMP(7)>';
      await engine.execute(
        `CREATE TABLE fine_in (${columns}) WITH (type = 'file', path = '${join(dir, 'in.jsonl')}', format = 'jsonl');
         CREATE TABLE fine_out (u TIMESTAMP(6), e VARCHAR, c TIMESTAMP(3)) WITH (type = 'file', path = '${join(dir, 'out.csv')}', format = 'csv');`,
      );
      expect(await texts('flink', 'SELECT u, a[1], r.n FROM fine_in')).toEqual([
        ['2020-02-29 01:56:59.987654', '1500-04-30 12:00:00.123456789', null],
        [null, null, null],
      ]);
      await engine.execute('INSERT INTO fine_out SELECT u, CAST(a[1] AS VARCHAR), u FROM fine_in');
      const written = await readFile(join(dir, 'out.csv'), 'utf8');
      expect(written).toContain('2020-02-29 01:56:59.987654,1500-04-30 12:00:00.123456789,2020-02-29 01:56:59.987');
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('cannot carry a watermark', () => {
    const watermark = { column: 'u', delayMs: 0 };
    expect(() => {
      engines['flink']!.registerTable('w', { columns: [{ name: 'u', type: 'TIMESTAMP(6)' }], rows: [], watermark });
    }).toThrow('the watermark column "u" is TIMESTAMP(6), finer than a watermark');
  });
});

describe('Arrow timestamps', () => {
  const ns = [1_582_941_419_987_654_321n, -1n, null];

  function arrowTable(type: arrow.Timestamp, values: readonly (bigint | null)[]): arrow.Table {
    const data = arrow.makeData({
      type,
      length: values.length,
      nullCount: 1,
      nullBitmap: new Uint8Array([0b011]),
      data: BigInt64Array.from(values, (one) => one ?? 0n),
    });
    return new arrow.Table({ t: arrow.makeVector(data) });
  }

  it('of micro- and nanoseconds come and go with all digits', async () => {
    const engine = engines['flink']!;
    engine.registerTable('ns', { rows: arrowTable(new arrow.TimestampNanosecond(), ns) });
    const us = ns.map((one) => (one === null ? null : BigInt.asIntN(64, one) / 1000n));
    engine.registerTable('us', { rows: arrowTable(new arrow.TimestampMicrosecond(), us) });
    expect(await texts('flink', 'SELECT * FROM ns')).toEqual([
      ['2020-02-29 01:56:59.987654321'],
      ['1969-12-31 23:59:59.999999999'],
      [null],
    ]);
    expect((await texts('flink', 'SELECT * FROM us'))[0]).toEqual(['2020-02-29 01:56:59.987654']);
    for await (const batch of engine.query('SELECT t, CAST(t AS TIMESTAMP(6)) AS u FROM ns').batches()) {
      expect([...(batch.getChildAt(0)!.data[0]!.values as BigInt64Array)]).toEqual([
        1_582_941_419_987_654_321n,
        -1n,
        0n,
      ]);
      expect([...(batch.getChildAt(1)!.data[0]!.values as BigInt64Array)]).toEqual([1_582_941_419_987_654n, -1n, 0n]);
      expect(String(batch.schema.fields.map((one) => one.type))).toBe(
        'Timestamp<NANOSECOND, UTC>,Timestamp<MICROSECOND, UTC>',
      );
      expect(batch.getChildAt(0)!.get(2)).toBeNull();
    }
  });

  it('inside lists keep their digits on the way out', async () => {
    const query = engines['flink']!.query(
      "SELECT ARRAY[t, NULL] AS a FROM ns WHERE t > TIMESTAMP '2000-01-01 00:00:00'",
    );
    for await (const batch of query.batches()) {
      const items = batch.getChildAt(0)!.data[0]!.children[0]!;
      expect((items.values as BigInt64Array)[0]).toBe(1_582_941_419_987_654_321n);
    }
  });

  it('of nanoseconds become milliseconds where they are a rowtime', async () => {
    const rows = arrowTable(new arrow.TimestampNanosecond(), ns);
    engines['flink']!.registerTable('events', { rows, watermark: { column: 't', delayMs: 0 } });
    const query = engines['flink']!.query('SELECT t FROM events WHERE t IS NOT NULL');
    expect(query.schema[0]!.type).toBe('TIMESTAMP(3)');
    expect(await query.toArray()).toEqual([{ t: '2020-02-29 01:56:59.987' }, { t: '1969-12-31 23:59:59.999' }]);
  });

  it('beyond 64 bits of nanoseconds are refused', async () => {
    const read = async (): Promise<void> => {
      const query = engines['flink']!.query("SELECT CAST('1500-01-01 00:00:00' AS TIMESTAMP(9)) AS x");
      for await (const batch of query.batches()) expect(batch.numRows).toBe(1);
    };
    await expect(read()).rejects.toThrow("a TIMESTAMP(9) lies beyond Arrow's nanoseconds");
  });
});
