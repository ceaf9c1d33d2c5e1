import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { LogService } from '../../src/logservice/index.ts';
import type { LogGroup, LogRecord, Text } from '../../src/wire/sls/log-group.ts';
import { Random } from '../support/random-cells.ts';
import { putGroups, slsOptions, wholeStore, type Packing } from '../support/sls-store.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

let service: LogService;
let engine: Engine;

beforeAll(async () => {
  service = await LogService.start({ port: 0, init: ['p/raw:3', 'p/times:1'] });
  engine = await Engine.open({ onWarning: () => undefined });
});
afterAll(async () => {
  await engine.close();
  await service.close();
});

const types = {
  s: 'VARCHAR',
  i: 'INT',
  b: 'BIGINT',
  y: 'TINYINT',
  d: 'DOUBLE',
  e: 'DECIMAL(10, 2)',
  o: 'BOOLEAN',
  ts: 'TIMESTAMP',
  dt: 'DATE',
  tm: 'TIME',
  x: 'VARBINARY',
} as const;
const names = Object.keys(types) as (keyof typeof types)[];

const values: readonly Text[] = [
  '',
  ' ',
  '0',
  '7',
  '-5',
  ' 12 ',
  '3.75',
  '1e3',
  'NaN',
  '127',
  '128',
  '2147483647',
  '2147483648',
  '9223372036854775807',
  '9223372036854775808',
  '99999999.99',
  'true',
  'FALSE',
  'abc',
  'abd',
  '中文',
  '😀',
  '2024-02-29 12:34:56',
  '2024-02-30 00:00:00',
  '2024-02-29',
  '23:59:59',
  'x'.repeat(300),
  Uint8Array.of(0xff, 0xfe, 0x00),
  Uint8Array.of(0xe4, 0xb8),
];

function randomLog(random: Random, id: number): LogRecord {
  const contents: [Text, Text][] = [['id', String(id)]];
  const keys = [...names, 'unknown', 'S', '未知'];
  for (const key of keys) {
    if (random.chance(0.25)) continue;
    contents.push([key, random.pick(values)]);
    // A repeated key: the last one counts.
    if (random.chance(0.1)) contents.push([key, random.pick(values)]);
  }
  if (random.chance(0.7)) {
    for (let i = contents.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [contents[i], contents[j]] = [contents[j] as [Text, Text], contents[i] as [Text, Text]];
    }
  }
  return { time: 1_700_000_000 + random.below(100), contents };
}

const groups: { group: LogGroup; packing: Packing }[] = [];

