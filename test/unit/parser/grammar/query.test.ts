import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../src/parser/parse.ts';
import { printQuery } from '../../../../src/parser/print.ts';
import { source } from '../parse-support.ts';

function printed(text: string): string {
  return printQuery(parseQuery(source(text)));
}

describe('parseQuery', () => {
  it.each([
    ['select distinct a b, t.* from t', 'SELECT DISTINCT a AS b, t.* FROM t'],
    ['SELECT a FROM t, u WHERE t.a = u.a', 'SELECT a FROM t, u WHERE t.a = u.a'],
    ['SELECT 1 FROM a LEFT OUTER JOIN b ON a.x = b.x, c', 'SELECT 1 FROM a LEFT JOIN b ON a.x = b.x, c'],
    [
      'SELECT * FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.k = d.k',
      'SELECT * FROM s JOIN d FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.k = d.k',
    ],
    [
      "SELECT a FROM t, LATERAL TABLE(split(t.a, ',')) AS x (b)",
      "SELECT a FROM t, LATERAL TABLE(split(t.a, ',')) AS x (b)",
    ],
    [
      "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
      "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
    ],
    [
      "SELECT * FROM TABLE(SESSION((SELECT * FROM t) PARTITION BY (a, b), DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
      "SELECT * FROM TABLE(SESSION(TABLE (SELECT * FROM t) PARTITION BY (a, b), DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
    ],
    ['SELECT s FROM t CROSS JOIN UNNEST(t.list) AS u (s)', 'SELECT s FROM t CROSS JOIN UNNEST(t.list) AS u (s)'],
    [
      "SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), count(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), a HAVING count(*) > 1",
      "SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), count(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), a HAVING count(*) > 1",
    ],
    [
      'SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ())',
      'SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ())',
    ],
    [
      'SELECT a FROM t GROUP BY GROUPING SETS (a, CUBE (b, (c, d)), GROUPING SETS ((), ROLLUP (e)))',
      'SELECT a FROM t GROUP BY GROUPING SETS (a, CUBE (b, (c, d)), GROUPING SETS ((), ROLLUP (e)))',
    ],
    ['SELECT a FROM t GROUP BY (a, b), c', 'SELECT a FROM t GROUP BY a, b, c'],
    ['SELECT a FROM t GROUP BY ()', 'SELECT a FROM t GROUP BY ()'],
    [
      'SELECT a FROM t ORDER BY a DESC NULLS LAST, b LIMIT 5 OFFSET 2',
      'SELECT a FROM t ORDER BY a DESC NULLS LAST, b LIMIT 5 OFFSET 2',
    ],
    ['SELECT a FROM t FETCH FIRST 3 ROWS ONLY', 'SELECT a FROM t LIMIT 3'],
    ['VALUES (1, 2), (3, 4)', 'VALUES (1, 2), (3, 4)'],
    ['WITH x AS (SELECT 1 AS a) SELECT * FROM x', 'WITH x AS (SELECT 1 AS a) SELECT * FROM x'],
    [
      'SELECT a FROM t UNION ALL SELECT b FROM u UNION ALL SELECT c FROM v',
      'SELECT a FROM t UNION ALL SELECT b FROM u UNION ALL SELECT c FROM v',
    ],
    ['SELECT 1 UNION SELECT 2 INTERSECT SELECT 3', 'SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)'],
    ['(SELECT 1 LIMIT 2) UNION ALL (SELECT 3)', '(SELECT 1 LIMIT 2) UNION ALL SELECT 3'],
    ['(SELECT 1 LIMIT 5) LIMIT 3', 'SELECT * FROM (SELECT 1 LIMIT 5) LIMIT 3'],
    ['SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS t', 'SELECT * FROM (SELECT 1 UNION SELECT 2) AS t'],
    ['SELECT * FROM (a JOIN b ON a.x = b.x)', 'SELECT * FROM a JOIN b ON a.x = b.x'],
    ['SELECT ((SELECT 1) UNION (SELECT 2))', 'SELECT (SELECT 1 UNION SELECT 2)'],
    ['SELECT a FROM t WINDOW w AS (ORDER BY a)', 'SELECT a FROM t WINDOW w AS (ORDER BY a)'],
  ])('%s', (text, canonical) => {
    expect(printed(text)).toBe(canonical);
  });

  it('puts set operations of one kind into one node', () => {
    const many = Array.from({ length: 5000 }, () => 'SELECT 1').join(' UNION ALL ');
    const query = parseQuery(source(many));
    expect(query.kind === 'set-operation' && query.inputs.length).toBe(5000);
  });

  it('gives every node its own place', () => {
    const text = 'SELECT a.b + 1 AS x\nFROM (SELECT c FROM t) AS s\nWHERE c IS NULL';
    const query = parseQuery(source(text));
    if (query.kind !== 'select') throw new Error('expected a select');
    const [item] = query.items;
    const at = (node: { span: { start: number; end: number } } | undefined): string =>
      text.slice(node?.span.start, node?.span.end);
    expect(at(query)).toBe(text);
    expect(at(item)).toBe('a.b + 1 AS x');
    expect(item?.kind === 'expression-item' && at(item.expression)).toBe('a.b + 1');
    expect(at(query.from)).toBe('(SELECT c FROM t) AS s');
    expect(at(query.where)).toBe('c IS NULL');
  });
});
