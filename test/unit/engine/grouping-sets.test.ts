import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

const rows = [
  ['a', 1, 10],
  ['a', 2, 20],
  ['b', 1, 30],
  ['b', null, 40],
];

async function final(
  sql: string,
  options: { readonly rows?: readonly (readonly unknown[])[] } = {},
): Promise<string[]> {
  const engine = await Engine.open();
  try {
    engine.registerTable('t', {
      columns: [
        { name: 'k', type: 'VARCHAR' },
        { name: 'n', type: 'INT' },
        { name: 'v', type: 'BIGINT' },
      ],
      rows: (options.rows ?? rows) as unknown[][],
    });
    const left: string[] = [];
    for await (const change of engine.query(sql).changes({ text: true })) {
      const line = Object.values(change.row).map(String).join(' ');
      if (change.kind === '+I' || change.kind === '+U') left.push(line);
      else left.splice(left.indexOf(line), 1);
    }
    return left.sort();
  } finally {
    await engine.close();
  }
}

describe('GROUPING SETS, CUBE and ROLLUP', () => {
  it('take CUBE, ROLLUP and GROUPING SETS inside GROUPING SETS for all their sets', async () => {
    const nested = await final(
      'SELECT k, n, SUM(v) FROM t GROUP BY GROUPING SETS (k, ROLLUP (n), GROUPING SETS ((k, n)))',
    );
    expect(nested).toEqual(await final('SELECT k, n, SUM(v) FROM t GROUP BY GROUPING SETS ((k), (n), (), (k, n))'));
    expect(nested).toHaveLength(2 + 3 + 1 + 4);
    const wide = Array.from({ length: 12 }, () => 'n').join(', ');
    await expect(final(`SELECT k FROM t GROUP BY GROUPING SETS (k, CUBE (${wide}))`)).rejects.toThrow('grouping sets');
  });

  it('group every row once for each set and leave the other keys NULL', async () => {
    expect(await final('SELECT k, n, SUM(v) FROM t GROUP BY GROUPING SETS ((k), (n), ())')).toEqual([
      'a null 30',
      'b null 70',
      'null 1 40',
      'null 2 20',
      'null null 100',
      'null null 40',
    ]);
  });

  it('tell a key that is NULL from one that is left out', async () => {
    expect(await final("SELECT n, GROUPING(n), COUNT(*) FROM t WHERE k = 'b' GROUP BY ROLLUP (n)")).toEqual([
      '1 0 1',
      'null 0 1',
      'null 1 2',
    ]);
  });

  it('ROLLUP drops items from the right, a list counts as one item', async () => {
    expect(await final('SELECT k, n, v, COUNT(*) FROM t WHERE v <= 20 GROUP BY ROLLUP ((k, n), v)')).toEqual([
      'a 1 10 1',
      'a 1 null 1',
      'a 2 20 1',
      'a 2 null 1',
      'null null null 2',
    ]);
  });

  it('CUBE takes every subset', async () => {
    expect(await final('SELECT k, n, GROUPING_ID(k, n), COUNT(*) FROM t WHERE v = 10 GROUP BY CUBE (k, n)')).toEqual([
      'a 1 0 1',
      'a null 1 1',
      'null 1 2 1',
      'null null 3 1',
    ]);
  });

  it('multiply with the other items of GROUP BY', async () => {
    expect(await final('SELECT k, n, COUNT(*) FROM t WHERE n = 1 GROUP BY k, CUBE (n)')).toEqual([
      'a 1 1',
      'a null 1',
      'b 1 1',
      'b null 1',
    ]);
  });

  it('keep equal sets apart, numbered by GROUP_ID', async () => {
    expect(await final('SELECT k, GROUP_ID(), SUM(v) FROM t GROUP BY GROUPING SETS (k, k)')).toEqual([
      'a 0 30',
      'a 1 30',
      'b 0 70',
      'b 1 70',
    ]);
  });

  it('aggregate a key by its own value in every set', async () => {
    expect(await final('SELECT n, SUM(n), COUNT(DISTINCT n) FROM t GROUP BY GROUPING SETS ((n), ())')).toEqual([
      '1 2 1',
      '2 2 1',
      'null 4 2',
      'null null 0',
    ]);
  });

  it('compute with keys and grouping functions, in HAVING as well', async () => {
    expect(
      await final('SELECT n + 1 AS m, COUNT(*) FROM t GROUP BY ROLLUP (n, k) HAVING GROUPING_ID(n, k) = 1'),
    ).toEqual(['2 2', '3 1', 'null 1']);
  });

  it('answer 0 without GROUPING SETS', async () => {
    expect(await final('SELECT k, GROUPING(k), GROUP_ID(), COUNT(*) FROM t GROUP BY k')).toEqual([
      'a 0 0 2',
      'b 0 0 2',
    ]);
  });

  it('take back what their input takes back', async () => {
    const sql =
      'SELECT c, SUM(s), COUNT(*) FROM (SELECT k, COUNT(*) AS c, SUM(v) AS s FROM t GROUP BY k) GROUP BY ROLLUP (c)';
    expect(await final(sql)).toEqual(['2 100 2', 'null 100 2']);
  });

  it('give nothing over no rows, like every group of a stream', async () => {
    expect(await final('SELECT COUNT(*) FROM t GROUP BY GROUPING SETS ((), (k))', { rows: [] })).toEqual([]);
  });

  it('are windowed together with a group window', async () => {
    const engine = await Engine.open();
    engine.registerTable('w', {
      columns: [
        { name: 'ts', type: 'TIMESTAMP' },
        { name: 'k', type: 'VARCHAR' },
      ],
      rows: [
        ['2020-01-01 00:00:01', 'a'],
        ['2020-01-01 00:00:02', 'b'],
        ['2020-01-01 00:01:02', 'b'],
      ],
      watermark: { column: 'ts', delayMs: 0 },
    });
    const result = await engine
      .query(
        "SELECT TUMBLE_END(ts, INTERVAL '1' MINUTE) AS w, k, COUNT(*) AS c FROM w GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), ROLLUP (k)",
      )
      .toArray({ text: true });
    expect(result.map((row) => Object.values(row).join(' ')).sort()).toEqual([
      '2020-01-01 00:01:00.000  2',
      '2020-01-01 00:01:00.000 a 1',
      '2020-01-01 00:01:00.000 b 1',
      '2020-01-01 00:02:00.000  1',
      '2020-01-01 00:02:00.000 b 1',
    ]);
    await engine.close();
  });

  it.each([
    ['SELECT GROUPING(v) FROM t GROUP BY CUBE (k)', /argument of function "GROUPING" is no key/],
    ['SELECT k, GROUPING() FROM t GROUP BY k', /function "GROUPING" takes keys of GROUP BY/],
    ['SELECT v FROM t GROUP BY ROLLUP (k)', /column "v" is neither grouped nor aggregated/],
    ['SELECT COUNT(*) FROM t GROUP BY CUBE (1,2,3,4,5,6,7,8,9,10,11)', /more than 1024 grouping sets/],
  ])('refuse %s', async (sql, message) => {
    await expect(final(sql)).rejects.toThrow(message);
  });
});
