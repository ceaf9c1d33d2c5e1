import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

const at = (s: number): string => `2024-01-01 00:00:${String(s).padStart(2, '0')}.000`;

describe.each(['blink', 'flink'] as const)('CURRENT_WATERMARK under %s', (compatibility) => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await Engine.open({ timeZone: 'UTC', settings: { 'sql.compatibility': compatibility } });
    engine.registerTable('t', {
      columns: [
        { name: 'a', type: 'VARCHAR' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ],
      rows: [
        ['a', at(1)],
        ['b', at(5)],
        ['c', at(3)],
        ['null', null],
        ['d', at(4)],
        ['e', at(9)],
        ['f', at(8)],
      ],
      watermark: { column: 'ts', delayMs: 1000 },
    });
  });

  afterAll(() => engine.close());

  const rows = async (sql: string): Promise<unknown[][]> =>
    (await engine.query(sql).toArray({ text: true })).map((row) => Object.values(row));

  it('is what all rows before have moved the watermark to, NULL at first', async () => {
    expect(await rows('SELECT a, CURRENT_WATERMARK(ts) AS w FROM t')).toEqual([
      ['a', null],
      ['b', at(0)],
      ['c', at(4)],
      ['null', at(4)],
      ['d', at(4)],
      ['e', at(4)],
      ['f', at(8)],
    ]);
  });

  it('tells late rows from others', async () => {
    expect(await rows('SELECT a FROM t WHERE ts <= CURRENT_WATERMARK(ts)')).toEqual([['c'], ['d'], ['f']]);
    expect(await rows('SELECT a FROM t WHERE CURRENT_WATERMARK(ts) IS NULL OR ts > CURRENT_WATERMARK(ts)')).toEqual([
      ['a'],
      ['b'],
      ['e'],
    ]);
    expect(await rows('SELECT COUNT(*) FILTER (WHERE ts <= CURRENT_WATERMARK(ts)) AS n FROM t')).toEqual([['3']]);
  });

  it('is that of the operator behind a window', async () => {
    const windows = `SELECT TUMBLE_ROWTIME(ts, INTERVAL '2' SECOND) AS r FROM t GROUP BY TUMBLE(ts, INTERVAL '2' SECOND)`;
    expect(await rows(`SELECT CURRENT_WATERMARK(r) AS w FROM (${windows})`)).toEqual([[at(0)], [at(4)], [at(8)]]);
  });

  it.each(['CURRENT_WATERMARK(a)', "CURRENT_WATERMARK(ts + INTERVAL '1' SECOND)", 'CURRENT_WATERMARK(NULL)'])(
    'refuses %s',
    (call) => {
      expect(() => engine.query(`SELECT ${call} AS w FROM t`)).toThrow('takes a column that is an event time');
    },
  );
});
