import { describe, expect, it } from 'vitest';
import { BIGINT, BOOLEAN, DOUBLE, INT, VARCHAR } from '../../../src/types/sql-type.ts';
import { decodeText } from '../../support/decode-text.ts';

const abc = [
  ['a', INT],
  ['b', VARCHAR],
  ['c', DOUBLE],
] as const;

describe('jsonl', () => {
  it('matches fields by name, in any order, absent and null as NULL, the last of a repeated name', async () => {
    const text = '{"b":"x","a":1}\n{"c":1.5,"a":2,"a":3}\n\n{ "a" : null , "b" : "" }\n{}\n';
    expect((await decodeText('jsonl', text, { columns: abc })).rows).toEqual([
      [1, 'x', null],
      [3, null, 1.5],
      [null, '', null],
      [null, null, null],
    ]);
  });

  it('undoes escapes and gives numbers, booleans and nested values as text to VARCHAR', async () => {
    const text =
      String.raw`{"b":"q\"\\\/\b\f\n\r\tü\u00fc\ud83d\ude00"}` + '\n{"b":12.50}\n{"b":true}\n{"b":{"x":[1,"}"]}}\n';
    expect((await decodeText('jsonl', text, { columns: abc })).rows.map((row) => row[1])).toEqual([
      'q"\\/\b\f\n\r\tüü😀',
      '12.50',
      'true',
      '{"x":[1,"}"]}',
    ]);
  });

  it('counts what does not parse: NULL, skipped or fatal by onError', async () => {
    const text = '{"a":"x","b":"1"}\nno json\n{"a":7}\n{"a":1,}\n';
    const asNull = await decodeText('jsonl', text, { columns: abc });
    expect(asNull.rows).toEqual([
      [null, '1', null],
      [null, null, null],
      [7, null, null],
      [null, null, null],
    ]);
    expect(asNull.bad).toBe(3);
    expect((await decodeText('jsonl', text, { columns: abc, onError: 'skip' })).rows).toEqual([[7, null, null]]);
    await expect(decodeText('jsonl', text, { columns: abc, onError: 'fail' })).rejects.toThrow(
      'column "a" (INT) in line 1 of table "t" does not parse: "x"',
    );
  });

  it('keeps 64-bit integers exact and refuses what does not fit', async () => {
    const columns = [
      ['n', BIGINT],
      ['f', BOOLEAN],
    ] as const;
    const text = '{"n":9223372036854775807,"f":true}\n{"n":-9223372036854775808,"f":"no"}\n{"n":9223372036854775808}\n';
    const decoded = await decodeText('jsonl', text, { columns });
    expect(decoded.rows).toEqual([
      [9223372036854775807n, true],
      [-9223372036854775808n, false],
      [null, null],
    ]);
    expect(decoded.bad).toBe(1);
  });
});

describe('csv', () => {
  it('reads quotes, doubled quotes, separators and line ends inside quotes, CRLF', async () => {
    const text = '1,"a,b",2.5\r\n2,"say ""hi""\nthere",3\r\n3,,\r\n';
    const decoded = await decodeText('csv', text, { columns: abc });
    expect(decoded.rows).toEqual([
      [1, 'a,b', 2.5],
      [2, 'say "hi"\nthere', 3],
      [3, '', null],
    ]);
    expect(decoded.lines).toEqual([1, 2, 4]);
  });

  it('matches columns by the header line when asked, absent ones NULL', async () => {
    const text = '\ufeff"B",x,A\nhello,9,1\n';
    const decoded = await decodeText('csv', text, { columns: abc, options: { header: 'true' } });
    expect(decoded.rows).toEqual([[1, 'hello', null]]);
  });

  it('rejects a record whose quote never closes', async () => {
    const decoded = await decodeText('csv', '1,a,1\n2,"open,3\n4,b,5', { columns: abc });
    expect(decoded.rows[0]).toEqual([1, 'a', 1]);
    expect(decoded.bad).toBe(1);
  });
});

describe('a record that never ends', () => {
  it('is refused above 64 MiB instead of being copied for ever', async () => {
    const text = `1,"open${'x'.repeat(65 << 20)}`;
    await expect(decodeText('csv', text, { columns: abc, chunks: [30 << 20] })).rejects.toThrow(
      'the record that begins in line 1 is longer than 64 MiB',
    );
  });
});

describe('delimited', () => {
  it('splits by a separator of any length without quoting and ignores extra fields', async () => {
    const decoded = await decodeText('delimited', '1||"x"||2.5||more\n2||y\n', {
      columns: abc,
      options: { fieldDelimiter: '||' },
    });
    expect(decoded.rows).toEqual([
      [1, '"x"', 2.5],
      [2, 'y', null],
    ]);
  });

  it('decodes only what is wanted, in the wanted order', async () => {
    const decoded = await decodeText('delimited', '1,x,2\n', { columns: abc, wanted: [2, 0] });
    expect(decoded.rows).toEqual([[2, 1]]);
  });
});

describe('raw', () => {
  it('gives each line, empty ones too, whatever the column is called', async () => {
    const decoded = await decodeText('raw', 'one\r\n\nthree', { columns: [['line', VARCHAR]] });
    expect(decoded.rows).toEqual([['one'], [''], ['three']]);
    expect(decoded.consumed).toBe(decoded.total);
  });

  it('needs exactly one VARCHAR column', async () => {
    await expect(decodeText('raw', '', { columns: abc })).rejects.toThrow(
      'format "raw" needs exactly one VARCHAR column',
    );
  });
});

describe('regex', () => {
  it('fills columns from named groups by bytes, NULL for a group that took no part', async () => {
    const decoded = await decodeText('regex', 'é 12\nñandú\n!!\n', {
      columns: [
        ['word', VARCHAR],
        ['n', INT],
      ],
      options: { pattern: '^(?<word>[^ !]+)(?: (?<n>[0-9]+))?$' },
    });
    expect(decoded.rows).toEqual([
      ['é', 12],
      ['ñandú', null],
      [null, null],
    ]);
    expect(decoded.bad).toBe(1);
  });

  it('refuses a pattern without a group for a column', async () => {
    await expect(decodeText('regex', '', { columns: [['x', INT]], options: { pattern: '(?<y>.)' } })).rejects.toThrow(
      'option "pattern" has no group for column "x"',
    );
  });
});
