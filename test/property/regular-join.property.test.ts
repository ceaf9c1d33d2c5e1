import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch, ChangeKind } from '../../src/columnar/batch.ts';
import type { JoinKey, RegularJoinExec, SetOperationExec } from '../../src/planner/physical/plan.ts';
import { RegularJoinOperator } from '../../src/runtime/operators/joins/regular-join-operator.ts';
import { SetOperationOperator } from '../../src/runtime/operators/set-operation-operator.ts';
import { MemorySnapshot } from '../../src/runtime/state/memory-snapshot.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../src/types/sql-type.ts';
import { applied, batchOf, type Cell, type Row } from '../support/runtime/batches.ts';
import { driveOperator } from '../support/runtime/drive-operator.ts';
import { FakeClock } from '../support/runtime/fake-clock.ts';
import { inputOf, lessThan, regularJoin, setOperation } from '../support/runtime/join-plans.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const sides = schema([field('k', BIGINT), field('s', VARCHAR), field('v', BIGINT)]);

interface Change {
  readonly kind: ChangeKind;
  readonly row: Row;
}

/** Rows of one input; where it retracts, rows that are there go again, as -D or as the first half of an update. */
function changes(retracts: boolean): fc.Arbitrary<readonly Change[]> {
  const row = fc.tuple(
    fc.constantFrom(1n, 2n, 3n, null),
    fc.constantFrom('a', 'b', '', null),
    fc.constantFrom(1n, 2n, null),
  );
  const step = fc.record({
    row,
    take: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
    update: fc.boolean(),
  });
  return fc.array(step, { maxLength: 30 }).map((steps) => {
    const present: Row[] = [];
    const made: Change[] = [];
    for (const { row: given, take, update } of steps) {
      if (retracts && take !== undefined && present.length > 0) {
        const [gone] = present.splice(take % present.length, 1);
        made.push({ kind: update ? '-U' : '-D', row: gone! });
        if (!update) continue;
        made.push({ kind: '+U', row: given });
      } else {
        made.push({ kind: '+I', row: given });
      }
      present.push(given);
    }
    return made;
  });
}

/** What is there after these changes. */
function present(all: readonly Change[]): Row[] {
  const rows: Row[] = [];
  for (const { kind, row } of all) {
    if (kind.startsWith('+')) rows.push(row);
    else
      rows.splice(
        rows.findIndex((one) => one.map(String).join() === row.map(String).join()),
        1,
      );
  }
  return rows;
}

interface Shape {
  readonly keys: readonly JoinKey[];
  readonly less: boolean;
}

const key = (column: number, nullsMatch = false): JoinKey => ({ left: column, right: column, nullsMatch });
const shapes: readonly Shape[] = [
  { keys: [key(0)], less: false },
  { keys: [key(0)], less: true },
  { keys: [key(1)], less: true },
  { keys: [key(0), key(1, true)], less: false },
  { keys: [key(0, true)], less: true },
  { keys: [], less: true },
];

function meets({ keys, less }: Shape, left: Row, right: Row): boolean {
  const equal = keys.every(({ left: a, right: b, nullsMatch }) =>
    left[a] === null || right[b] === null ? nullsMatch && left[a] === right[b] : left[a] === right[b],
  );
  return equal && (!less || (left[2] !== null && right[2] !== null && left[2]! < right[2]!));
}

/** The join by its definition. */
function expected(
  joinType: RegularJoinExec['joinType'],
  shape: Shape,
  left: readonly Row[],
  right: readonly Row[],
): string[] {
  const none: Cell[] = [null, null, null];
  const rows: Row[] = [];
  const partners = (row: Row): readonly Row[] => right.filter((one) => meets(shape, row, one));
  for (const row of left) {
    const found = partners(row);
    if (joinType === 'semi' && found.length > 0) rows.push(row);
    else if (joinType === 'anti' && found.length === 0) rows.push(row);
    else if (joinType === 'mark') rows.push([...row, found.length > 0]);
    else if (joinType !== 'semi' && joinType !== 'anti') {
      for (const one of found) rows.push([...row, ...one]);
      if (found.length === 0 && (joinType === 'left' || joinType === 'full')) rows.push([...row, ...none]);
    }
  }
  if (joinType === 'right' || joinType === 'full') {
    for (const row of right) if (!left.some((one) => meets(shape, one, row))) rows.push([...none, ...row]);
  }
  return rows.map((row) => row.map(String).join(' ')).sort();
}

type Make = () => RegularJoinOperator | SetOperationOperator;

interface Script {
  /** Changes of both inputs, in an order that mixes them. */
  readonly batches: readonly { readonly input: 0 | 1; readonly changes: readonly Change[] }[];
}

/** Both inputs cut into batches and mixed. */
function script(left: readonly Change[], right: readonly Change[], order: readonly number[]): Script {
  const rest: readonly [Change[], Change[]] = [[...left], [...right]];
  const batches: { input: 0 | 1; changes: Change[] }[] = [];
  for (let i = 0; rest[0].length + rest[1].length > 0; i++) {
    const given = order[i % order.length]!;
    const wanted = given % 2 === 0 ? 0 : 1;
    const input = rest[wanted].length > 0 ? wanted : wanted === 0 ? 1 : 0;
    batches.push({ input, changes: rest[input].splice(0, 1 + (given >> 1)) });
  }
  return { batches };
}

