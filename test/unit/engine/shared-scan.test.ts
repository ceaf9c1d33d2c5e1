import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

describe('a table read for several uses at once', () => {
  it('gives each use the rows it would get alone, those without a rowtime too', async () => {
    await using engine = await Engine.open();
    engine.registerTable('t', {
      columns: [
        { name: 'a', type: 'BIGINT' },
        { name: 'ts', type: 'TIMESTAMP' },
      ],
      rows: [
        [10, '2024-05-01 10:00:01'],
        [20, null],
        [30, '2024-05-01 10:01:01'],
      ],
      watermark: { column: 'ts', delayMs: 0 },
    });
    const rows = 'SELECT a FROM t';
    const counts = "SELECT COUNT(*) AS a FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)";
    const read = async (sql: string): Promise<unknown[]> =>
      (await engine.query(sql).toArray()).map((row) => row['a']).sort((x, y) => Number(x) - Number(y));
    const alone = [await read(counts), await read(rows)];
    expect(alone).toEqual([
      [1n, 1n],
      [10n, 20n, 30n],
    ]);
    expect(await read(`${rows} UNION ALL ${counts}`)).toEqual(alone.flat());
  });
});
