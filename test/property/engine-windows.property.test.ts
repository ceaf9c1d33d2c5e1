import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Engine, type QueryResult } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 60);
const DAY = 86_400_000;

interface Click {
  readonly ms: number | null;
  readonly key: string | null;
  readonly v: number | null;
}

interface Window {
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
}

type Result = readonly [start: number, key: string | null, n: number, sum: number | null, distinct: number];

/** Starts of the windows with this instant in them. */
function startsOf(ms: number, { sizeMs, slideMs, offsetMs }: Window): number[] {
  const last = ms - ((((ms - offsetMs) % slideMs) + slideMs) % slideMs);
  const starts: number[] = [];
  for (let start = last; start + sizeMs > ms; start -= slideMs) starts.push(start);
  return starts;
}

/** Row by row: a row counts in each of its windows that the watermark before it has not closed. */
function model(
  clicks: readonly Click[],
  window: Window,
  delayMs: number,
  passes: (click: Click) => boolean,
): { results: Result[]; late: number; nulls: number } {
  const groups = new Map<string, Click[]>();
  let watermark = -Infinity;
  let late = 0;
  let nulls = 0;
  for (const click of clicks) {
    const { ms } = click;
    if (ms === null) {
      nulls++;
      continue;
    }
    if (passes(click)) {
      const starts = startsOf(ms, window);
      const open = starts.filter((start) => start + window.sizeMs - 1 > watermark);
      if (starts.length > 0 && open.length === 0) late++;
      for (const start of open) {
        const name = JSON.stringify([start, click.key]);
        groups.set(name, [...(groups.get(name) ?? []), click]);
      }
    }
    watermark = Math.max(watermark, ms - delayMs);
  }
  const results = [...groups].map(([name, members]): Result => {
    const [start, key] = JSON.parse(name) as [number, string | null];
    const values = members.flatMap(({ v }) => (v === null ? [] : [v]));
    const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
    return [start, key, members.length, sum, new Set(values).size];
  });
  return { results, late, nulls };
}

function randomClicks(random: Random, window: Window, count: number): Click[] {
  const from = random.pick([0, 1_704_067_200_000, -5 * window.sizeMs, 1_709_164_799_999]);
  return Array.from({ length: count }, () => {
    const edge = random.below(6) * window.slideMs + window.offsetMs;
    const near = random.chance(0.6) ? random.pick([-1, 0, 1]) : random.below(window.sizeMs);
    return {
      ms: random.chance(0.03) ? null : from - (from % window.slideMs) + edge + near,
      key: random.pick(['a', 'b', '中', '', null]),
      v: random.chance(0.2) ? null : random.below(5),
    };
  });
}

/** Seconds and below as INTERVAL text. */
function interval(ms: number): string {
  if (ms % DAY === 0) return `INTERVAL '${ms / DAY}' DAY`;
  return `INTERVAL '${Math.floor(ms / 1000)}${ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`}' SECOND`;
}

function call({ sizeMs, slideMs }: Window, suffix = ''): string {
  return sizeMs === slideMs
    ? `TUMBLE${suffix}(ts, ${interval(sizeMs)})`
    : `HOP${suffix}(ts, ${interval(slideMs)}, ${interval(sizeMs)})`;
}

/** Window start in milliseconds, whatever the session's zone. */
const startMs = (window: Window): string => {
  const start = call(window, '_START');
  return `CAST(${start} AS BIGINT) * 1000 + EXTRACT(MILLISECOND FROM ${start})`;
};

function selectOf(window: Window, where = ''): string {
  return `SELECT ${startMs(window)} AS w, k, COUNT(*) AS n, SUM(v) AS s, COUNT(DISTINCT v) AS d
    FROM clicks ${where} GROUP BY ${call(window)}, k`;
}

async function resultsOf(result: QueryResult): Promise<Result[]> {
  const rows = await result.toArray();
  return rows.map((row) => [
    Number(row['w']),
    row['k'] as string | null,
    Number(row['n']),
    row['s'] as number | null,
    Number(row['d']),
  ]);
}

