import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../../../src/columnar/batch.ts';
import type { RankExec } from '../../../../src/planner/physical/over-plan.ts';
import { RankOperator } from '../../../../src/runtime/operators/ranking/rank-operator.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, INT, VARCHAR } from '../../../../src/types/sql-type.ts';
import { batchOf, chunk, type Row } from '../../../support/runtime/batches.ts';
import { inputOf } from '../../../support/runtime/join-plans.ts';
import { LoneOperator } from '../../../support/runtime/lone-operator.ts';

const shops = schema([field('category', VARCHAR), field('shop', INT), field('num', INT)]);
const ascending = { column: 2, descending: false, nullsFirst: true };
const descending = { column: 2, descending: true, nullsFirst: false };

function rank(parts: Partial<RankExec>): RankExec {
  const node = {
    kind: 'rank',
    id: 'rank',
    input: inputOf(shops, 'insert-only'),
    partition: [0],
    order: [ascending],
    fromRank: 1,
    toRank: 2,
    rankColumn: true,
    strategy: 'append',
    rowKey: undefined,
    emitBefore: true,
    stateTtlMs: undefined,
    changelog: 'retract',
    ...parts,
  } as const;
  const fields = [...shops.fields, ...(node.rankColumn ? [field('rn', BIGINT)] : [])];
  return { ...node, schema: { fields } };
}

const retracting = inputOf(shops, 'retract');
const keyed = { input: retracting, strategy: 'retract', rowKey: [0, 1] } as const;

/** Every row a batch of its own; what came out of it. */
async function changes(exec: RankExec, rows: readonly Row[], kinds?: readonly ChangeKind[]): Promise<string[][]> {
  const operator = new LoneOperator(() => new RankOperator(exec));
  const out: string[][] = [];
  for (const [i, row] of rows.entries()) {
    await operator.process(batchOf(shops, [row], kinds === undefined ? undefined : [kinds[i]!]));
    out.push(operator.take());
  }
  return out;
}

describe('TopN over inserts', () => {
  it('with the rank in the result shifts every rank behind a new row', async () => {
    expect(
      await changes(rank({}), [
        ['book', 1, 12],
        ['book', 2, 19],
        ['book', 4, 11],
        ['book', 5, 30],
      ]),
    ).toEqual([
      ['+I book 1 12 1'],
      ['+I book 2 19 2'],
      ['-U book 1 12 1', '+U book 4 11 1', '-U book 2 19 2', '+U book 1 12 2'],
      [],
    ]);
  });

  it('without the rank says only which rows come and go', async () => {
    const rows = [2, 4, 6, 1, 3, 5, 2, 6, 5].map((num, i): Row => ['a', i, num]);
    expect(await changes(rank({ order: [descending], toRank: 3, rankColumn: false }), rows)).toEqual([
      ['+I a 0 2'],
      ['+I a 1 4'],
      ['+I a 2 6'],
      [],
      ['-D a 0 2', '+I a 4 3'],
      ['-D a 4 3', '+I a 5 5'],
      [],
      ['-D a 1 4', '+I a 7 6'],
      [],
    ]);
  });

  it('ranks equal keys by their arrival', async () => {
    const operator = new LoneOperator(() => new RankOperator(rank({ toRank: 3 })));
    await operator.process(
      batchOf(
        shops,
        [1, 2, 3, 4].map((shop): Row => ['a', shop, 7]),
      ),
    );
    expect(operator.take()).toEqual(['+I a 1 7 1', '+I a 2 7 2', '+I a 3 7 3']);
  });

  it('counts NULL as the smallest value unless told otherwise', async () => {
    const rows: Row[] = [
      ['a', 1, 5],
      ['a', 2, null],
    ];
    expect((await changes(rank({ toRank: 1, rankColumn: false }), rows)).flat()).toEqual([
      '+I a 1 5',
      '-U a 1 5',
      '+U a 2 null',
    ]);
    const last = { ...ascending, nullsFirst: false };
    expect((await changes(rank({ toRank: 1, rankColumn: false, order: [last] }), rows)).flat()).toEqual(['+I a 1 5']);
  });

  it('lets the first row of a partition say how many ranks there are', async () => {
    const byShop = rank({ toRank: { column: 1 }, rankColumn: false });
    const lines = await changes(byShop, [
      ['a', 2, 10],
      ['a', 2, 9],
      ['a', 2, 8],
      ['b', 0, 1],
      ['c', null, 1],
    ]);
    expect(lines).toEqual([['+I a 2 10'], ['+I a 2 9'], ['-D a 2 10', '+I a 2 8'], [], []]);
  });

  it('keeps nothing that cannot rank', async () => {
    const operator = new LoneOperator(() => new RankOperator(rank({})));
    const some = Array.from({ length: 200 }, (_, i): Row => ['a', i, i % 50]);
    await operator.process(batchOf(shops, some));
    const before = operator.metrics.read()['stateBytes']!;
    for (const part of chunk(
      Array.from({ length: 20_000 }, (_, i): Row => ['a', i, i % 50]),
      1000,
    )) {
      await operator.process(batchOf(shops, part));
    }
    expect(operator.metrics.read()['stateBytes']).toBe(before);
  });
});

