import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine, SluiceError, type Change } from '../../src/index.ts';
import { inBatchesOf } from '../support/arrow-batches.ts';
import { DuckDb } from '../support/oracle/duckdb.ts';
import { PortableQueries } from '../support/oracle/portable-query.ts';
import {
  oracleTypes,
  randomTable,
  type OracleColumn,
  type OracleTable,
  type PortableQuery,
} from '../support/oracle/portable-terms.ts';
import { Random } from '../support/random-cells.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 300);
/** Rows come out of order by less than this. */
const DELAY_MS = 30_000;

let duck: DuckDb;
beforeAll(async () => {
  duck = await DuckDb.open();
});
afterAll(() => duck.close());

/** A cell as both systems can be compared by: the fraction of a second without trailing zeros. */
function plain(cell: string | null, column: OracleColumn | undefined): string {
  if (cell === null) return 'NULL';
  return column?.type === 'timestamp' ? cell.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : cell;
}

function lines(rows: readonly (readonly (string | null)[])[], columns: readonly OracleColumn[]): string[] {
  return rows.map((row) => row.map((cell, i) => plain(cell, columns[i])).join(' | ')).sort();
}

/** Applies changes; one that takes back a row which is not there fails. */
function applied(changes: readonly Change[], key: readonly number[] | undefined): (string | null)[][] {
  const rows = new Map<string, (string | null)[][]>();
  for (const { kind, row } of changes) {
    const cells = Object.values(row) as (string | null)[];
    const name = JSON.stringify(key === undefined ? cells : key.map((i) => cells[i]));
    const list = rows.get(name) ?? [];
    if (kind === '-U' || kind === '-D') {
      if (list.length === 0) throw new Error(`${kind} without its row: ${name}`);
      list.pop();
    } else if (key !== undefined) list[0] = cells;
    else list.push(cells);
    rows.set(name, list);
  }
  return [...rows.values()].flat();
}

/** The same rows in another order that the watermark allows: neighbours that are close in time change places. */
function interleaved(random: Random, table: OracleTable): OracleTable {
  const time = table.columns.findIndex((column) => column.name === 'ts');
  const at = table.rows.map((row) => ({ row, at: Date.parse(`${String(row[time])}Z`) + random.below(9000) }));
  return { ...table, rows: at.sort((a, b) => a.at - b.at).map((one) => one.row) };
}

async function streamed(tables: readonly OracleTable[], query: PortableQuery, batchRows: number): Promise<string[]> {
  const whole = await Engine.open();
  const engine = await Engine.open({ onWarning: () => undefined });
  try {
    for (const table of tables) {
      const columns = table.columns.map(({ name, type }) => ({ name, type: oracleTypes[type].sluice }));
      whole.registerTable(table.name, { columns, rows: table.rows.map((row) => [...row]) });
      engine.registerTable(table.name, {
        columns,
        rows: await inBatchesOf(whole, table.name, batchRows),
        watermark: { column: 'ts', delayMs: DELAY_MS },
      });
    }
    const result = engine.query(query.sluice);
    const changes: Change[] = [];
    for await (const change of result.changes({ text: true })) changes.push(change);
    return lines(applied(changes, result.upsertKey), query.columns);
  } finally {
    await engine.close();
    await whole.close();
  }
}

/** The rows that DuckDB gives; undefined where it fails on an assertion of its own and has to be opened anew. */
async function recomputed(tables: readonly OracleTable[], query: PortableQuery): Promise<string[] | undefined> {
  for (const table of tables) await duck.load(table);
  try {
    return lines(await duck.rows(query.duck), query.columns);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('INTERNAL Error')) {
      throw new Error(`DuckDB refuses ${query.duck}`, { cause: error });
    }
    duck = await DuckDb.open();
    return undefined;
  }
}

/**
 * What streams give for the query must be what DuckDB gives, whatever the batches and whatever order rows come in.
 * @returns false where DuckDB cannot tell
 */
async function agrees(
  run: number,
  tables: readonly OracleTable[],
  query: PortableQuery,
  random: Random,
): Promise<boolean> {
  const expected = await recomputed(tables, query);
  if (expected === undefined) return false;
  const shuffled = tables.map((table) => interleaved(random, table));
  for (const [rows, batch] of [
    [tables, 4096],
    [shuffled, random.pick([1, 7])],
  ] as const) {
    const about = `SEED=${seed + run} RUNS=1, batches of ${batch}\n${query.sluice}\n`;
    const got = await streamed(rows, query, batch).catch((error: unknown) => {
      throw new Error(`${about}${error instanceof SluiceError ? `${error.code}: ${error.message}` : String(error)}`);
    });
    expect(got, about).toEqual(expected);
  }
  return true;
}

function count(seen: Map<string, number>, { forms }: PortableQuery): void {
  for (const form of forms) seen.set(form, (seen.get(form) ?? 0) + 1);
}

describe('continuous queries', () => {
  it(`end with what DuckDB computes from the complete tables (SEED=${seed})`, { timeout: 600_000 }, async () => {
    const seen = new Map<string, number>();
    for (let run = 0; run < runs; run++) {
      const random = new Random(seed + run);
      const tables = ['t1', 't2'].map((name) => randomTable(random, name, 1 + random.below(40)));
      const query = new PortableQueries(random, tables).query(1 + random.below(3));
      count(seen, query);
      expect(await agrees(run, tables, query, random)).toBe(true);
    }
    // A generator that stopped making a form would make this test weaker without a sign.
    if (runs >= 300) expect([...seen.keys()].length, [...seen].join(' ')).toBeGreaterThanOrEqual(34);
  });

  it(`and so do sub-queries that depend on them (SEED=${seed})`, { timeout: 600_000 }, async () => {
    const seen = new Map<string, number>();
    let compared = 0;
    for (let run = 0; run < runs; run++) {
      const random = new Random(seed + run);
      const tables = ['t1', 't2'].map((name) => randomTable(random, name, random.below(12)));
      const query = new PortableQueries(random, tables).correlated(random.below(3));
      count(seen, query);
      if (await agrees(run, tables, query, random)) compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(runs * 0.95);
    if (runs >= 300) expect([...seen.keys()].length, [...seen].join(' ')).toBeGreaterThanOrEqual(60);
  });
});
