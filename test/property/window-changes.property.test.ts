import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 20);

const columns = [
  { name: 'ms', type: 'BIGINT' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'v', type: 'INT' },
];
const rowtime = { name: 'ts', expr: 'TO_TIMESTAMP(ms)' };

/** What is left of a query's rows when all its changes are applied; every -U and -D must find its row. */
async function finalRows(engine: Engine, sql: string): Promise<string[]> {
  const left: string[] = [];
  for await (const { kind, row } of engine.query(sql).changes({ text: true })) {
    const text = JSON.stringify(Object.values(row));
    if (kind === '+I' || kind === '+U') {
      left.push(text);
      continue;
    }
    const at = left.indexOf(text);
    expect(at, `${kind} of what was never sent: ${text}`).toBeGreaterThanOrEqual(0);
    left.splice(at, 1);
  }
  return left.sort();
}

describe('EMIT', () => {
  it('ends with the results of the windows: those of the watermark, or of all rows where late ones are taken', async () => {
    const random = new Random(seed);
    for (let run = 0; run < runs; run++) {
      const rows = Array.from({ length: 60 }, (_, i) => [
        random.chance(0.05) ? null : Math.max(0, i * 200 + random.below(3000) - 1500),
        random.pick(['a', 'b', null]),
        random.below(5),
      ]);
      const settings = { 'blink.state.ttl.ms': '86400000' };
      const engine = await Engine.open({ timeZone: 'UTC', settings, onWarning: () => undefined });
      engine.registerTable('raw', { columns, rows });
      const parts = await inBatchesOf(engine, 'raw', random.pick([1, 7, 4096]));
      const watermark = { column: 'ts', delayMs: random.pick([0, 500]) };
      engine.registerTable('t', { columns: [...columns, rowtime], rows: parts, watermark });
      // The same rows so that none is late.
      const slack = { column: 'ts', delayMs: 1e9 };
      engine.registerTable('calm', { columns: [...columns, rowtime], rows: parts, watermark: slack });

      const window = random.pick([
        [`TUMBLE(ts, INTERVAL '1' SECOND)`, `TUMBLE_START(ts, INTERVAL '1' SECOND)`],
        [
          `HOP(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND)`,
          `HOP_START(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND)`,
        ],
      ]);
      const query = (table: string): string =>
        `SELECT k, ${window[1]!}, COUNT(*), SUM(v), COUNT(DISTINCT v), MAX(v) FROM ${table} GROUP BY k, ${window[0]!}`;
      const cascade = (table: string): string => `SELECT TUMBLE_END(rt, INTERVAL '5' SECOND), SUM(n), COUNT(*) FROM (
          SELECT k, TUMBLE_ROWTIME(ts, INTERVAL '1' SECOND) AS rt, COUNT(*) AS n FROM ${table}
          GROUP BY k, TUMBLE(ts, INTERVAL '1' SECOND)) GROUP BY TUMBLE(rt, INTERVAL '5' SECOND)`;
      for (const make of [query, cascade]) {
        const hint = JSON.stringify({ run, watermark, sql: make('t') });
        const plain = await finalRows(engine, make('t'));
        expect(await finalRows(engine, `${make('t')} EMIT WITHOUT DELAY BEFORE WATERMARK`), hint).toEqual(plain);
        const all = await finalRows(engine, make('calm'));
        expect(await finalRows(engine, `${make('t')} EMIT WITHOUT DELAY AFTER WATERMARK`), hint).toEqual(all);
        expect(await finalRows(engine, `${make('t')} EMIT WITHOUT DELAY`), hint).toEqual(all);
      }
      await engine.close();
    }
  }, 180_000);
});

describe('windows over rows that are taken back', () => {
  it('hold what is left of them', async () => {
    const random = new Random(seed + 1);
    for (let run = 0; run < runs; run++) {
      const live: (readonly unknown[])[] = [];
      const rows: (readonly unknown[])[] = [];
      const changes: ('+I' | '-D')[] = [];
      for (let i = 0; i < 80; i++) {
        const gone = random.chance(0.35) ? live.splice(random.below(live.length), 1)[0] : undefined;
        const row = gone ?? [
          random.below(12_000),
          random.pick(['a', 'b', null]),
          random.chance(0.2) ? null : random.below(4),
        ];
        if (gone === undefined) live.push(row);
        rows.push(row);
        changes.push(gone === undefined ? '+I' : '-D');
      }
      const engine = await Engine.open({ timeZone: 'UTC', onWarning: () => undefined });
      const watermark = { column: 'ts', delayMs: 1e9 };
      engine.registerTable('t', { columns: [...columns, rowtime], rows, changes, watermark });
      engine.registerTable('left_over', { columns: [...columns, rowtime], rows: live, watermark });
      const results = 'COUNT(*), COUNT(v), SUM(v), AVG(v), MIN(v), MAX(v), COUNT(DISTINCT v), SUM(DISTINCT v)';
      for (const window of [
        `TUMBLE(ts, INTERVAL '2' SECOND)`,
        `HOP(ts, INTERVAL '1' SECOND, INTERVAL '3' SECOND)`,
        `HOP(ts, INTERVAL '2' SECOND, INTERVAL '3' SECOND)`,
      ]) {
        const query = (table: string): string => `SELECT k, ${results} FROM ${table} GROUP BY ${window}, k`;
        expect(await finalRows(engine, query('t')), window).toEqual(await finalRows(engine, query('left_over')));
      }
      for (const call of ['TUMBLE', 'HOP', 'CUMULATE']) {
        const lengths = call === 'TUMBLE' ? `INTERVAL '3' SECOND` : `INTERVAL '1' SECOND, INTERVAL '3' SECOND`;
        const query = (table: string): string =>
          `SELECT window_end, ${results} FROM TABLE(${call}(TABLE ${table}, DESCRIPTOR(ts), ${lengths})) GROUP BY window_start, window_end`;
        expect(await finalRows(engine, query('t')), call).toEqual(await finalRows(engine, query('left_over')));
      }
      await engine.close();
    }
  }, 180_000);
});
