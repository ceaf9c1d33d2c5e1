import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { modelMatches, type ModelElement, type ModelMatch, type ModelRow, type Path } from '../support/match-model.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 250);
const DELAY_MS = 2000;

const columns = [
  { name: 'id', type: 'INT' },
  { name: 'ts', type: 'TIMESTAMP(3)' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'v', type: 'INT' },
];

interface Row extends ModelRow {
  readonly key: string | null;
}

interface Condition {
  readonly sql: (name: string) => string;
  readonly holds: (name: string, path: Path, row: ModelRow) => boolean;
}

const valuesOf = (name: string, path: Path, row: ModelRow): (number | null)[] => [
  ...path.filter((one) => one.name === name).map((one) => one.row.v),
  row.v,
];
const known = (values: readonly (number | null)[]): number[] => values.flatMap((v) => (v === null ? [] : [v]));
const less = (a: number | null | undefined, b: number | null | undefined): boolean =>
  a !== null && a !== undefined && b !== null && b !== undefined && a < b;

const conditions: readonly (Condition | undefined)[] = [
  undefined,
  { sql: (name) => `${name}.v > 2`, holds: (_, __, row) => less(2, row.v) },
  { sql: () => 'v < 4', holds: (_, __, row) => less(row.v, 4) },
  {
    sql: (name) => `${name}.v < LAST(${name}.v, 1) OR LAST(${name}.v, 1) IS NULL`,
    holds: (name, path, row) => {
      const before = valuesOf(name, path, row).at(-2);
      return before === null || before === undefined || less(row.v, before);
    },
  },
  {
    sql: (name) => `${name}.v >= FIRST(v)`,
    holds: (_, path, row) => {
      const first = path[0]?.row.v ?? (path.length > 0 ? null : row.v);
      return first !== null && row.v !== null && row.v >= first;
    },
  },
  {
    sql: (name) => `v <> 3 AND SUM(${name}.v) < 7`,
    holds: (name, path, row) => {
      const values = known(valuesOf(name, path, row));
      return row.v !== null && row.v !== 3 && values.length > 0 && values.reduce((a, b) => a + b, 0) < 7;
    },
  },
  {
    sql: (name) => `COUNT(*) < 4 AND COUNT(${name}.v) > 0`,
    holds: (name, path, row) => path.length + 1 < 4 && known(valuesOf(name, path, row)).length > 0,
  },
];

const quantifiers: readonly (readonly [string, number, number])[] = [
  ['', 1, 1],
  ['', 1, 1],
  ['*', 0, Infinity],
  ['+', 1, Infinity],
  ['?', 0, 1],
  ['{2}', 2, 2],
  ['{1,2}', 1, 2],
  ['{,2}', 0, 2],
  ['{2,}', 2, Infinity],
];

interface Query {
  readonly sql: string;
  readonly model: ModelMatch;
  readonly names: readonly string[];
}

function randomQuery(random: Random): Query {
  const names = ['A', 'B', 'C', 'D'].slice(0, 1 + random.below(4));
  const pattern: ModelElement[] = [];
  let text = '';
  for (const name of names) {
    const [quantifier, least, most] = random.pick(quantifiers);
    const reluctant = quantifier !== '' && random.chance(0.4);
    const relaxed = pattern.length > 0 && random.chance(0.25);
    pattern.push({ name, least, most, reluctant, relaxed });
    text += `${relaxed ? ' -> ' : ' '}${name}${quantifier}${reluctant ? '?' : ''}`;
  }
  if (pattern.every((one) => one.least === 0)) return randomQuery(random);
  const chosen = new Map(names.map((name) => [name, random.pick(conditions)]));
  const define = [...chosen].flatMap(([name, one]) => (one === undefined ? [] : [`${name} AS ${one.sql(name)}`]));
  const to = random.pick(names);
  const skip = random.pick(['next', 'past', { to: 'first', name: to }, { to: 'last', name: to }] as const);
  const skipText = skip === 'next' ? 'TO NEXT ROW' : skip === 'past' ? 'PAST LAST ROW' : `TO ${skip.to} ${skip.name}`;
  const withinMs = random.chance(0.4) ? random.pick([3000, 6000]) : undefined;
  const measures = names.map(
    (name) => `FIRST(${name}.id) AS f${name}, ${name}.id AS l${name}, COUNT(${name}.id) AS n${name}`,
  );
  const sql = `SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts
    MEASURES FIRST(id) AS f, id AS l, COUNT(*) AS n, SUM(v) AS s, CLASSIFIER() AS c, ${measures.join(', ')}
    ONE ROW PER MATCH AFTER MATCH SKIP ${skipText}
    PATTERN (${text}) ${withinMs === undefined ? '' : `WITHIN INTERVAL '${withinMs / 1000}' SECOND`}
    ${define.length === 0 ? '' : `DEFINE ${define.join(', ')}`})`;
  const condition: ModelMatch['condition'] = (name, path, row) => chosen.get(name)?.holds(name, path, row) ?? true;
  return { sql, names, model: { pattern, condition, skip, withinMs } };
}

