import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operator } from '../../src/contracts/operator.ts';
import type { PhysicalNode } from '../../src/planner/physical/plan.ts';
import { createOperator } from '../../src/runtime/operators/table.ts';
import type { Schema } from '../../src/types/schema.ts';
import { batchOf, type Cell, type Row } from '../support/runtime/batches.ts';
import { LoneOperator } from '../support/runtime/lone-operator.ts';
import { planned } from '../support/runtime/planned.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

interface Frame {
  readonly sql: string;
  /** Whether row `j` is in the frame of row `i`, j ≤ i by (time, arrival), both of one partition. */
  readonly holds: (i: Placed, j: Placed) => boolean;
}

interface Placed {
  readonly at: number;
  readonly ts: number;
  readonly row: Row;
}

const frames: readonly Frame[] = [
  { sql: '', holds: (i, j) => j.ts <= i.ts },
  { sql: 'RANGE UNBOUNDED PRECEDING', holds: (i, j) => j.ts <= i.ts },
  { sql: 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW', holds: (i, j) => j.at <= i.at },
  { sql: 'ROWS 2 PRECEDING', holds: (i, j) => j.at <= i.at && j.at >= i.at - 2 },
  { sql: 'ROWS CURRENT ROW', holds: (i, j) => j.at === i.at },
  { sql: 'RANGE CURRENT ROW', holds: (i, j) => j.ts === i.ts },
  {
    sql: "RANGE BETWEEN INTERVAL '0.005' SECOND PRECEDING AND CURRENT ROW",
    holds: (i, j) => j.ts <= i.ts && j.ts >= i.ts - 5,
  },
];

interface Call {
  readonly sql: string;
  readonly of: (rows: readonly Row[]) => Cell;
}

const present = (rows: readonly Row[], column: number): Cell[] =>
  rows.map((row) => row[column]!).filter((cell) => cell !== null);
const sumOf = (cells: readonly Cell[]): Cell =>
  cells.length === 0 ? null : cells.reduce<bigint>((sum, one) => sum + (one as bigint), 0n);
const least = (cells: readonly Cell[], sign: number): Cell =>
  cells.reduce<Cell>(
    (best, one) => (best === null || (one! < best ? 1 : one! > best ? -1 : 0) * sign > 0 ? one : best),
    null,
  );

const calls: readonly Call[] = [
  { sql: 'COUNT(*)', of: (rows) => BigInt(rows.length) },
  { sql: 'COUNT(v)', of: (rows) => BigInt(present(rows, 2).length) },
  { sql: 'SUM(v)', of: (rows) => sumOf(present(rows, 2)) },
  { sql: 'MIN(v)', of: (rows) => least(present(rows, 2), 1) },
  { sql: 'MAX(s)', of: (rows) => least(present(rows, 3), -1) },
  { sql: 'FIRST_VALUE(s)', of: (rows) => present(rows, 3)[0] ?? null },
  { sql: 'LAST_VALUE(v)', of: (rows) => present(rows, 2).at(-1) ?? null },
  { sql: 'COUNT(DISTINCT s)', of: (rows) => BigInt(new Set(present(rows, 3)).size) },
  { sql: 'SUM(v) FILTER (WHERE v > 0)', of: (rows) => sumOf(present(rows, 2).filter((one) => (one as bigint) > 0n)) },
];
const ranks = [
  'ROW_NUMBER()',
  'RANK()',
  'DENSE_RANK()',
  'LAG(v)',
  'LAG(s, 2, k)',
  'LEAD(v, 1)',
  'LEAD(s, 2, k)',
] as const;

type Time = 'rowtime' | 'proctime';

function chain(time: Time, select: string): { readonly nodes: readonly PhysicalNode[]; readonly input: Schema } {
  const found: PhysicalNode[] = [];
  const walk = (node: PhysicalNode): Schema => {
    if (node.kind === 'scan' || node.kind === 'values') return node.schema;
    if (!('input' in node)) throw new Error(`${node.kind} has not one input`);
    const below = walk(node.input);
    if (node.kind !== 'exchange') found.push(node);
    return below;
  };
  const input = walk(
    planned(`CREATE TABLE src (ts TIMESTAMP, k VARCHAR, v BIGINT, s VARCHAR,
        ${time === 'rowtime' ? 'WATERMARK FOR ts AS withOffset(ts, 0)' : 'p AS PROCTIME()'})
      WITH (type = 'file', path = 'in.jsonl', format = 'jsonl');
      ${select}`),
  );
  return { nodes: found, input };
}

/** The operators of a query one after the other. */
class Chain {
  readonly #stages: LoneOperator[];
  readonly #nodes: readonly PhysicalNode[];
  readonly #batches: Parameters<LoneOperator['process']>[0][][];
  readonly lines: string[] = [];

  constructor(nodes: readonly PhysicalNode[]) {
    this.#nodes = nodes;
    this.#batches = nodes.map(() => []);
    this.#stages = nodes.map((node, i) => {
      const stage = new LoneOperator((): Operator => createOperator(node, undefined as never));
      const next = this.#batches[i]!;
      const keep = stage.push.bind(stage);
      stage.push = (message) => {
        if (message.kind === 'batch') next.push(message.batch);
        keep(message);
      };
      stage.emit = (batch) => stage.push({ kind: 'batch', batch });
      return stage;
    });
  }

  async push(batch: Parameters<LoneOperator['process']>[0]): Promise<void> {
    await this.#stages[0]!.process(batch);
    await this.#settle();
  }

  async watermark(atMs: number): Promise<void> {
    for (const stage of this.#stages) {
      await stage.watermark(atMs);
      await this.#settle();
    }
  }

  async end(): Promise<void> {
    for (const stage of this.#stages) {
      await stage.end();
      await this.#settle();
    }
  }

  restart(): void {
    for (const stage of this.#stages) stage.restart();
  }

  async #settle(): Promise<void> {
    for (let i = 0; i < this.#nodes.length; i++) {
      for (const batch of this.#batches[i]!.splice(0)) await this.#stages[i + 1]?.process(batch);
      const lines = this.#stages[i]!.take();
      if (i === this.#nodes.length - 1) this.lines.push(...lines);
    }
  }
}

const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 30 }),
    fc.constantFrom('a', 'b', null),
    fc.constantFrom(-2n, -1n, 0n, 1n, 5n, null),
    fc.constantFrom('x', 'y', 'zz', null),
  ),
  { maxLength: 40 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 });

