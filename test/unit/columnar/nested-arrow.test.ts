import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../../src/columnar/batch.ts';
import { ColumnBuilder } from '../../../src/columnar/builder.ts';
import { fromArrow, fromArrowSchema } from '../../../src/columnar/ipc/from-arrow.ts';
import { toArrow } from '../../../src/columnar/ipc/to-arrow.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import { field, schema } from '../../../src/types/schema.ts';
import * as types from '../../../src/types/sql-type.ts';
import { typeName, type SqlType } from '../../../src/types/sql-type.ts';
import { jsonText } from '../../../src/values/nested/nested-json.ts';
import { valueReader } from '../../../src/values/nested/nested-reader.ts';
import { timeZone } from '../../../src/values/zone.ts';

const utc = timeZone('UTC');

const samples: readonly (readonly [SqlType, readonly unknown[]])[] = [
  [types.arrayOf(types.INT), [[1, null, 3], [], null]],
  [types.arrayOf(types.BOOLEAN), [[true, null, false], null, [true]]],
  [types.arrayOf(types.DATE), [['2024-02-29', null], null, []]],
  [types.arrayOf(types.TIMESTAMP), [['2024-02-29 01:02:03.004'], null, []]],
  [types.arrayOf(types.decimal(38, 2)), [['123456789012345678901234567890.12'], null, []]],
  [types.arrayOf(types.arrayOf(types.VARCHAR)), [[['a', '中'], null, []], null, [[null]]]],
  [
    types.rowOf([
      { name: 'a', type: types.BIGINT },
      { name: 'b', type: types.rowOf([{ name: 'c', type: types.VARCHAR }]) },
    ]),
    [[7, ['x']], [null, null], null],
  ],
  [
    types.mapOf(types.VARCHAR, types.arrayOf(types.DOUBLE)),
    [
      [
        ['k', [1.5]],
        ['l', null],
      ],
      [],
      null,
    ],
  ],
  [{ kind: 'multiset', element: types.VARCHAR }, [['a', 'b', 'a'], [], null]],
];

const fields = schema(samples.map(([type], i) => field(`c${i}`, type)));

function batch(selection: Int32Array | null = null): Batch {
  const columns = samples.map(([type, values]) => {
    const builder = new ColumnBuilder(type);
    for (const value of values) builder.append(valueReader(type, utc)(value) ?? null);
    return builder.finish();
  });
  return new Batch(fields, columns, 3, selection);
}

function texts(of: Batch): string[][] {
  return of.columns.map((column) =>
    Array.from({ length: of.rowCount }, (_, row) => jsonText(column.type, valueAt(column, row), utc, 'blink')),
  );
}

describe('nested columns and Arrow', () => {
  it('go there and back through an IPC stream', () => {
    const table = new arrow.Table([toArrow(arrow, batch())]);
    const read = arrow.tableFromIPC(arrow.tableToIPC(table, 'stream'));
    const back = fromArrowSchema(read.schema);
    // A multiset is a map in Arrow.
    const expected = samples.map(([type]) => (type.kind === 'multiset' ? types.mapOf(type.element, types.INT) : type));
    expect(back.fields.map((one) => typeName(one.type))).toEqual(expected.map(typeName));
    expect(texts(fromArrow(read.batches[0]!, back))).toEqual(texts(batch()));
  });

  it('keep to the selected rows', () => {
    const record = toArrow(arrow, batch(Int32Array.of(2, 0)));
    const kept = texts(batch()).map((column) => [column[2], column[0]]);
    expect(texts(fromArrow(record, fields))).toEqual(kept);
  });

  it('are what Arrow shows as lists, structs and maps', () => {
    const table = new arrow.Table([toArrow(arrow, batch())]);
    const first = (column: string): unknown => JSON.parse(JSON.stringify(table.getChild(column)?.get(0)));
    expect(first('c0')).toEqual([1, null, 3]);
    expect(first('c7')).toEqual({ k: [1.5], l: null });
    expect(first('c8')).toEqual({ a: 2, b: 1 });
  });
});
