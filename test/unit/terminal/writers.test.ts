import { describe, expect, it } from 'vitest';
import { createRowWriter } from '../../../src/terminal/formats.ts';
import type { TextFormat } from '../../../src/terminal/formats.ts';
import type { TextBatch } from '../../../src/index.ts';

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'price', type: 'DECIMAL(38, 18)' },
  { name: 'x', type: 'DOUBLE' },
  { name: 'ok', type: 'BOOLEAN' },
  { name: 'ts', type: 'TIMESTAMP' },
  { name: 'note', type: 'VARCHAR' },
];

const batch: TextBatch = {
  kinds: ['+I', '-D'],
  cells: [
    [
      '9223372036854775807',
      '12345678901234567890.000000000000000001',
      'NaN',
      'TRUE',
      '2024-05-01 10:00:00',
      'a "b",\nc|d',
    ],
    [null, null, null, null, null, ''],
  ],
};

async function text(format: TextFormat, changelog: boolean): Promise<string> {
  const writer = await createRowWriter(format, { columns, changelog }, { color: false });
  return writer.begin() + writer.rows(batch) + writer.end();
}

describe('jsonl', () => {
  it('keeps every digit, writes NaN as text, milliseconds always, null for absent', async () => {
    expect(await text('jsonl', false)).toBe(
      '{"id":9223372036854775807,"price":12345678901234567890.000000000000000001,"x":"NaN","ok":true,' +
        '"ts":"2024-05-01 10:00:00.000","note":"a \\"b\\",\\nc|d"}\n' +
        '{"id":null,"price":null,"x":null,"ok":null,"ts":null,"note":""}\n',
    );
  });

  it('puts the kind beside the row of a changelog', async () => {
    const last = (await text('jsonl', true)).trimEnd().split('\n').at(-1) ?? '';
    expect(last).toBe('{"op":"-D","row":{"id":null,"price":null,"x":null,"ok":null,"ts":null,"note":""}}');
    expect(JSON.parse(last)).toMatchObject({ op: '-D' });
  });

  it.each([
    ['Infinity', '"Infinity"'],
    ['-Infinity', '"-Infinity"'],
    ['1.0E10', '1.0E10'],
    ['-0.5', '-0.5'],
  ])('writes the double %s as %s', async (cell, json) => {
    const writer = await createRowWriter(
      'jsonl',
      { columns: [{ name: 'x', type: 'DOUBLE' }], changelog: false },
      { color: false },
    );
    expect(writer.rows({ kinds: ['+I'], cells: [[cell]] })).toBe(`{"x":${json}}\n`);
  });

  it('keeps the milliseconds of a timestamp', async () => {
    const writer = await createRowWriter(
      'jsonl',
      { columns: [{ name: 't', type: 'TIMESTAMP(3)' }], changelog: false },
      { color: false },
    );
    expect(writer.rows({ kinds: ['+I'], cells: [['2024-05-01 10:00:00.5']] })).toBe(
      '{"t":"2024-05-01 10:00:00.500"}\n',
    );
  });
});

describe('csv', () => {
  it('quotes what needs it and tells an empty text from an absent one', async () => {
    expect(await text('csv', false)).toBe(
      'id,price,x,ok,ts,note\n' +
        '9223372036854775807,12345678901234567890.000000000000000001,NaN,TRUE,2024-05-01 10:00:00,"a ""b"",\nc|d"\n' +
        ',,,,,""\n',
    );
  });

  it('begins each row of a changelog with its kind', async () => {
    expect(await text('csv', true)).toMatch(/^op,id,.*\n\+I,9223.*[^]*\n-D,,,,,,""\n$/);
  });
});

describe('markdown', () => {
  it('escapes what would end a cell and marks numbers as right-aligned', async () => {
    expect(await text('markdown', false)).toBe(
      '| id | price | x | ok | ts | note |\n| ---: | ---: | ---: | --- | --- | --- |\n' +
        '| 9223372036854775807 | 12345678901234567890.000000000000000001 | NaN | TRUE | 2024-05-01 10:00:00 ' +
        '| a "b",\\\\nc\\|d |\n| *NULL* | *NULL* | *NULL* | *NULL* | *NULL* |  |\n',
    );
  });
});

describe('table', () => {
  it('ends with the number of rows', async () => {
    const lines = (await text('table', false)).split('\n');
    expect(lines.slice(-2)).toEqual(['(2 rows)', '']);
    expect(lines[0]).toContain(' id');
  });
});
