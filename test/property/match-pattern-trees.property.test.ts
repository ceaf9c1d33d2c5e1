import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import type { ModelRow, Path } from '../support/match-model.ts';
import { treeMatches, type ModelTree } from '../support/pattern-tree-model.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 150);

const columns = [
  { name: 'id', type: 'INT' },
  { name: 'ts', type: 'TIMESTAMP(3)' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'v', type: 'INT' },
];
const watermark = { column: 'ts', delayMs: 0 };

interface Condition {
  readonly sql: string;
  readonly holds: (path: Path, row: ModelRow) => boolean;
}

/** By the row alone, and by the rows before it. */
const conditions: readonly (Condition | undefined)[] = [
  undefined,
  { sql: 'v > 2', holds: (_, row) => row.v! > 2 },
  { sql: 'v < 4', holds: (_, row) => row.v! < 4 },
  { sql: 'v IN (0, 3, 5)', holds: (_, row) => [0, 3, 5].includes(row.v!) },
  { sql: 'SUM(v) < 12', holds: (path, row) => path.reduce((sum, one) => sum + one.row.v!, row.v!) < 12 },
  { sql: 'v >= FIRST(v)', holds: (path, row) => row.v! >= (path[0]?.row.v ?? row.v!) },
];

const quantifiers: readonly (readonly [string, number, number])[] = [
  ['*', 0, Infinity],
  ['+', 1, Infinity],
  ['?', 0, 1],
  ['{2}', 2, 2],
  ['{1,2}', 1, 2],
  ['{2,}', 2, Infinity],
];

interface Pattern {
  readonly text: string;
  readonly tree: ModelTree;
  /** Whether it may take no row: such a pattern is not repeated here. */
  readonly empty: boolean;
}

function randomPattern(random: Random, depth: number): Pattern {
  const kind =
    depth === 0
      ? 'variable'
      : random.pick(['variable', 'sequence', 'sequence', 'choice', 'repeat', 'repeat', 'permute']);
  const parts = Array.from({ length: 2 + random.below(2) }, () =>
    kind === 'variable' ? undefined : randomPattern(random, depth - 1),
  ).flatMap((one) => one ?? []);
  const trees = parts.map((one) => one.tree);
  const texts = parts.map((one) => one.text);
  switch (kind) {
    case 'sequence':
      return { text: `(${texts.join(' ')})`, tree: { kind, parts: trees }, empty: parts.every((one) => one.empty) };
    case 'choice':
      return { text: `(${texts.join(' | ')})`, tree: { kind, parts: trees }, empty: parts.some((one) => one.empty) };
    case 'permute':
      return {
        text: `PERMUTE(${texts.join(', ')})`,
        tree: { kind, parts: trees },
        empty: parts.every((one) => one.empty),
      };
    case 'repeat': {
      const [part] = parts;
      if (part === undefined || part.empty) return randomPattern(random, depth - 1);
      const [quantifier, least, most] = random.pick(quantifiers);
      const reluctant = random.chance(0.3);
      const text = `(${part.text})${quantifier}${reluctant ? '?' : ''}`;
      return { text, tree: { kind, part: part.tree, least, most, reluctant }, empty: least === 0 };
    }
    default: {
      const name = random.pick(['A', 'B', 'C']);
      return { text: name, tree: { kind: 'variable', name }, empty: false };
    }
  }
}

/** With an alternative at least, so that it is a tree for the engine too. */
function randomTree(random: Random): Pattern {
  for (;;) {
    const [one, other] = [randomPattern(random, 2), randomPattern(random, 2)];
    if (one.empty || other.empty) continue;
    return {
      text: `${one.text} | ${other.text}`,
      tree: { kind: 'choice', parts: [one.tree, other.tree] },
      empty: false,
    };
  }
}

function randomRows(random: Random): (ModelRow & { readonly key: string })[] {
  let ms = 10_000;
  return Array.from({ length: random.below(18) }, (_, id) => {
    ms += random.below(3) * 1000;
    return { id, ms, key: random.pick(['x', 'x', 'y']), v: random.below(6) };
  });
}

describe(`patterns with alternatives and repeated groups against backtracking (SEED=${seed})`, () => {
  it('find the way that the SQL standard prefers, whatever the size of batches', async () => {
    const random = new Random(seed);
    let found = 0;
    for (let run = 0; run < runs; run++) {
      const { text, tree } = randomTree(random);
      const rows = randomRows(random);
      const names = ['A', 'B', 'C'].filter((name) => text.includes(name));
      const chosen = new Map(names.map((name) => [name, random.pick(conditions)]));
      const define = [...chosen].flatMap(([name, one]) => (one === undefined ? [] : [`${name} AS ${one.sql}`]));
      const skip = random.pick(['next', 'past'] as const);
      const withinMs = random.chance(0.3) ? random.pick([3000, 6000]) : undefined;
      const sql = `SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts, id
        MEASURES FIRST(id) AS f, LAST(id) AS l, ${names.map((name) => `COUNT(${name}.id) AS n${name}`).join(', ')}
        AFTER MATCH SKIP ${skip === 'next' ? 'TO NEXT ROW' : 'PAST LAST ROW'}
        PATTERN (${text}) ${withinMs === undefined ? '' : `WITHIN INTERVAL '${withinMs / 1000}' SECOND`}
        ${define.length === 0 ? '' : `DEFINE ${define.join(', ')}`})`;
      const condition = (name: string, path: Path, row: ModelRow): boolean =>
        chosen.get(name)?.holds(path, row) ?? true;
      const expected = ['x', 'y'].flatMap((key) =>
        treeMatches(
          rows.filter((one) => one.key === key),
          { tree, condition, withinMs },
          skip,
        ).map((path) =>
          [
            key,
            path[0]!.row.id,
            path.at(-1)!.row.id,
            ...names.map((name) => path.filter((one) => one.name === name).length),
          ].join(),
        ),
      );
      const engine = await Engine.open({ onWarning: () => undefined });
      try {
        const cells = rows.map((row) => [
          row.id,
          new Date(row.ms).toISOString().slice(0, -1).replace('T', ' '),
          row.key,
          row.v,
        ]);
        engine.registerTable('t', { columns, rows: cells, watermark });
        const split = run % 3 === 0 && rows.length > 0;
        if (split) {
          const parts = await inBatchesOf(engine, 't', random.pick([1, 7]));
          engine.registerTable('u', { columns, rows: parts, watermark });
        }
        const all = await engine.query(split ? sql.replace('FROM t', 'FROM u') : sql).toArray({ text: true });
        const got = all.map((row) => Object.values(row).join());
        expect(got.sort(), `run ${run}: ${sql}\n${JSON.stringify(rows)}`).toEqual(expected.sort());
        found += got.length;
      } finally {
        await engine.close();
      }
    }
    expect(found).toBeGreaterThan(runs / 4);
  }, 300_000);
});
