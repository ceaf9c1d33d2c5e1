import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

type Cell = string | number | null;

interface Settings {
  readonly flink?: boolean;
  readonly delayMs?: number;
}

/** Rows `[symbol, price, seconds after 10:00:00]` by event time; `k`, `price`, `ts`, `id` (from 1), `p` (processing time). */
async function matched(
  rows: readonly (readonly Cell[])[],
  clauses: string,
  settings: Settings = {},
): Promise<string[]> {
  const engine = await Engine.open({
    settings: { 'sql.compatibility': settings.flink === true ? 'flink' : 'blink' },
    onWarning: () => undefined,
  });
  try {
    engine.registerTable('ticker', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'k', type: 'VARCHAR' },
        { name: 'price', type: 'INT' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
        { name: 'p', expr: 'PROCTIME()' },
      ],
      rows: rows.map(([k, price, seconds], i) => [
        i + 1,
        k ?? null,
        price ?? null,
        seconds === null
          ? null
          : new Date(Date.UTC(2018, 3, 1, 10) + Number(seconds) * 1000).toISOString().slice(0, -1).replace('T', ' '),
      ]),
      watermark: { column: 'ts', delayMs: settings.delayMs ?? 1000 },
    });
    const result = await engine.query(`SELECT * FROM ticker MATCH_RECOGNIZE (${clauses}) AS m`).toArray({ text: true });
    return result.map((row) =>
      Object.values(row)
        .map((one) => (one === null ? 'NULL' : String(one).replace(/^2018-04-01 10:00:(\d\d)\.0+$/, ':$1')))
        .join(' '),
    );
  } finally {
    await engine.close();
  }
}

const series = (symbol: string, ...prices: (number | null)[]): (readonly Cell[])[] =>
  prices.map((price, i) => [symbol, price, i]);

