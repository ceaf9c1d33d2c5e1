import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import { startJob } from '../../../../src/jobs/runner.ts';
import type { PhysicalNode, SortKey } from '../../../../src/planner/physical/plan.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { DOUBLE, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, type Row } from '../../../support/runtime/batches.ts';
import { FakeSink, FakeSource, scan, sink } from '../../../support/runtime/plans.ts';

const input = schema([field('k', VARCHAR), field('v', DOUBLE)]);

async function run(
  batches: readonly { rows: readonly Row[]; kinds?: readonly ChangeKind[] }[],
  parts: { keys: readonly SortKey[]; limit?: number; offset?: number },
): Promise<string[]> {
  const out = new FakeSink();
  const answers = batches.map(({ rows, kinds }) => ({ batches: [batchOf(input, rows, kinds)] }));
  const updating = batches.some((one) => one.kinds !== undefined);
  const from = scan(input, new FakeSource([{ answers }]), { changelog: updating ? 'retract' : 'insert-only' });
  const node: PhysicalNode = {
    kind: 'sort-limit',
    id: 'sort',
    schema: input,
    changelog: 'insert-only',
    input: from,
    keys: parts.keys,
    limit: parts.limit,
    offset: parts.offset ?? 0,
  };
  await startJob({ plan: { roots: [sink(node, out)], warnings: [] }, name: 'sort' }).done;
  return out.written;
}

const byValue: SortKey = { column: 1, descending: false, nullsFirst: false };

describe('sort and limit', () => {
  it('sorts by all keys, ties by arrival, NULLs where asked, NaN above all', async () => {
    const rows: Row[] = [
      ['b', 2],
      ['a', null],
      ['c', 1],
      ['d', NaN],
      ['a', 2],
      ['e', Infinity],
    ];
    const sizes = [rows.slice(0, 2), rows.slice(2)];
    expect(
      await run(
        sizes.map((part) => ({ rows: part })),
        { keys: [byValue] },
      ),
    ).toEqual(['+I c 1', '+I b 2', '+I a 2', '+I e Infinity', '+I d NaN', '+I a null']);
    expect(
      await run([{ rows }], {
        keys: [
          { column: 1, descending: true, nullsFirst: true },
          { ...byValue, column: 0 },
        ],
      }),
    ).toEqual(['+I a null', '+I d NaN', '+I e Infinity', '+I a 2', '+I b 2', '+I c 1']);
  });

  it('applies changes before it sorts and cuts', async () => {
    const lines = await run(
      [
        {
          rows: [
            ['a', 1],
            ['b', 2],
            ['b', 2],
          ],
          kinds: ['+I', '+I', '+I'],
        },
        {
          rows: [
            ['a', 1],
            ['a', 9],
            ['b', 2],
            ['z', 0],
          ],
          kinds: ['-U', '+U', '-D', '-D'],
        },
      ],
      { keys: [byValue], limit: 5 },
    );
    expect(lines).toEqual(['+I b 2', '+I a 9']);
  });

  it('passes rows of a LIMIT without order on as they come', async () => {
    const batches = [
      {
        rows: [
          ['a', 1],
          ['b', 2],
        ],
      },
      {
        rows: [
          ['c', 3],
          ['d', 4],
        ],
      },
      { rows: [['e', 5]] },
    ] as const;
    expect(await run(batches, { keys: [], limit: 2, offset: 1 })).toEqual(['+I b 2', '+I c 3']);
    expect(await run(batches, { keys: [], offset: 3 })).toEqual(['+I d 4', '+I e 5']);
  });
});