/** Runs rows with a watermark behind each batch, `delay` behind the latest time. @returns the lines, and the rows in time */
async function run(
  time: Time,
  select: string,
  given: readonly Row[],
  parts: readonly number[],
  cut: number,
): Promise<{ readonly lines: string[]; readonly taken: readonly Row[] }> {
  const { nodes, input } = chain(time, select);
  const chained = new Chain(nodes);
  const taken: Row[] = [];
  const delay = 6;
  let watermark = -Infinity;
  let at = 0;
  for (let i = 0; at < given.length; i++) {
    if (i === cut) chained.restart();
    const part = given.slice(at, (at += parts[i % parts.length]!));
    taken.push(...part.filter((row) => time === 'proctime' || (row[0] as number) >= watermark));
    const cells = part.map((row) =>
      input.fields.map((field) => row[['ts', 'k', 'v', 's'].indexOf(field.name)] ?? null),
    );
    await chained.push(batchOf(input, cells));
    watermark = Math.max(watermark, ...part.map((row) => (row[0] as number) - delay));
    if (time === 'rowtime') await chained.watermark(watermark);
  }
  await chained.end();
  return { lines: chained.lines, taken };
}

function partitions(taken: readonly Row[], byTime: boolean): Placed[][] {
  const sorted = byTime ? [...taken].sort((a, b) => (a[0] as number) - (b[0] as number)) : taken;
  const groups = new Map<Cell, Placed[]>();
  for (const row of sorted) {
    const group = groups.get(row[1]!) ?? [];
    groups.set(row[1]!, group);
    // By processing time every row has a time of its own.
    group.push({ at: group.length, ts: byTime ? (row[0] as number) : group.length, row });
  }
  return [...groups.values()];
}

const lineOf = (cells: readonly Cell[]): string => ['+I', ...cells.map(String)].join(' ');

describe('OVER', () => {
  for (const time of ['rowtime', 'proctime'] as const) {
    const order = time === 'rowtime' ? 'ts' : 'p';
    for (const frame of frames) {
      // An interval of processing time goes by the clock; the clock of this test stands still.
      if (time === 'proctime' && frame.sql.includes('INTERVAL')) continue;
      if (time === 'proctime' && frame.sql === 'RANGE CURRENT ROW') continue;
      it(`by ${time} ${frame.sql || 'without a frame'} gives what looking at the rows before gives`, async () => {
        const select = `SELECT k, ts, ${calls.map((call) => `${call.sql} OVER w`).join(', ')} FROM src WINDOW w AS (PARTITION BY k ORDER BY ${order} ${frame.sql});`;
        await fc.assert(
          fc.asyncProperty(rows, sizes, fc.nat(9), async (given, parts, cut) => {
            const { lines, taken } = await run(time, select, given, parts, -1);
            const expected = partitions(taken, time === 'rowtime').flatMap((group) =>
              group.map((one) => {
                const inside = group.filter((other) => frame.holds(one, other)).map((other) => other.row);
                return lineOf([one.row[1]!, one.row[0]!, ...calls.map((call) => call.of(inside))]);
              }),
            );
            expect([...lines].sort()).toEqual(expected.sort());
            if (time === 'rowtime') {
              const times = lines.map((line) => Number(line.split(' ')[2]));
              expect(times).toEqual([...times].sort((a, b) => a - b));
            }
            expect((await run(time, select, given, parts, cut)).lines).toEqual(lines);
          }),
          { seed, numRuns: 60 },
        );
      });
    }

    it(`by ${time}: ranks, LAG and LEAD`, async () => {
      const select = `SELECT k, ts, ${ranks.map((call) => `${call} OVER (PARTITION BY k ORDER BY ${order})`).join(', ')} FROM src;`;
      await fc.assert(
        fc.asyncProperty(rows, sizes, fc.nat(9), async (given, parts, cut) => {
          const { lines, taken } = await run(time, select, given, parts, -1);
          const expected = partitions(taken, time === 'rowtime').flatMap((group) =>
            group.map(({ at, ts, row }) => {
              const earlier = group.filter((one) => one.ts < ts);
              const near = (by: number): Row | undefined => group[at + by]?.row;
              return lineOf([
                row[1]!,
                row[0]!,
                BigInt(at + 1),
                BigInt(earlier.length + 1),
                BigInt(new Set(earlier.map((one) => one.ts)).size + 1),
                near(-1)?.[2] ?? null,
                near(-2) === undefined ? row[1]! : near(-2)![3]!,
                near(1)?.[2] ?? null,
                near(2) === undefined ? row[1]! : near(2)![3]!,
              ]);
            }),
          );
          expect([...lines].sort()).toEqual(expected.sort());
          const again = (await run(time, select, given, parts, cut)).lines;
          expect(again.sort()).toEqual(expected);
        }),
        { seed, numRuns: 60 },
      );
    });
  }
});
