import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 25);

interface Click {
  readonly ms: number | null;
  readonly key: string | null;
  readonly v: number;
}

interface Row extends Click {
  readonly ms: number;
  readonly id: number;
}

interface Windowed {
  readonly row: Row;
  readonly start: number;
  readonly end: number;
}

type Kind = 'TUMBLE' | 'HOP' | 'CUMULATE' | 'SESSION';

interface Shape {
  readonly kind: Kind;
  readonly sizeMs: number;
  readonly stepMs: number;
  readonly offsetMs: number;
}

const seconds = (ms: number): string =>
  `INTERVAL '${ms < 0 ? '-' : ''}${Math.floor(Math.abs(ms) / 1000)}.${String(Math.abs(ms) % 1000).padStart(3, '0')}' SECOND`;

/** The call of the window table function over a table. */
function call(shape: Shape, table: string): string {
  const { kind, sizeMs, stepMs, offsetMs } = shape;
  const keys = kind === 'SESSION' ? ' PARTITION BY k' : '';
  const lengths = kind === 'TUMBLE' || kind === 'SESSION' ? [sizeMs] : [stepMs, sizeMs];
  const offset = offsetMs === 0 ? [] : [offsetMs];
  const args = [`TABLE ${table}${keys}`, 'DESCRIPTOR(ts)', ...[...lengths, ...offset].map(seconds)];
  return `TABLE(${kind}(${args.join(', ')}))`;
}

/** Windows of one instant by their definition; not for sessions. */
function windowsOf(ms: number, { kind, sizeMs, stepMs, offsetMs }: Shape): (readonly [start: number, end: number])[] {
  const floor = (at: number, by: number): number => Math.floor((at - offsetMs) / by) * by + offsetMs;
  if (kind === 'TUMBLE') return [[floor(ms, sizeMs), floor(ms, sizeMs) + sizeMs]];
  const windows: (readonly [number, number])[] = [];
  if (kind === 'HOP') {
    for (let start = floor(ms, stepMs); start + sizeMs > ms; start -= stepMs) windows.push([start, start + sizeMs]);
    return windows;
  }
  const start = floor(ms, sizeMs);
  for (let end = start + stepMs; end <= start + sizeMs; end += stepMs) if (end > ms) windows.push([start, end]);
  return windows;
}

/** Every row in each of its windows that the watermark before it has not closed. */
function model(clicks: readonly Click[], shape: Shape, delayMs: number, late = false): Windowed[] {
  const taken: Windowed[] = [];
  let sessions: { key: string | null; start: number; end: number; rows: Row[] }[] = [];
  let watermark = -Infinity;
  clicks.forEach((click, id) => {
    if (click.ms === null) return;
    const row: Row = { ...click, ms: click.ms, id };
    if (shape.kind === 'SESSION') {
      for (const one of sessions.filter((session) => session.end - 1 <= watermark)) {
        taken.push(...one.rows.map((member) => ({ row: member, start: one.start, end: one.end })));
      }
      sessions = sessions.filter((session) => session.end - 1 > watermark);
      const end = row.ms + shape.sizeMs;
      const met = sessions.filter((one) => one.key === row.key && one.start <= end && one.end >= row.ms);
      if (met.length > 0 || end - 1 > watermark) {
        sessions = sessions.filter((one) => !met.includes(one));
        sessions.push({
          key: row.key,
          start: Math.min(row.ms, ...met.map((one) => one.start)),
          end: Math.max(end, ...met.map((one) => one.end)),
          rows: [...met.flatMap((one) => one.rows), row],
        });
      }
    } else {
      for (const [start, end] of windowsOf(row.ms, shape)) {
        if (late || end - 1 > watermark) taken.push({ row, start, end });
      }
    }
    watermark = Math.max(watermark, row.ms - delayMs);
  });
  for (const one of sessions) taken.push(...one.rows.map((row) => ({ row, start: one.start, end: one.end })));
  return taken;
}

