import { describe, expect, it } from 'vitest';
import { bytesColumn, fixedColumn } from '../../../src/columnar/column.ts';
import { Batch } from '../../../src/columnar/batch.ts';
import { RowIndex } from '../../../src/runtime/lookup/row-index.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { BIGINT, VARCHAR, decimal } from '../../../src/types/sql-type.ts';
import { batchOf, rowsOfBatch, type Cell } from '../../support/runtime/batches.ts';

const table = schema([field('k', VARCHAR), field('n', decimal(30, 0)), field('v', BIGINT)]);

/** The rows of a key, in order. */
function rowsOfKey(index: RowIndex, key: string | null): Cell[][] {
  const keys = batchOf(schema([field('k', VARCHAR)]), [[key]]).columns;
  const first = new Int32Array(1);
  index.find(keys, Int32Array.of(0), 1, first);
  const refs: number[] = [];
  for (let row = first[0]!; row >= 0; row = index.next(row)) refs.push(row);
  const columns = table.fields.map((_, i) => index.column(i, Int32Array.from(refs), refs.length));
  return rowsOfBatch(new Batch(table, columns, refs.length));
}

describe('a dimension table in memory', () => {
  const one = batchOf(table, [
    ['a', 10n ** 25n, 1n],
    [null, 1n, 2n],
    ['b', null, 3n],
  ]);
  const other = batchOf(table, [
    ['x', 0n, 0n],
    ['a', -(10n ** 25n), null],
  ]).select(Int32Array.of(1));

  it('joins batches of every layout, also selected rows', () => {
    const index = new RowIndex([one, other], table, { key: [0], unique: false });
    expect(rowsOfKey(index, 'a')).toEqual([
      ['a', 10n ** 25n, 1n],
      ['a', -(10n ** 25n), null],
    ]);
    expect(rowsOfKey(index, 'b')).toEqual([['b', null, 3n]]);
    expect(rowsOfKey(index, 'x')).toEqual([]);
    expect(rowsOfKey(index, null)).toEqual([]);
  });

  it('applies changes: by whole rows, and by key where a key has one row', () => {
    const changes = batchOf(
      table,
      [
        ['a', 1n, 1n],
        ['a', 1n, 1n],
        ['b', 2n, 2n],
        ['a', 1n, 1n],
        ['b', 2n, 2n],
        ['c', 3n, 3n],
      ],
      ['+I', '+I', '+I', '-D', '-U', '+U'],
    );
    const all = new RowIndex([changes], table, { key: [0], unique: false });
    expect(['a', 'b', 'c'].map((key) => rowsOfKey(all, key).length)).toEqual([1, 0, 1]);
    const latest = new RowIndex([changes], table, { key: [0], unique: true });
    expect(['a', 'b', 'c'].map((key) => rowsOfKey(latest, key).length)).toEqual([0, 0, 1]);
  });

  it('holds the bytes of its rows and not those of the chunks they were read from', () => {
    const chunk = new Uint8Array(1_000_000).fill(97);
    const parts = { bytes: chunk, offsets: Int32Array.of(5, 9), lengths: Int32Array.of(2, 1) };
    const columns = [bytesColumn(VARCHAR, parts, 2), one.columns[1]!, fixedColumn(BIGINT, BigInt64Array.of(1n, 2n), 2)];
    const index = new RowIndex([new Batch(table, columns, 2)], table, { key: [0], unique: false });
    expect(rowsOfKey(index, 'aa').length).toBe(1);
    expect(index.bytes).toBeLessThan(100_000);
  });

  it('is empty without rows', () => {
    expect(rowsOfKey(new RowIndex([], table, { key: [0], unique: true }), 'a')).toEqual([]);
  });
});
