import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../../src/index.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await Engine.open();
});
afterEach(() => engine.close());

type Rows = Readonly<Record<string, string | null>>[];

async function rows(column: string, options: string, select = '*'): Promise<Rows> {
  await engine.execute(`CREATE OR REPLACE TABLE r (${column}) WITH (type='random', seed='5', ${options})`);
  return engine.query(`SELECT ${select} FROM r`).toArray({ text: true });
}

async function numbers(type: string, options: string): Promise<number[]> {
  return (await rows(`c ${type}`, options)).map((row) => Number(row['c']));
}

describe('fields of random tables', () => {
  it.each([
    ['TINYINT', -5, 5],
    ['SMALLINT', -300, -200],
    ['INT', 7, 9],
    ['BIGINT', -3, 3],
    ['FLOAT', -2, -1],
    ['DOUBLE', 10, 20],
    ['DECIMAL(5, 0)', 1, 4],
    ['DECIMAL(30, 0)', -4, 4],
  ])('%s keeps to its range', async (type, min, max) => {
    const found = await numbers(type, `rows='400', fields.c.min='${min}', fields.c.max='${max}'`);
    expect(found).toHaveLength(400);
    for (const value of found) expect(value >= min && value <= max).toBe(true);
    expect(new Set(found).size).toBeGreaterThan(1);
    if (max - min < 12 && !/FLOAT|DOUBLE/.test(type)) expect(Math.min(...found)).toBe(min);
  });

  it('reaches both ends of BIGINT and DECIMAL(38, 2)', async () => {
    const wide = "fields.c.min='-9223372036854775808', fields.c.max='9223372036854775807'";
    const big = (await rows('c BIGINT', `rows='200', ${wide}`)).map((row) => BigInt(row['c']!));
    expect(big.some((one) => one < -(2n ** 62n)) && big.some((one) => one > 2n ** 62n)).toBe(true);
    const digits = '9'.repeat(36);
    const exact = await rows(
      'c DECIMAL(38, 2)',
      `rows='50', fields.c.min='-${digits}.99', fields.c.max='${digits}.99'`,
    );
    expect(exact.some((row) => row['c']!.startsWith('-')) && exact.some((row) => !row['c']!.startsWith('-'))).toBe(
      true,
    );
  });

  it('counts in a sequence, as numbers and as texts, and ends with the shortest', async () => {
    const options =
      "fields.a.kind='sequence', fields.a.start='8', fields.a.end='11', fields.B.KIND='sequence', fields.b.end='99', " +
      "fields.c.kind='sequence', fields.c.start='-1'";
    const found = await rows('a BIGINT, b VARCHAR, c DECIMAL(6, 2)', options);
    expect(found).toEqual([
      { a: '8', b: '0', c: '-1.00' },
      { a: '9', b: '1', c: '0.00' },
      { a: '10', b: '2', c: '1.00' },
      { a: '11', b: '3', c: '2.00' },
    ]);
  });

  it('gives texts and binaries of a length', async () => {
    const found = await rows(
      's VARCHAR, v VARCHAR, b VARBINARY, e VARCHAR',
      "rows='100', fields.s.length='21', fields.v.length='4', fields.v.var-len='true', fields.b.length='3', fields.e.length='0'",
      'CHAR_LENGTH(s) AS s, CHAR_LENGTH(v) AS v, b, e',
    );
    expect(new Set(found.map((row) => row['s']))).toEqual(new Set(['21']));
    expect(new Set(found.map((row) => row['v']))).toEqual(new Set(['1', '2', '3', '4']));
    expect(new Set(found.map((row) => row['b']!.length))).toEqual(new Set([8]));
    expect(found[0]!['e']).toBe('');
  });

  it('gives NULL at a rate', async () => {
    const found = await rows('a INT, b VARCHAR', "rows='1000', fields.a.null-rate='0.25', fields.b.null-rate='1'");
    const nulls = found.filter((row) => row['a'] === null).length;
    expect(nulls > 180 && nulls < 320).toBe(true);
    expect(found.every((row) => row['b'] === null)).toBe(true);
  });

  it('puts times into the past', async () => {
    const found = await rows('t TIMESTAMP, d DATE', "rows='200', fields.t.max-past='1 min', fields.d.max-past='40 d'");
    const times = found.map((row) => row['t']!);
    expect(times.every((one) => one >= '2019-12-31 23:59:00.000' && one <= '2020-01-01 00:00:00.200')).toBe(true);
    expect(times.some((one) => one < '2019-12-31 23:59:30')).toBe(true);
    expect(new Set(found.map((row) => row['d'])).size).toBeGreaterThan(20);
  });

  it('takes options of parts of nested types', async () => {
    const found = await rows(
      'a ARRAY<INT>, m MAP<VARCHAR, INT>, r ROW<x INT, y ARRAY<INT>>',
      "rows='50', fields.a.length='3', fields.a.element.max='1', fields.m.length='1', fields.m.value.null-rate='1', " +
        "fields.r.x.kind='sequence', fields.r.y.length='5', fields.r.y.var-len='true'",
      'CARDINALITY(a) AS n, a[1] AS one, CARDINALITY(m) AS m, r.x AS x, CARDINALITY(r.y) AS y',
    );
    expect(new Set(found.map((row) => row['n']))).toEqual(new Set(['3']));
    expect(new Set(found.map((row) => row['one']))).toEqual(new Set(['0', '1']));
    expect(new Set(found.map((row) => row['m']))).toEqual(new Set(['1']));
    expect(found.map((row) => row['x']).slice(0, 3)).toEqual(['0', '1', '2']);
    expect(new Set(found.map((row) => row['y'])).size).toBe(5);
  });

  it('gives the same rows in every batch size', async () => {
    const options = "rows='30', fields.a.max='99', fields.s.length='9', fields.s.null-rate='0.3'";
    const whole = await rows('a INT, s VARCHAR', options);
    const paced = await rows('a INT, s VARCHAR', `${options}, rate='2000'`);
    expect(paced).toEqual(whole);
  });

  it("takes Flink's names", async () => {
    await engine.execute(
      `CREATE TABLE g (a INT) WITH ('connector'='datagen', 'number-of-rows'='4', 'rows-per-second'='100000', 'fields.a.kind'='sequence')`,
    );
    expect(await engine.query('SELECT a FROM g').toArray({ text: true })).toHaveLength(4);
  });

  it.each([
    ["fields.cc.kind='random'", 'connector "random" has no option "fields.cc.kind"', 'Did you mean "fields.c.kind"?'],
    [
      "fields.c.kind='seq'",
      `option "fields.c.kind" of connector "random" takes one of 'random', 'sequence', not 'seq'`,
    ],
    [
      "fields.c.max='128'",
      `option "fields.c.max" of connector "random" takes a whole number from -128 to 127, not '128'`,
    ],
    [
      "fields.c.max='1.5'",
      `option "fields.c.max" of connector "random" takes a whole number from -128 to 127, not '1.5'`,
    ],
    ["fields.c.null-rate='2'", `option "fields.c.null-rate" of connector "random" takes a number from 0 to 1, not '2'`],
    [
      "fields.t.max-past='soon'",
      `option "fields.t.max-past" of connector "random" takes a duration such as '10 s', not 'soon'`,
    ],
    ["fields.c.min='5', fields.c.max='4'", 'option "fields.c.min" is above "fields.c.max"'],
    ["fields.n.null-rate='0.1'", 'column "n" is NOT NULL and has a null-rate'],
  ])('refuses %s', async (options, message, hint?: string) => {
    const found = rows('c TINYINT, t TIMESTAMP, n INT NOT NULL', options);
    await expect(found).rejects.toMatchObject({ message, ...(hint === undefined ? {} : { hint }) });
  });
});
