import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/columnar/batch.ts';
import { IntervalJoinOperator } from '../../src/runtime/operators/joins/interval-join-operator.ts';
import { LatestJoinOperator } from '../../src/runtime/operators/joins/latest-join-operator.ts';
import { TemporalJoinOperator } from '../../src/runtime/operators/joins/temporal-join-operator.ts';
import type { Cell, Row } from '../support/runtime/batches.ts';
import { BIGINT } from '../../src/types/sql-type.ts';
import { lessThan } from '../support/runtime/join-plans.ts';
import { intervalJoin, runSteps, temporalJoin, type Step } from '../support/runtime/time-joins.ts';

const seed = Number(process.env['SEED'] ?? 20261121);

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.oneof({ weight: 12, arbitrary: fc.nat({ max: 40 }) }, { weight: 1, arbitrary: fc.constant(null) }),
  fc.constantFrom('a', 'b', null),
  fc.bigInt(0n, 4n),
);

/** Batches of both inputs and rising watermarks in any order: rows behind a watermark come too. */
const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ input: fc.constantFrom(0 as const, 1 as const), rows: fc.array(row, { maxLength: 6 }) }),
      },
      { weight: 2, arbitrary: fc.nat({ max: 8 }) },
    ),
    { maxLength: 16 },
  )
  .map((list) => {
    let watermark = 0;
    const made = list.map((one): Step => (typeof one === 'number' ? { watermark: (watermark += one) } : one));
    return [...made, { watermark: Infinity }];
  });

const line = (left: Row | undefined, right: Row | undefined): string => {
  const cells = (one: Row | undefined): readonly Cell[] => one ?? [null, null, null];
  return ['+I', ...cells(left), ...cells(right)].map(String).join(' ');
};

interface Kept {
  readonly row: Row;
  readonly timeMs: number;
  matched: boolean;
  out: boolean;
}

/** The same by the definition: every row against every row that came before it. */
function naiveInterval(
  all: readonly Step[],
  { joinType, lowerMs, upperMs, condition }: ReturnType<typeof intervalJoin>,
): string[][] {
  const kept: [Kept[], Kept[]] = [[], []];
  const reach = [-lowerMs, upperMs] as const;
  const outer = [joinType === 'left' || joinType === 'full', joinType === 'right' || joinType === 'full'] as const;
  let watermark = -Infinity;
  const lone = (input: number, one: Kept): string[] => {
    if (one.out || one.matched || !outer[input] || one.timeMs + reach[input]! >= watermark) return [];
    one.out = true;
    return [input === 0 ? line(one.row, undefined) : line(undefined, one.row)];
  };
  return all.map((step) => {
    const lines: string[] = [];
    if ('watermark' in step) {
      watermark = step.watermark;
    } else {
      for (const given of step.rows) {
        const [time, key, v] = given;
        const one: Kept = {
          row: given,
          timeMs: typeof time === 'number' ? time : -Infinity,
          matched: false,
          out: false,
        };
        for (const other of time === null || key === null ? [] : kept[step.input === 0 ? 1 : 0]) {
          const [left, right] = step.input === 0 ? [one, other] : [other, one];
          const distance = left.timeMs - right.timeMs;
          if (other.row[1] !== key || !(distance >= lowerMs && distance <= upperMs)) continue;
          if (other.timeMs + reach[1 - step.input]! < watermark) continue;
          if (condition !== undefined && !((left.row[2] as bigint) < (right.row[2] as bigint))) continue;
          one.matched = true;
          other.matched = true;
          lines.push(line(left.row, right.row));
          void v;
        }
        kept[step.input].push(one);
      }
    }
    // A row without time or key has nothing to wait for.
    kept.forEach((rows, input) => rows.forEach((one) => lines.push(...lone(input, one))));
    for (const [input, rows] of kept.entries()) {
      for (const one of rows) {
        if (one.out || one.matched || !outer[input] || (one.row[0] !== null && one.row[1] !== null)) continue;
        one.out = true;
        lines.push(input === 0 ? line(one.row, undefined) : line(undefined, one.row));
      }
    }
    return lines.sort();
  });
}