describe(`logs of any shape, put by another client (SEED=${seed})`, () => {
  beforeAll(async () => {
    const random = new Random(seed);
    for (let g = 0; g < 40; g++) {
      const logs = Array.from({ length: 1 + random.below(20) }, (_, i) => randomLog(random, g * 100 + i));
      const group: LogGroup = {
        logs,
        ...(random.chance(0.3) ? {} : { topic: random.pick(['', 'web', '主题']) }),
        ...(random.chance(0.3) ? {} : { source: random.pick(['10.0.0.1', '']) }),
        ...(random.chance(0.4)
          ? {}
          : {
              tags: [
                ['__hostname__', `h${g}`],
                ['n', random.pick(['1', 'x'])],
              ] as const,
            }),
      };
      groups.push({ group, packing: random.pick(['lz4', 'deflate', 'none'] as const) });
    }
    await putGroups(
      service,
      'raw',
      groups.map(({ group, packing }) => [group, packing]),
    );
    await engine.execute(`
      CREATE TABLE typed (id INT, ${names.map((name) => `${name} ${types[name]}`).join(', ')},
        __topic__ VARCHAR HEADER, __source__ VARCHAR HEADER, __timestamp__ BIGINT HEADER,
        __hostname__ VARCHAR HEADER, n INT HEADER) WITH (${slsOptions(service.url, 'raw', wholeStore)});
      CREATE TABLE bytes (id INT, ${names.map((name) => `${name} VARBINARY`).join(', ')})
        WITH (${slsOptions(service.url, 'raw', wholeStore)});
      CREATE TABLE texts (id INT, ${names.map((name) => `${name} VARCHAR`).join(', ')})
        WITH (${slsOptions(service.url, 'raw', wholeStore)});`);
  });

  it('finds fields by name in any order, the last of repeated ones, NULL for absent ones, attributes and tags', async () => {
    const rows = await engine.query(`SELECT id, ${names.join(', ')} FROM bytes`).toArray({ text: true });
    const heads = await engine
      .query('SELECT id, __topic__ AS t, __source__ AS s, __timestamp__ AS at, __hostname__ AS h, n FROM typed')
      .toArray();
    const expected = new Map<string, unknown>();
    const expectedHeads = new Map<number, unknown>();
    for (const { group } of groups) {
      const tags = new Map(group.tags);
      for (const log of group.logs) {
        const last = new Map(log.contents);
        const hex = names.map((name) => {
          const value = last.get(name);
          return value === undefined ? null : `0x${Buffer.from(value as string).toString('hex')}`;
        });
        const id = Number(last.get('id'));
        expected.set(String(id), hex);
        expectedHeads.set(id, {
          id,
          t: group.topic ?? '',
          s: group.source ?? '',
          at: BigInt(log.time),
          h: tags.get('__hostname__') ?? null,
          n: tags.get('n') === '1' ? 1 : null,
        });
      }
    }
    expect(new Map(rows.map((row) => [row['id'], names.map((name) => row[name])]))).toEqual(expected);
    expect(rows.length).toBe(expected.size);
    expect(new Map(heads.map((row) => [row['id'], row]))).toEqual(expectedHeads);
  });

  it('parses a field as CAST does, but NULL for what has no whole value', async () => {
    const typed = await engine.query(`SELECT id, i, b, e, o, dt FROM typed`).toArray({ text: true });
    const texts = new Map(
      (await engine.query(`SELECT id, i, b, e, o, dt FROM texts`).toArray({ text: true })).map((row) => [
        row['id'] ?? '',
        row,
      ]),
    );
    const whole = /^ *[+-]?\d+ *$/;
    for (const row of typed) {
      const text = texts.get(row['id'] ?? '') ?? {};
      for (const [name, low, high] of [
        ['i', -2147483648n, 2147483647n],
        ['b', -9223372036854775808n, 9223372036854775807n],
      ] as const) {
        const of = text[name];
        if (typeof of !== 'string' || of.includes('.') || /e/.test(of)) continue;
        const value = whole.test(of) ? BigInt(of.trim()) : undefined;
        const fits = value !== undefined && value >= low && value <= high;
        expect(row[name], `${name} of ${JSON.stringify(of)}`).toBe(fits ? String(value) : null);
      }
      if (text['dt'] === '2024-02-29') expect(row['dt']).toBe('2024-02-29');
      if (text['o'] === 'FALSE') expect(row['o']).toBe('false');
      if (text['e'] === '99999999.99') expect(row['e']).toBe('99999999.99');
    }
  });

  it('gives the same rows for a filter whether the decoder or the plan evaluates it', async () => {
    const random = new Random(seed + 1);
    const literals: Partial<Record<keyof typeof types, readonly string[]>> = {
      s: ["'abc'", "''", "'中文'", "'7'", "'😀'"],
      i: ['7', '0', '-5', '2147483647'],
      b: ['CAST(7 AS BIGINT)', '9223372036854775807'],
      y: ['CAST(7 AS TINYINT)', 'CAST(127 AS TINYINT)'],
      d: ['CAST(0 AS DOUBLE)', '1e3', '3.75e0'],
      ts: ["TIMESTAMP '2024-02-29 12:34:56'"],
      dt: ["DATE '2024-02-29'"],
    };
    const simple = (): string => {
      const name = random.pick(names);
      const of = literals[name];
      if (of === undefined || random.chance(0.2)) return `${name} IS ${random.chance(0.5) ? 'NOT ' : ''}NULL`;
      if (name === 's' && random.chance(0.3)) return `s LIKE '${random.pick(['ab%', '中%', 'x%', 'ab', '%'])}'`;
      if (random.chance(0.3)) return `${name} ${random.chance(0.3) ? 'NOT ' : ''}IN (${of.slice(0, 3).join(', ')})`;
      const sign = random.pick(['=', '<>', '<', '<=', '>', '>=']);
      return random.chance(0.5) ? `${name} ${sign} ${random.pick(of)}` : `${random.pick(of)} ${sign} ${name}`;
    };
    const ids = async (where: string): Promise<unknown[]> =>
      (await engine.query(`SELECT id FROM typed WHERE ${where}`).toArray())
        .map((row) => Number(row['id']))
        .sort((a, b) => a - b);
    let pushed = 0;
    for (let run = 0; run < 25; run++) {
      const where = Array.from({ length: 1 + random.below(2) }, simple);
      const plain = where.map((one) => `((${one}) IS TRUE)`).join(' AND ');
      const text = where.map((one) => `(${one})`).join(' AND ');
      if ((await engine.explain(`SELECT id FROM typed WHERE ${text}`, { stage: 'physical' })).includes('filter='))
        pushed++;
      expect(await ids(text), `SEED=${seed}: ${text}`).toEqual(await ids(plain));
    }
    expect(pushed).toBeGreaterThan(5);
  });

  it('takes the rowtime of rows a pushed filter drops into the watermark', async () => {
    const random = new Random(seed + 2);
    const clicks = Array.from({ length: 300 }, () => ({
      ms: 1_700_000_000_000 + random.below(120) * 500 + (random.chance(0.3) ? 60_000 : 0),
      k: random.pick(['a', 'b', 'c']),
    }));
    const logs: LogRecord[] = clicks.map(({ ms, k }) => ({
      time: 1,
      contents: [
        ['k', k],
        ['ms', String(ms)],
      ],
    }));
    await putGroups(service, 'times', [
      [{ logs: logs.slice(0, 120) }, 'lz4'],
      [{ logs: logs.slice(120) }, 'none'],
    ]);
    for (const delay of [0, 1000, 20_000]) {
      const counts = new Map<number, number>();
      let watermark = -Infinity;
      let late = 0;
      for (const { ms, k } of clicks) {
        const start = ms - (ms % 5000);
        if (k === 'a') {
          if (start + 4999 <= watermark) late++;
          else counts.set(start, (counts.get(start) ?? 0) + 1);
        }
        watermark = Math.max(watermark, ms - delay);
      }
      await engine.execute(
        `CREATE TABLE clicks${delay} (k VARCHAR, ms BIGINT, ts AS TO_TIMESTAMP(ms), WATERMARK FOR ts AS withOffset(ts, ${delay}))
         WITH (${slsOptions(service.url, 'times', wholeStore)})`,
      );
      const result = engine.query(
        `SELECT CAST(TUMBLE_START(ts, INTERVAL '5' SECOND) AS BIGINT) AS w, COUNT(*) AS n FROM clicks${delay}
         WHERE k = 'a' GROUP BY TUMBLE(ts, INTERVAL '5' SECOND)`,
      );
      const rows = await result.toArray();
      expect(new Map(rows.map((row) => [Number(row['w']) * 1000, Number(row['n'])]))).toEqual(counts);
      expect(result.metrics().reduce((sum, one) => sum + (one.metrics['lateRows'] ?? 0), 0)).toBe(late);
    }
  });
});
