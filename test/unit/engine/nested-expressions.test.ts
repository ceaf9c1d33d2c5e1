import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, type RegisterTableOptions } from '../../../src/index.ts';
import { jsonlWriter } from '../../../src/terminal/jsonl-writer.ts';

const t: RegisterTableOptions = {
  columns: [
    { name: 'id', type: 'INT' },
    { name: 'a', type: 'ARRAY<INT>' },
    { name: 's', type: 'VARCHAR ARRAY' },
    { name: 'm', type: 'MAP<VARCHAR, INT>' },
    { name: 'r', type: 'ROW<f INT, g ROW<h VARCHAR, i ARRAY<BIGINT>>>' },
    { name: 'd', type: 'ROW(x DECIMAL(10, 2), y DATE)' },
  ],
  rows: [
    [1, [3, null, 1], ['b', 'a'], { k: 1, l: null }, [5, ['p', [1, 2]]], ['1.50', '2024-02-29']],
    [2, [], [null], {}, { F: 6, g: null }, null],
    [3, null, null, null, null, [null, null]],
    [
      4,
      [3, null, 1],
      ['b', 'a'],
      [
        ['l', null],
        ['k', 1],
      ],
      [5, ['p', [1, 2]]],
      ['1.50', '2024-02-29'],
    ],
  ],
};

const engines: Record<string, Engine> = {};

beforeAll(async () => {
  for (const dialect of ['blink', 'flink']) {
    const engine = await Engine.open({ timeZone: 'UTC', settings: { 'sql.compatibility': dialect } });
    engine.registerTable('t', t);
    engines[dialect] = engine;
  }
});
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close();
});

async function texts(dialect: string, sql: string): Promise<(string | null)[]> {
  const rows = await engines[dialect]!.query(sql).toArray({ text: true });
  return rows.map((row) => Object.values(row)[0] ?? null);
}

async function failure(dialect: string, sql: string): Promise<string> {
  try {
    await engines[dialect]!.query(sql).toArray();
  } catch (error) {
    return `${(error as { code?: string }).code ?? ''}: ${(error as Error).message}`;
  }
  return 'no failure';
}

