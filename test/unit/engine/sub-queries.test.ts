import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';
import { changesOfQuery } from '../../support/rows-of.ts';

const numbers = [
  { name: 'k', type: 'INT' },
  { name: 'v', type: 'BIGINT' },
  { name: 'ts', type: 'TIMESTAMP' },
];
const rows = (prefix: string): unknown[][] => [
  [1, 1n, `${prefix} 10:00:00`],
  [1, 2n, `${prefix} 10:00:05`],
  [2, 3n, `${prefix} 10:01:01`],
  [1, 5n, `${prefix} 10:01:05`],
  [null, 1n, `${prefix} 10:02:10`],
];

describe('sub-queries', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open({ onWarning: () => undefined });
    for (const name of ['t', 'u']) {
      engine.registerTable(name, {
        columns: numbers,
        rows: rows('2026-01-01'),
        watermark: { column: 'ts', delayMs: 1000 },
      });
    }
    engine.registerTable('nested', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'xs', type: 'ARRAY<INT>' },
        { name: 'ys', type: 'ARRAY<VARCHAR>' },
        { name: 'm', type: 'MAP<VARCHAR, INT>' },
        { name: 'rs', type: 'ARRAY<ROW<a INT, b VARCHAR>>' },
        { name: 'bag', type: 'MULTISET<VARCHAR>' },
      ],
      rows: [
        [
          1,
          [1, 2, null],
          ['x', 'y'],
          [['k', 1]],
          [
            [1, 'x'],
            [2, 'y'],
          ],
          ['p', 'q', 'p'],
        ],
        [2, null, ['z'], null, null, null],
        [3, [], [], [], [null], []],
      ],
    });
  });
  afterAll(() => engine.close());

  /** The rows that are left. */
  async function left(sql: string): Promise<string[]> {
    const found: string[] = [];
    for (const line of await changesOfQuery(engine, sql)) {
      const row = line.slice(3);
      if (line.startsWith('+')) found.push(row);
      else {
        expect(found, line).toContain(row);
        found.splice(found.indexOf(row), 1);
      }
    }
    return found.sort();
  }

  it('keep times below OVER and windows where they compare by =', async () => {
    const over = 'SELECT SUM(v) OVER (ORDER BY ts) AS s FROM u WHERE u.k = t.k';
    expect(await left(`SELECT k, v, (SELECT MAX(s) FROM (${over})) FROM t`)).toEqual([
      '1 1 8',
      '1 2 8',
      '1 5 8',
      '2 3 3',
      'null 1 null',
    ]);
    const windows = [
      "SELECT COUNT(*) AS n FROM u WHERE u.k = t.k GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)",
      "SELECT COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE k = t.k GROUP BY window_start, window_end",
    ];
    for (const window of windows) {
      expect(await left(`SELECT k, v, (SELECT MAX(n) FROM (${window})) FROM t`), window).toEqual([
        '1 1 2',
        '1 2 2',
        '1 5 2',
        '2 3 1',
        'null 1 null',
      ]);
    }
  });

  it('take the bounds of windows as keys like others where they compare otherwise', async () => {
    const window =
      "SELECT COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) AS w WHERE w.v < t.v GROUP BY window_start, window_end";
    expect(await left(`SELECT v, (SELECT MAX(n) FROM (${window})) FROM t`)).toEqual([
      '1 null',
      '1 null',
      '2 1',
      '3 2',
      '5 2',
    ]);
  });

  it('compare times of two tables', async () => {
    const last = 'SELECT u.v FROM u WHERE u.ts < t.ts ORDER BY u.ts DESC LIMIT 1';
    expect(await left(`SELECT t.v, (${last}) FROM t`)).toEqual(['1 5', '1 null', '2 1', '3 2', '5 3']);
  });

  it('give a LATERAL row for each row of the left side, with NULLs where its condition fails', async () => {
    const first = 'SELECT u.v AS y FROM u WHERE u.k < t.k';
    expect(await left(`SELECT t.v, x.y FROM t LEFT JOIN LATERAL (${first}) AS x ON x.y > 3`)).toEqual([
      '1 null',
      '1 null',
      '2 null',
      '3 5',
      '5 null',
    ]);
    const count = 'SELECT COUNT(*) AS c FROM u WHERE u.k < t.k';
    expect(await left(`SELECT t.v, x.c FROM t LEFT JOIN LATERAL (${count}) AS x ON x.c > 0 OR t.v = 2`)).toEqual([
      '1 null',
      '1 null',
      '2 0',
      '3 3',
      '5 null',
    ]);
    expect(await left(`SELECT t.v, x.c FROM t, LATERAL (${count}) AS x`)).toEqual(['1 0', '1 0', '2 0', '3 3', '5 0']);
  });

  it('turn columns into rows without taking anything back', async () => {
    const values = "VALUES ('k', t.k), ('v', CAST(t.v AS INT))";
    const sql = `SELECT x.name, x.n FROM t CROSS JOIN LATERAL (SELECT * FROM (${values}) AS y (name, n) WHERE n > 1) AS x`;
    const changes = await changesOfQuery(engine, sql);
    expect(changes.sort()).toEqual(['+I k 2', '+I v 2', '+I v 3', '+I v 5']);
  });

  it('read collections of the row around', async () => {
    expect(await left('SELECT id FROM nested WHERE EXISTS (SELECT 1 FROM UNNEST(xs) AS x (e) WHERE e = 2)')).toEqual([
      '1',
    ]);
    expect(await left('SELECT id, (SELECT COUNT(*) FROM UNNEST(nested.rs) AS x) FROM nested')).toEqual([
      '1 2',
      '2 0',
      '3 1',
    ]);
    expect(await left("SELECT id, (SELECT SUM(v) FROM UNNEST(m) AS x (k, v) WHERE k <> 'z') FROM nested")).toEqual([
      '1 1',
      '2 null',
      '3 null',
    ]);
    const rowsOf = 'SELECT r.a + nested.id AS s FROM UNNEST(nested.rs) AS r WHERE r.b IS NOT NULL';
    expect(await changesOfQuery(engine, `SELECT id, x.s FROM nested, LATERAL (${rowsOf}) AS x`)).toEqual([
      '+I 1 2',
      '+I 1 3',
    ]);
  });

  it('read collections of the row around without taking anything back, and keep its time', async () => {
    const tags = "SELECT x FROM UNNEST(SPLIT(CASE WHEN t.v > 2 THEN 'a,b' ELSE 'b,c' END, ',')) AS q (x)";
    const kept = `SELECT v FROM t WHERE 'a' IN (${tags})`;
    expect(await changesOfQuery(engine, kept)).toEqual(['+I 3', '+I 5']);
    expect(
      await changesOfQuery(
        engine,
        `SELECT COUNT(*) FROM t WHERE NOT EXISTS (${tags} WHERE x = 'a') GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`,
      ),
    ).toEqual(['+I 2', '+I 1']);
    expect(
      await changesOfQuery(engine, `SELECT v, (SELECT MAX(x) FROM (${tags})), 'd' NOT IN (${tags}) FROM t`),
    ).toEqual(['+I 1 c true', '+I 2 c true', '+I 3 b true', '+I 5 b true', '+I 1 c true']);
    expect(
      await changesOfQuery(engine, "SELECT id, (SELECT COUNT(*) FROM UNNEST(bag) AS q (x) WHERE x = 'p') FROM nested"),
    ).toEqual(['+I 1 2', '+I 2 0', '+I 3 0']);
  });

  it('give LATERAL what they make of the collections of the left row', async () => {
    const sum = 'SELECT SUM(e) AS s, COUNT(*) AS c FROM UNNEST(nested.xs) AS q (e) WHERE e < nested.id + 1';
    for (const join of [', LATERAL', 'CROSS JOIN LATERAL', 'LEFT JOIN LATERAL']) {
      const on = join.startsWith('LEFT') ? ' ON TRUE' : '';
      expect(await changesOfQuery(engine, `SELECT id, x.s, x.c FROM nested ${join} (${sum}) AS x${on}`), join).toEqual([
        '+I 1 1 1',
        '+I 2 null 0',
        '+I 3 null 0',
      ]);
    }
    expect(await left(`SELECT id, x.c FROM nested LEFT JOIN LATERAL (${sum}) AS x ON x.c > 0`)).toEqual([
      '1 1',
      '2 null',
      '3 null',
    ]);
    const some = 'SELECT e FROM UNNEST(nested.xs) AS q (e) WHERE e > 1';
    expect(await left(`SELECT id, x.e FROM nested LEFT JOIN LATERAL (${some}) AS x ON TRUE`)).toEqual([
      '1 2',
      '2 null',
      '3 null',
    ]);
  });

  it('see the WITH around them, whose names the nearest one has', async () => {
    const one = 'SELECT CAST(1 AS BIGINT) AS a';
    expect(
      await left(`WITH c AS (${one}) SELECT v FROM t WHERE v IN (WITH c AS (SELECT 2 AS a) SELECT a FROM c)`),
    ).toEqual(['2']);
    expect(await left(`WITH c AS (${one}) SELECT v FROM t WHERE v IN (SELECT a FROM c)`)).toEqual(['1', '1']);
    expect(await left('WITH t AS (SELECT v FROM t WHERE k = 2) SELECT * FROM t')).toEqual(['3']);
    expect(
      await left(
        'WITH a AS (WITH b (z) AS (SELECT v FROM t) SELECT z + 1 AS z FROM b), b AS (SELECT z FROM a) SELECT * FROM b',
      ),
    ).toEqual(['2', '2', '3', '4', '6']);
    // Named one level further in than where it reads the query around.
    const inside =
      'WITH c (x) AS (SELECT u.v FROM u WHERE u.k = t.k) SELECT COUNT(*) FROM c WHERE x > (SELECT MIN(x) FROM c)';
    expect(await left(`SELECT v, (${inside}) FROM t`)).toEqual(['1 0', '1 2', '2 2', '3 0', '5 2']);
  });

  it('stand in VALUES, ORDER BY and views with names of their own', async () => {
    expect(await left('VALUES ((SELECT MAX(v) FROM t), 1), (2, (SELECT MIN(k) FROM t))')).toEqual(['2 1', '5 1']);
    expect(
      (
        await changesOfQuery(engine, 'SELECT v FROM t WHERE k = 1 ORDER BY (SELECT COUNT(*) FROM u WHERE u.v > t.v)')
      ).map((line) => line.slice(3)),
    ).toEqual(['5', '2', '1']);
    await engine.execute('CREATE VIEW counted (a, n) AS SELECT k, (SELECT COUNT(*) FROM u WHERE u.v < t.v) FROM t');
    expect(
      await left('SELECT a, n FROM counted WHERE n > (SELECT MIN(x.n) FROM counted AS x WHERE x.a < counted.a)'),
    ).toEqual(['2 3']);
  });

  it('fail while running where a value would be several', async () => {
    await expect(left('SELECT (SELECT u.v FROM u WHERE u.v <= t.v) FROM t')).rejects.toThrow(
      'a query in place of a value gives',
    );
    expect(await left('SELECT v, (SELECT u.v FROM u WHERE u.v < t.v AND u.v > 2) FROM t WHERE v > 2')).toEqual([
      '3 null',
      '5 3',
    ]);
  });
});

