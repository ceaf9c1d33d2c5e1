import * as arrow from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { Batch } from '../../../src/columnar/batch.ts';
import { ColumnBuilder, type Value } from '../../../src/columnar/builder.ts';
import { ByteSlice } from '../../../src/columnar/byte-slice.ts';
import { fromArrow, fromArrowSchema } from '../../../src/columnar/ipc/from-arrow.ts';
import { toArrow } from '../../../src/columnar/ipc/to-arrow.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import { field, schema } from '../../../src/types/schema.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  INTERVAL_DAY,
  INTERVAL_MONTH,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TINYINT,
  VARBINARY,
  VARCHAR,
  decimal,
  type SqlType,
} from '../../../src/types/sql-type.ts';

const samples: readonly (readonly [SqlType, readonly Value[]])[] = [
  [BOOLEAN, [true, false, null]],
  [TINYINT, [-128, 127, null]],
  [SMALLINT, [-32768, 32767, null]],
  [INT, [-2147483648, 2147483647, null]],
  [BIGINT, [-(2n ** 63n), 2n ** 63n - 1n, null]],
  [FLOAT, [1.5, -0, null]],
  [DOUBLE, [Number.NaN, Number.POSITIVE_INFINITY, null]],
  [decimal(10, 2), [-12345n, 99n, null]],
  [decimal(38, 18), [-(10n ** 37n), 10n ** 37n + 1n, null]],
  [VARCHAR, [ByteSlice.ofString('中文'), ByteSlice.ofString(''), null]],
  [VARBINARY, [ByteSlice.ofBytes(new Uint8Array([0, 255])), ByteSlice.ofBytes(new Uint8Array(0)), null]],
  [DATE, [-1, 20000, null]],
  [TIME, [0, 86_399_999, null]],
  [TIMESTAMP, [-1, 1_700_000_000_123, null]],
  [INTERVAL_MONTH, [-13, 25, null]],
  [INTERVAL_DAY, [-1, 86_400_000, null]],
];

function batchOf(selection: Int32Array | null): Batch {
  const columns = samples.map(([type, values]) => {
    const builder = new ColumnBuilder(type, 1);
    for (const value of values) builder.append(value);
    return builder.finish();
  });
  return new Batch(schema(samples.map(([type], i) => field(`c${i}`, type))), columns, 3, selection);
}

function plain(value: Value): unknown {
  return value instanceof ByteSlice ? [...value.toBytes()] : value;
}

describe('arrow', () => {
  it.each([null, Int32Array.of(0, 2), new Int32Array(0)])(
    'round-trips every scalar type (selection %o)',
    (selection) => {
      const record = toArrow(arrow, batchOf(selection));
      const bytes = arrow.tableToIPC(new arrow.Table([record]));
      const table = arrow.tableFromIPC(bytes);
      const read = table.batches[0];
      const rows = selection ?? Int32Array.of(0, 1, 2);
      expect(table.numRows).toBe(rows.length);
      if (read === undefined) return;
      const back = fromArrow(read, fromArrowSchema(table.schema));
      samples.forEach(([, values], c) => {
        const got = [...rows].map((_, k) => plain(valueAt(back.columns[c]!, k)));
        expect(got).toEqual([...rows].map((row) => plain(values[row]!)));
      });
    },
  );

  it('slices batches as views and shifts the selection', () => {
    const batch = batchOf(Int32Array.of(0, 2)).slice(1, 3);
    expect(batch.size).toBe(1);
    expect([...batch.selection!]).toEqual([1]);
    expect(valueAt(batch.columns[3]!, 0)).toBe(2147483647);
    expect(valueAt(batch.columns[8]!, 0)).toBe(10n ** 37n + 1n);
  });
});
