import { describe, expect, it } from 'vitest';
import type { ScriptOptions } from '../../../src/index.ts';
import { Engine } from '../../../src/index.ts';

const day = (text: string): Date => new Date(`${text}Z`);
const columns = [
  { name: 'a', type: 'BIGINT' },
  { name: 's', type: 'VARCHAR' },
  { name: 'ts', type: 'TIMESTAMP' },
  { name: 'status', type: 'INT' },
  { name: 'tags', type: 'ARRAY<VARCHAR>' },
  { name: 'j', type: 'VARCHAR' },
  { name: '__timestamp__', type: 'BIGINT' },
];
const rows = [
  [1n, 'x', day('2024-01-03T10:11:12'), 200, ['p', 'q'], '{"k":1,"m":{"z":"u"}}', 1704276672n],
  [2n, null, day('2024-01-03T10:59:00'), 404, ['p'], null, 1704279540n],
  [1n, 'GET /index.html', day('2024-01-07T00:00:00'), 500, null, '{}', 1704672000n],
  [null, 'Hello World', null, null, [], '[1]', 1704672001n],
];

async function run(sql: string, options: ScriptOptions = {}, batch = rows): Promise<string[]> {
  await using engine = await Engine.open();
  engine.registerTable('t', { columns, rows: batch });
  const query = await engine.prepare(sql, options);
  const found = await query.toArray({ text: true });
  return found.map((row) => JSON.stringify(Object.values(row))).sort();
}

/** Dialect, query, the same in the own dialect. */
const cases: readonly (readonly [string, string, string])[] = [
  ['postgresql', "SELECT s, a::varchar || '!' FROM t WHERE s ILIKE 'H%' OR s ~ '^x'", "SELECT s, CAST(a AS VARCHAR) || '!' FROM t WHERE LOWER(s) LIKE 'h%' OR REGEXP(s, '^x')"],
  ['postgresql', 'SELECT a, count(*) AS c FROM t GROUP BY 1', 'SELECT a, COUNT(*) AS c FROM t GROUP BY a'],
  ['postgresql', "SELECT date_trunc('week', ts) FROM t", "SELECT CASE WHEN ts IS NOT NULL THEN TIMESTAMP '2024-01-01 00:00:00' END FROM t"],
  ['postgresql', "SELECT j ->> 'k', j -> 'm' ->> 'z' FROM t", "SELECT JSON_VALUE(j, '$.k'), JSON_VALUE(j, '$.m.z') FROM t"],
  ['postgresql', 'SELECT greatest(a, status), least(a, status) FROM t WHERE a IS NULL OR a = 2', 'SELECT status, a FROM t WHERE a = 2 UNION ALL SELECT CAST(NULL AS INT), CAST(NULL AS BIGINT) FROM t WHERE a IS NULL'],
  ['postgresql', 'SELECT a, e FROM t, LATERAL unnest(tags) AS e', 'SELECT a, e FROM t CROSS JOIN UNNEST(tags) AS x (e)'],
  ['postgresql', 'SELECT n FROM generate_series(1, 3) AS n', 'SELECT n FROM (VALUES (1), (2), (3)) AS v (n)'],
  ['postgresql', 'SELECT bool_and(a > 0), bool_or(a > 1) FROM t', 'SELECT MIN(CAST(a > 0 AS INT)) = 1, MAX(CAST(a > 1 AS INT)) = 1 FROM t'],
  ['postgresql', 'SELECT a FROM t ORDER BY a DESC LIMIT 2', 'SELECT a FROM t WHERE a IS NULL OR a = 2'],
  ['trino', 'SELECT a, e, n FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS x(e, n)', 'SELECT a, e, n FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS x (e, n)'],
  ['trino', 'SELECT a FROM t ORDER BY a DESC OFFSET 1 ROWS FETCH FIRST 2 ROWS ONLY', 'SELECT a FROM t WHERE a = 1'],
  ['trino', "SELECT count_if(a > 1), approx_percentile(a, 0.5), concat(max(s), CAST(NULL AS varchar)) FROM t", "SELECT COUNT(CASE WHEN a > 1 THEN 1 END), PERCENTILE(a, 0.5), CAST(NULL AS VARCHAR) FROM t"],
  ['trino', "SELECT date_format(ts, '%H:%i'), date_diff('hour', ts, ts + INTERVAL '1' DAY) FROM t", "SELECT DATE_FORMAT(ts, 'HH:mm'), CASE WHEN ts IS NOT NULL THEN 24 END FROM t"],
  ['trino', 'SELECT element_at(tags, 1), contains(tags, \'p\') FROM t', "SELECT tags[1], ARRAY_CONTAINS(tags, 'p') FROM t"],
  ['hive', 'SELECT a, e FROM t LATERAL VIEW OUTER explode(tags) x AS e', 'SELECT a, e FROM t LEFT JOIN UNNEST(tags) AS x (e) ON TRUE'],
  ['hive', 'SELECT a, status, count(*) FROM t GROUP BY a, status WITH ROLLUP', 'SELECT a, status, COUNT(*) FROM t GROUP BY ROLLUP (a, status)'],
  ['hive', 'SELECT concat(s, a), a <=> NULL, 7 DIV 2, array(1, 2) FROM t', "SELECT s || CAST(a AS VARCHAR), a IS NULL, 3, ARRAY[1, 2] FROM t"],
  ['hive', 'SELECT collect_set(a) FROM t WHERE a IS NULL OR a = 1', 'SELECT ARRAY_AGG(DISTINCT a) FROM t WHERE a = 1'],
  ['mysql', "SELECT s FROM t WHERE s REGEXP 'x' && a = 1 || a = 2", "SELECT s FROM t WHERE REGEXP(s, 'x') AND a = 1 OR a = 2"],
  ['mysql', 'SELECT s, sum(a) total FROM t GROUP BY s HAVING total > 0', 'SELECT s, SUM(a) FROM t GROUP BY s HAVING SUM(a) > 0'],
  ['mysql', 'SELECT DATE_ADD(ts, INTERVAL 1 DAY), weekday(ts) FROM t', "SELECT ts + INTERVAL '1' DAY, MOD(DAYOFWEEK(ts) + 5, 7) FROM t"],
  ['sls', '* | SELECT status, count(1) AS c GROUP BY status', 'SELECT status, COUNT(1) FROM t GROUP BY status'],
  ['sls', 'get | SELECT a', 'SELECT a FROM t WHERE status = 500'],
  ['sls', 'ge | SELECT a', 'SELECT a FROM t WHERE FALSE'],
  ['sls', 'status >= 404 or s: hel* | SELECT a', "SELECT a FROM t WHERE status >= 404 OR s = 'Hello World'"],
  ['sls', 'not status: 200 | SELECT a', 'SELECT a FROM t WHERE status <> 200 OR status IS NULL'],
  ['sls', 'status in [200 404) not s: "world hello" | SELECT a FROM log', 'SELECT a FROM t WHERE status = 200'],
  ['sls', 'a: 1 #"T /i"', "SELECT * FROM t WHERE status = 500"],
  ['sls', "* | SELECT date_trunc('minute', __time__) AS m, count(*) GROUP BY m", 'SELECT FLOOR(TO_TIMESTAMP(__timestamp__ * 1000) TO MINUTE), COUNT(*) FROM t GROUP BY FLOOR(TO_TIMESTAMP(__timestamp__ * 1000) TO MINUTE)'],
]; // prettier-ignore

