import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Engine, type ChangeKind } from '../../../src/index.ts';

interface Table {
  readonly rows: readonly (readonly Cell[])[];
  readonly changes: readonly ChangeKind[] | null;
}

/** The expected rows are those of SQLite 3.40 over the rows that are left. */
interface Fixture {
  readonly tables: Readonly<Record<string, Table>>;
  readonly cases: readonly { readonly sql: string; readonly rows: readonly (readonly Cell[])[] }[];
}

const fixture = JSON.parse(readFileSync(new URL('join-cases.json', import.meta.url), 'utf8')) as Fixture;

type Cell = string | number | bigint | boolean | null | undefined;

function cell(value: Cell): string {
  if (value === null || value === undefined) return 'NULL';
  // BOOLEAN prints in upper case under Flink.
  const text = String(value).replace(/^(TRUE|FALSE)$/, (word) => word.toLowerCase());
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

/** The rows that are left, sorted; fails where a change takes back a row that is not there. */
async function result(
  sql: string,
  tables: Readonly<Record<string, Table>>,
  settings: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const engine = await Engine.open({ settings, onWarning: () => undefined });
  try {
    for (const [name, { rows, changes }] of Object.entries(tables)) {
      engine.registerTable(name, {
        columns: [
          { name: 'a', type: 'INT' },
          { name: 'b', type: 'BIGINT' },
          { name: 's', type: 'VARCHAR' },
        ],
        rows: rows as unknown[][],
        ...(changes === null ? {} : { changes: [...changes] }),
      });
    }
    const left: string[] = [];
    for await (const change of engine.query(sql).changes({ text: true })) {
      const line = Object.values(change.row).map(cell).join(' ');
      if (change.kind === '+I' || change.kind === '+U') left.push(line);
      else {
        expect(left, `${change.kind} ${line}`).toContain(line);
        left.splice(left.indexOf(line), 1);
      }
    }
    return left.sort();
  } finally {
    await engine.close();
  }
}

describe('joins, sub-queries and set operations', () => {
  for (const { sql, rows } of fixture.cases) {
    it(`${sql}`, async () => {
      const expected = rows.map((row) => row.map(cell).join(' ')).sort();
      for (const compatibility of ['blink', 'flink']) {
        expect(await result(sql, fixture.tables, { 'sql.compatibility': compatibility })).toEqual(expected);
      }
    });
  }

  const one = (rows: Table['rows'], changes: Table['changes'] = null): Table => ({ rows, changes });
  const pair = { l: one([[1, 1, 'x']]), r: one([[1, 2, 'y']]) };

  it('INTERSECT ALL and EXCEPT ALL count equal rows', async () => {
    const tables = {
      l: one([1, 1, 1, 2, null, null].map((a) => [a, 0, 's'])),
      r: one([1, 1, 2, 2, null].map((a) => [a, 0, 's'])),
    };
    expect(await result('SELECT a FROM l INTERSECT ALL SELECT a FROM r', tables)).toEqual(['1', '1', '2', 'NULL']);
    expect(await result('SELECT a FROM l EXCEPT ALL SELECT a FROM r', tables)).toEqual(['1', 'NULL']);
  });

  it('ANY, SOME and ALL compare with every row, and are NULL where a NULL decides', async () => {
    const tables = { l: one([1, 2, 3, null].map((a) => [a, 0, 's'])), r: one([1, 2].map((a) => [a, 0, 's'])) };
    const a = async (condition: string): Promise<string[]> => result(`SELECT a FROM l WHERE ${condition}`, tables);
    expect(await a('a = ANY (SELECT a FROM r)')).toEqual(['1', '2']);
    expect(await a('a > SOME (SELECT a FROM r)')).toEqual(['2', '3']);
    expect(await a('a > ALL (SELECT a FROM r)')).toEqual(['3']);
    expect(await a('a <> ALL (SELECT a FROM r)')).toEqual(['3']);
    expect(await a('NOT a >= ALL (SELECT a FROM r)')).toEqual(['1']);
    expect(await a('a > ALL (SELECT a FROM r WHERE a > 9)')).toEqual(['1', '2', '3', 'NULL']);
    expect(await result('SELECT a, a < ALL (SELECT a FROM r) FROM l', tables)).toEqual([
      '1 false',
      '2 false',
      '3 false',
      'NULL NULL',
    ]);
  });

  it('LATERAL asks a query for each row of the tables before it', async () => {
    const { tables } = fixture;
    const counted = 'SELECT l.a, x.n FROM l, LATERAL (SELECT COUNT(*) AS n FROM r WHERE r.a = l.a) x';
    expect(await result(counted, tables)).toEqual(['1 2', '1 2', '2 2', '2 2', '3 1', '3 1', '4 2', 'NULL 0']);
    const left =
      "SELECT l.b, x.k, x.n FROM l LEFT JOIN LATERAL (SELECT b, 'k' FROM r WHERE r.a = l.a) x (n, k) ON TRUE";
    expect((await result(left, tables)).filter((line) => /^[14] /.test(line))).toEqual([
      '1 NULL NULL',
      '1 k 2',
      '1 k 4',
      '4 k 1',
      '4 k 2',
      '4 k 4',
    ]);
  });

  it('ON of an inner join takes sub-queries', async () => {
    const sql = 'SELECT l.a, r.b FROM l JOIN r ON l.a = r.a AND r.b IN (SELECT b FROM t)';
    expect(await result(sql, fixture.tables)).toEqual(['1 3', '1 3', '2 2', '2 2', '2 4', '2 4', '4 3', '4 3']);
  });

  it('an equality in all alternatives of OR is a key', async () => {
    const engine = await Engine.open();
    for (const name of ['l', 'r'])
      engine.registerTable(name, {
        columns: [
          { name: 'a', type: 'INT' },
          { name: 'b', type: 'INT' },
        ],
        rows: [],
      });
    const plan = await engine.execute(
      'EXPLAIN SELECT l.a FROM l JOIN r ON (l.a = r.a AND l.b = 1) OR (l.a = r.a AND r.b = 2)',
    );
    expect(JSON.stringify(plan)).toContain('keys=(a = a)');
    await engine.close();
  });

  it('NATURAL JOIN pairs rows by all columns of one name and gives these once', async () => {
    const sql = 'SELECT * FROM (SELECT a, s FROM l) NATURAL JOIN (SELECT a, b FROM r)';
    expect(await result(sql, pair)).toEqual(['1 x 2']);
  });

  it('a query in place of a value fails when the job runs where it gives two rows', async () => {
    const tables = {
      ...pair,
      r: one([
        [1, 2, 'y'],
        [1, 3, 'y'],
      ]),
    };
    await expect(result('SELECT a, (SELECT b FROM r WHERE r.a = l.a) FROM l', tables)).rejects.toThrow(
      'a query in place of a value gives 2 rows',
    );
    expect(await result('SELECT a, (SELECT b FROM r WHERE r.a = l.a AND b = 3) FROM l', tables)).toEqual(['1 3']);
    expect(await result('SELECT a, (SELECT b FROM r WHERE b = 7) FROM l', tables)).toEqual(['1 NULL']);
  });

  it('a table joined with itself is read once and joins with its own later rows', async () => {
    const tables = {
      l: one(
        [
          [1, 2, 'x'],
          [2, 1, 'y'],
          [1, 2, 'z'],
        ],
        ['+I', '+I', '+I'],
      ),
    };
    expect(await result('SELECT x.s, y.s FROM l x JOIN l y ON x.a = y.b', tables)).toEqual([
      'x y',
      'y x',
      'y z',
      'z y',
    ]);
  });

  it('rows of a semi join come once however many partners there are', async () => {
    const r = one(
      [
        [1, 0, 'p'],
        [1, 0, 'p'],
        [1, 0, 'p'],
      ],
      ['+I', '+I', '-D'],
    );
    expect(await result('SELECT a FROM l WHERE a IN (SELECT a FROM r)', { ...pair, r })).toEqual(['1']);
  });

  it('an upsert table is joined, aggregated and filtered with its old rows', async () => {
    const engine = await Engine.open();
    engine.registerTable('u', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'v', type: 'VARCHAR' },
      ],
      rows: [
        [1, 'a'],
        [2, 'b'],
        [1, 'b'],
        [3, 'c'],
        [2, null],
        [9, null],
      ],
      changes: ['+I', '+U', '+U', '+I', '-D', '-D'],
      primaryKey: ['id'],
      changelogMode: 'I,UA,D',
    });
    const changes = async (sql: string): Promise<string[]> => {
      const lines: string[] = [];
      for await (const change of engine.query(sql).changes()) {
        lines.push([change.kind, ...Object.values(change.row).map((one) => String(one as Cell))].join(' '));
      }
      return lines;
    };
    expect(await changes("SELECT v FROM u WHERE v <> 'b'")).toEqual(['+I a', '-U a', '+I c']);
    expect((await changes('SELECT v, COUNT(*) FROM u GROUP BY v')).sort()).toEqual(['+I b 1', '+I c 1']);
    expect((await changes('SELECT x.id, y.v FROM u x JOIN u y ON x.id = y.id')).length).toBeGreaterThan(0);
    await engine.close();
  });

  it('an inner join of inserts only inserts', async () => {
    const engine = await Engine.open();
    for (const name of ['l', 'r']) {
      engine.registerTable(name, { columns: [{ name: 'a', type: 'INT' }], rows: [[1], [2]] });
    }
    const kinds = new Set<string>();
    for await (const change of engine.query('SELECT l.a FROM l JOIN r ON l.a = r.a').changes()) kinds.add(change.kind);
    expect([...kinds]).toEqual(['+I']);
    await engine.close();
  });
});