const rowsOf = (answers: readonly (readonly string[])[]): string[][] =>
  answers.map((lines) => lines.filter((one) => !one.startsWith('W')).sort());

describe('interval join', () => {
  const types = fc.constantFrom('inner' as const, 'left' as const, 'right' as const, 'full' as const);
  const bounds = fc.constantFrom([-5, 3], [0, 0], [-7, -2], [2, 6], [3, -3]);
  it('gives after every step what the definition gives, for any batches, interleaving and late rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        types,
        bounds,
        fc.boolean(),
        fc.constantFrom(1, 2, 100),
        fc.nat({ max: 16 }),
        async (all, joinType, [lowerMs, upperMs], conditional, size, restartAfter) => {
          const node = intervalJoin({
            joinType,
            lowerMs: lowerMs,
            upperMs: upperMs,
            condition: conditional ? lessThan(2, 5, BIGINT) : undefined,
          });
          const answers = await runSteps(() => new IntervalJoinOperator(node), all, { size, restartAfter });
          expect(rowsOf(answers)).toEqual(naiveInterval(all, node));
        },
      ),
      { seed, numRuns: 400 },
    );
  });

  it('does not depend on how the inputs interleave while no row is late', async () => {
    const inputs = fc.tuple(
      fc.array(row, { maxLength: 12 }),
      fc.array(row, { maxLength: 12 }),
      fc.array(fc.boolean(), { maxLength: 24 }),
    );
    await fc.assert(
      fc.asyncProperty(inputs, types, async ([left, right, turns], joinType) => {
        const node = intervalJoin({ joinType });
        const apart: Step[] = [{ input: 0, rows: left }, { input: 1, rows: right }, { watermark: Infinity }];
        const mixed: Step[] = [];
        const rest = [[...left], [...right]];
        for (const turn of turns) {
          const input = turn ? 0 : 1;
          const next = rest[input]!.shift();
          if (next !== undefined) mixed.push({ input, rows: [next] });
        }
        mixed.push({ input: 0, rows: rest[0]! }, { input: 1, rows: rest[1]! }, { watermark: Infinity });
        const [one, other] = await Promise.all(
          [apart, mixed].map((list) => runSteps(() => new IntervalJoinOperator(node), list)),
        );
        expect(rowsOf(other!).flat().sort()).toEqual(rowsOf(one!).flat().sort());
      }),
      { seed, numRuns: 150 },
    );
  });
});

describe('what comes behind an interval join', () => {
  it('finds no row late while none was late before it, not even in a window that ends behind the row', async () => {
    const types = fc.constantFrom('inner' as const, 'left' as const, 'right' as const, 'full' as const);
    const bounds = fc.constantFrom([-5, 3], [0, 0], [-7, -2], [2, 6]);
    await fc.assert(
      fc.asyncProperty(steps, types, bounds, async (all, joinType, [lowerMs, upperMs]) => {
        let watermark = 0;
        const inTime = all.map((step): Step => {
          if ('watermark' in step) {
            watermark = step.watermark;
            return step;
          }
          const rows = step.rows.map(([ts, ...rest]): Row => [typeof ts === 'number' ? watermark + ts : ts!, ...rest]);
          return { ...step, rows };
        });
        const node = intervalJoin({ joinType, lowerMs: lowerMs, upperMs: upperMs });
        const answers = await runSteps(() => new IntervalJoinOperator(node), inTime);
        let forwarded = -Infinity;
        for (const one of answers.flat()) {
          const cells = one.split(' ');
          if (cells[0] === 'W') forwarded = Number(cells[1]);
          else for (const ts of [cells[1], cells[4]]) if (ts !== 'null') expect(Number(ts)).toBeGreaterThan(forwarded);
        }
      }),
      { seed, numRuns: 200 },
    );
  });
});

interface Version {
  readonly row: Row;
  readonly deleted: boolean;
}

