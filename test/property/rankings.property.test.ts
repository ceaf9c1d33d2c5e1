import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/columnar/batch.ts';
import type { RankExec } from '../../src/planner/physical/over-plan.ts';
import { RankOperator } from '../../src/runtime/operators/ranking/rank-operator.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, DOUBLE, VARCHAR } from '../../src/types/sql-type.ts';
import { applied, batchOf, type Cell, type Row } from '../support/runtime/batches.ts';
import { inputOf } from '../support/runtime/join-plans.ts';
import { LoneOperator } from '../support/runtime/lone-operator.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
/** Partition, a key of its own for each row where rows have one, sort keys. */
const columns = schema([
  field('p', VARCHAR),
  field('id', BIGINT),
  field('v', BIGINT),
  field('d', DOUBLE),
  field('s', VARCHAR),
]);

interface Change {
  readonly kind: ChangeKind;
  readonly row: Row;
}

type Input = 'inserts' | 'retractions' | 'keyed' | 'upserts';

const rowArbitrary = fc.tuple(
  fc.constantFrom('a', 'b', null),
  fc.bigInt(0n, 6n),
  fc.constantFrom(1n, 2n, 3n, null, -(2n ** 63n), 2n ** 63n - 1n),
  fc.constantFrom(0, -0, 1.5, Number.NaN, Infinity, -Infinity, null),
  fc.constantFrom('', 'a', 'aa', 'a\u0000', 'a\u0000b', 'zürich', null),
);

/** Changes as an input of this kind sends them, and the rows that are left, in the order of their last change. */
function changesOf(
  input: Input,
  steps: readonly { readonly row: Row; readonly take: number | undefined }[],
): { changes: Change[]; left: Row[] } {
  const left: Row[] = [];
  const changes: Change[] = [];
  const isKeyed = input === 'keyed' || input === 'upserts';
  for (const { row, take } of steps) {
    if (input !== 'inserts' && take !== undefined && left.length > 0) {
      const gone = left[take % left.length]!;
      // Of equal rows the one that came first goes.
      left.splice(
        left.findIndex((one) => key(one) === key(gone)),
        1,
      );
      changes.push({ kind: '-D', row: gone });
      continue;
    }
    const at = isKeyed ? left.findIndex((one) => one[1] === row[1]) : -1;
    if (at >= 0) {
      const [old] = left.splice(at, 1);
      if (input === 'keyed') changes.push({ kind: '-U', row: old! });
    }
    changes.push({ kind: at >= 0 ? '+U' : '+I', row });
    left.push(row);
  }
  return { changes, left };
}

const key = (row: Row): string => row.map((cell) => (Object.is(cell, -0) ? '-0' : String(cell))).join('|');

type Order = RankExec['order'][number];

function compareCells(a: Cell, b: Cell, { descending, nullsFirst }: Order): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
  const sign = descending ? -1 : 1;
  if (typeof a === 'string') return sign * Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === 'bigint') return sign * (a < (b as bigint) ? -1 : a > (b as bigint) ? 1 : 0);
  const order = (x: number): number[] => [Number.isNaN(x) ? 1 : 0, x, Object.is(x, -0) ? 0 : 1];
  const [x, y] = [order(a as number), order(b as number)];
  for (let i = 0; i < 3; i++) {
    if (Number.isNaN(x[i]) || x[i] === y[i]) continue;
    return sign * (x[i]! < y[i]! ? -1 : 1);
  }
  return 0;
}

interface Shape {
  readonly order: RankExec['order'];
  readonly fromRank: number;
  readonly toRank: number;
  readonly rankColumn: boolean;
  readonly partition: readonly number[];
}

function expected(left: readonly Row[], { order, fromRank, toRank, rankColumn, partition }: Shape): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of left) {
    const group = partition.map((column) => String(row[column])).join('|');
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  return [...groups.values()]
    .flatMap((rows) =>
      rows
        .map((row, i) => ({ row, i }))
        .sort(
          (a, b) =>
            order.map((one) => compareCells(a.row[one.column]!, b.row[one.column]!, one)).find((x) => x !== 0) ??
            a.i - b.i,
        )
        .map(({ row }, i) => ({ row, rank: i + 1 }))
        .filter(({ rank }) => rank >= fromRank && rank <= toRank),
    )
    .map(({ row, rank }) => [...row.map(String), ...(rankColumn ? [String(rank)] : [])].join(' '))
    .sort();
}

/** Changes applied as a table with a key takes them, where -U is not sent. */
function upserted(lines: readonly string[], keyOf: (cells: string[]) => string): string[] {
  const rows = new Map<string, string>();
  for (const line of lines) {
    const row = line.slice(3);
    const at = keyOf(row.split(' '));
    if (line.startsWith('-D')) rows.delete(at);
    else if (line.startsWith('+')) rows.set(at, row);
    else throw new Error(`${line} was not asked for`);
  }
  return [...rows.values()].sort();
}

