import { describe, expect, it } from 'vitest';
import { parseDialect } from '../../../../src/parser/dialects/parse-dialect.ts';
import { printQuery } from '../../../../src/parser/print.ts';
import { describeError, source } from '../parse-support.ts';

async function lowered(text: string, dialect = 'mysql'): Promise<string> {
  return printQuery(await parseDialect(dialect, source(text)));
}

async function errorOf(text: string, dialect = 'mysql'): Promise<string> {
  try {
    await parseDialect(dialect, source(text));
  } catch (error) {
    return describeError(text, error);
  }
  throw new Error('expected a ParseError');
}

describe('a query of MySQL', () => {
  it.each([
    [
      `SELECT status, count(*) AS c, CASE WHEN a>1 THEN 'it''s \\'x\\d' ELSE "y" END k FROM log t WHERE a IN (1,2) AND b BETWEEN 1 AND 2 AND c LIKE 'x%' AND d IS NOT NULL AND NOT e != 1 GROUP BY status HAVING count(*)>3 ORDER BY c DESC LIMIT 10`,
      `SELECT status, count(*) AS c, CASE WHEN a > 1 THEN 'it''s ''xd' ELSE 'y' END AS k FROM log AS t WHERE a IN (1, 2) AND b BETWEEN 1 AND 2 AND c LIKE 'x%' AND d IS NOT NULL AND NOT e <> 1 GROUP BY status HAVING count(*) > 3 ORDER BY c DESC LIMIT 10`,
    ],
    ['SELECT 1 FROM dual', 'SELECT 1'],
    [
      'SELECT DISTINCT a FROM x UNION ALL SELECT b FROM y ORDER BY a LIMIT 3',
      'SELECT DISTINCT a FROM x UNION ALL SELECT b FROM y ORDER BY a LIMIT 3',
    ],
    [
      '(SELECT a FROM t LIMIT 1) UNION (SELECT b FROM u) ORDER BY a',
      '(SELECT a FROM t LIMIT 1) UNION SELECT b FROM u ORDER BY a',
    ],
    [
      'SELECT a FROM t UNION SELECT b FROM u UNION ALL SELECT c FROM v',
      '(SELECT a FROM t UNION SELECT b FROM u) UNION ALL SELECT c FROM v',
    ],
    [
      'SELECT * FROM (SELECT a, t.* FROM t) s LEFT JOIN u ON s.a=u.a, v JOIN w USING (k) LIMIT 5, 10',
      'SELECT * FROM (SELECT a, t.* FROM t) AS s LEFT JOIN u ON s.a = u.a, v JOIN w USING (k) LIMIT 10 OFFSET 5',
    ],
    ['SELECT -1, - b, 1e3, 1.50, 12345678901234567890', 'SELECT -1, -b, 1e3, 1.50, 12345678901234567890'],
    [
      "SELECT trim(leading 'x' from a), timestampdiff(day,a,b), EXTRACT(DAY FROM a), position('a' in b)",
      "SELECT trim(LEADING 'x' FROM a), timestampdiff(DAY, a, b), EXTRACT(DAY FROM a), position('a', b)",
    ],
    [
      'SELECT CAST(a AS SIGNED), CAST(a AS CHAR(5)), CAST(a AS DECIMAL(10,2)), CAST(a AS DATETIME)',
      'SELECT CAST(a AS BIGINT), CAST(a AS VARCHAR(5)), CAST(a AS DECIMAL(10, 2)), CAST(a AS TIMESTAMP)',
    ],
    [
      "SELECT `我 x`.`select`, x'0c', interval -1 day + a, DATE '2018-01-01' FROM t",
      "SELECT `我 x`.`select`, x'0c', INTERVAL -'1' DAY + a, DATE '2018-01-01' FROM t",
    ],
    [
      "SELECT a FROM t WHERE a in (select b from c) and not exists (select 1) and b not like 'a' escape '!' -- it's\n and (a=1 or b=2)",
      "SELECT a FROM t WHERE a IN (SELECT b FROM c) AND NOT EXISTS (SELECT 1) AND b NOT LIKE 'a' ESCAPE '!' AND (a = 1 OR b = 2)",
    ],
    [
      "SELECT a || b, a REGEXP 'b', s <=> 1, SUM(a) OVER (ORDER BY b) FROM t GROUP BY a WITH ROLLUP",
      "SELECT a OR b, REGEXP(a, 'b'), s IS NOT DISTINCT FROM 1, SUM(a) OVER (ORDER BY b) FROM t GROUP BY ROLLUP (a)",
    ],
    ['SELECT a % b, a div b, COUNT(DISTINCT a) FROM t', 'SELECT a % b, DIV(a, b), COUNT(DISTINCT a) FROM t'],
  ])('%s', async (text, canonical) => {
    expect(await lowered(text)).toBe(canonical);
  });

  it.each([
    [
      'DELETE FROM t',
      'PARSE_DIALECT 1:1 [DELETE] "DELETE" statements cannot be taken over from MySQL / Only SELECT is taken over.',
    ],
    ['SELECT a & b', 'PARSE_DIALECT 1:10 [&] the operator "&" cannot be taken over from MySQL'],
    [
      'SELECT a FROM t GROUP BY 2',
      'PARSE_DIALECT 1:26 [2] column number 2 cannot be taken over from MySQL / Write the expression itself.',
    ],
    ["SELECT 'abc def', a FROM t WHERE b = = 2", 'PARSE_SYNTAX 1:38 [=] expected an expression but found "="'],
    ["SELECT 'a' 'b'", "PARSE_DIALECT 1:12 ['] a string beside another cannot be taken over from MySQL"],
    ["SELECT _utf8'b'", "PARSE_DIALECT 1:13 ['] a string with a prefix cannot be taken over from MySQL"],
    ['SELECT 1; SELECT 2', 'PARSE_SYNTAX 1:9 [;] only one statement is allowed here'],
    [
      "SELECT 'abc",
      "PARSE_UNTERMINATED 1:8 ['] the string that begins here is never closed / Close it with '; a quote inside a string is written ''.",
    ],
    [' ', 'PARSE_SYNTAX 1:2 [] expected a query but the text is empty'],
  ])('%s is refused', async (text, message) => {
    expect(await errorOf(text)).toBe(message);
  });

  it('keeps the places of strings', async () => {
    const text = "SELECT 'it''s', \"b\" FROM t";
    const query = await parseDialect('mysql', source(text));
    const spans =
      query.kind === 'select'
        ? query.items.map((item) => (item.kind === 'expression-item' ? item.expression.span : item.span))
        : [];
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(["'it''s'", '"b"']);
  });

  it('reads long chains and refuses deep ones', async () => {
    const chain = Array.from({ length: 3000 }, () => 'a=1').join(' OR ');
    const query = await parseDialect('mysql', source(`SELECT a FROM t WHERE ${chain}`));
    expect(query.kind === 'select' && query.where?.kind === 'chain' && query.where.operands.length).toBe(3000);
    const deep = Array.from({ length: 3000 }, () => '1').join(' - ');
    expect(await errorOf(`SELECT ${deep}`)).toMatch(/^PARSE_TOO_DEEP/);
  });
});

describe('the name of a dialect', () => {
  it('blink is our own', async () => {
    expect(await lowered('SELECT a FROM t', 'Blink')).toBe('SELECT a FROM t');
  });

  it.each([
    ['mysq', 'PARSE_DIALECT 1:1 [] dialect "mysq" does not exist / Did you mean "mysql"?'],
    [
      'toString',
      'PARSE_DIALECT 1:1 [] dialect "toString" does not exist / Known dialects: blink, mysql, postgresql, trino, hive, sls.',
    ],
  ])('%s does not exist', async (name, message) => {
    expect(await errorOf('SELECT 1', name)).toBe(message);
  });
});
