import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

const second = (s: number): string =>
  new Date(Date.UTC(2024, 0, 1) + s * 1000).toISOString().slice(0, 23).replace('T', ' ');
const tumbled = `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND))`;

let engines: readonly Engine[];
const warnings: string[] = [];

async function open(compatibility: 'blink' | 'flink', timeZone: string): Promise<Engine> {
  const settings = { 'sql.compatibility': compatibility, 'blink.state.ttl.ms': '60000' };
  const engine = await Engine.open({ timeZone, settings, onWarning: (line) => warnings.push(line) });
  const columns = [
    { name: 'k', type: 'VARCHAR' },
    { name: 'v', type: 'INT' },
    { name: 'ts', type: 'TIMESTAMP(3)' },
  ];
  const watermark = { column: 'ts', delayMs: 1000 };
  engine.registerTable('t', {
    columns: [...columns, { name: 'p', expr: 'PROCTIME()' }],
    rows: [
      ['a', 1, second(1)],
      ['b', 2, second(3)],
      ['a', 3, second(7)],
      ['a', 4, second(12)],
      ['b', 5, second(12)],
      [null, 6, second(21)],
      ['a', 7, second(2)],
    ],
    watermark,
  });
  engine.registerTable('changing', {
    columns,
    rows: [
      ['a', 1, second(1)],
      ['b', 2, second(3)],
      ['a', 1, second(1)],
      ['a', 3, second(1)],
    ],
    changes: ['+I', '+I', '-U', '+U'],
    watermark,
  });
  engine.registerTable('none', { columns, rows: [], watermark });
  return engine;
}

beforeAll(async () => {
  engines = await Promise.all([open('blink', 'UTC'), open('flink', 'UTC')]);
});

afterAll(async () => {
  for (const engine of engines) await engine.close();
});

async function changesOf(engine: Engine, sql: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { kind, row } of engine.query(sql).changes({ text: true })) {
    const cells = Object.values(row).map((cell) =>
      String(cell)
        .replace(/^2024-01-01 00:/, '')
        .replace(/\.000$/, ''),
    );
    lines.push([kind, ...cells].join(' '));
  }
  return lines;
}

/** Whatever the setting. */
async function expectChanges(sql: string, expected: readonly string[]): Promise<void> {
  for (const engine of engines) expect(await changesOf(engine, sql)).toEqual(expected);
}

