import { describe, expect, it } from 'vitest';
import { parseDialect } from '../../../../src/parser/dialects/parse-dialect.ts';
import type { LogTable } from '../../../../src/parser/dialects/registry.ts';
import { printQuery } from '../../../../src/parser/print.ts';
import { describeError, source } from '../parse-support.ts';

const logTable = (): LogTable => ({
  name: ['access'],
  columns: [
    { name: 'uri', type: 'text' },
    { name: 'status', type: 'number' },
    { name: '__timestamp__', type: 'number' },
  ],
});

async function lowered(dialect: string, text: string): Promise<string> {
  return printQuery(await parseDialect(dialect, source(text), { logTable }));
}

const cases: readonly (readonly [dialect: string, text: string, ours: string])[] = [
  ['postgresql', 'SELECT -a::int, (a + b)::text, f(x)[1]::varchar(3) FROM t', 'SELECT -CAST(a AS INT), CAST(a + b AS VARCHAR), CAST(f(x)[1] AS VARCHAR(3)) FROM t'],
  ['postgresql', "SELECT t.a::int::text, '1'::numeric(10, 2), DATE '2024-01-01'::timestamp FROM t", "SELECT CAST(CAST(t.a AS INT) AS VARCHAR), CAST('1' AS DECIMAL(10, 2)), CAST(DATE '2024-01-01' AS TIMESTAMP) FROM t"],
  ['postgresql', `SELECT "a b"."c" FROM "T" WHERE a NOT ILIKE 'X%' || b`, "SELECT `a b`.`c` FROM `T` WHERE LOWER(a) NOT LIKE LOWER('X%' || b)"],
  ['postgresql', "SELECT INTERVAL '1 day', INTERVAL '-2 weeks', INTERVAL '1 day 2 hours', INTERVAL '1 year 2 months'", "SELECT INTERVAL '1' DAY, INTERVAL -'14' DAY, INTERVAL '1 2:0:0' DAY TO SECOND, INTERVAL '1-2' YEAR TO MONTH"],
  ['postgresql', "SELECT a !~ 'x', j ->> 'k' FROM t ORDER BY 1 DESC, b OFFSET 2 LIMIT 3", "SELECT NOT REGEXP(a, 'x'), JSON_VALUE(j, '$.k') FROM t ORDER BY NOT REGEXP(a, 'x') DESC NULLS FIRST, b NULLS LAST LIMIT 3 OFFSET 2"],
  ['postgresql', "SELECT strpos(a, 'b'), now(), random(), string_agg(a, ',') FILTER (WHERE b) FROM t", "SELECT LOCATE('b', a), CURRENT_TIMESTAMP, RAND(), LISTAGG(a, ',') FILTER (WHERE b) FROM t"],
  ['trino', 'SELECT CAST(a AS array(varchar)), CAST(b AS map(varchar, array(bigint))), CAST(c AS decimal) FROM t', 'SELECT CAST(a AS ARRAY<VARCHAR>), CAST(b AS MAP<VARCHAR, ARRAY<BIGINT>>), CAST(c AS DECIMAL(38, 0)) FROM t'],
  ['trino', "SELECT date_trunc('hour', ts), date_diff('minute', a, b), date_format(ts, '%Y-%m-%dT%H') FROM t", "SELECT FLOOR(ts TO HOUR), TIMESTAMPDIFF(MINUTE, a, b), DATE_FORMAT(ts, 'yyyy-MM-dd''T''HH') FROM t"],
  ['trino', 'SELECT a FROM t ORDER BY a OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY', 'SELECT a FROM t ORDER BY a NULLS LAST LIMIT 3 OFFSET 2'],
  ['trino', 'SELECT count_if(a > 1) OVER w FROM t WINDOW w AS (PARTITION BY b)', 'SELECT COUNT(CASE WHEN a > 1 THEN 1 END) OVER w FROM t WINDOW w AS (PARTITION BY b)'],
  ['hive', 'SELECT a, e FROM t LATERAL VIEW OUTER explode(tags) x AS e LATERAL VIEW explode(m) y AS k, v WHERE a = 1', 'SELECT a, e FROM t LEFT JOIN UNNEST(tags) AS x (e) ON TRUE CROSS JOIN UNNEST(m) AS y (k, v) WHERE a = 1'],
  ['hive', 'SELECT a, b, COUNT(*) FROM t GROUP BY a, b GROUPING SETS ((a), (a, b))', 'SELECT a, b, COUNT(*) FROM t GROUP BY GROUPING SETS (a, (a, b))'],
  ['hive', "SELECT `a b`, \"it\\'s\", split(s, '\\\\|'), concat(a, 'x') FROM t WHERE a == 1", "SELECT `a b`, 'it''s', SPLIT(s, '|'), CAST(a AS VARCHAR) || 'x' FROM t WHERE a = 1"],
  ['mysql', "SELECT a, SUM(b) AS s, GROUP_CONCAT(c SEPARATOR ';') FROM t GROUP BY 1 HAVING s > 3 ORDER BY 2", "SELECT a, SUM(b) AS s, LISTAGG(CAST(c AS VARCHAR), ';') FROM t GROUP BY a HAVING SUM(b) > 3 ORDER BY s"],
  ['sls', '* | SELECT status, COUNT(*) AS c GROUP BY status', 'SELECT status, COUNT(*) AS c FROM (SELECT * FROM access) AS log GROUP BY status'],
  ['sls', 'status: 200 and not status in (300 400] | SELECT uri FROM log l', 'SELECT uri FROM (SELECT * FROM access WHERE status = 200 IS TRUE AND NOT (status > 300 AND status <= 400) IS TRUE) AS l'],
  ['sls', "* | SELECT date_trunc('minute', __time__) AS t, __time__ % 60 GROUP BY t, 2", "SELECT FLOOR((TO_TIMESTAMP(CAST(CAST(__timestamp__ AS BIGINT) AS BIGINT) * 1000)) TO MINUTE) AS t, CAST(__timestamp__ AS BIGINT) % 60 FROM (SELECT * FROM access) AS log GROUP BY FLOOR((TO_TIMESTAMP(CAST(CAST(__timestamp__ AS BIGINT) AS BIGINT) * 1000)) TO MINUTE), CAST(__timestamp__ AS BIGINT) % 60"],
  ['sls', 'uri: *', 'SELECT * FROM access WHERE uri IS NOT NULL'],
]; // prettier-ignore

