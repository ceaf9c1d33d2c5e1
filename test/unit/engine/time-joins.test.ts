import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engine.ts';
import { changesOfQuery } from '../../support/rows-of.ts';

const at = (second: number): string => `2020-01-01 00:00:${String(second).padStart(2, '0')}.000`;

/** The same tables under one of the settings. */
async function open(compatibility: 'blink' | 'flink', folder: string): Promise<Engine> {
  const engine = await Engine.open({ onWarning: () => undefined });
  await engine.execute(`SET sql.compatibility = '${compatibility}'`);
  const stream = {
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'ts', type: 'TIMESTAMP(3)' },
      { name: 'p', expr: 'PROCTIME()' },
    ],
    watermark: { column: 'ts', delayMs: 0 },
  };
  engine.registerTable('s', {
    ...stream,
    rows: [
      [1, 'a', at(1)],
      [2, 'b', at(2)],
      [null, 'c', at(3)],
      [1, 'd', at(4)],
      [9, null, at(5)],
    ],
  });
  engine.registerTable('s2', {
    ...stream,
    rows: [
      [1, 'x', at(2)],
      [2, 'y', at(2)],
      [1, 'z', at(8)],
      [null, 'n', at(9)],
    ],
  });
  engine.registerTable('users', {
    columns: [
      { name: 'id', type: 'INT' },
      { name: 'city', type: 'VARCHAR' },
      { name: 'age', type: 'INT' },
      { name: 'label', expr: "COALESCE(city, 'nowhere')" },
    ],
    rows: [
      [1, 'Rome', 30],
      [2, null, 40],
      [null, 'Paris', 50],
      [3, 'Oslo', 60],
      [1, 'Milan', 31],
    ],
    primaryKey: ['id'],
    dimension: true,
  });
  engine.registerTable('rates', {
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'rate', type: 'INT' },
      { name: 'ts', type: 'TIMESTAMP(3)' },
    ],
    rows: [
      [1, 10, at(1)],
      [2, 20, at(3)],
      [1, 11, at(4)],
      [1, 12, at(6)],
    ],
    primaryKey: ['id'],
    watermark: { column: 'ts', delayMs: 0 },
  });
  engine.registerTable('changing', {
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
    ],
    rows: [
      [1, 'a'],
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [3, 'c'],
    ],
    changes: ['+I', '-U', '+U', '+I', '-D'],
  });
  await engine.execute(`
    CREATE TABLE tags (name VARCHAR, tag VARCHAR, n AS CHAR_LENGTH(tag), INDEX (name), PERIOD FOR SYSTEM_TIME)
    WITH (type = 'file', path = '${join(folder, 'tags.csv')}', format = 'csv', maxJoinRows = '2');
    CREATE TABLE pairs (a BIGINT, b VARCHAR, c INT, PRIMARY KEY (a, b))
    WITH (type = 'file', path = '${join(folder, 'pairs.jsonl')}', format = 'jsonl')`);
  return engine;
}