describe('a query in another dialect gives the rows of the same query in ours', () => {
  it.each(cases)('%s: %s', async (dialect, text, ours) => {
    expect(await run(text, { dialect })).toEqual(await run(ours));
  });

  it.each(cases)('%s: %s, over no rows', async (dialect, text, ours) => {
    expect(await run(text, { dialect }, [])).toEqual(await run(ours, {}, []));
  });
});

describe('the place of a mistake', () => {
  it.each([
    ['trino', 'SELECT a, nosuch FROM t', 'nosuch'],
    ['postgresql', "SELECT strpos(s, 'x'), absent(a) FROM t", 'absent'],
    ['hive', 'SELECT a FROM missing', 'missing'],
    ['sls', 'status: 200 | SELECT nosuch', 'nosuch'],
    ['sls', 'field: 200 | SELECT a', 'field'],
  ])('%s: %s', async (dialect, text, wrong) => {
    const error = await run(text, { dialect }).catch(
      (reason: unknown) => reason as { span: { start: number; end: number } },
    );
    const { start, end } = (error as { span: { start: number; end: number } }).span;
    expect(text.slice(start, end)).toBe(wrong);
  });
});

describe('the table of a query of the SLS console', () => {
  it('is named by the option, the setting, or is the only one', async () => {
    await using engine = await Engine.open();
    const sql = '* | SELECT count(*)';
    await expect(engine.prepare(sql, { dialect: 'sls' })).rejects.toThrow('there is no table to search');
    engine.registerTable('one', { columns: [{ name: 'a', type: 'INT' }], rows: [[1]] });
    const count = async (options: ScriptOptions): Promise<unknown> =>
      Object.values((await (await engine.prepare(sql, options)).toArray({ text: true }))[0]!)[0];
    expect(await count({ dialect: 'sls' })).toBe('1');
    engine.registerTable('two', { columns: [{ name: 'a', type: 'INT' }], rows: [[1], [2]] });
    await expect(engine.prepare(sql, { dialect: 'sls' })).rejects.toThrow('the table to search is not clear');
    expect(await count({ dialect: 'sls', table: 'TWO' })).toBe('2');
    await engine.execute("SET sql.sls.table = 'two'; SET sql.dialect = 'sls'");
    expect(await count({})).toBe('2');
    await expect(engine.prepare(sql, { table: 'three' })).rejects.toThrow('table "three" does not exist');
  });

  it('a dialect that was set is left again by SET, and DDL stays ours', async () => {
    await using engine = await Engine.open();
    await engine.execute("SET sql.dialect = 'trino'");
    await engine.execute('CREATE VIEW v AS SELECT 1 AS `x y`');
    const query = await engine.prepare('SELECT "x y" FROM v');
    expect(await query.toArray({ text: true })).toHaveLength(1);
    await engine.execute("SET sql.dialect = 'blink'");
    await expect(engine.prepare('SELECT "x y" FROM v')).rejects.toThrow();
  });

  it('check takes a script of own statements and queries of another dialect', async () => {
    await using engine = await Engine.open();
    const script = 'CREATE VIEW v AS SELECT 1 AS a;\nSELECT a::varchar FROM v;\nSELECT b FROM v';
    await expect(engine.check(script, { dialect: 'postgresql' })).rejects.toMatchObject({
      span: { start: 65, end: 66 },
    });
  });
});