/** Each left row when the watermark has passed it, with the version that counts of all that came until then. */
function naiveTemporal(all: readonly Step[], outer: boolean, conditional: boolean): string[][] {
  const versions: Version[] = [];
  let waiting: Row[] = [];
  let watermark = -Infinity;
  return all.map((step) => {
    if (!('watermark' in step)) {
      step.rows.forEach((given, i) => {
        if (given[0] === null) return;
        if (step.input === 0) {
          if ((given[0] as number) >= watermark) waiting.push(given);
          return;
        }
        const kind = step.kinds?.[i] ?? '+I';
        if (given[1] !== null && kind !== '-U') versions.push({ row: given, deleted: kind === '-D' });
      });
      return [];
    }
    watermark = step.watermark;
    const due = waiting.filter((one) => (one[0] as number) < watermark);
    waiting = waiting.filter((one) => (one[0] as number) >= watermark);
    return due
      .flatMap((left): string[] => {
        const candidates = versions.filter(
          (one) => one.row[1] === left[1] && (one.row[0] as number) <= (left[0] as number),
        );
        const lastTime = Math.max(...candidates.map((one) => one.row[0] as number));
        const last = candidates.filter((one) => one.row[0] === lastTime).at(-1);
        const found = last === undefined || last.deleted ? undefined : last.row;
        const passes = found !== undefined && (!conditional || (left[2] as bigint) < (found[2] as bigint));
        return passes ? [line(left, found)] : outer ? [line(left, undefined)] : [];
      })
      .sort();
  });
}

const withKinds = steps.chain((all) =>
  fc.tuple(
    ...all.map((step) =>
      'watermark' in step || step.input === 0
        ? fc.constant(step)
        : fc
            .array(fc.constantFrom<ChangeKind>('+I', '+I', '+U', '-U', '-D'), {
              minLength: step.rows.length,
              maxLength: step.rows.length,
            })
            .map((kinds): Step => ({ ...step, kinds })),
    ),
  ),
);

describe('temporal join by event time', () => {
  it('gives the version valid at the time of each row, for any batches, interleaving and late versions', async () => {
    await fc.assert(
      fc.asyncProperty(
        withKinds,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1, 2, 100),
        fc.nat({ max: 16 }),
        async (all, outer, conditional, size, restartAfter) => {
          const node = temporalJoin({
            joinType: outer ? 'left' : 'inner',
            condition: conditional ? lessThan(2, 5, BIGINT) : undefined,
          });
          const make = (): TemporalJoinOperator => new TemporalJoinOperator(node, { left: 0, right: 0 });
          const answers = await runSteps(make, all, { size, restartAfter });
          expect(rowsOf(answers)).toEqual(naiveTemporal(all, outer, conditional));
        },
      ),
      { seed, numRuns: 400 },
    );
  });
});

describe('temporal join by processing time', () => {
  it('gives the row that is there when each row passes', async () => {
    await fc.assert(
      fc.asyncProperty(
        withKinds,
        fc.boolean(),
        fc.constantFrom(1, 100),
        fc.nat({ max: 16 }),
        async (all, outer, size, restartAfter) => {
          const node = temporalJoin({ joinType: outer ? 'left' : 'inner', times: undefined });
          const answers = await runSteps(() => new LatestJoinOperator(node), all, { size, restartAfter });
          const current = new Map<string, Row>();
          const expected = all.map((step) => {
            if ('watermark' in step) return [];
            if (step.input === 0) {
              return step.rows
                .flatMap((left) => {
                  const found = left[1] === null ? undefined : current.get(String(left[1]));
                  return found === undefined && !outer ? [] : [line(left, found)];
                })
                .sort();
            }
            step.rows.forEach((given, i) => {
              const kind = step.kinds?.[i] ?? '+I';
              if (given[1] === null) return;
              if (kind.startsWith('-')) current.delete(String(given[1]));
              else current.set(String(given[1]), given);
            });
            return [];
          });
          expect(rowsOf(answers)).toEqual(expected);
        },
      ),
      { seed, numRuns: 200 },
    );
  });
});