describe('windows of GROUP BY', () => {
  it('by processing time fire at the end of the input', async () => {
    await expectChanges(`SELECT COUNT(*), SUM(v) FROM t GROUP BY TUMBLE(p, INTERVAL '1' DAY)`, ['+I 7 28']);
    await expectChanges(`SELECT k, COUNT(*) FROM t GROUP BY k, SESSION(PROCTIME(), INTERVAL '1' DAY)`, [
      '+I a 4',
      '+I b 2',
      '+I null 1',
    ]);
  });

  it('by processing time fire by the clock while the input goes on', async () => {
    let goOn = (): void => undefined;
    const fired = new Promise<void>((resolve) => (goOn = resolve));
    async function* rows(): AsyncGenerator<unknown[]> {
      yield ['a'];
      await fired;
      yield ['b'];
    }
    const engine = await Engine.open({ onWarning: () => undefined });
    engine.registerTable('live', { columns: [{ name: 'k', type: 'VARCHAR' }], rows: rows() });
    const sql = `SELECT k, COUNT(*) FROM live GROUP BY k, TUMBLE(PROCTIME(), INTERVAL '0.02' SECOND)`;
    const lines: unknown[] = [];
    for await (const { row } of engine.query(sql).changes({ text: true })) {
      lines.push(Object.values(row));
      goOn();
    }
    expect(lines).toEqual([
      ['a', '1'],
      ['b', '1'],
    ]);
    await engine.close();
  });

  it('hand their processing time on to the next window', async () => {
    const day = `INTERVAL '1' DAY`;
    const inner = `SELECT COUNT(*) AS n, HOP_PROCTIME(p, ${day}, ${day}) AS pt FROM t GROUP BY k, HOP(p, ${day}, ${day})`;
    await expectChanges(`SELECT SUM(n), COUNT(*) FROM (${inner}) GROUP BY TUMBLE(pt, ${day})`, ['+I 7 3']);
  });

  it('hand the end of a session on as event time', async () => {
    const inner = `SELECT k, SESSION_ROWTIME(ts, INTERVAL '5' SECOND) AS rt, COUNT(*) AS n FROM t
      GROUP BY k, SESSION(ts, INTERVAL '5' SECOND)`;
    await expectChanges(`SELECT COUNT(*), SUM(n) FROM (${inner}) GROUP BY TUMBLE(rt, INTERVAL '1' MINUTE)`, ['+I 5 6']);
  });

  it('without an aggregate give one row a group', async () => {
    await expectChanges(
      `SELECT k, TUMBLE_END(ts, INTERVAL '10' SECOND) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), k`,
      ['+I a 00:10', '+I b 00:10', '+I a 00:20', '+I b 00:20', '+I null 00:30'],
    );
  });

  it('go with GROUPING SETS', async () => {
    const sql = `SELECT k, TUMBLE_END(ts, INTERVAL '10' SECOND), COUNT(*), GROUPING(k) FROM t
      GROUP BY ROLLUP(k), TUMBLE(ts, INTERVAL '10' SECOND)`;
    await expectChanges(sql, [
      '+I a 00:10 2 0',
      '+I b 00:10 1 0',
      '+I null 00:10 3 1',
      '+I a 00:20 1 0',
      '+I b 00:20 1 0',
      '+I null 00:20 2 1',
      '+I null 00:30 1 0',
      '+I null 00:30 1 1',
    ]);
  });

  it('slide by what does not divide their size', async () => {
    const hop = `(ts, INTERVAL '4' SECOND, INTERVAL '10' SECOND)`;
    await expectChanges(`SELECT HOP_END${hop}, COUNT(*) FROM t WHERE v < 6 GROUP BY HOP${hop}`, [
      '+I 00:02 1',
      '+I 00:06 2',
      '+I 00:10 3',
      '+I 00:14 3',
      '+I 00:18 2',
      '+I 00:22 2',
    ]);
  });

  it('count what rows say in the end', async () => {
    await expectChanges(`SELECT k, COUNT(*), SUM(v) FROM changing GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)`, [
      '+I a 1 3',
      '+I b 1 2',
    ]);
  });

  it('give nothing for no rows', async () => {
    await expectChanges(`SELECT COUNT(*) FROM none GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)`, []);
    await expectChanges(`SELECT COUNT(*) FROM none GROUP BY SESSION(ts, INTERVAL '10' SECOND)`, []);
  });

  it('with EMIT give and correct results', async () => {
    const sql = `SELECT TUMBLE_END(ts, INTERVAL '10' SECOND), SUM(v) FROM t GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)`;
    await expectChanges(`${sql} EMIT WITHOUT DELAY AFTER WATERMARK`, [
      '+I 00:10 6',
      '+I 00:20 9',
      '-U 00:10 6',
      '+U 00:10 13',
      '+I 00:30 6',
    ]);
    const [engine] = engines;
    await engine!.execute(`SET 'table.exec.emit.late-fire.enabled' = 'true'`);
    expect(await changesOf(engine!, `SELECT SUM(n) FROM (${sql.replace('SUM(v)', 'SUM(v) AS n')})`)).toContain('+U 28');
    await engine!.execute(`RESET 'table.exec.emit.late-fire.enabled'`);
  });

  it('say that EMIT changes nothing without a window', async () => {
    await changesOf(engines[0]!, 'SELECT COUNT(*) FROM t EMIT WITHOUT DELAY BEFORE WATERMARK');
    expect(warnings.join()).toContain('EMIT changes nothing');
  });
});