describe('a query of another system', () => {
  it.each(cases)('%s: %s', async (dialect, text, ours) => {
    expect(await lowered(dialect, text)).toBe(ours);
  });

  it.each([
    ['postgresql', 'WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x', 'WITH RECURSIVE'],
    ['postgresql', 'SELECT DISTINCT ON (a) a FROM t', 'DISTINCT ON'],
    ['postgresql', 'SELECT `a` FROM t', 'a name in backticks'],
    ['postgresql', "SELECT regexp_replace(a, 'b', 'c') FROM t", 'this form of regexp_replace()'],
    ['postgresql', 'SELECT a & 1 FROM t', 'the operator "&"'],
    ['trino', "SELECT a AT TIME ZONE 'UTC' FROM t", 'AT TIME'],
    ['trino', 'SELECT max_by(a, b) FROM t', 'max_by()'],
    ['trino', 'SELECT date_trunc(u, ts) FROM t', 'this form of date_trunc()'],
    ['hive', "SELECT split(a, '[0-9]+') FROM t", 'this form of split()'],
    ['hive', 'SELECT a FROM t LATERAL VIEW posexplode(b) x AS p, e', 'LATERAL VIEW of this function'],
    ['hive', 'SELECT a FROM t SORT BY a', 'SORT BY'],
    ['mysql', 'INSERT INTO t SELECT 1', '"INSERT" statements'],
    ['sls', 'nothing: 1', 'field "nothing" of the search'],
    ['sls', '* | SELECT ip_to_city(uri)', 'ip_to_city()'],
  ])('%s: %s is refused by name', async (dialect, text, part) => {
    const error: unknown = await lowered(dialect, text).catch((reason: unknown) => reason);
    expect(describeError(text, error)).toContain('PARSE_DIALECT');
    expect(describeError(text, error)).toContain(`${part} cannot be taken over from`);
  });

  it('gives every node its place in the text', async () => {
    const text = "SELECT a::int, strpos(b, 'c') FROM t";
    const query = await parseDialect('postgresql', source(text));
    const spans = query.kind === 'select' ? query.items.map(({ span }) => text.slice(span.start, span.end)) : [];
    expect(spans).toEqual(['a::int', "strpos(b, 'c')"]);
  });
});