function groupBy<T>(items: readonly T[], key: (item: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = JSON.stringify(key(item));
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}

const sum = (rows: readonly Windowed[]): number => rows.reduce((total, one) => total + one.row.v, 0);

function randomShape(random: Random): Shape {
  const kind = random.pick<Kind>(['TUMBLE', 'HOP', 'CUMULATE', 'SESSION']);
  const stepMs = random.pick([5, 10, 250]);
  const sizeMs = kind === 'TUMBLE' || kind === 'SESSION' ? stepMs : stepMs * random.pick([1, 2, 3]);
  return { kind, sizeMs, stepMs, offsetMs: kind === 'SESSION' ? 0 : random.pick([0, 3, -4]) };
}

function randomClicks(random: Random, { stepMs }: Shape, count: number): Click[] {
  return Array.from({ length: count }, (_, i) => ({
    ms: random.chance(0.04) ? null : Math.max(0, Math.floor((i * stepMs) / 4) + random.below(stepMs * 4) - stepMs * 2),
    key: random.pick(['a', 'b', '', null]),
    v: random.below(6),
  }));
}

const columns = [
  { name: 'id', type: 'INT' },
  { name: 'ms', type: 'BIGINT' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'v', type: 'INT' },
];
const rowtime = { name: 'ts', expr: 'TO_TIMESTAMP(ms)' };

async function engineOf(tables: Readonly<Record<string, readonly Click[]>>, delayMs: number, batch: number) {
  const engine = await Engine.open({
    timeZone: 'UTC',
    settings: { 'sql.compatibility': 'flink' },
    onWarning: () => {},
  });
  for (const [name, clicks] of Object.entries(tables)) {
    const rows = clicks.map(({ ms, key, v }, id) => [id, ms, key, v]);
    engine.registerTable(`${name}_raw`, { columns, rows });
    const parts = await inBatchesOf(engine, `${name}_raw`, batch);
    engine.registerTable(name, { columns: [...columns, rowtime], rows: parts, watermark: { column: 'ts', delayMs } });
  }
  return engine;
}

const at = (name: string): string => `UNIX_TIMESTAMP(${name}) * 1000 + EXTRACT(MILLISECOND FROM ${name})`;

/** Rows as sorted JSON lines. */
async function lines(engine: Engine, sql: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, row } of engine.query(sql).changes()) {
    expect(kind).toBe('+I');
    found.push(text(Object.values(row)));
  }
  return found.sort();
}

const text = (cells: readonly unknown[]): string =>
  JSON.stringify(cells.map((cell) => (cell === null ? null : String(cell as string | number | bigint))));
const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map(text).sort();