describe('window table functions', () => {
  it('are ordinary tables where only one bound is grouped: late rows count', async () => {
    await expectChanges(`SELECT window_end, COUNT(*) FROM ${tumbled} GROUP BY window_end`, [
      '+I 00:10 3',
      '+I 00:20 2',
      '+I 00:30 1',
      '-U 00:10 3',
      '+U 00:10 4',
    ]);
  });

  it('go with CUBE inside of the window and with grouping sets that all have it', async () => {
    const rows = ['+I 00:10 a 2', '+I 00:10 b 1', '+I 00:10 null 3', '+I 00:20 a 1', '+I 00:20 b 1', '+I 00:20 null 2'];
    const select = `SELECT window_end, k, COUNT(*) FROM ${tumbled} WHERE k IS NOT NULL`;
    await expectChanges(`${select} GROUP BY CUBE(k), window_end, window_start`, rows);
    await expectChanges(
      `${select} GROUP BY GROUPING SETS ((window_start, window_end, k), (window_end, window_start))`,
      rows,
    );
  });

  it('take queries and named arguments, and give their names to their own bounds', async () => {
    const inner = `TUMBLE(DATA => TABLE (SELECT k, v, ts FROM t WHERE v < 6), TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '5' SECOND)`;
    const counted = `SELECT window_start, window_time AS wt, COUNT(*) AS n FROM TABLE(${inner}) GROUP BY window_start, window_end, window_time`;
    await expectChanges(
      `SELECT window_start, window_start0, n FROM TABLE(TUMBLE((${counted}), DESCRIPTOR(wt), INTERVAL '10' SECOND))`,
      ['+I 00:00 00:00 2', '+I 00:00 00:05 1', '+I 00:10 00:10 2'],
    );
  });

  it('give the best rows of a window to the next aggregation', async () => {
    const ranked = `SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY v DESC) AS rn FROM ${tumbled}`;
    await expectChanges(`SELECT window_end, SUM(v) FROM (${ranked}) WHERE rn <= 2 GROUP BY window_start, window_end`, [
      '+I 00:10 5',
      '+I 00:20 9',
      '+I 00:30 6',
    ]);
    await expectChanges(`SELECT k, v, rn FROM (${ranked}) WHERE rn > 1 AND 2 >= rn AND v > 1`, [
      '+I b 2 2',
      '+I a 4 2',
    ]);
    await expectChanges(`SELECT k, v FROM (${ranked}) WHERE rn BETWEEN 3 AND 4`, ['+I a 1']);
  });

  it('join by window also where the condition stands in WHERE, and group what is joined', async () => {
    const windows = 'L.window_start = R.window_start AND L.window_end = R.window_end';
    await expectChanges(
      `SELECT L.v, R.v FROM ${tumbled} L, ${tumbled} R WHERE ${windows} AND L.k = R.k AND L.v < R.v`,
      ['+I 1 3'],
    );
    await expectChanges(
      `SELECT L.window_end, COUNT(*) FROM ${tumbled} L JOIN ${tumbled} R ON ${windows} GROUP BY L.window_start, L.window_end`,
      ['+I 00:10 9', '+I 00:20 4', '+I 00:30 1'],
    );
  });

  it('keep their windows through UNION ALL, LATERAL TABLE and projections, not through an ordinary join', async () => {
    const both = `SELECT window_end e, window_start s, v FROM ${tumbled} UNION ALL SELECT window_end, window_start, 1 FROM ${tumbled}`;
    await expectChanges(`SELECT e, SUM(v) FROM (${both}) GROUP BY s, e`, ['+I 00:10 9', '+I 00:20 11', '+I 00:30 7']);
    const doubled = `${tumbled} AS w, LATERAL TABLE(STRING_SPLIT('x,y', ',')) AS p (x)`;
    await expectChanges(`SELECT window_end, COUNT(*) FROM ${doubled} GROUP BY window_start, window_end`, [
      '+I 00:10 6',
      '+I 00:20 4',
      '+I 00:30 2',
    ]);
    const joined = `SELECT window_end, COUNT(*) FROM ${tumbled} w JOIN none ON w.k = none.k GROUP BY window_start, window_end`;
    expect(await engines[0]!.explain(joined)).toContain('GroupAggregate');
  });

  it('count windows from midnight of the time zone, whatever their length', async () => {
    const engine = await open('blink', 'Asia/Shanghai');
    const at = (call: string): string =>
      `SELECT window_start, COUNT(*) FROM TABLE(${call}) WHERE k = 'b' GROUP BY window_start, window_end`;
    const first = async (call: string): Promise<string> => (await changesOf(engine, at(call)))[0]!;
    expect(await first(`TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY)`)).toBe('+I 00:00 2');
    expect(await first(`HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '12' HOUR, INTERVAL '12' HOUR)`)).toBe('+I 00:00 2');
    expect(await first(`TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY, INTERVAL -'1' SECOND)`)).toBe(
      '+I 2023-12-31 23:59:59 2',
    );
    await engine.close();
  });
});