function randomRows(random: Random): Row[] {
  let ms = 10_000;
  return Array.from({ length: random.below(30) }, (_, id) => {
    ms += random.below(3) * 1000;
    return {
      id,
      ms: ms - (random.chance(0.3) ? random.below(5) * 1000 : 0),
      key: random.pick(['x', 'x', 'y', null]),
      v: random.chance(0.1) ? null : random.below(6),
    };
  });
}

/** Rows in time, in the order of their turn, by key. */
function partitions(rows: readonly Row[]): Map<string | null, Row[]> {
  const keys = new Map<string | null, Row[]>();
  let watermark = -Infinity;
  for (const row of rows) {
    if (row.ms >= watermark) keys.set(row.key, [...(keys.get(row.key) ?? []), row]);
    watermark = Math.max(watermark, row.ms - DELAY_MS);
  }
  for (const part of keys.values()) part.sort((a, b) => a.ms - b.ms || a.id - b.id);
  return keys;
}

function resultOf(key: string | null, path: Path, names: readonly string[]): string {
  const values = known(path.map((one) => one.row.v));
  const perName = names.flatMap((name) => {
    const of = path.filter((one) => one.name === name);
    return [of[0]?.row.id ?? null, of.at(-1)?.row.id ?? null, of.length];
  });
  const sum = values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
  return JSON.stringify([key, path[0]!.row.id, path.at(-1)!.row.id, path.length, sum, path.at(-1)!.name, ...perName]);
}

describe(`MATCH_RECOGNIZE against all ways through the pattern (SEED=${seed})`, () => {
  it('finds the same matches, whatever the pattern, the skip strategy and the size of batches', async () => {
    const random = new Random(seed);
    let found = 0;
    for (let run = 0; run < runs; run++) {
      const query = randomQuery(random);
      const rows = randomRows(random);
      const expected: string[] = [];
      const errors: string[] = [];
      for (const [key, part] of partitions(rows)) {
        const matches = modelMatches(part, query.model);
        if (typeof matches === 'string') errors.push(matches);
        else expected.push(...matches.map((path) => resultOf(key, path, query.names)));
      }
      const place = `run ${run}: ${query.sql}\n${JSON.stringify(rows)}`;
      const engine = await Engine.open({ onWarning: () => undefined });
      try {
        engine.registerTable('t', {
          columns,
          rows: rows.map((row) => [
            row.id,
            new Date(row.ms).toISOString().slice(0, -1).replace('T', ' '),
            row.key,
            row.v,
          ]),
          watermark: { column: 'ts', delayMs: DELAY_MS },
        });
        if (run % 3 === 0 && rows.length > 0) {
          const parts = await inBatchesOf(engine, 't', random.pick([1, 7]));
          engine.registerTable('u', { columns, rows: parts, watermark: { column: 'ts', delayMs: DELAY_MS } });
        }
        const text = run % 3 === 0 && rows.length > 0 ? query.sql.replace('FROM t', 'FROM u') : query.sql;
        let got: string[] | string;
        try {
          const all = await engine.query(text).toArray();
          got = all.map((row) =>
            JSON.stringify(Object.values(row), (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one)),
          );
        } catch (thrown) {
          got = (thrown as Error).message;
        }
        if (typeof got === 'string') {
          if (got.includes('the next match would begin')) continue;
          expect(
            errors.some((one) => got.includes(one)),
            `${got}\n${place}`,
          ).toBe(true);
        } else {
          expect(errors, place).toEqual([]);
          expect(got.sort(), place).toEqual(expected.sort());
          found += got.length;
        }
      } finally {
        await engine.close();
      }
    }
    expect(found).toBeGreaterThan(runs / 4);
  });
});
