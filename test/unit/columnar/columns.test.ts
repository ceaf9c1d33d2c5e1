import { describe, expect, it } from 'vitest';
import { ByteSlice, bytesEqual, compareBytes, decodeUtf8 } from '../../../src/columnar/byte-slice.ts';
import { ColumnBuilder } from '../../../src/columnar/builder.ts';
import { generateFunction } from '../../../src/columnar/codegen.ts';
import { compact, gatherColumn } from '../../../src/columnar/gather.ts';
import { Batch } from '../../../src/columnar/batch.ts';
import { PagedArray } from '../../../src/columnar/paged-array.ts';
import { readI128, writeI128 } from '../../../src/columnar/i128.ts';
import { valueAt } from '../../../src/columnar/row-view.ts';
import { field, schema } from '../../../src/types/schema.ts';
import { INT, VARCHAR } from '../../../src/types/sql-type.ts';

describe('ByteSlice', () => {
  it('reads short and long, ASCII and other texts, and bytes that are not UTF-8', () => {
    for (const text of ['', 'abc', 'é', '中文日志'.repeat(20), 'a'.repeat(100)]) {
      const slice = new ByteSlice();
      slice.setString(text);
      expect(slice.toString()).toBe(text);
    }
    expect(decodeUtf8(new Uint8Array([0x61, 0xff]), 0, 2)).toBe('a\ufffd');
  });

  it('copies its bytes out of a Buffer too', () => {
    const buffer = Buffer.from('abcdef');
    const slice = new ByteSlice();
    slice.view(buffer, 1, 3);
    const copy = slice.toBytes();
    buffer.fill(0);
    expect(copy).toEqual(Uint8Array.of(0x62, 0x63, 0x64));
  });

  it('compares in code point order', () => {
    const order = ['', 'A', 'a', 'aa', 'b', 'é', '中', '😀'].map(ByteSlice.ofString);
    order.forEach((a, i) => {
      order.forEach((b, j) => {
        const got = Math.sign(compareBytes(a.bytes, a.offset, a.length, b.bytes, b.offset, b.length));
        expect(got).toBe(Math.sign(i - j));
        expect(bytesEqual(a.bytes, a.offset, a.length, b.bytes, b.offset, b.length)).toBe(i === j);
      });
    });
  });
});

describe('columns', () => {
  it('gathers chosen rows, sharing bytes and keeping NULLs', () => {
    const builder = new ColumnBuilder(VARCHAR, 1);
    for (const text of ['a', null, 'ccc']) {
      if (text === null) builder.appendNull();
      else builder.appendString(text);
    }
    const column = builder.finish();
    const gathered = gatherColumn(column, Int32Array.of(2, 1, 2), 3);
    expect([0, 1, 2].map((i) => String(valueAt(gathered, i)))).toEqual(['ccc', 'null', 'ccc']);
  });

  it('compacts a selection with its change kinds', () => {
    const builder = new ColumnBuilder(INT);
    for (const n of [1, 2, 3]) builder.append(n);
    const batch = new Batch(
      schema([field('n', INT)]),
      [builder.finish()],
      3,
      Int32Array.of(1, 2),
      Uint8Array.of(0, 1, 2),
    );
    const dense = compact(batch);
    expect(dense.rowCount).toBe(2);
    expect([...dense.kinds!]).toEqual([1, 2]);
    expect([0, 1].map((i) => valueAt(dense.columns[0]!, i))).toEqual([2, 3]);
  });

  it('keeps 128-bit integers', () => {
    const words = new BigInt64Array(2);
    for (const value of [0n, -1n, 2n ** 127n - 1n, -(2n ** 127n), 10n ** 38n - 1n]) {
      writeI128(words, 0, value);
      expect(readI128(words, 0)).toBe(value);
    }
  });
});

describe('PagedArray', () => {
  it('grows without losing or moving filled pages, and adopts what another wrote', () => {
    const array = new PagedArray('i32');
    const count = 600_000;
    for (let i = 0; i < count; i++) {
      array.ensure(i + 1);
      array.set(i, i * 3);
    }
    const firstPage = array.pages[0];
    array.ensure(2_000_000);
    expect(array.pages[0]).toBe(firstPage);
    expect(array.pages.every((page) => page.byteLength <= 1 << 20)).toBe(true);
    const copy = new PagedArray('i32');
    copy.adopt(array.pages);
    for (let i = 0; i < count; i += 997) expect(copy.get(i)).toBe(i * 3);
    expect(copy.get(count)).toBe(0);
    copy.set(0, 9);
    expect(array.get(0)).toBe(0);
  });
});

describe('generated code', () => {
  it('gets values by binding, never by text', () => {
    const hostile = '"); process.exit(1); ("';
    const f = generateFunction<(n: number) => string>(['n'], 'return bound + n;', { bound: hostile });
    expect(f(1)).toBe(`${hostile}1`);
  });
});
