import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';

describe('built-in table functions', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ onWarning: () => undefined });
  });
  afterAll(() => engine.close());

  async function rows(call: string): Promise<(string | null)[][]> {
    const found = await engine.query(`SELECT * FROM TABLE(${call})`).toArray({ text: true });
    return found.map((row) => Object.values(row));
  }

  it.each([
    [`STRING_SPLIT('a-b', '-')`, ['a', 'b']],
    [`STRING_SPLIT('--a--b--', '-')`, ['a', 'b']],
    [`STRING_SPLIT('a,b;c', ',;')`, ['a', 'b', 'c']],
    [`STRING_SPLIT('', '-')`, []],
    [`STRING_SPLIT('---', '-')`, []],
    [`STRING_SPLIT('abc', '')`, ['abc']],
    [`STRING_SPLIT('äöü', 'ö')`, ['ä', 'ü']],
    [`STRING_SPLIT('1€2¥3', '¥€')`, ['1', '2', '3']],
    [`STRING_SPLIT('a😀b', '😀')`, ['a', 'b']],
    [`STRING_SPLIT(CAST(NULL AS VARCHAR), '-')`, []],
    [`STRING_SPLIT('a-b', NULL)`, []],
    ['GENERATE_SERIES(1, 3)', ['1', '2']],
    ['GENERATE_SERIES(-2, 1)', ['-2', '-1', '0']],
    ['GENERATE_SERIES(3, 3)', []],
    ['GENERATE_SERIES(3, 1)', []],
    ['GENERATE_SERIES(NULL, 1)', []],
    ['GENERATE_SERIES(2147483645, 2147483647)', ['2147483645', '2147483646']],
    ['GENERATE_SERIES(9223372036854775805, 9223372036854775807)', ['9223372036854775805', '9223372036854775806']],
    [`JSON_TUPLE('{"a": 1, "b": {"c": [2, 3]}}', 'a', '$.b.c[1]', '$.b', 'x')`, ['1', '3', '{"c":[2, 3]}', null]],
    [`JSON_TUPLE(CAST(NULL AS VARCHAR), 'a', 'b')`, [null, null]],
    [`JSON_TUPLE('{', 'a')`, [null]],
    [`JSON_TUPLE('{"a": null}', 'a', CAST(NULL AS VARCHAR))`, [null, null]],
  ])('%s gives the rows %j', async (call, expected) => {
    const found = (await rows(call)).map((row) => row[0]?.replaceAll(' ', '') ?? null);
    expect(found).toEqual(expected.map((one) => one?.replaceAll(' ', '') ?? null));
  });

  it.each([
    [`MULTI_KEYVALUE('k1=v1;k2=v2', ';', '=', 'k2', 'k1', 'k3')`, ['v2', 'v1', null]],
    [`MULTI_KEYVALUE('k1 v1;k2', ';', NULL, 'k1', 'k2')`, ['v1', null]],
    [`MULTI_KEYVALUE('a:1 b:2', NULL, ':', 'b')`, ['2']],
    [`MULTI_KEYVALUE('a=1=2;b=3', ';', '=', 'a', 'b')`, [null, '3']],
    [`MULTI_KEYVALUE('a=;=b', ';', '=', 'a', 'b')`, [null, null]],
    [`MULTI_KEYVALUE('a=1', ';', '=', CAST(NULL AS VARCHAR), 'a')`, [null, '1']],
    [`MULTI_KEYVALUE(CAST(NULL AS VARCHAR), ';', '=', 'a', 'b')`, [null, null]],
    [`MULTI_KEYVALUE('', ';', '=', 'a')`, [null]],
  ])('%s gives one row %j', async (call, expected) => {
    expect(await rows(call)).toEqual([expected]);
  });

  it('names the columns as AS says, and f0, f1 … without', async () => {
    expect(
      engine.query(`SELECT * FROM TABLE(MULTI_KEYVALUE('a=1', ';', '=', 'a', 'b'))`).schema.map((one) => one.name),
    ).toEqual(['f0', 'f1']);
    const { schema } = engine.query(`SELECT * FROM TABLE(GENERATE_SERIES(CAST(1 AS BIGINT), 2)) AS t (n)`);
    expect(schema).toEqual([{ name: 'n', type: 'BIGINT' }]);
  });

  it('gives more rows than a batch holds without holding them all', async () => {
    const [row] = await engine
      .query('SELECT COUNT(*) AS n, SUM(v) AS s FROM TABLE(GENERATE_SERIES(0, 100000)) AS t (v)')
      .toArray({ text: true });
    // SUM of INT wraps.
    expect(row).toEqual({ n: '100000', s: '704982704' });
    // An endless one ends with its reader.
    const endless = engine.query(
      'SELECT v FROM TABLE(GENERATE_SERIES(CAST(0 AS BIGINT), 9223372036854775807)) AS t (v)',
    );
    let seen = 0;
    for await (const batch of endless.textBatches()) {
      seen += batch.cells.length;
      if (seen > 10_000) break;
    }
    expect(seen).toBeGreaterThan(10_000);
  });
});
