import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import { ChangelogNormalizeOperator } from '../../../../src/runtime/operators/changelog-normalize-operator.ts';
import { MemorySnapshot } from '../../../../src/runtime/state/memory-snapshot.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, chunk, type Row } from '../../../support/runtime/batches.ts';
import { driveOperator } from '../../../support/runtime/drive-operator.ts';
import { FakeClock } from '../../../support/runtime/fake-clock.ts';
import { inputOf } from '../../../support/runtime/join-plans.ts';

const rows = schema([field('k', BIGINT), field('v', VARCHAR)]);

function make(stateTtlMs?: number): ChangelogNormalizeOperator {
  return new ChangelogNormalizeOperator({
    kind: 'changelog-normalize',
    id: 'normalize',
    input: inputOf(rows, 'upsert'),
    keys: [0],
    stateTtlMs,
    schema: rows,
    changelog: 'retract',
  });
}

/** Changes as `+U 1 a`; `-` is a NULL. */
async function run(changes: readonly string[], sizes: readonly number[], restartAt = -1): Promise<string[]> {
  let operator = make();
  let driven = await driveOperator(operator, new FakeClock());
  const lines: string[] = [];
  for (const [i, part] of chunk(changes, ...sizes).entries()) {
    if (i === restartAt) {
      const snapshot = new MemorySnapshot();
      operator.snapshot(snapshot.writer);
      operator = make();
      driven = await driveOperator(operator, new FakeClock());
      operator.restore(snapshot.reader);
    }
    const parts = part.map((one) => one.split(' '));
    const cells = parts.map(([, k, v]): Row => [k === '-' ? null : BigInt(k!), v === '-' ? null : v!]);
    lines.push(
      ...(await driven.push(
        batchOf(
          rows,
          cells,
          parts.map(([kind]) => kind as ChangeKind),
        ),
      )),
    );
  }
  return lines;
}

describe('normalizing the changes of an upsert table', () => {
  const changes = [
    '+I 1 a',
    '+U 1 b',
    '+U 2 x',
    '+U 1 b',
    '-D 3 -',
    '-D 2 -',
    '+I 2 y',
    '-D 1 z',
    '+U - n',
    '+I 1 c',
    '-D - -',
  ];
  const expected = [
    '+I 1 a',
    '-U 1 a',
    '+U 1 b',
    '+I 2 x',
    '-D 2 x',
    '+I 2 y',
    '-D 1 b',
    '+I null n',
    '+I 1 c',
    '-D null n',
  ];

  it('sends the old row of every update, the whole row of a delete, and nothing for what is known', async () => {
    for (const size of [1, 2, 3, 7, 4096]) expect(await run(changes, [size]), `batches of ${size}`).toEqual(expected);
  });

  it('drops deletes of unknown keys that come before any row', async () => {
    expect(await run(['-D 1 -', '-D 2 x', '+U 1 a'], [2])).toEqual(['+I 1 a']);
  });

  it('goes on after a restart as if there had been none', async () => {
    for (let cut = 0; cut < 6; cut++) expect(await run(changes, [2], cut)).toEqual(expected);
  });

  it('takes a key for new when its row was not written for its time to live', async () => {
    const driven = await driveOperator(make(1000), new FakeClock());
    await driven.push(batchOf(rows, [[1n, 'a']]));
    driven.advance(900);
    expect(await driven.push(batchOf(rows, [[1n, 'b']], ['+U']))).toEqual(['-U 1 a', '+U 1 b']);
    driven.advance(3000);
    expect(await driven.push(batchOf(rows, [[1n, 'c']], ['+U']))).toEqual(['+I 1 c']);
  });
});