describe.each(['blink', 'flink'] as const)('joins by time under %s', (compatibility) => {
  let engine: Engine;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-joins-'));
  beforeAll(async () => {
    writeFileSync(join(folder, 'tags.csv'), 'a,red\na,green\nb,blue\na,black\n,none\n');
    writeFileSync(join(folder, 'pairs.jsonl'), '{"a":1,"b":"a","c":7}\n{"a":1,"b":"d","c":8}\n{"a":2,"b":"x","c":9}\n');
    engine = await open(compatibility, folder);
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const ask = (sql: string): Promise<string[]> => changesOfQuery(engine, sql);

  describe('dimension join', () => {
    const lookup = 'FOR SYSTEM_TIME AS OF PROCTIME()';

    it('finds by primary key, of several rows of a key the last; a NULL key and a key of NULL find nothing', async () => {
      expect(await ask(`SELECT s.name, d.city FROM s JOIN users ${lookup} AS d ON s.id = d.id`)).toEqual([
        '+I a Milan',
        '+I b null',
        '+I d Milan',
      ]);
    });

    it('keeps the rows without match in a left join, in their order, their right side NULL even where it is computed', async () => {
      expect(await ask(`SELECT s.name, d.city, d.label FROM s LEFT JOIN users ${lookup} d ON s.id = d.id`)).toEqual([
        '+I a Milan Milan',
        '+I b null nowhere',
        '+I c null null',
        '+I d Milan Milan',
        '+I null null null',
      ]);
    });

    it('drops fetched rows by what else ON and WHERE say', async () => {
      const join = `FROM s LEFT JOIN users ${lookup} AS d ON s.id = d.id AND d.age > 35 AND s.name <> 'z'`;
      expect(await ask(`SELECT s.name, d.age ${join}`)).toEqual([
        '+I a null',
        '+I b 40',
        '+I c null',
        '+I d null',
        '+I null null',
      ]);
      expect(await ask(`SELECT s.name, d.age ${join} WHERE d.age IS NULL AND s.name > 'a'`)).toEqual([
        '+I c null',
        '+I d null',
      ]);
    });

    it('takes the time of the stream, its columns under other names, and a comma with WHERE', async () => {
      const same = ['+I a Milan', '+I b null', '+I d Milan'];
      expect(
        await ask('SELECT s.name, d.city FROM s JOIN users FOR SYSTEM_TIME AS OF s.p AS d ON s.id = d.id'),
      ).toEqual(same);
      expect(await ask(`SELECT name, c FROM s JOIN users ${lookup} AS d (i, c, a, l) ON i = s.id`)).toEqual(same);
      expect(await ask(`SELECT s.name, d.city FROM s, users ${lookup} AS d WHERE s.id = d.id`)).toEqual(same);
      expect(await ask(`SELECT s.name, users.city FROM s JOIN users ${lookup} ON s.id = users.id`)).toEqual(same);
    });

    it('reads a file, by an index up to maxJoinRows rows', async () => {
      expect(await ask(`SELECT s.name, t.tag, t.n FROM s LEFT JOIN tags ${lookup} AS t ON s.name = t.name`)).toEqual([
        '+I a red 3',
        '+I a green 5',
        '+I b blue 4',
        '+I c null null',
        '+I d null null',
        '+I null null null',
      ]);
    });

    it('takes a key of several columns, constants and expressions of the stream', async () => {
      expect(await ask(`SELECT s.name, d.c FROM s JOIN pairs ${lookup} AS d ON s.id = d.a AND d.b = s.name`)).toEqual([
        '+I a 7',
        '+I d 8',
      ]);
      expect(await ask(`SELECT s.name, d.c FROM s JOIN pairs ${lookup} AS d ON d.a = s.id + 0 AND d.b = 'x'`)).toEqual([
        '+I b 9',
      ]);
    });

    it('chains, and goes on to windows by the time of the stream', async () => {
      const from = `FROM s JOIN users ${lookup} AS u ON s.id = u.id LEFT JOIN tags ${lookup} AS t ON t.name = s.name AND t.tag <> 'red'`;
      expect(await ask(`SELECT s.name, u.age, t.tag ${from}`)).toEqual([
        '+I a 31 green',
        '+I b 40 blue',
        '+I d 31 null',
      ]);
      expect(
        await ask(
          `SELECT TUMBLE_START(s.ts, INTERVAL '3' SECOND), COUNT(*) ${from} GROUP BY TUMBLE(s.ts, INTERVAL '3' SECOND)`,
        ),
      ).toEqual([`+I ${at(0)} 2`, `+I ${at(3)} 1`]);
    });

    it('passes the kinds of an updating stream on', async () => {
      expect(await ask(`SELECT c.name, d.age FROM changing AS c JOIN users ${lookup} AS d ON c.id = d.id`)).toEqual([
        '+I a 31',
        '-U a 31',
        '+U b 40',
        '+I c 60',
        '-D c 60',
      ]);
    });

    it('compares numbers of two types without finding what only looks equal', async () => {
      engine.registerTable('big', {
        columns: [{ name: 'id', type: 'BIGINT' }],
        rows: [['4294967297'], [1]],
      });
      expect(await ask(`SELECT b.id, d.city FROM big AS b JOIN users ${lookup} AS d ON b.id = d.id`)).toEqual([
        '+I 1 Milan',
      ]);
    });

    it('compares texts of any declared length', async () => {
      for (const type of ['VARCHAR(3)', 'CHAR(1)', 'VARCHAR']) {
        engine.registerTable('letters', {
          columns: [
            { name: 'letter', type },
            { name: 'n', type: 'TINYINT' },
          ],
          rows: [
            ['a', 1],
            ['b', 2],
          ],
          primaryKey: ['letter', 'n'],
          dimension: true,
        });
        const sql = `SELECT s.name, d.n FROM s JOIN letters ${lookup} AS d ON d.letter = s.name AND d.n = s.id`;
        expect(await ask(sql), type).toEqual(['+I a 1', '+I b 2']);
        const constant = `SELECT s.id FROM s JOIN letters ${lookup} AS d ON d.letter = 'b' AND d.n = s.id`;
        expect(await ask(constant), type).toEqual(['+I 2']);
      }
    });

    it('gives nothing for an empty stream and joins with an empty table', async () => {
      engine.registerTable('none', {
        columns: [{ name: 'id', type: 'INT' }],
        rows: [],
        primaryKey: ['id'],
        dimension: true,
      });
      expect(await ask(`SELECT s.name FROM s JOIN none ${lookup} AS d ON s.id = d.id`)).toEqual([]);
      expect(await ask(`SELECT s.name FROM s LEFT JOIN none ${lookup} AS d ON s.id = d.id WHERE s.id = 2`)).toEqual([
        '+I b',
      ]);
    });
  });

  describe('interval join', () => {
    const pairs = async (on: string, type = 'JOIN'): Promise<string[]> =>
      (await ask(`SELECT s.name, t.name FROM s ${type} s2 AS t ON s.id = t.id AND ${on}`)).sort();
    const close = ['+I a x', '+I b y', '+I d x'];

    it('takes every form of the bounds', async () => {
      for (const on of [
        "s.ts BETWEEN t.ts - INTERVAL '1' SECOND AND t.ts + INTERVAL '2' SECOND",
        "t.ts BETWEEN s.ts - INTERVAL '2' SECOND AND s.ts + INTERVAL '1' SECOND",
        "s.ts >= t.ts - INTERVAL '1' SECOND AND s.ts <= t.ts + INTERVAL '2' SECOND",
        "s.ts > t.ts - INTERVAL '1.001' SECOND AND t.ts + INTERVAL '2.001' SECOND > s.ts",
        "s.ts + INTERVAL '1' SECOND >= t.ts AND s.ts - INTERVAL '2' SECOND <= t.ts",
        "s.ts BETWEEN t.ts - INTERVAL '1' SECOND AND t.ts + INTERVAL '1' SECOND + INTERVAL '1' SECOND AND s.ts < t.ts + INTERVAL '1' HOUR",
        "NOT (s.ts < t.ts - INTERVAL '1' SECOND) AND INTERVAL '2' SECOND + t.ts >= s.ts",
      ]) {
        expect(await pairs(on), on).toEqual(close);
      }
    });

    it('takes equal times, as bound and as the only key', async () => {
      expect(await pairs('s.ts = t.ts')).toEqual(['+I b y']);
      expect((await ask('SELECT s.name, t.name FROM s JOIN s2 AS t ON s.ts = t.ts')).sort()).toEqual([
        '+I b x',
        '+I b y',
      ]);
    });

    it('takes bounds in WHERE', async () => {
      const sql =
        "SELECT s.name, t.name FROM s, s2 AS t WHERE s.id = t.id AND s.ts BETWEEN t.ts - INTERVAL '1' SECOND AND t.ts + INTERVAL '2' SECOND";
      expect((await ask(sql)).sort()).toEqual(close);
    });

    it.each([
      ['LEFT JOIN', ['+I a x', '+I b y', '+I c null', '+I d x', '+I null null']],
      ['RIGHT JOIN', ['+I a x', '+I b y', '+I d x', '+I null n', '+I null z']],
      ['FULL JOIN', ['+I a x', '+I b y', '+I c null', '+I d x', '+I null n', '+I null null', '+I null z']],
    ])('%s gives rows without partner once, inserted only', async (type, expected) => {
      expect(await pairs("s.ts BETWEEN t.ts - INTERVAL '1' SECOND AND t.ts + INTERVAL '2' SECOND", type)).toEqual(
        expected,
      );
    });

    it('goes on to a window by either time', async () => {
      for (const time of ['s.ts', 't.ts']) {
        const rows = await ask(
          `SELECT TUMBLE_START(${time}, INTERVAL '10' SECOND), COUNT(*) FROM s JOIN s2 AS t
           ON s.id = t.id AND s.ts BETWEEN t.ts - INTERVAL '4' SECOND AND t.ts + INTERVAL '2' SECOND
           GROUP BY TUMBLE(${time}, INTERVAL '10' SECOND)`,
        );
        expect(rows).toEqual([`+I ${at(0)} 4`]);
      }
    });

    it('gives a row without time for itself on an outer side, whatever else reads the table', async () => {
      engine.registerTable('timeless', {
        columns: [
          { name: 'id', type: 'BIGINT' },
          { name: 'ts', type: 'TIMESTAMP(3)' },
        ],
        rows: [
          [1, at(2)],
          [1, null],
        ],
        watermark: { column: 'ts', delayMs: 0 },
      });
      const join = 'FROM timeless AS a LEFT JOIN s2 AS t ON a.id = t.id AND a.ts = t.ts';
      expect((await ask(`SELECT a.ts, t.name ${join}`)).sort()).toEqual([`+I ${at(2)} x`, '+I null null']);
      expect((await ask(`SELECT a.ts, t.name ${join} UNION ALL SELECT ts, 'all' FROM timeless`)).sort()).toEqual([
        `+I ${at(2)} all`,
        `+I ${at(2)} x`,
        '+I null all',
        '+I null null',
      ]);
    });

    it('lets NULL meet NULL where the condition says so', async () => {
      const bounds = "s.ts BETWEEN t.ts - INTERVAL '10' SECOND AND t.ts";
      const rows = await ask(
        `SELECT s.name, t.name FROM s LEFT JOIN s2 AS t ON s.id IS NOT DISTINCT FROM t.id AND ${bounds}`,
      );
      expect(rows.sort()).toEqual(['+I a x', '+I a z', '+I b y', '+I c n', '+I d z', '+I null null']);
    });

    it('joins a third stream and a dimension table to the result', async () => {
      const rows = await ask(
        `SELECT s.name, t.name, u.name, d.age FROM s
         JOIN s2 AS t ON s.id = t.id AND s.ts BETWEEN t.ts - INTERVAL '1' SECOND AND t.ts + INTERVAL '2' SECOND
         JOIN users FOR SYSTEM_TIME AS OF PROCTIME() AS d ON d.id = s.id
         LEFT JOIN s AS u ON u.id = t.id AND u.ts > t.ts AND u.ts < t.ts + INTERVAL '1' MINUTE`,
      );
      expect(rows.sort()).toEqual(['+I a x d 31', '+I b y null 40', '+I d x d 31']);
    });

    it('takes sides that are views with filters and new names', async () => {
      const rows = await ask(
        `SELECT a.n, b.n FROM (SELECT id AS k, name AS n, ts AS t FROM s WHERE id > 0) a
         JOIN (SELECT id AS k, name AS n, ts AS t FROM s2 WHERE name <> 'y') b
         ON a.k = b.k AND a.t - INTERVAL '2' SECOND <= b.t AND b.t <= a.t + INTERVAL '1' SECOND`,
      );
      expect(rows.sort()).toEqual(['+I a x', '+I d x']);
    });

    it('joins by processing time', async () => {
      const sql =
        "SELECT s.name, t.name FROM s LEFT JOIN s2 AS t ON s.id = t.id AND s.p BETWEEN t.p - INTERVAL '1' HOUR AND t.p + INTERVAL '1' HOUR";
      expect((await ask(sql)).sort()).toEqual([
        '+I a x',
        '+I a z',
        '+I b y',
        '+I c null',
        '+I d x',
        '+I d z',
        '+I null null',
      ]);
    });
  });

  describe('temporal join', () => {
    it('gives the version valid at the time of each row', async () => {
      const join = 'JOIN rates FOR SYSTEM_TIME AS OF s.ts AS r ON s.id = r.id';
      expect((await ask(`SELECT s.name, r.rate FROM s ${join}`)).sort()).toEqual(['+I a 10', '+I d 11']);
      expect((await ask(`SELECT s.name, r.rate FROM s LEFT ${join}`)).sort()).toEqual([
        '+I a 10',
        '+I b null',
        '+I c null',
        '+I d 11',
        '+I null null',
      ]);
      expect((await ask(`SELECT s.name, r.rate FROM s LEFT ${join} AND r.rate > 10`)).sort()).toContain('+I a null');
    });

    it('takes a comma with WHERE and goes on to windows', async () => {
      const from = 'FROM s, rates FOR SYSTEM_TIME AS OF s.ts AS r WHERE s.id = r.id';
      expect((await ask(`SELECT s.name, r.rate ${from} AND r.rate < 11`)).sort()).toEqual(['+I a 10']);
      expect(
        await ask(
          `SELECT TUMBLE_START(s.ts, INTERVAL '3' SECOND), SUM(r.rate) ${from} GROUP BY TUMBLE(s.ts, INTERVAL '3' SECOND)`,
        ),
      ).toEqual([`+I ${at(0)} 10`, `+I ${at(3)} 11`]);
    });

    it.each([
      ['I,UA,D', ['+I', '+I', '+U', '-D', '+I']],
      ['I,UB,UA,D', ['+I', '+I', '-U', '+U', '-D', '+I']],
    ] as const)(
      'takes a changelog of kinds %s: an update begins a version, a deletion ends it',
      async (mode, changes) => {
        const all = [
          [1, 10, at(0)],
          [2, 20, at(0)],
          [1, 10, at(0)],
          [1, 11, at(2)],
          [2, 20, at(2)],
          [2, 21, at(6)],
        ];
        engine.registerTable('prices', {
          columns: [
            { name: 'id', type: 'BIGINT' },
            { name: 'price', type: 'INT' },
            { name: 'ts', type: 'TIMESTAMP(3)' },
          ],
          rows: mode === 'I,UA,D' ? all.filter((_, i) => i !== 2) : all,
          changes: [...changes],
          changelogMode: mode,
          primaryKey: ['id'],
          watermark: { column: 'ts', delayMs: 0 },
        });
        const sql = 'SELECT s.name, p.price FROM s LEFT JOIN prices FOR SYSTEM_TIME AS OF s.ts AS p ON p.id = s.id';
        expect((await ask(sql)).sort()).toEqual(['+I a 10', '+I b null', '+I c null', '+I d 11', '+I null null']);
      },
    );

    it('chains, compares numbers of two types and takes constants for a part of the key', async () => {
      engine.registerTable('versions', {
        columns: [
          { name: 'id', type: 'INT' },
          { name: 'kind', type: 'VARCHAR' },
          { name: 'v', type: 'INT' },
          { name: 'at', type: 'TIMESTAMP(3)' },
        ],
        rows: [
          [1, 'x', 1, at(0)],
          [1, 'y', 2, at(0)],
          [1, 'x', 3, at(3)],
        ],
        primaryKey: ['id', 'kind'],
        watermark: { column: 'at', delayMs: 0 },
      });
      const rows = await ask(
        `SELECT s.name, r.rate, v.v FROM s
         JOIN rates FOR SYSTEM_TIME AS OF s.ts AS r ON s.id = r.id
         JOIN versions FOR SYSTEM_TIME AS OF s.ts AS v ON v.id = s.id AND v.kind = 'x'`,
      );
      expect(rows.sort()).toEqual(['+I a 10 1', '+I d 11 3']);
    });

    it('joins a table without lookup by its current rows', async () => {
      const rows = await ask(
        'SELECT s.name, r.rate FROM s JOIN rates FOR SYSTEM_TIME AS OF PROCTIME() AS r ON s.id = r.id',
      );
      expect(rows.every((one) => one.startsWith('+I '))).toBe(true);
    });

    it('takes a view that keeps the last row of each key', async () => {
      await engine.execute(`CREATE OR REPLACE VIEW last_rates AS SELECT id, rate, ts FROM (
        SELECT id, rate, ts, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS n FROM rates) WHERE n = 1`);
      const sql = 'SELECT s.name, r.rate FROM s JOIN last_rates FOR SYSTEM_TIME AS OF s.ts AS r ON s.id = r.id';
      expect((await ask(sql)).sort()).toEqual(['+I a 10', '+I d 11']);
    });
  });
});