describe('TopN over rows that change', () => {
  it('moves the next row up when one is taken back', async () => {
    const rows: Row[] = [
      ['a', 1, 10],
      ['a', 2, 20],
      ['a', 3, 30],
      ['a', 1, 10],
    ];
    const exec = rank({ input: retracting, strategy: 'retract' });
    expect((await changes(exec, rows, ['+I', '+I', '+I', '-D'])).at(-1)).toEqual([
      '-U a 1 10 1',
      '+U a 2 20 1',
      '-U a 2 20 2',
      '+U a 3 30 2',
    ]);
  });

  it('takes one of several equal rows back, and ignores what never was', async () => {
    const rows: Row[] = [
      ['a', 1, 10],
      ['a', 1, 10],
      ['a', 1, 10],
      ['a', 9, 9],
      ['b', 9, 9],
    ];
    const exec = rank({ input: retracting, strategy: 'retract', rankColumn: false });
    expect(await changes(exec, rows, ['+I', '+I', '-D', '-D', '-U'])).toEqual([
      ['+I a 1 10'],
      ['+I a 1 10'],
      ['-D a 1 10'],
      [],
      [],
    ]);
  });

  it('says that a row that stays among the first was updated, by its key', async () => {
    const rows: Row[] = [
      ['a', 1, 10],
      ['a', 2, 20],
      ['a', 3, 30],
      ['a', 1, 15],
      ['a', 1, 40],
    ];
    const exec = rank({ ...keyed, rankColumn: false });
    expect(await changes(exec, rows, ['+I', '+I', '+I', '+U', '+U'])).toEqual([
      ['+I a 1 10'],
      ['+I a 2 20'],
      [],
      ['-U a 1 10', '+U a 1 15'],
      ['-D a 1 15', '+I a 3 30'],
    ]);
  });

  it('does not ask for old rows when the reader knows the key', async () => {
    const rows: Row[] = [
      ['a', 1, 10],
      ['a', 2, 20],
      ['a', 1, 30],
    ];
    const exec = rank({ ...keyed, emitBefore: false, changelog: 'upsert' });
    expect((await changes(exec, rows, ['+I', '+I', '+U'])).at(-1)).toEqual(['+U a 2 20 1', '+U a 1 30 2']);
  });

  it('lets a row that moves to another partition go before it comes', async () => {
    const exec = rank({ ...keyed, rowKey: [1], rankColumn: false });
    const operator = new LoneOperator(() => new RankOperator(exec));
    await operator.process(batchOf(shops, [['a', 1, 10]]));
    operator.take();
    const rows: Row[] = [
      ['b', 2, 20],
      ['b', 1, 10],
    ];
    await operator.process(batchOf(shops, rows, ['+I', '+U']));
    expect(operator.take()).toEqual(['-D a 1 10', '+I b 1 10', '+I b 2 20']);
  });

  it('forgets partitions that were not written for their time to live, without a word', async () => {
    const operator = new LoneOperator(() => new RankOperator(rank({ ...keyed, stateTtlMs: 1000 })));
    await operator.process(batchOf(shops, [['a', 1, 10]]));
    await operator.advance(600);
    await operator.process(batchOf(shops, [['b', 1, 10]]));
    await operator.advance(600);
    operator.take();
    // Long enough ago for `a` even where no timer came.
    await operator.process(
      batchOf(
        shops,
        [
          ['a', 2, 20],
          ['b', 2, 20],
          ['a', 1, 10],
        ],
        ['+I', '+I', '-D'],
      ),
    );
    expect(operator.take()).toEqual(['+I a 2 20 1', '+I b 2 20 2']);
  });
});
