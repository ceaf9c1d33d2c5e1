import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import type { Changelog, RegularJoinExec } from '../../../../src/planner/physical/plan.ts';
import { RegularJoinOperator } from '../../../../src/runtime/operators/joins/regular-join-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, type Row } from '../../../support/runtime/batches.ts';
import { driveOperator, type DrivenOperator } from '../../../support/runtime/drive-operator.ts';
import { FakeClock } from '../../../support/runtime/fake-clock.ts';
import { inputOf, lessThan, regularJoin } from '../../../support/runtime/join-plans.ts';

const side = schema([field('k', BIGINT), field('v', VARCHAR)]);
const [LEFT, RIGHT] = [0, 1];

interface Driven {
  readonly clock: FakeClock;
  readonly driven: DrivenOperator;
  /** Changes as `+I 1 a`. */
  push(input: number, ...changes: readonly string[]): Promise<string[]>;
}

async function drive(
  joinType: RegularJoinExec['joinType'],
  options: { readonly changelog?: Changelog; readonly stateTtlMs?: number; readonly forever?: 'left' | 'right' } = {},
): Promise<Driven> {
  const input = inputOf(side, options.changelog ?? 'retract');
  const keys = [{ left: 0, right: 0, nullsMatch: false }];
  const { changelog: _, ...ttl } = options;
  const clock = new FakeClock();
  const operator = new RegularJoinOperator(regularJoin({ joinType, left: input, right: input, keys, ...ttl }));
  const driven = await driveOperator(operator, clock);
  return {
    clock,
    driven,
    push: async (at, ...changes) => {
      const parts = changes.map((one) => one.split(' '));
      const rows = parts.map(([, k, v]): Row => [k === 'null' ? null : BigInt(k!), v!]);
      return driven.push(
        batchOf(
          side,
          rows,
          parts.map(([kind]) => kind as ChangeKind),
        ),
        at,
      );
    },
  };
}

describe('a regular join', () => {
  it('shows a left row for itself, takes that back with the first partner and shows it again without the last', async () => {
    const { push } = await drive('left');
    expect(await push(LEFT, '+I 1 a')).toEqual(['+I 1 a null null']);
    expect(await push(RIGHT, '+I 1 x', '+I 1 y')).toEqual(['-D 1 a null null', '+I 1 a 1 x', '+I 1 a 1 y']);
    expect(await push(RIGHT, '-D 1 x')).toEqual(['-D 1 a 1 x']);
    expect(await push(RIGHT, '-D 1 y')).toEqual(['-D 1 a 1 y', '+I 1 a null null']);
  });

  it('gives every copy of equal rows and takes each back once', async () => {
    const { push } = await drive('full');
    await push(LEFT, '+I 1 a', '+I 1 a');
    expect(await push(RIGHT, '+I 1 x')).toEqual(['-D 1 a null null', '-D 1 a null null', '+I 1 a 1 x', '+I 1 a 1 x']);
    expect(await push(LEFT, '-D 1 a')).toEqual(['-D 1 a 1 x']);
    expect(await push(LEFT, '-D 1 a')).toEqual(['-D 1 a 1 x', '+I null null 1 x']);
  });

  it('never pairs a NULL key, and keeps nothing of it', async () => {
    const { push } = await drive('full');
    expect(await push(LEFT, '+I null a')).toEqual(['+I null a null null']);
    expect(await push(RIGHT, '+I null x')).toEqual(['+I null null null x']);
    expect(await push(LEFT, '-D null a')).toEqual(['-D null a null null']);
  });

  it('ignores what is taken back without having come', async () => {
    const { push } = await drive('full');
    await push(RIGHT, '+I 1 x');
    expect(await push(LEFT, '-D 1 a', '-U 2 b')).toEqual([]);
    expect(await push(LEFT, '+I 1 a')).toEqual(['-D null null 1 x', '+I 1 a 1 x']);
  });

  it('an update that changes nothing in between leaves one row', async () => {
    const { push } = await drive('semi');
    await push(RIGHT, '+I 1 x');
    expect(await push(LEFT, '+I 1 a', '-U 1 a', '+U 1 a')).toEqual(['+I 1 a', '-D 1 a', '+I 1 a']);
    expect(await push(RIGHT, '-U 1 x', '+U 1 y')).toEqual(['-D 1 a', '+I 1 a']);
  });

  it('forgets rows that were not written for their time to live, without a word', async () => {
    for (const changelog of ['insert-only', 'retract'] as const) {
      const { push, driven } = await drive('left', { changelog, stateTtlMs: 1000 });
      await push(LEFT, '+I 1 a');
      expect(driven.advance(600)).toEqual([]);
      expect(await push(RIGHT, '+I 1 x')).toEqual(['-D 1 a null null', '+I 1 a 1 x']);
      driven.advance(500);
      expect(await push(RIGHT, '+I 1 y'), changelog).toEqual([]);
      expect(await push(LEFT, '+I 1 b')).toEqual(['+I 1 b 1 y', '+I 1 b 1 x']);
      driven.advance(5000);
      expect(await push(LEFT, '+I 1 c')).toEqual(['+I 1 c null null']);
    }
  });

  it('keeps the side that is not sent again beyond its time to live, and the other one as long as ever', async () => {
    for (const changelog of ['insert-only', 'retract'] as const) {
      const { push, driven } = await drive('inner', { changelog, stateTtlMs: 1000, forever: 'right' });
      await push(RIGHT, '+I 1 x');
      await push(LEFT, '+I 1 a');
      driven.advance(5000);
      expect(await push(LEFT, '+I 1 b'), changelog).toEqual(['+I 1 b 1 x']);
      driven.advance(5000);
      expect(await push(RIGHT, '+I 1 y')).toEqual([]);
    }
  });

  it('tests further conditions on many pairs of one row', async () => {
    const numbers = schema([field('k', BIGINT), field('n', BIGINT)]);
    const input = inputOf(numbers, 'insert-only');
    const keys = [{ left: 0, right: 0, nullsMatch: false }];
    const node = regularJoin({ joinType: 'inner', left: input, right: input, keys, condition: lessThan(1, 3, BIGINT) });
    const driven = await driveOperator(new RegularJoinOperator(node), new FakeClock());
    const rows = Array.from({ length: 20_000 }, (_, i): Row => [1n, BigInt(i)]);
    await driven.push(batchOf(numbers, rows), RIGHT);
    expect(
      await driven.push(
        batchOf(numbers, [
          [1n, 9_999n],
          [2n, 0n],
          [1n, 19_998n],
        ]),
        LEFT,
      ),
    ).toHaveLength(10_001);
  });
});
