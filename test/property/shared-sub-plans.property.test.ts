import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhysicalNode } from '../../src/planner/physical/plan.ts';
import { physicalInputs } from '../../src/planner/physical/bounded.ts';
import { SluiceError } from '../../src/errors/sluice-error.ts';
import { BIGINT, INT, TIMESTAMP, VARCHAR, type SqlType } from '../../src/types/sql-type.ts';
import { DuckDb } from '../support/oracle/duckdb.ts';
import { PortableQueries } from '../support/oracle/portable-query.ts';
import {
  PortableTerms,
  randomTable,
  type OracleColumn,
  type OracleTable,
  type OracleType,
} from '../support/oracle/portable-terms.ts';
import { Random } from '../support/random-cells.ts';
import { applied, type Row } from '../support/runtime/batches.ts';
import { ScriptedJob, type JobTable } from '../support/runtime/scripted-job.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const runs = Number(process.env['RUNS'] ?? 60);

const types: Readonly<Record<OracleType, { readonly sluice: SqlType; readonly text: string }>> = {
  int: { sluice: INT, text: 'INT' },
  bigint: { sluice: BIGINT, text: 'BIGINT' },
  varchar: { sluice: VARCHAR, text: 'VARCHAR' },
  timestamp: { sluice: TIMESTAMP, text: 'TIMESTAMP' },
};

let duck: DuckDb;
beforeAll(async () => {
  duck = await DuckDb.open();
});
afterAll(() => duck.close());

/** A relation with its text in Sluice, where views have names, and in DuckDB, where they are written out. */
interface Shared {
  readonly sluice: string;
  readonly duck: string;
  readonly columns: readonly OracleColumn[];
}

/** Uses of views that overlap in every way: other columns, filters, aggregates, the same view twice. */
class Uses {
  readonly #random: Random;
  readonly #terms: PortableTerms;
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#terms = new PortableTerms(random);
  }

  of(views: readonly Shared[]): Shared {
    const view = this.#random.pick(views);
    const filtered = this.#random.chance(0.5) ? this.#filtered(view) : view;
    const kind = this.#random.below(8);
    if (kind === 0) return this.#whole(filtered);
    if (kind === 1) return this.#aggregated(filtered);
    if (kind === 2) return this.#joined(view, filtered);
    if (kind === 3) return this.#doubled(view, filtered);
    if (kind === 4 || kind === 5) return this.#ranked(filtered);
    return this.#some(filtered);
  }

  #from({ sluice, duck }: Shared): { readonly sluice: string; readonly duck: string; readonly name: string } {
    const name = `u${++this.#aliases}`;
    const isName = /^\w+$/.test(sluice);
    return { sluice: isName ? `${sluice} AS ${name}` : `(${sluice}) AS ${name}`, duck: `(${duck}) AS ${name}`, name };
  }

  #text(make: (side: 'sluice' | 'duck') => string, columns: readonly OracleColumn[]): Shared {
    return { sluice: make('sluice'), duck: make('duck'), columns };
  }

  #whole(input: Shared): Shared {
    const from = this.#from(input);
    return this.#text((side) => `SELECT * FROM ${from[side]}`, input.columns);
  }

  #filtered(input: Shared): Shared {
    const from = this.#from(input);
    const condition = this.#terms.condition(input.columns);
    return this.#text((side) => `SELECT * FROM ${from[side]} WHERE ${condition}`, input.columns);
  }

  #some(input: Shared): Shared {
    const from = this.#from(input);
    const kept = input.columns.filter(() => this.#random.chance(0.5));
    const columns = kept.length > 0 ? kept : input.columns.slice(-1);
    return this.#text((side) => `SELECT ${columns.map((one) => one.name).join(', ')} FROM ${from[side]}`, columns);
  }

  #aggregated(input: Shared): Shared {
    const from = this.#from(input);
    const [key] = this.#terms.keys(input.columns);
    const calls = this.#terms.calls(input.columns, 'n');
    return this.#text(
      (side) =>
        `SELECT ${key!.name}, ${calls.map((one) => one.sql).join(', ')} FROM ${from[side]} GROUP BY ${key!.name}`,
      [{ name: key!.name, type: key!.type }, ...calls.map((one) => one.column)],
    );
  }

  /** Groups of rows and their counts: what is updated. */
  grouped(views: readonly Shared[]): Shared {
    return this.#aggregated(this.#random.pick(views));
  }

  #ranked(input: Shared): Shared {
    const from = this.#from(input);
    // From the last column on: counts come before what they count.
    const order = [...input.columns]
      .reverse()
      .map((one) => `${one.name} ${this.#random.pick(['ASC NULLS FIRST', 'DESC NULLS LAST', 'DESC NULLS LAST'])}`)
      .join(', ');
    const names = input.columns.map((one) => one.name).join(', ');
    const rank = this.#random.chance(0.3) ? ', rn' : '';
    const partition = this.#random.chance(0.5) ? `PARTITION BY ${input.columns[0]!.name} ` : '';
    const ranked = `SELECT ${names}, ROW_NUMBER() OVER (${partition}ORDER BY ${order}) AS rn FROM`;
    const most = 1 + this.#random.below(3);
    return this.#text(
      (side) => `SELECT ${names}${rank} FROM (${ranked} ${from[side]}) AS q WHERE rn <= ${most}`,
      [...input.columns, ...(rank === '' ? [] : [{ name: 'rn', type: 'bigint' as const }])],
    );
  }

  #joined(left: Shared, right: Shared): Shared {
    const [a, b] = [this.#from(left), this.#from(right)];
    const column = this.#random.pick(left.columns);
    const other = this.#random.pick(right.columns.filter((one) => one.type === column.type));
    const [x, y] = [this.#random.pick(left.columns), this.#random.pick(right.columns)];
    return this.#text(
      (side) =>
        `SELECT ${a.name}.${x.name} AS x, ${b.name}.${y.name} AS y FROM ${a[side]} JOIN ${b[side]} ON ${a.name}.${column.name} = ${b.name}.${other.name}`,
      [
        { name: 'x', type: x.type },
        { name: 'y', type: y.type },
      ],
    );
  }

  #doubled(one: Shared, two: Shared): Shared {
    const [a, b] = [this.#from(one), this.#from(two)];
    const names = one.columns.map((column) => column.name).join(', ');
    return this.#text(
      (side) => `SELECT ${names} FROM ${a[side]} UNION ALL SELECT ${names} FROM ${b[side]}`,
      one.columns,
    );
  }
}

