import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import { Engine } from '../../../../src/engine.ts';
import { inBatchesOf } from '../../../support/arrow-batches.ts';
import { changesOfQuery } from '../../../support/rows-of.ts';

const columns = [
  { name: 'id', type: 'INT' },
  { name: 'xs', type: 'ARRAY<INT>' },
];
const query =
  'SELECT id, (SELECT COUNT(DISTINCT x) FROM UNNEST(t.xs) AS q (x) WHERE x <> t.id), (SELECT MAX(x + t.id) FROM UNNEST(t.xs) AS q (x)) FROM t';

describe('aggregates of what a table function gives for a row', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [
    i,
    i % 7 === 0 ? null : Array.from({ length: (i * 5) % 9 }, (_, k) => (k === 2 ? null : (i + k) % 6)),
  ]);
  const expected = rows.map(([id, xs]) => {
    const list = (xs ?? []) as (number | null)[];
    const known = list.filter((x): x is number => x !== null);
    const count = new Set(known.filter((x) => x !== id)).size;
    return `+I ${String(id)} ${count} ${known.length === 0 ? 'null' : Math.max(...known) + (id as number)}`;
  });

  it.each([1, 7, 4096])('are those of the row alone, in batches of %i', async (size) => {
    const whole = await Engine.open();
    const engine = await Engine.open();
    try {
      whole.registerTable('t', { columns, rows });
      engine.registerTable('t', { columns, rows: await inBatchesOf(whole, 't', size) });
      expect(await changesOfQuery(engine, query)).toEqual(expected);
    } finally {
      await engine.close();
      await whole.close();
    }
  });

  it('go with the change of their row', async () => {
    const engine = await Engine.open();
    try {
      const changes: ChangeKind[] = ['+I', '-U', '+U', '-D'];
      engine.registerTable('t', {
        columns,
        rows: [
          [1, [1, 2]],
          [1, [1, 2]],
          [1, [5]],
          [1, [5]],
        ],
        changes,
      });
      const found = await changesOfQuery(engine, query);
      expect(found.map((line) => line.slice(3))).toEqual(['1 1 3', '1 1 3', '1 1 6', '1 1 6']);
      expect(found.map((line) => line[0]).join('')).toBe('+-+-');
    } finally {
      await engine.close();
    }
  });

  it('take more elements than fit into one batch', async () => {
    const engine = await Engine.open();
    try {
      engine.registerTable('t', {
        columns,
        rows: [
          [0, Array.from({ length: 10_000 }, (_, i) => i)],
          [1, []],
          [2, Array.from({ length: 5_000 }, (_, i) => -i)],
        ],
      });
      expect(await changesOfQuery(engine, query)).toEqual(['+I 0 9999 9999', '+I 1 0 null', '+I 2 5000 2']);
    } finally {
      await engine.close();
    }
  });
});