function batchOfChanges(part: readonly Change[]): Batch {
  return batchOf(
    sides,
    part.map((one) => one.row),
    part.some((one) => one.kind !== '+I') ? part.map((one) => one.kind) : undefined,
  );
}

/** The same rows as a selection among others. */
function selected(part: readonly Change[]): Batch {
  const other: Change = { kind: '+I', row: [1n, 'a', 1n] };
  return batchOfChanges(part.flatMap((one) => [other, one])).select(Int32Array.from(part, (_, k) => 2 * k + 1));
}

/** Runs batches and checks that nothing is taken back that is not there. */
async function run(make: Make, { batches }: Script, cut: number | undefined): Promise<string[]> {
  let operator = make();
  let driven = await driveOperator(operator, new FakeClock());
  const lines: string[] = [];
  const counts = new Map<string, number>();
  for (const [i, { input, changes: part }] of batches.entries()) {
    if (i === cut) {
      const snapshot = new MemorySnapshot();
      operator.snapshot(snapshot.writer);
      operator = make();
      driven = await driveOperator(operator, new FakeClock());
      operator.restore(snapshot.reader);
    }
    const batch = i % 2 === 0 ? batchOfChanges(part) : selected(part);
    for (const line of await driven.push(batch, input)) {
      const row = line.slice(3);
      const count = (counts.get(row) ?? 0) + (line.startsWith('+') ? 1 : -1);
      expect(count, `${line} after ${lines.join(', ')}`).toBeGreaterThanOrEqual(0);
      counts.set(row, count);
      lines.push(line);
    }
  }
  return lines;
}

const orders = fc.array(fc.nat(13), { minLength: 1, maxLength: 6 });

describe('a regular join', () => {
  for (const joinType of ['inner', 'left', 'right', 'full', 'semi', 'anti', 'mark'] as const) {
    it(`${joinType}: gives what the definition gives for the rows that are left, however they came`, async () => {
      const arbitrary = fc
        .tuple(fc.boolean(), fc.boolean(), fc.constantFrom(...shapes))
        .chain(([first, second, shape]) =>
          fc.record({
            retracts: fc.constant([first, second] as const),
            shape: fc.constant(shape),
            left: changes(first),
            right: changes(second),
            order: orders,
            cut: fc.nat(12),
          }),
        );
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ retracts, shape, left, right, order, cut }) => {
          const make: Make = () =>
            new RegularJoinOperator(
              regularJoin({
                joinType,
                left: inputOf(sides, retracts[0] ? 'retract' : 'insert-only'),
                right: inputOf(sides, retracts[1] ? 'retract' : 'insert-only'),
                keys: shape.keys,
                condition: shape.less ? lessThan(2, 5, BIGINT) : undefined,
              }),
            );
          const batches = script(left, right, order);
          const straight = await run(make, batches, undefined);
          expect(applied(straight)).toEqual(expected(joinType, shape, present(left), present(right)));
          expect(await run(make, batches, cut)).toEqual(straight);
        }),
        { seed, numRuns: 150 },
      );
    });
  }
});

describe('a set operation', () => {
  const multiplicity: Record<string, (left: number, right: number) => number> = {
    'intersect false': (left, right) => (left > 0 && right > 0 ? 1 : 0),
    'intersect true': Math.min,
    'except false': (left, right) => (left > 0 && right === 0 ? 1 : 0),
    'except true': (left, right) => Math.max(0, left - right),
  };
  for (const operator of ['intersect', 'except'] as const satisfies readonly SetOperationExec['operator'][]) {
    for (const all of [false, true]) {
      it(`${operator}${all ? ' all' : ''}: gives what counting the rows that are left gives`, async () => {
        await fc.assert(
          fc.asyncProperty(changes(true), changes(true), orders, fc.nat(12), async (left, right, order, cut) => {
            const inputs = [inputOf(sides, 'retract'), inputOf(sides, 'retract')] as const;
            const make: Make = () => new SetOperationOperator(setOperation(operator, all, inputs));
            const batches = script(left, right, order);
            const straight = await run(make, batches, undefined);
            const lines = (rows: readonly Row[]): string[] => rows.map((row) => row.map(String).join(' '));
            const [lefts, rights] = [lines(present(left)), lines(present(right))];
            const rows = [...new Set([...lefts, ...rights])].flatMap((line) => {
              const count = (list: readonly string[]): number => list.filter((one) => one === line).length;
              return Array<string>(multiplicity[`${operator} ${all}`]!(count(lefts), count(rights))).fill(line);
            });
            expect(applied(straight)).toEqual(rows.sort());
            expect(await run(make, batches, cut)).toEqual(straight);
          }),
          { seed, numRuns: 150 },
        );
      });
    }
  }
});