function jobTable({ name, columns, rows }: OracleTable, delayMs: number): JobTable {
  const cell = (value: Row[number], { type }: OracleColumn): Row[number] => {
    if (value === null) return null;
    if (type === 'timestamp') return Date.parse(`${String(value).replace(' ', 'T')}Z`);
    return type === 'bigint' ? BigInt(value) : value;
  };
  return {
    name,
    columns: columns.map((column) => ({ name: column.name, type: types[column.type].sluice })),
    rows: rows.map((row) => row.map((value, i) => cell(value, columns[i]!))),
    watermark: { column: 'ts', delayMs },
  };
}

/** As our tests print cells: instants as epoch milliseconds, NULL as null. */
function plain(rows: readonly (readonly (string | null)[])[], columns: readonly OracleColumn[]): string[] {
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          cell !== null && columns[i]!.type === 'timestamp'
            ? String(Date.parse(`${cell.replace(' ', 'T')}Z`))
            : String(cell),
        )
        .join(' '),
    )
    .sort();
}

function operators(roots: readonly PhysicalNode[]): ReadonlySet<PhysicalNode> {
  const seen = new Set<PhysicalNode>();
  const see = (node: PhysicalNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    physicalInputs(node).forEach(see);
  };
  roots.forEach(see);
  return seen;
}

describe('jobs over shared views', () => {
  it(
    `give the same with and without sharing, and what DuckDB computes (SEED=${seed})`,
    { timeout: runs * 4000 },
    async () => {
      let fewer = 0;
      for (let run = 0; run < runs; run++) {
        const random = new Random(seed + run);
        const tables = ['t1', 't2'].map((name) => randomTable(random, name, 1 + random.below(40)));
        const queries = new PortableQueries(random, tables);
        const views: Shared[] = [];
        const script: string[] = [];
        const uses = new Uses(random);
        for (const table of tables) await duck.load(table);
        const declare = async ({ sluice, duck: text, columns }: Shared): Promise<void> => {
          const names = columns.map((_, i) => `c${i}`);
          script.push(`CREATE VIEW v${views.length} (${names.join(', ')}) AS ${sluice};`);
          // As a table: DuckDB 1.5 answers wrongly where a join reads the same grouping sets twice.
          await duck.keep(`v${views.length}`, `SELECT * FROM (${text}) AS d (${names.join(', ')})`);
          views.push({
            sluice: `v${views.length}`,
            duck: `SELECT * FROM v${views.length}`,
            columns: columns.map((column, i) => ({ ...column, name: names[i]! })),
          });
        };
        await declare(queries.query(1 + random.below(2)));
        if (random.chance(0.4)) await declare(queries.query(1));
        if (random.chance(0.5)) await declare(random.chance(0.5) ? uses.grouped(views) : uses.of(views));
        const inserts = Array.from({ length: 2 + random.below(2) }, () => uses.of(views));
        inserts.forEach(({ sluice, columns }, i) => {
          const declared = columns.map((column, c) => `c${c} ${types[column.type].text}`).join(', ');
          script.push(`CREATE TABLE o${i} (${declared}) WITH (type = 'kept'); INSERT INTO o${i} ${sluice};`);
        });
        const text = script.join('\n');
        const expected = await Promise.all(inserts.map(async (one) => plain(await duck.rows(one.duck), one.columns)));
        // Late rows: no engine of whole tables drops them, but both of ours must drop the same ones.
        for (const [delayMs, batchRows] of [
          [30_000, random.pick([1, 7, 4096])],
          [random.pick([0, 3000]), random.pick([7, 4096])],
        ] as const) {
          const about = `SEED=${seed + run} RUNS=1, ${delayMs} ms, batches of ${batchRows}\n${text}\n`;
          const given = tables.map((one) => jobTable(one, delayMs));
          const jobs = [false, true].map((reuse) => {
            try {
              return new ScriptedJob(text, given, { batchRows, reuse });
            } catch (error) {
              throw new Error(`${about}${error instanceof SluiceError ? error.message : String(error)}`, {
                cause: error,
              });
            }
          });
          const [off, on] = jobs.map((one) => operators(one.stages.physical.roots).size);
          if (on! < off!) fewer++;
          const results = [];
          for (const job of jobs) {
            const written = await job.run().catch((error: unknown) => {
              throw new Error(`${about}${String(error)}`, { cause: error });
            });
            results.push(inserts.map((_, i) => applied(written[`o${i}`] ?? [])));
          }
          expect(results[1], about).toEqual(results[0]);
          if (delayMs === 30_000) expect(results[1], about).toEqual(expected);
        }
      }
      // A generator whose jobs have nothing in common would prove nothing.
      if (runs >= 60) expect(fewer).toBeGreaterThan(runs / 2);
    },
  );
});
