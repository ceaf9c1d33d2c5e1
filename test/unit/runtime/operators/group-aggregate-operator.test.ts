import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import { startJob } from '../../../../src/jobs/runner.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, BOOLEAN, VARCHAR } from '../../../../src/types/sql-type.ts';
import { applied, batchOf, type Row } from '../../../support/runtime/batches.ts';
import { countStar, sum } from '../../../support/runtime/plain-aggregates.ts';
import { FakeSink, FakeSource, groupAggregate, scan, sink } from '../../../support/runtime/plans.ts';

const seed = Number(process.env['SEED'] ?? 20261121);
const input = schema([field('k', VARCHAR), field('v', BIGINT), field('f', BOOLEAN)]);
type Change = readonly [ChangeKind, ...Row];

async function run(
  batches: readonly (readonly Change[])[],
  settings: {
    keys?: readonly number[];
    calls?: Parameters<typeof groupAggregate>[1]['calls'];
    emitBefore?: boolean;
    insertOnly?: boolean;
  } = {},
): Promise<string[]> {
  const out = new FakeSink();
  const answers = batches.map((batch) => ({
    batches: [
      batchOf(
        input,
        batch.map(([, ...row]) => row),
        settings.insertOnly === true ? undefined : batch.map(([kind]) => kind),
      ),
    ],
  }));
  const from = scan(input, new FakeSource([{ answers }]), {
    changelog: settings.insertOnly === true ? 'insert-only' : 'retract',
  });
  const node = groupAggregate(from, {
    keys: settings.keys ?? [0],
    calls: settings.calls ?? [countStar(), sum(1)],
    emitBefore: settings.emitBefore ?? true,
  });
  await startJob({ plan: { roots: [sink(node, out)], warnings: [] }, name: 'groups' }).done;
  return out.written;
}

describe('group aggregate', () => {
  it('emits each touched group once a batch, in the order of their last rows: +I, then -U and +U with both values', async () => {
    const lines = await run(
      [
        [
          ['+I', 'a', 1n, null],
          ['+I', 'b', 2n, null],
          ['+I', 'a', 3n, null],
        ],
        [
          ['+I', 'b', 5n, null],
          ['+I', 'c', 7n, null],
          ['+I', 'b', 1n, null],
        ],
      ],
      { insertOnly: true },
    );
    expect(lines).toEqual(['+I b 1 2', '+I a 2 4', '+I c 1 7', '-U b 1 2', '+U b 3 8']);
  });

  it('leaves -U out where nobody needs it', async () => {
    const rows: Change[][] = [[['+I', 'a', 1n, null]], [['+I', 'a', 2n, null]]];
    expect(await run(rows, { emitBefore: false, insertOnly: true })).toEqual(['+I a 1 1', '+U a 2 3']);
  });

  it('emits nothing where the result of a group stays the same', async () => {
    const rows: Change[][] = [[['+I', 'a', 1n, null]], [['+I', 'a', 0n, null]], [['+I', 'a', null, null]]];
    expect(await run(rows, { calls: [sum(1)], insertOnly: true })).toEqual(['+I a 1']);
  });

  it('deletes a group with its last row, takes it up again, and ignores retractions of unknown rows', async () => {
    const lines = await run([
      [
        ['+I', 'a', 1n, null],
        ['-D', 'x', 9n, null],
      ],
      [['-D', 'a', 1n, null]],
      [['-D', 'a', 1n, null]],
      [
        ['+I', 'b', 3n, null],
        ['+I', 'a', 4n, null],
      ],
      [
        ['-U', 'a', 4n, null],
        ['+U', 'a', 6n, null],
      ],
    ]);
    expect(lines).toEqual(['+I a 1 1', '-D a 1 1', '+I b 1 3', '+I a 1 4', '-U a 1 4', '+U a 1 6']);
  });

  it('keeps a group without a word that comes and goes within a batch', async () => {
    const rows: Change[][] = [
      [
        ['+I', 'a', 1n, null],
        ['-D', 'a', 1n, null],
      ],
      [['+I', 'a', 2n, null]],
    ];
    expect(await run(rows)).toEqual(['+I a 1 2']);
  });

  it('counts a DISTINCT value until its last retraction and takes only TRUE rows of a FILTER', async () => {
    const lines = await run(
      [
        [
          ['+I', 'a', 5n, true],
          ['+I', 'a', 5n, null],
          ['+I', 'a', 2n, false],
        ],
        [['-D', 'a', 5n, null]],
        [['-D', 'a', 5n, true]],
      ],
      { calls: [sum(1, { distinct: true }), countStar(2)] },
    );
    expect(lines).toEqual(['+I a 7 1', '-U a 7 1', '+U a 2 0']);
  });

  it('emits nothing for a global aggregate before its first row', async () => {
    expect(await run([], { keys: [] })).toEqual([]);
    expect(await run([[['+I', 'a', 1n, null]], [['+I', 'b', 2n, null]]], { keys: [] })).toEqual([
      '+I 1 1',
      '-U 1 1',
      '+U 2 3',
    ]);
  });

  it('leaves the same rows as a recomputation for random changes in batches of any size', async () => {
    const rows = fc.array(
      fc.record({ add: fc.boolean(), pick: fc.nat(20), k: fc.constantFrom('a', 'b', null), v: fc.bigInt(-2n, 2n) }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 8 }), async (steps, size) => {
        const present: (readonly [string | null, bigint])[] = [];
        const changes: Change[] = [];
        for (const step of steps) {
          if (step.add || present.length === 0) {
            present.push([step.k, step.v]);
            changes.push(['+I', step.k, step.v, null]);
          } else {
            const [gone] = present.splice(step.pick % present.length, 1);
            changes.push(['-D', ...gone!, null]);
          }
        }
        const batches: Change[][] = [];
        for (let i = 0; i < changes.length; i += size) batches.push(changes.slice(i, i + size));
        const got = await run(batches, { calls: [countStar(), sum(1), sum(1, { distinct: true })] });
        const groups = new Map<string | null, bigint[]>();
        for (const [k, v] of present) groups.set(k, [...(groups.get(k) ?? []), v]);
        const want = [...groups].map(([k, values]) => {
          const add = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n);
          return `${k} ${values.length} ${add(values)} ${add([...new Set(values)])}`;
        });
        expect(applied(got)).toEqual(want.sort());
      }),
      { seed, numRuns: 150 },
    );
  });
});