describe('window table functions', () => {
  it('give what their definition gives: bare, aggregated, ranked, deduplicated, joined, in any batch size', async () => {
    const random = new Random(seed);
    for (let run = 0; run < runs; run++) {
      const shape = randomShape(random);
      const delayMs = random.pick([0, 2, shape.stepMs]);
      const clicks = randomClicks(random, shape, 40 + random.below(60));
      const others = randomClicks(random, shape, 40);
      const batch = random.pick([1, 7, 4096]);
      const engine = await engineOf({ t: clicks, u: others }, delayMs, batch);
      const hint = JSON.stringify({ run, shape, delayMs, batch });
      const from = call(shape, 't');
      const taken = model(clicks, shape, delayMs);

      const bare = await lines(engine, `SELECT id, ${at('window_start')}, ${at('window_end')} FROM ${from}`);
      const all = shape.kind === 'SESSION' ? taken : model(clicks, shape, delayMs, true);
      expect(bare, hint).toEqual(sorted(all.map(({ row, start, end }) => [row.id, start, end])));

      const fused = `SELECT k, ${at('window_start')}, ${at('window_end')}, COUNT(*), SUM(v), COUNT(DISTINCT v)
        FROM ${from} GROUP BY window_end, k, window_start`;
      const grouped = groupBy(taken, ({ row, start, end }) => [row.key, start, end]).map((group) => {
        const { row, start, end } = group[0]!;
        return [row.key, start, end, group.length, sum(group), new Set(group.map((one) => one.row.v)).size];
      });
      expect(await lines(engine, fused), hint).toEqual(sorted(grouped));

      // Reading a bound below the aggregation keeps the windows of the rows themselves.
      const attached = `SELECT k, ${at('window_start')}, COUNT(*), MAX(${at('window_end')}) FROM ${from}
        GROUP BY k, window_start, window_end`;
      const counted = groupBy(taken, ({ row, start, end }) => [row.key, start, end]).map((group) => [
        group[0]!.row.key,
        group[0]!.start,
        group.length,
        group[0]!.end,
      ]);
      expect(await lines(engine, attached), hint).toEqual(sorted(counted));

      const twice = `SELECT ${at('window_end')}, COUNT(*), SUM(n) FROM (
          SELECT k, window_start, window_end, COUNT(*) AS n FROM ${from} GROUP BY k, window_start, window_end)
        GROUP BY window_start, window_end`;
      const nested = groupBy(taken, ({ start, end }) => [start, end]).map((group) => [
        group[0]!.end,
        new Set(group.map((one) => JSON.stringify(one.row.key))).size,
        group.length,
      ]);
      expect(await lines(engine, twice), hint).toEqual(sorted(nested));

      const sets = `SELECT k, ${at('window_end')}, COUNT(*), GROUPING(k) FROM ${from}
        GROUP BY GROUPING SETS ((k), ()), window_start, window_end`;
      const perKey = groupBy(taken, ({ row, start, end }) => [row.key, start, end]).map((group) => [
        group[0]!.row.key,
        group[0]!.end,
        group.length,
        0,
      ]);
      const perWindow = groupBy(taken, ({ start, end }) => [start, end]).map((group) => [
        null,
        group[0]!.end,
        group.length,
        1,
      ]);
      expect(await lines(engine, sets), hint).toEqual(sorted([...perKey, ...perWindow]));

      const most = 1 + random.below(3);
      const best = `SELECT id, rn, ${at('window_end')} FROM (SELECT *, ROW_NUMBER() OVER (
          PARTITION BY window_start, window_end, k ORDER BY v DESC, ms) AS rn FROM ${from}) WHERE rn <= ${most}`;
      const winners = groupBy(taken, ({ row, start, end }) => [row.key, start, end]).flatMap((group) =>
        [...group]
          .sort((a, b) => b.row.v - a.row.v || a.row.ms - b.row.ms || a.row.id - b.row.id)
          .slice(0, most)
          .map((one, i) => [one.row.id, i + 1, one.end]),
      );
      expect(await lines(engine, best), hint).toEqual(sorted(winners));

      const last = `SELECT id, ${at('window_start')} FROM (SELECT *, ROW_NUMBER() OVER (
          PARTITION BY window_start, window_end, k ORDER BY ts DESC) AS rn FROM ${from}) WHERE rn = 1`;
      const lasts = groupBy(taken, ({ row, start, end }) => [row.key, start, end]).map((group) => {
        const latest = Math.max(...group.map((one) => one.row.ms));
        const rows = group.filter((one) => one.row.ms === latest).sort((a, b) => a.row.id - b.row.id);
        return [rows.at(-1)!.row.id, rows[0]!.start];
      });
      expect(await lines(engine, last), hint).toEqual(sorted(lasts));

      if (shape.kind !== 'SESSION') {
        const asked = (not: string): string => `SELECT id, ${at('window_end')} FROM ${from} L WHERE ${not} EXISTS (
          SELECT * FROM ${call(shape, 'u')} R
          WHERE L.window_start = R.window_start AND L.window_end = R.window_end AND L.k = R.k)`;
        const known = model(others, shape, delayMs);
        const has = (l: Windowed): boolean =>
          known.some((r) => l.row.key !== null && l.row.key === r.row.key && l.start === r.start && l.end === r.end);
        const ids = (rows: readonly Windowed[]): string[] => sorted(rows.map((one) => [one.row.id, one.end]));
        expect(await lines(engine, asked('')), hint).toEqual(ids(taken.filter(has)));
        expect(await lines(engine, asked('NOT')), hint).toEqual(ids(taken.filter((l) => !has(l))));

        const joined = (type: string): string => `SELECT L.id, R.id FROM (SELECT * FROM ${from}) L ${type} JOIN
          (SELECT * FROM ${call(shape, 'u')}) R
          ON L.k = R.k AND L.window_start = R.window_start AND L.window_end = R.window_end AND L.v <> R.v`;
        const rights = model(others, shape, delayMs);
        const meets = (l: Windowed, r: Windowed): boolean =>
          l.row.key !== null &&
          l.row.key === r.row.key &&
          l.start === r.start &&
          l.end === r.end &&
          l.row.v !== r.row.v;
        const pairs = taken.flatMap((l) => rights.filter((r) => meets(l, r)).map((r) => [l.row.id, r.row.id]));
        const lefts = taken.filter((l) => !rights.some((r) => meets(l, r))).map((l) => [l.row.id, null]);
        const alone = rights.filter((r) => !taken.some((l) => meets(l, r))).map((r) => [null, r.row.id]);
        expect(await lines(engine, joined('INNER')), hint).toEqual(sorted(pairs));
        expect(await lines(engine, joined('LEFT')), hint).toEqual(sorted([...pairs, ...lefts]));
        expect(await lines(engine, joined('RIGHT')), hint).toEqual(sorted([...pairs, ...alone]));
        expect(await lines(engine, joined('FULL')), hint).toEqual(sorted([...pairs, ...lefts, ...alone]));
      }
      await engine.close();
    }
  }, 180_000);
});
