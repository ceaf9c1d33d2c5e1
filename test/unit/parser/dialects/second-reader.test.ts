import { describe, expect, it } from 'vitest';
import { readForeign } from '../../../../src/parser/dialects/foreign/second-reader.ts';
import { hiveSyntax } from '../../../../src/parser/dialects/hive.ts';
import { mysqlSyntax } from '../../../../src/parser/dialects/mysql.ts';
import { parseDialect } from '../../../../src/parser/dialects/parse-dialect.ts';
import { postgresqlSyntax } from '../../../../src/parser/dialects/postgresql.ts';
import { trinoSyntax } from '../../../../src/parser/dialects/trino.ts';
import { printQuery } from '../../../../src/parser/print.ts';

const readers = { mysql: mysqlSyntax, postgresql: postgresqlSyntax, trino: trinoSyntax, hive: hiveSyntax } as const;

async function foreign(database: keyof typeof readers, text: string): Promise<string | undefined> {
  const query = await readForeign({ name: 'q', text }, readers[database], database);
  return query && printQuery(query);
}

describe('node-sql-parser as the second reader', () => {
  it.each([
    [
      'mysql',
      'SELECT a AS `b c`, "x" FROM t GROUP BY 1 ORDER BY 1 LIMIT 5, 10',
      "SELECT a AS `b c`, 'x' FROM t GROUP BY a ORDER BY `b c` LIMIT 10 OFFSET 5",
    ],
    [
      'postgresql',
      'SELECT t.a FROM t LEFT JOIN u ON t.a = u.b WHERE t.c IN (1, 2)',
      'SELECT t.a FROM t LEFT JOIN u ON t.a = u.b WHERE t.c IN (1, 2)',
    ],
    [
      'trino',
      "SELECT COUNT(*) AS c, MAX(a) FROM t WHERE s LIKE 'x%' GROUP BY b",
      "SELECT COUNT(*) AS c, MAX(a) FROM t WHERE s LIKE 'x%' GROUP BY b",
    ],
    [
      'hive',
      'SELECT a, CASE WHEN b IS NULL THEN 1 ELSE 2 END FROM t',
      'SELECT a, CASE WHEN b IS NULL THEN 1 ELSE 2 END FROM t',
    ],
  ] as const)('%s: %s', async (database, text, printed) => {
    expect(await foreign(database, text)).toBe(printed);
  });

  it.each([
    ['mysql', 'SELECT a FROM t LOCK IN SHARE MODE'],
    ['postgresql', 'SELECT a FROM t TABLESAMPLE SYSTEM (10)'],
    ['trino', 'DELETE FROM t'],
    ['hive', 'SELECT FROM WHERE'],
    ['mysql', `SELECT ${'('.repeat(40)}1${')'.repeat(40)}`],
  ] as const)('%s: knows nothing about %s', async (database, text) => {
    expect(await foreign(database, text)).toBeUndefined();
  });

  it('is asked where our own grammar cannot read the text', async () => {
    expect(printQuery(await parseDialect('mysql', { name: 'q', text: "SELECT a AS 'x y' FROM t" }))).toBe(
      'SELECT a AS `x y` FROM t',
    );
  });

  it('leaves the message of our own grammar where it fails as well', async () => {
    await expect(parseDialect('mysql', { name: 'q', text: 'SELECT a FROM t WHERE a XOR b' })).rejects.toThrow(
      /expected the end of the query/,
    );
  });
});