function node(input: Input, shape: Shape, emitBefore: boolean): RankExec {
  const { rankColumn, ...rest } = shape;
  return {
    kind: 'rank',
    id: 'rank',
    input: inputOf(columns, input === 'inserts' ? 'insert-only' : input === 'upserts' ? 'upsert' : 'retract'),
    ...rest,
    rankColumn,
    strategy: input === 'inserts' ? 'append' : 'retract',
    rowKey: input === 'keyed' || input === 'upserts' ? [1] : undefined,
    emitBefore,
    stateTtlMs: undefined,
    schema: rankColumn ? { fields: [...columns.fields, field('rn', BIGINT)] } : columns,
    changelog: emitBefore ? 'retract' : 'upsert',
  };
}

async function run(
  exec: RankExec,
  changes: readonly Change[],
  sizes: readonly number[],
  cut: number,
): Promise<string[]> {
  const operator = new LoneOperator(() => new RankOperator(exec));
  let at = 0;
  for (let i = 0; at < changes.length; i++) {
    if (i === cut) operator.restart();
    const part = changes.slice(at, (at += sizes[i % sizes.length]!));
    await operator.process(
      batchOf(
        columns,
        part.map((one) => one.row),
        part.map((one) => one.kind),
      ),
    );
  }
  return operator.take();
}

const sortKey = fc.record({ column: fc.constantFrom(2, 3, 4), descending: fc.boolean(), nullsFirst: fc.boolean() });
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    order: fc.array(sortKey, { maxLength: 2 }),
    fromRank: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 3 }),
    rankColumn: fc.boolean(),
    partition: fc.constantFrom([0], [], [0, 2]),
  })
  .map(({ more, ...rest }) => ({ ...rest, toRank: rest.fromRank + more }));
const steps = fc.array(fc.record({ row: rowArbitrary, take: fc.option(fc.nat(), { nil: undefined, freq: 3 }) }), {
  maxLength: 40,
});
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });

describe('a ranking', () => {
  for (const input of ['inserts', 'retractions', 'keyed', 'upserts'] as const) {
    it(`over ${input} holds the rows that sorting what is left gives, however they came and whenever it restarted`, async () => {
      await fc.assert(
        fc.asyncProperty(shapes, steps, sizes, fc.nat(12), async (shape, given, parts, cut) => {
          const { changes, left } = changesOf(input, given);
          const lines = await run(node(input, shape, true), changes, parts, -1);
          expect(applied(lines)).toEqual(expected(left, shape));
          expect(await run(node(input, shape, true), changes, parts, cut)).toEqual(lines);
          const counts = new Map<string, number>();
          for (const line of lines) {
            const count = (counts.get(line.slice(3)) ?? 0) + (line.startsWith('+') ? 1 : -1);
            expect(count, `${line} of ${lines.join(', ')}`).toBeGreaterThanOrEqual(0);
            counts.set(line.slice(3), count);
          }
        }),
        { seed, numRuns: 300 },
      );
    });
  }

  it('without -U gives the same table to one who knows its key', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, steps, sizes, async (shape, given, parts) => {
        const { changes, left } = changesOf('upserts', given);
        const lines = await run(node('upserts', shape, false), changes, parts, -1);
        const byRank = shape.rankColumn || shape.fromRank === shape.toRank;
        const table = upserted(lines, (cells) =>
          byRank
            ? [...shape.partition.map((column) => cells[column]), ...(shape.rankColumn ? [cells.at(-1)] : [])].join('|')
            : cells[1]!,
        );
        expect(table).toEqual(expected(left, shape));
      }),
      { seed, numRuns: 300 },
    );
  });

  it('that only rises keeps no more rows than it has ranks', async () => {
    const rising = fc.array(fc.tuple(fc.bigInt(0n, 9n), fc.bigInt(1n, 3n)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rising, sizes, async (given, parts) => {
        const totals = new Map<bigint, bigint>();
        const changes = given.map(([id, more]): Change => {
          const before = totals.get(id);
          totals.set(id, (before ?? 0n) + more);
          return { kind: before === undefined ? '+I' : '+U', row: ['a', id, totals.get(id)!, 0, ''] };
        });
        const shape: Shape = {
          order: [{ column: 2, descending: true, nullsFirst: false }],
          fromRank: 1,
          toRank: 3,
          rankColumn: false,
          partition: [0],
        };
        const all = await run(node('upserts', shape, true), changes, parts, -1);
        const fast = await run({ ...node('upserts', shape, true), strategy: 'update-fast' }, changes, parts, -1);
        // Ties are decided by who got there first, whatever is kept.
        expect(
          applied(fast)
            .map((line) => line.split(' ')[2])
            .sort(),
        ).toEqual(
          applied(all)
            .map((line) => line.split(' ')[2])
            .sort(),
        );
      }),
      { seed, numRuns: 200 },
    );
  });
});