describe('UNNEST of several collections', () => {
  it('puts elements of one place side by side and fills the shorter ones up with NULL', async () => {
    const engine = await Engine.open();
    try {
      engine.registerTable('t', {
        columns: [
          { name: 'id', type: 'INT' },
          { name: 'xs', type: 'ARRAY<INT>' },
          { name: 'rs', type: 'ARRAY<ROW<a INT, b VARCHAR>>' },
          { name: 'm', type: 'MAP<VARCHAR, INT>' },
        ],
        rows: [
          [1, [1, null], [[7, 'x']], [['k', 4]]],
          [2, null, [null, [8, 'y'], [9, null]], null],
          [3, [], null, []],
        ],
      });
      const given = (sql: string): Promise<string[]> => changesOfQuery(engine, sql);
      const all = [
        '+I 1 1 7 x k 4',
        '+I 1 null null null null null',
        '+I 2 null null null null null',
        '+I 2 null 8 y null null',
        '+I 2 null 9 null null null',
      ];
      for (const join of [', ', ', LATERAL ', 'CROSS JOIN ', 'JOIN ']) {
        const on = join === 'JOIN ' ? ' ON TRUE' : '';
        expect(await given(`SELECT id, x.* FROM t ${join}UNNEST(xs, rs, m) AS x (a, b, c, d, e)${on}`), join).toEqual(
          all,
        );
      }
      expect(await given('SELECT id, f0, a, key FROM t CROSS JOIN UNNEST(xs, rs, m)')).toEqual(
        all.map((line) => {
          const [kind, id, f0, a, , key] = line.split(' ');
          return [kind, id, f0, a, key].join(' ');
        }),
      );
      expect(
        await given('SELECT id, p FROM t LEFT JOIN UNNEST(xs, m) WITH ORDINALITY AS x (a, k, v, p) ON TRUE'),
      ).toEqual(['+I 1 1', '+I 1 2', '+I 2 null', '+I 3 null']);
      expect(await given('SELECT x, y FROM UNNEST(ARRAY[1, 2], ARRAY[3]) AS q (x, y)')).toEqual([
        '+I 1 3',
        '+I 2 null',
      ]);
      // The same name twice.
      expect(
        await given('SELECT f0, f1, ordinality FROM t CROSS JOIN UNNEST(xs, xs) WITH ORDINALITY WHERE id = 1'),
      ).toEqual(['+I 1 1 1', '+I null null 2']);
    } finally {
      await engine.close();
    }
  });
});