/** Over rows 1, 2, 3 (row 4 is row 1 with its map in another order). */
describe.each(['blink', 'flink'])('nested values under %s', (dialect) => {
  it.each([
    ['a[1]', ['3', null, null]],
    ['a[2]', [null, null, null]],
    ['a[id]', ['3', null, null]],
    ['a[CAST(NULL AS INT)]', [null, null, null]],
    ['s[2]', ['a', null, null]],
    ["m['k']", ['1', null, null]],
    ["m['no']", [null, null, null]],
    ['m[CAST(NULL AS VARCHAR)]', [null, null, null]],
    ['r.f', ['5', '6', null]],
    ['r.g.h', ['p', null, null]],
    ['t.r.g.i[2]', ['2', null, null]],
    ['R.G.I[1]', ['1', null, null]],
    ['(r).g.h', ['p', null, null]],
    ['d.x + 1', ['2.50', null, null]],
    ['CARDINALITY(a)', ['3', '0', null]],
    ['CARDINALITY(m)', ['2', '0', null]],
    ['CARDINALITY(r.g.i)', ['2', null, null]],
    ['r.g.h IS NULL', ['false', 'true', 'true']],
    ['r IS NULL', ['false', 'false', 'true']],
    ['COALESCE(a, ARRAY[9])[1]', ['3', null, '9']],
    ["CASE WHEN id = 1 THEN m ELSE MAP['k', 7] END['k']", ['1', '7', '7']],
    ['IF(id = 2, ARRAY[0], a)[1]', ['3', '0', null]],
    ['a = a', ['true', 'true', null]],
    ['a <> ARRAY[3, NULL, 1]', ['false', 'true', null]],
    ['a = ARRAY[CAST(3 AS BIGINT), NULL, 1]', ['true', 'false', null]],
    ["m = MAP['l', CAST(NULL AS INT), 'k', 1]", ['true', 'false', null]],
    ["r.g = ROW('p', ARRAY[1, 2])", ['true', null, null]],
    ['a IS DISTINCT FROM ARRAY[3, NULL, 1]', ['false', 'true', 'true']],
    ['(id, r.f) IN ((1, 5), (2, 7))', ['true', 'false', 'false']],
    ['(id, r.f) NOT IN ((1, 5), (3, 7))', ['false', 'true', null]],
    ['a IN (ARRAY[3, NULL, 1], ARRAY[1])', ['true', 'false', null]],
    ['ARRAY_CONTAINS(a, 1)', ['true', 'false', null]],
    ['ARRAY_CONTAINS(a, NULL)', ['true', 'false', null]],
    ['ARRAY_POSITION(a, 1)', ['3', '0', null]],
    ['ARRAY_POSITION(a, CAST(NULL AS INT))', [null, null, null]],
    ["ARRAY_JOIN(s, '-')", ['b-a', '', null]],
    ["ARRAY_JOIN(s, '-', '?')", ['b-a', '?', null]],
    ['ARRAY_MAX(a)', ['3', null, null]],
    ['ARRAY_MIN(s)', ['a', null, null]],
    ['ARRAY_SLICE(a, 2)[2]', ['1', null, null]],
    ['CARDINALITY(ARRAY_UNION(a, ARRAY[3, 4]))', ['4', '2', null]],
    ['MAP_KEYS(m)[2]', ['l', null, null]],
    ['MAP_ENTRIES(m)[1].`value`', ['1', null, null]],
    ["MAP_UNION(m, MAP['k', 8])['k']", ['8', '8', null]],
    ['ELEMENT(ARRAY_SLICE(a, 1, 1))', ['3', null, null]],
  ])('%s', async (sql, expected) => {
    const got = await texts(dialect, `SELECT ${sql} FROM t WHERE id < 4`);
    expect(got.map((one) => (one === 'TRUE' || one === 'FALSE' ? one.toLowerCase() : one))).toEqual(expected);
  });

  it('stand for their fields in r.*', async () => {
    const rows = await engines[dialect]!.query('SELECT r.*, t.r.g.* FROM t WHERE id = 1').toArray();
    expect(rows).toEqual([{ f: 5, g: { h: 'p', i: [1n, 2n] }, h: 'p', i: [1n, 2n] }]);
  });

  it('group, and are distinct, by value', async () => {
    expect(await texts(dialect, 'SELECT COUNT(*) FROM t GROUP BY a')).toEqual(['1', '1', '2']);
    expect(await texts(dialect, 'SELECT COUNT(*) FROM t GROUP BY r.G')).toEqual(['2', '2']);
    expect((await texts(dialect, 'SELECT DISTINCT d FROM t')).length).toBe(3);
    expect(await texts(dialect, 'SELECT COUNT(DISTINCT s) FROM t')).toEqual(['2']);
  });

  it('are collected', async () => {
    expect(await texts(dialect, 'SELECT COLLECT(r.f) FROM t')).toEqual(['{5=2, 6=1}']);
    expect(await texts(dialect, 'SELECT CARDINALITY(COLLECT(r.f)) FROM t')).toEqual(['3']);
    const [row] = await engines[dialect]!.query('SELECT ARRAY_AGG(r.f) AS x, ARRAY_AGG(a) AS y FROM t').toArray();
    expect(row).toEqual({ x: [5, 6, null, 5], y: [[3, null, 1], [], null, [3, null, 1]] });
  });

  it.each([
    ['SELECT id.f FROM t', 'PLAN_UNKNOWN_TABLE: table "id" is not in FROM'],
    ['SELECT r.no FROM t', 'PLAN_UNKNOWN_COLUMN: field "no" does not exist in ROW<'],
    ['SELECT t.a.f FROM t', 'PLAN_TYPE: ARRAY<INT> has no field "f"'],
    ['SELECT a < a FROM t', 'PLAN_ARGUMENTS: operator "<" does not take (ARRAY<INT>, ARRAY<INT>)'],
    ['SELECT a = s FROM t', 'PLAN_TYPE: ARRAY<INT> and ARRAY<VARCHAR> cannot be compared'],
    ['SELECT a = 1 FROM t', 'PLAN_TYPE: ARRAY<INT> and INT cannot be compared'],
    ['SELECT MAX(a) FROM t', 'PLAN_ARGUMENTS: aggregate function "MAX" does not take (ARRAY<INT>)'],
    ['SELECT CAST(a AS INT) FROM t', 'PLAN_TYPE: ARRAY<INT> cannot be cast to INT'],
    ['SELECT CAST(r AS ROW<f INT>) FROM t', 'PLAN_TYPE: ROW<'],
    ["SELECT a['x'] FROM t", 'PLAN_ARGUMENTS: function "[]" does not take (ARRAY<INT>, CHAR(1))'],
    ['SELECT m[1] FROM t', 'PLAN_ARGUMENTS: function "[]" does not take (MAP<VARCHAR, INT>, INT)'],
    ['SELECT CAST(1 AS ARRAY) FROM t', 'TYPE_UNKNOWN: type ARRAY takes the type of its elements'],
    ['SELECT CAST(1 AS MAP<INT>) FROM t', 'TYPE_UNKNOWN: type MAP takes the types of its keys and values'],
    ['SELECT (1, 2) IN ((1, 2, 3))', 'PLAN_TYPE: IN compares 2 values with another number of them'],
    ['SELECT ELEMENT(ARRAY[1, 2])', 'VALUE_INVALID: ELEMENT got 2 elements'],
    ['SELECT MAP_FROM_ARRAYS(ARRAY[1], ARRAY[1, 2])', 'VALUE_INVALID: MAP_FROM_ARRAYS got 1 keys and 2 values'],
  ])('%s says what is wrong', async (sql, expected) => {
    expect(await failure(dialect, sql)).toContain(expected);
  });
});

