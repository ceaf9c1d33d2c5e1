import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

type Entries = readonly (readonly [string, number | null])[];

const entries: fc.Arbitrary<Entries> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'ab', '', 'ä'), fc.option(fc.integer({ min: 0, max: 1 }))), {
    selector: ([key]) => key,
    maxLength: 3,
  })
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }));

/** Equal maps have equal texts. */
const textOf = (map: Entries | null): string =>
  JSON.stringify(map === null ? null : [...map].sort(([a], [b]) => (a < b ? -1 : 1)));

function counts(texts: readonly string[]): number[] {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return [...found.values()].sort();
}

it('maps are one key whatever the order of their entries, alone and inside other values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(entries, { freq: 6 }), { maxLength: 12 }), async (maps) => {
      const engine = await Engine.open({ onWarning: () => undefined });
      try {
        const columns = [
          { name: 'id', type: 'INT' },
          { name: 'm', type: 'MAP<VARCHAR, INT>' },
        ];
        engine.registerTable('t', { columns, rows: maps.map((map, id) => [id, map as never]) });
        const rows = async (sql: string): Promise<string[]> =>
          (await engine.query(sql).toArray({ text: true })).map((row) => Object.values(row).join());
        const expected = counts(maps.map(textOf));
        for (const key of ['m', 'ROW(m, 1)', 'ARRAY[m, m]', "MAP['k', m]"]) {
          const groups = await rows(`SELECT COUNT(*) AS n FROM (SELECT ${key} AS k FROM t) GROUP BY k`);
          expect(groups.map(Number).sort(), key).toEqual(expected);
        }
        expect(await rows('SELECT DISTINCT m, 1 AS one FROM t')).toHaveLength(expected.length);
        const pairs = maps.flatMap((one, i) =>
          maps.flatMap((other, j) => (one !== null && textOf(one) === textOf(other) ? [`${i},${j}`] : [])),
        );
        const joined = await rows('SELECT x.id AS a, y.id AS b FROM t x JOIN t y ON x.m = y.m');
        expect(joined.sort()).toEqual(pairs.sort());
      } finally {
        await engine.close();
      }
    }),
    { seed, numRuns: 40 },
  );
}, 300_000);