/** The error of a query. */
async function refused(clauses: string, settings: Settings = {}): Promise<string> {
  try {
    await matched(series('A', 1, 2, 3), clauses, settings);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe.each(['blink', 'flink'] as const)('MATCH_RECOGNIZE as documented, under %s', (dialect) => {
  const settings = { flink: dialect === 'flink' };

  it('finds the bottom of a falling price', async () => {
    const clauses = `PARTITION BY k ORDER BY ts
      MEASURES START_ROW.ts AS s, LAST(PRICE_DOWN.ts) AS b, LAST(PRICE_UP.ts) AS e
      ONE ROW PER MATCH AFTER MATCH SKIP TO LAST PRICE_UP
      PATTERN (START_ROW PRICE_DOWN+ PRICE_UP)
      DEFINE PRICE_DOWN AS (LAST(PRICE_DOWN.price, 1) IS NULL AND PRICE_DOWN.price < START_ROW.price)
               OR PRICE_DOWN.price < LAST(PRICE_DOWN.price, 1),
             PRICE_UP AS PRICE_UP.price > LAST(PRICE_DOWN.price, 1)`;
    expect(await matched(series('ACME', 12, 17, 19, 21, 25, 18, 15, 14, 24, 25, 19), clauses, settings)).toEqual([
      'ACME :04 :07 :08',
    ]);
  });

  it('averages the rows of a variable, the row at hand among them', async () => {
    const clauses = `PARTITION BY k ORDER BY ts
      MEASURES FIRST(A.ts) AS s, LAST(A.ts) AS e, AVG(CAST(A.price AS DOUBLE)) AS a
      ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B)
      DEFINE A AS AVG(CAST(A.price AS DOUBLE)) < 15`;
    expect(await matched(series('ACME', 12, 17, 13, 16, 25, 2, 4, 10, 15, 25, 25, 30), clauses, settings)).toEqual([
      'ACME :00 :03 14.5',
      'ACME :05 :10 13.5',
    ]);
  });

  it.each([
    ['B*', ['XYZ 16']],
    ['B*?', ['XYZ 13', 'XYZ 16']],
  ])('takes as many rows as the quantifier %s asks for', async (quantified, expected) => {
    const clauses = `PARTITION BY k ORDER BY ts MEASURES C.price AS lastPrice ONE ROW PER MATCH
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A ${quantified} C)
      DEFINE A AS A.price > 10, B AS B.price < 15, C AS C.price > 12`;
    expect(await matched(series('XYZ', 10, 11, 12, 13, 14, 16), clauses, settings)).toEqual(expected);
  });

  it.each([
    ['PAST LAST ROW', ['26 :00 :03', '17 :04 :06']],
    ['TO NEXT ROW', ['26 :00 :03', '24 :01 :04', '25 :02 :05', '22 :03 :06', '17 :04 :06']],
    ['TO LAST A', ['26 :00 :03', '25 :02 :05', '17 :04 :06']],
    ['TO A', ['26 :00 :03', '25 :02 :05', '17 :04 :06']],
    ['TO FIRST C', ['26 :00 :03', '22 :03 :06']],
  ])('goes on where AFTER MATCH SKIP %s says', async (skip, expected) => {
    const clauses = `ORDER BY ts MEASURES SUM(A.price) AS s, FIRST(ts) AS f, LAST(ts) AS l
      ONE ROW PER MATCH AFTER MATCH SKIP ${skip} PATTERN (A+ C) DEFINE A AS SUM(A.price) < 30`;
    expect(await matched(series('XYZ', 7, 9, 10, 5, 10, 7, 14), clauses, settings)).toEqual(expected);
  });

  it('begins again at the next row where AFTER MATCH is not written', async () => {
    const clauses = 'ORDER BY ts MEASURES A.id AS a, B.id AS b PATTERN (A B)';
    expect(await matched(series('A', 1, 2, 3), clauses, settings)).toEqual(['1 2', '2 3']);
  });

  it('gives up a match as soon as it lasts as long as WITHIN', async () => {
    const clauses = (span: string): string => `ORDER BY ts MEASURES A.id AS a, C.id AS c AFTER MATCH SKIP PAST LAST ROW
      PATTERN (A B* C) WITHIN INTERVAL ${span} DEFINE A AS price = 1, B AS price = 2, C AS price = 3`;
    const rows = series('A', 1, 2, 3);
    expect(await matched(rows, clauses("'2' SECOND"), settings)).toEqual([]);
    expect(await matched(rows, clauses("'2.001' SECOND"), settings)).toEqual(['1 3']);
    expect(await matched(rows, clauses("'0:03' MINUTE TO SECOND"), settings)).toEqual(['1 3']);
  });

  it('keeps partitions apart, NULL being one, and sorts rows of equal time by further keys and arrival', async () => {
    const rows = [
      ['x', 1, 5],
      [null, 1, 5],
      ['x', 9, 1],
      ['x', 3, 5],
      [null, 7, 6],
      ['x', 2, 5],
    ] as const;
    const clauses = `PARTITION BY k ORDER BY ts, price DESC MEASURES A.price AS a, B.price AS b, C.price AS c
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A B C?)`;
    expect((await matched(rows, clauses, { ...settings, delayMs: 10_000 })).sort()).toEqual(
      ['NULL 1 7 NULL', 'x 9 3 NULL', 'x 2 1 NULL'].sort(),
    );
  });

  it('drops late rows and rows without time', async () => {
    const rows = [
      ['x', 1, 0],
      ['x', 2, 9],
      ['x', 3, 7],
      ['x', 4, null],
      ['x', 5, 8],
      ['x', 6, 10],
    ] as const;
    const clauses = 'ORDER BY ts MEASURES A.price AS a, B.price AS b PATTERN (A B)';
    expect(await matched(rows, clauses, settings)).toEqual(['1 5', '5 2', '2 6']);
  });

  it('takes rows as they come by processing time', async () => {
    const rows = [
      ['x', 1, 9],
      ['x', 2, 5],
      ['x', 3, 1],
    ] as const;
    const clauses = 'ORDER BY p MEASURES A.price AS a, B.price AS b, MATCH_PROCTIME() IS NOT NULL AS t PATTERN (A B)';
    const found = await matched(rows, clauses, settings);
    expect(found.map((row) => row.toLowerCase())).toEqual(['1 2 true', '2 3 true']);
  });

  it('gives NULL for rows that are not there', async () => {
    const clauses = `ORDER BY ts MEASURES A.id AS a, B.id AS b, FIRST(B.id) AS f, LAST(A.id, 1) AS l, COUNT(B.id) AS n,
        SUM(B.price) AS s, FIRST(COALESCE(B.price, 0)) AS z, COUNT(*) AS m, CLASSIFIER() AS c
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A B* C) DEFINE B AS price > 5, C AS price < 3`;
    expect(await matched(series('x', 4, 2), clauses, settings)).toEqual(['1 NULL NULL NULL 0 NULL NULL 2 C']);
  });

  it('hands the time of a match on to windows', async () => {
    const engine = await Engine.open({ settings: { 'sql.compatibility': dialect }, onWarning: () => undefined });
    engine.registerTable('t', {
      columns: [
        { name: 'v', type: 'INT' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ],
      rows: [0, 3, 6, 9, 12, 15].map((s, i) => [i, `2018-04-01 10:00:${String(s).padStart(2, '0')}`]),
      watermark: { column: 'ts', delayMs: 0 },
    });
    const result = await engine
      .query(
        `SELECT TUMBLE_START(mt, INTERVAL '10' SECOND) AS w, COUNT(*) AS n FROM t MATCH_RECOGNIZE (
           ORDER BY ts MEASURES MATCH_ROWTIME() AS mt, A.v AS v PATTERN (A B)) AS m
         GROUP BY TUMBLE(mt, INTERVAL '10' SECOND)`,
      )
      .toArray({ text: true });
    expect(result.map((row) => Object.values(row).join(' '))).toEqual([
      '2018-04-01 10:00:00.000 3',
      '2018-04-01 10:00:10.000 2',
    ]);
    await engine.close();
  });

  it('stops with an error where a skip would lead nowhere', async () => {
    const clauses = (skip: string): string => `ORDER BY ts MEASURES A.id AS a AFTER MATCH SKIP ${skip}
      PATTERN (A* B C) DEFINE A AS price > 5`;
    const outcome = (rows: readonly (readonly Cell[])[], skip: string): Promise<unknown> =>
      matched(rows, clauses(skip), settings).catch((error: Error) => error.message);
    expect(await outcome(series('x', 1, 2), 'TO LAST A')).toBe(
      'cannot skip to variable "A": it has no row in the match',
    );
    expect(await outcome(series('x', 9, 1, 2), 'TO FIRST A')).toBe(
      'cannot skip to variable "A": the match begins with that row and would be found again and again',
    );
  });
});

describe('MATCH_RECOGNIZE of Blink', () => {
  it('lets rows lie between the variables of a relaxed succession', async () => {
    const clauses = `ORDER BY ts MEASURES A.id AS a, B.id AS b, C.id AS c AFTER MATCH SKIP PAST LAST ROW
      PATTERN (A -> B C) DEFINE A AS price = 1, B AS price = 2, C AS price = 3`;
    expect(await matched(series('x', 1, 9, 8, 2, 3, 1, 2, 9), clauses)).toEqual(['1 4 5']);
  });

  it('waits with a greedy variable at the end for the row that ends it', async () => {
    const clauses = (within: string): string => `ORDER BY ts MEASURES A.id AS a, FIRST(B.id) AS f, B.id AS b
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+) ${within} DEFINE A AS price = 1, B AS price = 2`;
    const rows = series('x', 1, 2, 2, 2, 1, 2);
    expect(await matched(rows, clauses(''))).toEqual(['1 2 4', '5 6 6']);
    expect(await matched(rows, clauses("WITHIN INTERVAL '3' SECOND"))).toEqual(['1 2 3', '5 6 6']);
  });

  it('puts out what it has when time is over, WITH TIMEOUT ROWS', async () => {
    const clauses = `PARTITION BY k ORDER BY ts MEASURES A.id AS a, B.id AS b, C.id AS c
      ONE ROW PER MATCH WITH TIMEOUT ROWS AFTER MATCH SKIP TO NEXT ROW
      PATTERN (A -> B -> C) WITHIN INTERVAL '5' SECOND DEFINE A AS price = 1, B AS price = 2, C AS price = 3`;
    const rows = [
      ['x', 1, 0],
      ['x', 2, 1],
      ['x', 3, 2],
      ['x', 1, 3],
      ['x', 2, 4],
      ['y', 1, 5],
      ['x', 3, 8],
    ] as const;
    expect((await matched(rows, clauses)).sort()).toEqual(['x 1 2 3', 'x 4 5 NULL', 'y 6 NULL NULL']);
  });

  it('takes the time that a match may last from its first row', async () => {
    const clauses = `ORDER BY ts MEASURES A.id AS a, B.id AS b AFTER MATCH SKIP TO NEXT ROW
      PATTERN (A -> B) WITHIN INTERVAL A.price * 1000 + 1 DEFINE A AS price <= 3, B AS price = 9`;
    expect(await matched(series('x', 4, 3, 1, 2, 9), clauses)).toEqual(['2 5', '4 5']);
  });

  it('gives a row for every row of a match, seen from it unless FINAL is written', async () => {
    const clauses = `PARTITION BY k ORDER BY ts MEASURES B.id AS b, FINAL LAST(B.id) AS fb, SUM(price) AS s,
        FINAL SUM(price) AS fs, CLASSIFIER() AS c, RUNNING COUNT(*) AS n
      ALL ROWS PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B{2} C) DEFINE B AS price > PREV(price)`;
    const rows = (await matched(series('x', 1, 2, 3, 0), clauses)).map((row) => {
      const cells = row.split(' ');
      return [...cells.slice(0, 4), ...cells.slice(-6)].join(' ');
    });
    expect(rows).toEqual([
      '1 x 1 :00 NULL 3 1 6 A 1',
      '2 x 2 :01 2 3 3 6 B 2',
      '3 x 3 :02 3 3 6 6 B 3',
      '4 x 0 :03 3 3 6 6 C 4',
    ]);
  });

  it('looks back to rows before the match and between its rows with PREV', async () => {
    const falling = `ORDER BY ts MEASURES FIRST(A.id) AS f, A.id AS l AFTER MATCH SKIP PAST LAST ROW
      PATTERN (A{2,} B) DEFINE A AS A.price < PREV(A.price), B AS B.price > A.price`;
    expect(await matched(series('x', 5, 4, 3, 6), falling)).toEqual(['2 3']);
    const two = `ORDER BY ts MEASURES A.id AS a, B.id AS b AFTER MATCH SKIP PAST LAST ROW
      PATTERN (A -> B) DEFINE A AS PREV(price, 2) IS NULL AND price > 0, B AS B.price = PREV(A.price)`;
    expect(await matched(series('x', 5, 4, 3, 5), two)).toEqual(['2 4']);
  });
});

describe('alternatives and repeated groups', () => {
  const conditions = { A: 'price < 3', B: 'price > 2', C: 'price > 4' };
  /** The clause for the variables of a pattern. */
  const define = (pattern: string): string =>
    `DEFINE ${Object.entries(conditions)
      .filter(([name]) => pattern.includes(name))
      .map(([name, condition]) => `${name} AS ${condition}`)
      .join(', ')}`;

  it('prefer the alternative on the left, even where the other one is longer', async () => {
    const clauses = (pattern: string): string =>
      `ORDER BY ts MEASURES FIRST(id) AS f, LAST(id) AS l, CLASSIFIER() AS c AFTER MATCH SKIP PAST LAST ROW PATTERN (${pattern}) ${define(pattern)}`;
    expect(await matched(series('x', 1, 5, 1, 3), clauses('A C | A B'))).toEqual(['1 2 C', '3 4 B']);
    expect(await matched(series('x', 1, 5, 1, 3), clauses('A B | A C'))).toEqual(['1 2 B', '3 4 B']);
    expect(await matched(series('x', 1, 5, 5, 1), clauses('A | A B+'))).toEqual(['1 1 A', '4 4 A']);
    expect(await matched(series('x', 1, 5, 5, 1), clauses('A B+ | A'))).toEqual(['1 3 B', '4 4 A']);
  });

  it('repeat groups as often as they can and give the rows of one back that stays open', async () => {
    const clauses = (pattern: string): string =>
      `ORDER BY ts MEASURES FIRST(id) AS f, LAST(id) AS l, COUNT(A.id) AS n AFTER MATCH SKIP PAST LAST ROW PATTERN (${pattern}) ${define(pattern)}`;
    expect(await matched(series('x', 1, 5, 2, 3, 1, 1), clauses('(A B)+'))).toEqual(['1 4 2']);
    expect(await matched(series('x', 1, 5, 2, 3, 1, 1), clauses('(A B)+?'))).toEqual(['1 2 1', '3 4 1']);
    expect(await matched(series('x', 1, 5, 2, 3, 1, 1), clauses('(A B){2}'))).toEqual(['1 4 2']);
    expect(await matched(series('x', 1, 1, 1, 5), clauses('(A | B)* A B'))).toEqual(['1 4 3']);
  });

  it.each([
    [
      'as soon as no preferred way is open',
      'PATTERN (A B (A C)*) DEFINE A AS v < 3, B AS v = 5, C AS v = 4',
      [1, 5, 2, 9, 9],
      { f: '1', l: '5' },
    ],
    [
      'as soon as no match that began earlier is open',
      'PATTERN (A B*? C) DEFINE A AS v < 5, B AS v <> 99, C AS C.v = A.v + 10',
      [1, 2, 12, 99, 98],
      { f: '2', l: '12' },
    ],
  ])('come out %s, not at the end', async (_, pattern, values, first) => {
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      const columns = [
        { name: 'v', type: 'INT' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ];
      let ask: () => void = () => undefined;
      const asked = new Promise<void>((resolve) => (ask = resolve));
      async function* rows(): AsyncGenerator<[number, string]> {
        for (const [i, v] of values.entries()) yield [v, `2024-01-01 00:00:0${i}`];
        // The match is there before the input goes on.
        await asked;
      }
      engine.registerTable('s', { columns, rows: rows(), watermark: { column: 'ts', delayMs: 0 } });
      const sql = `SELECT * FROM s MATCH_RECOGNIZE (ORDER BY ts MEASURES FIRST(v) AS f, LAST(v) AS l
        AFTER MATCH SKIP PAST LAST ROW ${pattern})`;
      const seen: unknown[] = [];
      for await (const { row } of engine.query(sql).changes({ text: true })) {
        seen.push(row);
        ask();
      }
      expect(seen).toEqual([first]);
    } finally {
      await engine.close();
    }
  });

  it('take the parts of PERMUTE in any order', async () => {
    const clauses = `ORDER BY ts MEASURES A.id AS a, B.id AS b, C.id AS c AFTER MATCH SKIP PAST LAST ROW
      PATTERN (PERMUTE(A, B, C)) DEFINE A AS price = 1, B AS price = 2, C AS price = 3`;
    expect(await matched(series('x', 1, 2, 3, 3, 1, 2, 2, 2, 3, 1), clauses)).toEqual(['1 2 3', '5 6 4', '10 8 9']);
  });

  it('leave rows in {- -} out of ALL ROWS PER MATCH, not out of the measures', async () => {
    const clauses = `ORDER BY ts MEASURES FINAL COUNT(B.id) AS n, CLASSIFIER() AS c ALL ROWS PER MATCH
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A {- B+ -} C) DEFINE A AS price < 3, B AS price BETWEEN 3 AND 4, C AS price > 4`;
    const rows = (await matched(series('x', 1, 3, 4, 5), clauses)).map((one) => one.split(' '));
    expect(rows.map((cells) => [cells[0], cells.at(-2), cells.at(-1)])).toEqual([
      ['1', '2', 'A'],
      ['4', '2', 'C'],
    ]);
  });

  it('do not multiply where conditions look at the row alone', async () => {
    const clauses = `ORDER BY ts MEASURES FIRST(id) AS f, COUNT(*) AS n AFTER MATCH SKIP PAST LAST ROW PATTERN ((A | B | A B)+ C) DEFINE C AS price = 9`;
    const prices = [...Array.from({ length: 60 }, () => 1), 9];
    expect(await matched(series('x', ...prices), clauses)).toEqual(['1 61']);
  });

  it.each([
    ['PATTERN (A | B)', 'an alternative (A | B) is not supported by Flink'],
    ['PATTERN (A (B A)+ B)', 'a quantifier behind a group is not supported by Flink'],
    ['PATTERN (PERMUTE(A, B))', 'PERMUTE is not supported by Flink'],
  ])('%s is refused under Flink', async (pattern, message) => {
    expect(await refused(`ORDER BY ts MEASURES A.id AS a ${pattern}`, { flink: true })).toContain(message);
  });
});

describe('SUBSET', () => {
  it('names the rows of several variables in measures and conditions', async () => {
    const clauses = `ORDER BY ts MEASURES FIRST(U.id) AS f, LAST(U.id) AS l, FIRST(U.id, 1) AS s, LAST(U.id, 1) AS p, COUNT(U.id) AS n, SUM(U.price) AS t, CLASSIFIER() AS c
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A X B C+) SUBSET U = (A, C), V = (B) DEFINE B AS price > 4, C AS price < 9 AND SUM(U.price) < 12`;
    // U: rows 1, 4, 5; with row 6 its sum would be 13.
    expect(await matched(series('x', 1, 2, 5, 3, 4, 5), clauses)).toEqual(['1 5 4 4 3 8 C']);
  });

  it('may be skipped to', async () => {
    const clauses = (to: string): string =>
      `ORDER BY ts MEASURES FIRST(id) AS f, LAST(id) AS l AFTER MATCH SKIP ${to} PATTERN (A B C D) SUBSET U = (B, C)`;
    expect(await matched(series('x', 1, 2, 3, 4, 5, 6), clauses('TO FIRST U'))).toEqual(['1 4', '2 5', '3 6']);
    expect(await matched(series('x', 1, 2, 3, 4, 5, 6), clauses('TO LAST U'))).toEqual(['1 4', '3 6']);
  });

  it.each([
    ['SUBSET U = (A, Z)', '"Z" is no pattern variable'],
    ['SUBSET a = (A, B)', '"a" names a variable already'],
    ['SUBSET U = (A), V = (U)', '"U" is no pattern variable'],
    ['SUBSET U = (A, B) DEFINE U AS price > 1', '"U" is a SUBSET and has no condition'],
  ])('%s is refused', async (clause, message) => {
    expect(await refused(`ORDER BY ts MEASURES A.id AS x PATTERN (A B) ${clause}`)).toBe(message);
  });

  it('is refused under Flink', async () => {
    const clauses = 'ORDER BY ts MEASURES A.id AS x PATTERN (A B) SUBSET U = (A, B)';
    expect(await refused(clauses, { flink: true })).toBe('SUBSET is not supported by Flink');
  });
});

describe('the rules of MATCH_RECOGNIZE', () => {
  it.each([
    ['MEASURES A.id AS a PATTERN (A)', 'MATCH_RECOGNIZE needs ORDER BY'],
    [
      'ORDER BY price MEASURES A.id AS a PATTERN (A)',
      'ORDER BY of MATCH_RECOGNIZE does not begin with a time attribute',
    ],
    ['ORDER BY ts DESC MEASURES A.id AS a PATTERN (A)', 'the time attribute of MATCH_RECOGNIZE is ordered ascending'],
    ['PARTITION BY k || k ORDER BY ts MEASURES A.id AS a PATTERN (A)', 'PARTITION BY of MATCH_RECOGNIZE takes columns'],
    ['ORDER BY ts PATTERN (A)', 'MATCH_RECOGNIZE gives no column'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A* B?)', 'the pattern can match without any row'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN ((A B)+)', 'accepted'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A* | B)', 'the pattern can match without any row'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A -> (B C)+)', '"->" does not go with alternatives and repeated groups'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A {- B -})', 'rows are left out of ALL ROWS PER MATCH only'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN ((A B C D E F){1000})', 'the pattern has more than 5000 places'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (PERMUTE(A, B, C, D, E, F, G))', 'PERMUTE takes at most 6 patterns'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A (B C))', 'accepted'],
    ['ORDER BY ts MEASURES X.id AS a PATTERN (A B)', '"X" is no pattern variable'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A B) DEFINE C AS price > 1', '"C" is no pattern variable'],
    [
      'ORDER BY ts MEASURES A.id AS a PATTERN (A) DEFINE A AS price > 1, a AS price > 2',
      'variable "a" is defined twice',
    ],
    ['ORDER BY ts MEASURES A.id AS a AFTER MATCH SKIP TO C PATTERN (A B)', '"C" is no pattern variable'],
    [
      'ORDER BY ts MEASURES A.id AS a AFTER MATCH SKIP TO FIRST A PATTERN (A+ B)',
      'the next match would begin where the last one began',
    ],
    ['ORDER BY ts MEASURES COUNT(DISTINCT A.id) AS a PATTERN (A)', 'COUNT cannot be DISTINCT in MATCH_RECOGNIZE'],
    ['ORDER BY ts MEASURES SUM(A.id + B.id) AS a PATTERN (A B)', 'SUM takes columns of one pattern variable'],
    ['ORDER BY ts MEASURES FIRST(A.id, B.id) AS a PATTERN (A B)', 'FIRST takes a constant number of rows'],
    ['ORDER BY ts MEASURES LAST(SUM(A.id)) AS a PATTERN (A B)', 'SUM cannot stand inside another function over rows'],
    ['ORDER BY ts MEASURES PREV(A.id) AS a PATTERN (A B)', 'PREV stands in DEFINE only'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A) DEFINE A AS NEXT(id) > 1', 'NEXT is not supported'],
    ['ORDER BY ts MEASURES MATCH_NUMBER() AS a PATTERN (A)', 'MATCH_NUMBER is not supported'],
    ['ORDER BY p MEASURES MATCH_ROWTIME() AS a PATTERN (A)', 'MATCH_ROWTIME needs event time'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A) DEFINE A AS price', 'DEFINE takes a BOOLEAN, not INT'],
    [
      "ORDER BY ts MEASURES A.id AS a PATTERN (A B) WITHIN INTERVAL '1' MONTH",
      'WITHIN takes an interval of days to seconds',
    ],
    [
      'ORDER BY ts MEASURES A.id AS a PATTERN (A B) WITHIN INTERVAL B.price',
      'WITHIN takes columns of the first variable of the pattern',
    ],
    [
      'ORDER BY ts MEASURES A.id AS a PATTERN (A B) WITHIN INTERVAL A.k',
      'WITHIN takes an interval or a whole number of milliseconds',
    ],
    [
      'ORDER BY ts MEASURES A.id AS a ONE ROW PER MATCH WITH TIMEOUT ROWS PATTERN (A B)',
      'WITH TIMEOUT ROWS needs WITHIN',
    ],
  ])('%s: %s', async (clauses, message) => {
    expect(await refused(clauses)).toBe(message);
  });

  it.each([
    [
      'ORDER BY ts MEASURES A.id AS a PATTERN (A B+)',
      'a greedy quantifier at the end of a pattern is not supported by Flink',
    ],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A B{2})', 'accepted'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A B?)', 'accepted'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A B+?)', 'accepted'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A B?? C)', 'a reluctant optional variable is not supported by Flink'],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A -> B)', '"->" is not supported by Flink'],
    ['ORDER BY ts MEASURES A.id AS a ALL ROWS PER MATCH PATTERN (A)', 'ALL ROWS PER MATCH is not supported by Flink'],
    [
      "ORDER BY ts MEASURES A.id AS a ONE ROW PER MATCH WITH TIMEOUT ROWS PATTERN (A B) WITHIN INTERVAL '1' DAY",
      'WITH TIMEOUT ROWS is not supported by Flink',
    ],
    ['ORDER BY ts MEASURES A.id AS a PATTERN (A) DEFINE A AS PREV(price) > 1', 'PREV is not supported by Flink'],
  ])('under flink %s: %s', async (clauses, message) => {
    expect(await refused(clauses, { flink: true })).toBe(message);
    if (message !== 'accepted') expect(await refused(clauses)).toBe('accepted');
  });

  it('takes no input that is updated later', async () => {
    const engine = await Engine.open();
    engine.registerTable('t', { columns: [{ name: 'a', type: 'INT' }], rows: [[1]] });
    const query = async (): Promise<unknown> =>
      engine
        .query(
          `SELECT * FROM (SELECT a, COUNT(*) AS n, PROCTIME() AS p FROM t GROUP BY a) MATCH_RECOGNIZE (
             ORDER BY p MEASURES A.n AS x PATTERN (A))`,
        )
        .toArray();
    await expect(query()).rejects.toThrow('MATCH_RECOGNIZE cannot take back rows that its input updates');
    await engine.close();
  });
});