describe('the lines of a result', () => {
  it('hold nested values as JSON where that is asked for, as text else', async () => {
    const sql = 'SELECT id, m, r, CAST(NULL AS ARRAY<INT>) AS n FROM t WHERE id = 1';
    const lines = async (options?: { nested: 'json' }): Promise<string> => {
      const result = engines['blink']!.query(sql);
      const writer = jsonlWriter({ columns: result.schema, changelog: false });
      let text = '';
      for await (const batch of result.textBatches(options)) text += writer.rows(batch);
      return text;
    };
    expect(await lines({ nested: 'json' })).toBe(
      '{"id":1,"m":{"k":1,"l":null},"r":{"f":5,"g":{"h":"p","i":[1,2]}},"n":null}\n',
    );
    const table: string[] = [];
    for await (const batch of engines['blink']!.query(sql).textBatches()) table.push(...batch.cells.map(String));
    expect(table).toEqual(['1,{k=1, l=null},5,p,[1, 2],']);
  });
});

describe('the text of nested values', () => {
  it.each([
    ['ARRAY[TRUE, NULL]', '[true, null]', '[TRUE, NULL]'],
    ["ROW(1, 'x', NULL)", '1,x,null', '(1, x, NULL)'],
    ['ROW(1, ROW(2, 3))', '1,2,3', '(1, (2, 3))'],
    ["MAP['a', ARRAY[1.50]]", '{a=[1.50]}', '{a=[1.50]}'],
    ['ARRAY[1e0, 2.5e0]', '[1.0, 2.5]', '[1.0, 2.5]'],
    ["ARRAY[x'41']", '[A]', '[A]'],
    ["ARRAY[DATE '2024-02-29']", '[2024-02-29]', '[2024-02-29]'],
  ])('%s', async (sql, blink, flink) => {
    expect(await texts('blink', `SELECT CAST(${sql} AS VARCHAR)`)).toEqual([blink]);
    expect(await texts('flink', `SELECT CAST(${sql} AS VARCHAR)`)).toEqual([flink]);
  });
});

describe('casts of nested values', () => {
  it('convert part by part', async () => {
    const [row] = await engines['flink']!.query(
      `SELECT CAST(ARRAY['1', NULL] AS ARRAY<INT>) AS a, CAST(MAP[1, '2'] AS MAP<VARCHAR, BIGINT>) AS m,
           CAST(ROW(1, ROW('2')) AS ROW<p VARCHAR, q ROW<r DOUBLE>>) AS r`,
    ).toArray();
    expect(row).toEqual({ a: [1, null], m: new Map([['1', 2n]]), r: { p: '1', q: { r: 2 } } });
  });

  it('fail, or give NULL, as the dialect does for the parts', async () => {
    expect(await failure('flink', "SELECT CAST(ARRAY['x'] AS ARRAY<INT>)")).toContain("text 'x' cannot be cast to INT");
    expect(await texts('flink', "SELECT TRY_CAST(ARRAY['1', 'x'] AS ARRAY<INT>)")).toEqual([null]);
    expect(await texts('blink', "SELECT CAST(ARRAY['1', 'x'] AS ARRAY<INT>)")).toEqual(['[1, null]']);
  });

  it('cut texts to their length under Flink only', async () => {
    expect(await texts('flink', "SELECT CAST(ARRAY['abc'] AS ARRAY<VARCHAR(2)>)")).toEqual(['[ab]']);
    expect(await texts('blink', "SELECT CAST(ARRAY['abc'] AS ARRAY<VARCHAR(2)>)")).toEqual(['[abc]']);
  });

  it('make one key of keys that become equal', async () => {
    expect(await texts('blink', "SELECT CAST(MAP['1', 'a', '01', 'b'] AS MAP<INT, VARCHAR>)")).toEqual(['{1=b}']);
  });
});

describe('text made into collections', () => {
  it.each([
    ["SPLIT('', ',')", '[]'],
    ["SPLIT('a,', ',')", '[a, ]'],
    ["SPLIT('中a', '')", '[中, a]'],
    ["STR_TO_MAP('')", '{}'],
    ["STR_TO_MAP('a=1,,b')", '{a=1, =null, b=null}'],
    ["STR_TO_MAP('a1b22c', '[0-9]+', '=')", '{a=null, b=null, c=null}'],
    ["STR_TO_MAP('a=1=2,a=3', ',', '=')", '{a=3}'],
    ["STR_TO_MAP('a=1=2')", '{a=1=2}'],
    ["REGEXP_EXTRACT_ALL('a1b2', '([a-z])([0-9])', 2)", '[1, 2]'],
    ["REGEXP_EXTRACT_ALL('ab', '(x)?b')", '[null]'],
    ["REGEXP_EXTRACT_ALL('ab', '(b)', 2)", null],
  ])('%s', async (sql, expected) => {
    expect(await texts('blink', `SELECT ${sql}`)).toEqual([expected]);
  });

  it('takes one or three arguments for STR_TO_MAP', async () => {
    expect(await failure('blink', "SELECT STR_TO_MAP('a', ',')")).toContain('PLAN_ARGUMENTS');
  });
});
