import type * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { Engine, type Change, type ChangeKind } from '../../src/index.ts';
import { order } from '../../src/planner/rules/order.ts';
import type { Rule } from '../../src/planner/rules/rule.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { Random, randomCell, sqlTypes, type Cell, type Cells } from '../support/random-cells.ts';
import { ordered, randomRelation, randomTable, rowKey, type Relation } from '../support/random-query.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 45);

function cellsOf(row: Readonly<Record<string, unknown>>): Cells {
  return Object.values(row).map((value) =>
    value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : (value as Cell),
  );
}

function sorted(rows: readonly Cells[]): string[] {
  return rows.map(rowKey).sort();
}

/** Applies changes one by one; a -U or -D of a row that is not there throws. */
function applied(changes: readonly Change[], upsertKey: readonly number[] | undefined): Cells[] {
  const rows = new Map<string, Cells[]>();
  const nameOf = (row: Cells): string => rowKey(upsertKey === undefined ? row : upsertKey.map((i) => row[i] as Cell));
  for (const { kind, row } of changes) {
    const cells = cellsOf(row);
    const list = rows.get(nameOf(cells)) ?? [];
    if (kind === '-U' || kind === '-D') {
      if (list.length === 0) throw new Error(`${kind} without its row: ${rowKey(cells)}`);
      list.pop();
    } else if (upsertKey !== undefined) list[0] = cells;
    else list.push(cells);
    rows.set(nameOf(cells), list);
  }
  return [...rows.values()].flat();
}

async function changesOf(engine: Engine, sql: string): Promise<{ rows: Cells[] }> {
  const result = engine.query(sql);
  const changes: Change[] = [];
  for await (const change of result.changes()) changes.push(change);
  return { rows: applied(changes, result.upsertKey) };
}

function declared(table: Relation): { name: string; type: string }[] {
  return table.columns.map(({ name, kind }) => ({ name, type: sqlTypes[kind] }));
}

async function withoutRules<T>(work: () => Promise<T>): Promise<T> {
  const rules = order as Rule[];
  const all = rules.splice(0);
  try {
    return await work();
  } finally {
    rules.push(...all);
  }
}

/** A history of changes that ends with `rows`. */
function history(random: Random, table: Relation): { rows: Cells[]; changes: ChangeKind[] } {
  const rows: Cells[] = [];
  const changes: ChangeKind[] = [];
  const emit = (kind: ChangeKind, row: Cells): void => {
    rows.push(row);
    changes.push(kind);
  };
  const other = (row: Cells): Cells =>
    row.map((cell, i) => (i === 0 || random.chance(0.5) ? cell : randomCell(random, table.columns[i]!.kind)));
  for (const [at, row] of table.rows.entries()) {
    let now = random.chance(0.5) ? other(row) : row;
    emit('+I', now);
    while (rowKey(now) !== rowKey(row) || random.chance(0.3)) {
      if (random.chance(0.3)) {
        emit('-D', now);
        now = random.chance(0.5) ? row : other(row);
        emit('+I', now);
      } else {
        const next = random.chance(0.6) ? row : other(row);
        emit('-U', now);
        emit('+U', next);
        now = next;
      }
    }
    if (random.chance(0.3)) {
      const gone: Cells = [1000 + at, ...other(row).slice(1)];
      emit('+I', gone);
      emit('-D', gone);
    }
  }
  return { rows, changes };
}

describe(`whole queries against plain recomputation (SEED=${seed})`, () => {
  for (const [source, compatibility] of [
    ['insert-only', 'blink'],
    ['changelog', 'blink'],
    ['insert-only', 'flink'],
    ['changelog', 'flink'],
  ] as const) {
    it(`gives the recomputed rows over ${source} input under '${compatibility}', with and without rules`, async () => {
      const random = new Random(seed + (source === 'changelog' ? 1 : 0), compatibility);
      const settings = { 'sql.compatibility': compatibility };
      const engine = await Engine.open({ settings, onWarning: () => undefined });
      try {
        for (let run = 0; run < runs; run++) {
          const table = randomTable(random, 't', random.below(25));
          const input = source === 'changelog' ? history(random, table) : { rows: table.rows };
          engine.registerTable('t', { columns: declared(table), ...input });
          const relation = randomRelation(random, table, 1 + random.below(3));
          const sql = `SELECT * FROM ${relation.from}`;
          const place = `run ${run} of SEED=${seed}: ${sql}\n${JSON.stringify(input, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))}`;
          const expected = sorted(relation.rows);
          try {
            expect(sorted((await engine.query(sql).toArray()).map(cellsOf)), 'toArray').toEqual(expected);
            expect(sorted((await changesOf(engine, sql)).rows), 'changes').toEqual(expected);
            const plain = await withoutRules(() => engine.query(sql).toArray());
            expect(sorted(plain.map(cellsOf)), 'without rules').toEqual(expected);
            const top = ordered(random, relation);
            const rows = (await engine.query(top.sql).toArray()).map(cellsOf);
            expect(rows.map(rowKey), top.sql).toEqual(top.rows.map(rowKey));
          } catch (error) {
            throw new Error(`${place}\n${String(error)}`, { cause: error });
          }
        }
      } finally {
        await engine.close();
      }
    });
  }

  it('gives the recomputed rows over tables of many batches', async () => {
    const random = new Random(seed + 3);
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      for (let run = 0; run < runs / 15; run++) {
        const table = randomTable(random, 't', 4090 + random.below(4500));
        const input = random.chance(0.5) ? history(random, table) : { rows: table.rows };
        engine.registerTable('t', { columns: declared(table), ...input });
        const relation = randomRelation(random, table, 1 + random.below(2));
        const sql = `SELECT * FROM ${relation.from}`;
        const place = `run ${run} of SEED=${seed}: ${sql}`;
        const expected = sorted(relation.rows);
        const got = sorted((await engine.query(sql).toArray()).map(cellsOf));
        expect(got.length, place).toBe(expected.length);
        const wrong = got.findIndex((row, i) => row !== expected[i]);
        expect([got[wrong], expected[wrong]], place).toEqual([undefined, undefined]);
        const top = ordered(random, relation);
        const rows = (await engine.query(top.sql).toArray()).map(cellsOf);
        expect(rows.map(rowKey), top.sql).toEqual(top.rows.map(rowKey));
      }
    } finally {
      await engine.close();
    }
  });

  it('gives the same rows whatever the sizes of the batches that bring them', async () => {
    const random = new Random(seed + 2);
    const engine = await Engine.open({ onWarning: () => undefined });
    try {
      for (let run = 0; run < runs / 3; run++) {
        const table = randomTable(random, 't', 1 + random.below(40));
        engine.registerTable('t', { columns: declared(table), rows: table.rows });
        const relation = randomRelation(random, table, 1 + random.below(3));
        const sql = `SELECT * FROM ${relation.from}`;
        const parts = new Map<number, arrow.Table>();
        for (const size of [1, 7]) parts.set(size, await inBatchesOf(engine, 't', size));
        for (const [size, rows] of parts) {
          engine.registerTable('t', { columns: declared(table), rows });
          const got = sorted((await engine.query(sql).toArray()).map(cellsOf));
          expect(got, `batches of ${size}, SEED=${seed}: ${sql}`).toEqual(sorted(relation.rows));
        }
      }
    } finally {
      await engine.close();
    }
  });
});