function counted(result: QueryResult, name: string): number {
  return result.metrics().reduce((sum, one) => sum + (one.metrics[name] ?? 0), 0);
}

const texts = (results: readonly Result[]): string[] => results.map((one) => JSON.stringify(one)).sort();

function register(engine: Engine, clicks: readonly Click[], delayMs: number): void {
  engine.registerTable('clicks', {
    columns: [{ name: 'ms', type: 'BIGINT' }, { name: 'k', type: 'VARCHAR' }, { name: 'v', type: 'INT' }, rowtime],
    rows: clicks.map(({ ms, key, v }) => [ms, key, v]),
    watermark: { column: 'ts', delayMs },
  });
}

const rowtime = { name: 'ts', expr: 'TO_TIMESTAMP(ms)' };
const shape = [
  { name: 'ms', type: 'BIGINT' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'v', type: 'INT' },
];
const filters: readonly (readonly [sql: string, passes: (click: Click) => boolean])[] = [
  ['', () => true],
  ['WHERE v > 1', ({ v }) => v !== null && v > 1],
  ["WHERE k = 'a' OR k IS NULL", ({ key }) => key === 'a' || key === null],
];

describe(`event-time windows against a row-by-row model (SEED=${seed})`, () => {
  it('counts each row where the exact watermark still lets it in, whatever the batches', async () => {
    const random = new Random(seed);
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      for (let run = 0; run < runs; run++) {
        const slideMs = random.pick([1000, 2000, 3000, 10_000]);
        const sizeMs = random.chance(0.5) ? slideMs : Math.max(slideMs, random.pick([3000, 4000, 10_000, 15_000]));
        const window = { sizeMs, slideMs, offsetMs: 0 };
        const delayMs = random.pick([0, 0, 1, 999, 1000, 5000]);
        const clicks = randomClicks(random, window, random.below(60));
        const [where, passes] = random.pick(filters);
        const expected = model(clicks, window, delayMs, passes);
        const place = `run ${run}, SEED=${seed}, delay ${delayMs}: ${call(window)} ${where}\n${JSON.stringify(clicks)}`;
        register(engine, clicks, delayMs);
        const sizes = clicks.length === 0 ? [0] : [0, 1, 7];
        for (const size of sizes) {
          if (size > 0) {
            engine.registerTable('plain', { columns: shape, rows: clicks.map(({ ms, key, v }) => [ms, key, v]) });
            engine.registerTable('clicks', {
              columns: [...shape, rowtime],
              rows: await inBatchesOf(engine, 'plain', size),
              watermark: { column: 'ts', delayMs },
            });
          }
          const result = engine.query(selectOf(window, where));
          const got = await resultsOf(result);
          expect(texts(got), `batches of ${size}, ${place}`).toEqual(texts(expected.results));
          expect(counted(result, 'lateRows'), `late rows, batches of ${size}, ${place}`).toBe(expected.late);
          const ends = got.map(([start]) => start);
          expect(ends, `order of windows, ${place}`).toEqual([...ends].sort((a, b) => a - b));
        }
      }
    } finally {
      await engine.close();
    }
  });

  // A delay of 1 ms: without it the second of two rows on a window's last millisecond is late by definition.
  it('takes no row as late when every file is in order, however far the files are apart', async () => {
    const random = new Random(seed + 1);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      await engine.execute(
        `CREATE TABLE clicks (ms BIGINT, k VARCHAR, v INT, ts AS TO_TIMESTAMP(ms),
           WATERMARK FOR ts AS withOffset(ts, 1)) WITH (type='file', path='${folder}/*.jsonl', format='jsonl')`,
      );
      for (let run = 0; run < runs / 6; run++) {
        const window = { sizeMs: 10_000, slideMs: random.pick([10_000, 5000]), offsetMs: 0 };
        const all: Click[] = [];
        for (let file = 0; file < 4; file++) {
          const clicks = randomClicks(random, window, random.below(300)).filter(({ ms }) => ms !== null);
          const shift = file * random.below(50) * 1000;
          const moved = clicks.map((click) => ({ ...click, ms: (click.ms ?? 0) + shift }));
          moved.sort((a, b) => a.ms - b.ms);
          all.push(...moved);
          const lines = moved.map(({ ms, key, v }) => `${JSON.stringify({ ms, k: key, v })}\n`);
          writeFileSync(join(folder, `${file}.jsonl`), lines.join(''));
        }
        const result = engine.query(selectOf(window));
        const got = await resultsOf(result);
        const expected = model(all, window, Infinity, () => true);
        expect(texts(got), `run ${run}, SEED=${seed}`).toEqual(texts(expected.results));
        expect(counted(result, 'lateRows')).toBe(0);
      }
    } finally {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('cascades: windows of windows equal the large windows of the same rows', async () => {
    const random = new Random(seed + 2);
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      for (let run = 0; run < runs / 3; run++) {
        const small = { sizeMs: 1000, slideMs: 1000, offsetMs: 0 };
        const factor = random.pick([2, 3, 10]);
        const delayMs = random.pick([0, 1, 1500]);
        const clicks = randomClicks(random, small, random.below(80));
        register(engine, clicks, delayMs);
        const result = engine.query(
          `SELECT CAST(TUMBLE_START(rt, ${interval(1000 * factor)}) AS BIGINT) * 1000 AS w, k, SUM(n) AS n, SUM(s) AS s,
             COUNT(*) AS d
           FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '1' SECOND) AS rt, k, COUNT(*) AS n, SUM(v) AS s
                 FROM clicks GROUP BY TUMBLE(ts, INTERVAL '1' SECOND), k) AS seconds
           GROUP BY TUMBLE(rt, ${interval(1000 * factor)}), k`,
        );
        const groups = new Map<string, Result>();
        const inner = model(clicks, small, delayMs, () => true);
        for (const [start, key, n, sum] of inner.results) {
          const w = Math.floor(start / (1000 * factor)) * 1000 * factor;
          const old = groups.get(JSON.stringify([w, key])) ?? [w, key, 0, null, 0];
          const total = sum === null ? old[3] : (old[3] ?? 0) + sum;
          groups.set(JSON.stringify([w, key]), [w, key, old[2] + n, total, old[4] + 1]);
        }
        const place = `run ${run}, SEED=${seed}, delay ${delayMs}, x${factor}: ${JSON.stringify(clicks)}`;
        expect(texts(await resultsOf(result)), place).toEqual(texts([...groups.values()]));
        expect(counted(result, 'lateRows'), place).toBe(inner.late);
      }
    } finally {
      await engine.close();
    }
  });

  it.each([
    ['UTC', 0],
    ['Asia/Shanghai', 8],
    ['Asia/Kolkata', 5.5],
    ['America/Phoenix', -7],
    ['Asia/Tokyo', 9],
  ])('begins windows of whole days at midnight of %s', async (timeZone, hours) => {
    const random = new Random(seed + 3);
    const engine = await Engine.open({ timeZone, onWarning: () => undefined });
    try {
      for (const [slide, size] of [
        [1, 1],
        [1, 3],
        [2, 2],
        [7, 7],
      ] as const) {
        const slideMs = slide * DAY;
        const offsetMs = (((-hours * 3_600_000) % slideMs) + slideMs) % slideMs;
        const window = { sizeMs: size * DAY, slideMs, offsetMs };
        const delayMs = random.pick([0, 1, DAY]);
        const clicks = randomClicks(random, window, 60);
        const expected = model(clicks, window, delayMs, () => true);
        register(engine, clicks, delayMs);
        const result = engine.query(selectOf(window));
        expect(texts(await resultsOf(result)), call(window)).toEqual(texts(expected.results));
        expect(counted(result, 'lateRows')).toBe(expected.late);
        const days = engine.query(
          `SELECT CAST(${call(window, '_START')} AS VARCHAR) AS w FROM clicks GROUP BY ${call(window)}`,
        );
        for (const { w } of await days.toArray()) expect(w).toMatch(/ 00:00:00\.000$/);
      }
    } finally {
      await engine.close();
    }
  });
});
