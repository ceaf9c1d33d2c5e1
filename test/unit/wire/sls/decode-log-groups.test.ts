import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../../src/columnar/batch.ts';
import { valueAt } from '../../../../src/columnar/row-view.ts';
import { field, schema } from '../../../../src/types/schema.ts';
import { BIGINT, decimal, DOUBLE, INT, TIMESTAMP, VARCHAR, type SqlType } from '../../../../src/types/sql-type.ts';
import {
  LogGroupDecoder,
  type ColumnOrigin,
  type LogGroupDecoderSettings,
} from '../../../../src/wire/sls/decode-log-groups.ts';
import { encodeLogGroup, encodeLogGroupList } from '../../../../src/wire/sls/encode-log-group.ts';
import type { LogGroup } from '../../../../src/wire/sls/log-group.ts';
import type { RowFilter } from '../../../../src/wire/sls/row-filter.ts';

type Wanted = readonly [name: string, type: SqlType, origin?: Exclude<ColumnOrigin['kind'], 'constant'>, key?: string];

function decoderOf(wanted: readonly Wanted[], more: Partial<LogGroupDecoderSettings> = {}): LogGroupDecoder {
  return new LogGroupDecoder({
    schema: schema(wanted.map(([name, type]) => field(name, type))),
    origins: wanted.map(([name, , origin = 'content', key = name]) =>
      origin === 'content' || origin === 'tag' ? { kind: origin, key } : { kind: origin },
    ),
    timeZone: 'UTC',
    ...more,
  });
}

function rowsOf(batches: readonly Batch[], options: { all?: boolean } = {}): unknown[][] {
  return batches.flatMap((batch) => {
    const rows =
      batch.selection === null || options.all === true
        ? Array.from({ length: batch.rowCount }, (_, i) => i)
        : [...batch.selection];
    return rows.map((row) =>
      batch.columns.map((column) => {
        const value = valueAt(column, row);
        return typeof value === 'object' && value !== null ? value.toString() : value;
      }),
    );
  });
}

function bodyOf(...groups: readonly LogGroup[]): Uint8Array {
  return encodeLogGroupList(groups.map(encodeLogGroup));
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const log = (time: number, contents: Record<string, string>) => ({ time, contents: Object.entries(contents) });

describe('columns of a pull answer', () => {
  const body = bodyOf(
    {
      topic: 'web',
      source: '10.0.0.1',
      tags: [
        ['__receive_time__', '1700000005'],
        ['__hostname__', 'a'],
      ],
      logs: [
        log(1700000000, { status: '200', bytes: '12345678901', uri: '/a', cost: '1.5', at: '2023-11-14 22:13:20' }),
        log(1700000001, { uri: '/b', unknown: 'x', status: '-7' }),
      ],
    },
    { logs: [{ time: 4294967294, timeNs: 5, contents: [['status', '1']] }] },
  );

  it('are found by name, typed, and NULL where the log lacks them', () => {
    const decoder = decoderOf([
      ['status', INT],
      ['bytes', BIGINT],
      ['uri', VARCHAR],
      ['cost', DOUBLE],
      ['at', TIMESTAMP],
      ['cost2', decimal(10, 2), 'content', 'cost'],
    ]);
    expect(rowsOf(decoder.decode(body))).toEqual([
      [200, 12345678901n, '/a', 1.5, 1700000000000, 150n],
      [-7, null, '/b', null, null, null],
      [1, null, null, null, null, null],
    ]);
  });

  it('come from the attributes of log and group under HEADER', () => {
    const decoder = decoderOf([
      ['t', VARCHAR, 'topic'],
      ['s', VARCHAR, 'source'],
      ['time', BIGINT, 'time'],
      ['ns', INT, 'time-ns'],
      ['received', BIGINT, 'tag', '__receive_time__'],
      ['host', VARCHAR, 'tag', '__hostname__'],
    ]);
    expect(rowsOf(decoder.decode(body))).toEqual([
      ['web', '10.0.0.1', 1700000000n, null, 1700000005n, 'a'],
      ['web', '10.0.0.1', 1700000001n, null, 1700000005n, 'a'],
      ['', '', 4294967294n, 5, null, null],
    ]);
    for (const type of [VARCHAR, DOUBLE, decimal(20, 0)]) {
      const [first] = rowsOf(decoderOf([['time', type, 'time']]).decode(body));
      expect(String(first?.[0])).toBe('1700000000');
    }
  });

  it('may be none at all, and rows are still counted', () => {
    expect(
      decoderOf([])
        .decode(body)
        .map((batch) => batch.size),
    ).toEqual([3]);
    expect(decoderOf([['status', INT]]).decode(new Uint8Array(0))).toEqual([]);
    expect(decoderOf([['status', INT]]).decode(bodyOf({ topic: 'x', logs: [] }))).toEqual([]);
  });

  it('are cut into batches of at most maxRows, with the group attributes right in each', () => {
    const groups = Array.from({ length: 5 }, (_, g) => ({
      topic: `t${g}`,
      logs: Array.from({ length: 7 }, (_, i) => log(i, { n: String(g * 7 + i) })),
    }));
    const decoder = decoderOf(
      [
        ['n', INT],
        ['t', VARCHAR, 'topic'],
      ],
      { maxRows: 4 },
    );
    const batches = decoder.decode(bodyOf(...groups));
    expect(batches.every((batch) => batch.size <= 4)).toBe(true);
    expect(rowsOf(batches)).toEqual(Array.from({ length: 35 }, (_, i) => [i, `t${Math.floor(i / 7)}`]));
  });

  it('take the last of a repeated key and see keys in any order', () => {
    const decoder = decoderOf([
      ['a', INT],
      ['b', VARCHAR],
    ]);
    const logs = [
      {
        time: 1,
        contents: [
          ['a', '1'],
          ['b', 'x'],
          ['a', '2'],
        ] as [string, string][],
      },
      {
        time: 1,
        contents: [
          ['b', 'y'],
          ['a', '3'],
        ] as [string, string][],
      },
    ];
    expect(rowsOf(decoder.decode(bodyOf({ logs })))).toEqual([
      [2, 'x'],
      [3, 'y'],
    ]);
  });

  it('keep bytes that are not UTF-8 and values longer than 16 KiB', () => {
    const decoder = decoderOf([['raw', VARCHAR]]);
    const [batch] = decoder.decode(
      bodyOf({ logs: [{ time: 1, contents: [['raw', new Uint8Array([0xff, 0x00, 0xfe])]] }] }),
    );
    const value = batch === undefined ? null : valueAt(batch.columns[0]!, 0);
    expect(value !== null && typeof value === 'object' && [...value.toBytes()]).toEqual([0xff, 0, 0xfe]);
    const long = 'x'.repeat(300_000);
    expect(rowsOf(decoder.decode(bodyOf({ logs: [log(1, { raw: long })] })))).toEqual([[long]]);
  });

  it('survive forms that only other writers use', () => {
    const decoder = decoderOf([
      ['k', VARCHAR],
      ['time', BIGINT, 'time'],
      ['', VARCHAR, 'content', ''],
    ]);
    const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
    const framed = (log: string) => {
      const bytes = hex(log);
      return Buffer.concat([Buffer.from([0x0a, bytes.length + 2, 0x0a, bytes.length]), bytes]);
    };
    const cases: [form: string, log: string, row: unknown[]][] = [
      ['value before key', '0801 1206 120176 0a016b', ['v', 1n, null]],
      ['Time behind the contents', '1206 0a016b 120176 0801', ['v', 1n, null]],
      [
        'unknown fields of wire types 0, 1, 2, 5 in log and content',
        '0801 5801 590102030405060708 5a0161 5d01020304 1208 0a016b 120176 5801',
        ['v', 1n, null],
      ],
      ['key twice', '0801 1209 0a0178 0a016b 120176', ['v', 1n, null]],
      ['empty key', '0801 1205 0a00 120176', [null, 1n, 'v']],
      ['padded lengths', '0801 12868000 0a016b 120176', ['v', 1n, null]],
      ['no Time', '1206 0a016b 120176', ['v', null, null]],
    ];
    for (const [form, text, row] of cases) expect([form, rowsOf(decoder.decode(framed(text)))]).toEqual([form, [row]]);
  });
});

describe('fields that do not parse', () => {
  const body = bodyOf({
    tags: [['n', 'bad']],
    logs: [log(1, { a: 'x', b: '1' }), log(2, { a: '5', b: '2' }), log(3, { a: '', b: 'y' })],
  });
  const wanted: Wanted[] = [
    ['a', INT],
    ['b', INT],
  ];

  it('become NULL and are reported with column and text', () => {
    const seen: string[] = [];
    const decoder = decoderOf(wanted, {
      onInvalid: ({ column, bytes, offset, length }) => {
        seen.push(`${column}:${Buffer.from(bytes.subarray(offset, offset + length)).toString()}`);
        return 'null';
      },
    });
    expect(rowsOf(decoder.decode(body))).toEqual([
      [null, 1],
      [5, 2],
      [null, null],
    ]);
    expect(seen).toEqual(['0:x', '0:', '1:y']);
  });

  it('take their row out of the batch on request', () => {
    expect(rowsOf(decoderOf(wanted, { onInvalid: () => 'skip' }).decode(body))).toEqual([[5, 2]]);
    const tag = decoderOf([...wanted, ['n', BIGINT, 'tag']], { onInvalid: () => 'skip' });
    expect(rowsOf(tag.decode(body))).toEqual([]);
  });

  it('may throw, and the error leaves the decoder usable', () => {
    const decoder = decoderOf(wanted, {
      onInvalid: () => {
        throw new Error('fail');
      },
    });
    expect(() => decoder.decode(body)).toThrow('fail');
    expect(rowsOf(decoder.decode(bodyOf({ logs: [log(1, { a: '1', b: '2' })] })))).toEqual([[1, 2]]);
  });
});

describe('pushed filters', () => {
  const body = bodyOf({
    logs: [
      log(10, { level: 'error', status: '500', size: '70000000000', t: '1' }),
      log(20, { level: 'info', status: '200', size: '5', t: '2' }),
      log(30, { level: 'errors', size: 'bad', t: '3' }),
    ],
  });
  const wanted: Wanted[] = [
    ['level', VARCHAR],
    ['status', INT],
    ['size', BIGINT],
    ['time', BIGINT, 'time'],
    ['t', INT],
  ];
  const times = (filter: RowFilter) => rowsOf(decoderOf(wanted, { filter }).decode(body)).map((row) => row[3]);

  it.each<[string, RowFilter, bigint[]]>([
    ['=', [{ kind: 'compare', column: 0, operator: '=', value: utf8('error') }], [10n]],
    ['<>', [{ kind: 'compare', column: 0, operator: '<>', value: utf8('error') }], [20n, 30n]],
    ['text order', [{ kind: 'compare', column: 0, operator: '>', value: utf8('error') }], [20n, 30n]],
    ['IN', [{ kind: 'in', column: 0, values: [utf8('info'), utf8('x')] }], [20n]],
    ['IN of numbers', [{ kind: 'in', column: 2, values: [5n, 70000000000n] }], [10n, 20n]],
    ['prefix', [{ kind: 'starts-with', column: 0, prefix: utf8('err') }], [10n, 30n]],
    ['number', [{ kind: 'compare', column: 1, operator: '>=', value: 300 }], [10n]],
    ['bigint', [{ kind: 'compare', column: 2, operator: '<', value: 70000000000n }], [20n]],
    ['NULL never passes a comparison', [{ kind: 'compare', column: 1, operator: '<>', value: 1 }], [10n, 20n]],
    ['IS NULL', [{ kind: 'is-null', column: 1 }], [30n]],
    ['IS NOT NULL', [{ kind: 'is-not-null', column: 1 }], [10n, 20n]],
    [
      'conjunction',
      [
        { kind: 'is-not-null', column: 1 },
        { kind: 'compare', column: 0, operator: '<>', value: utf8('info') },
      ],
      [10n],
    ],
    ['nothing passes', [{ kind: 'compare', column: 0, operator: '=', value: utf8('none') }], []],
  ])('%s', (_name, filter, expected) => {
    expect(times(filter)).toEqual(expected);
  });

  it('keep dropped rows physically, with the always-valid columns decoded, and do not parse the others', () => {
    let invalid = 0;
    const decoder = decoderOf(wanted, {
      filter: [{ kind: 'compare', column: 0, operator: '=', value: utf8('info') }],
      alwaysValid: [4],
      onInvalid: () => {
        invalid++;
        return 'null';
      },
    });
    const batches = decoder.decode(body);
    expect(batches.map((batch) => [batch.rowCount, batch.size])).toEqual([[3, 1]]);
    expect(rowsOf(batches, { all: true }).map((row) => row[4])).toEqual([1, 2, 3]);
    expect(invalid).toBe(0);
  });
});

describe('damaged bodies', () => {
  const wanted: Wanted[] = [
    ['a', INT],
    ['b', VARCHAR],
    ['time', BIGINT, 'time'],
    ['host', VARCHAR, 'tag'],
  ];
  const body = bodyOf(
    { topic: 't', tags: [['host', 'h']], logs: [log(1700000000, { a: '1', b: 'x'.repeat(200) }), log(7, { c: 'z' })] },
    { logs: [{ time: 9, timeNs: 3, contents: [['a', '2']] }] },
  );

  it('cut at any byte inside give an error of their own kind and no batch', () => {
    const decoder = decoderOf(wanted);
    const firstGroup = encodeLogGroupList([
      encodeLogGroup({
        topic: 't',
        tags: [['host', 'h']],
        logs: [log(1700000000, { a: '1', b: 'x'.repeat(200) }), log(7, { c: 'z' })],
      }),
    ]).length;
    for (let cut = 1; cut < body.length; cut++) {
      if (cut === firstGroup) continue;
      expect(() => decoder.decode(body.slice(0, cut))).toThrow(
        expect.objectContaining({ code: 'SLS_BODY_TRUNCATED', retry: 'backoff' }),
      );
    }
    expect(rowsOf(decoder.decode(body)).length).toBe(3);
  });

  it('report no bad field before the whole answer is known to be good', () => {
    let reported = 0;
    const bad = bodyOf({ logs: [log(1, { a: 'bad' })] });
    const decoder = decoderOf([['a', INT]], {
      onInvalid: () => {
        reported++;
        return 'null';
      },
    });
    expect(() => decoder.decode(new Uint8Array([...bad, 0x0a]))).toThrow();
    expect(reported).toBe(0);
  });

  it('name wire types and field numbers that do not exist', () => {
    const decoder = decoderOf(wanted);
    expect(() => decoder.decode(Buffer.from('0b', 'hex'))).toThrow('wire type 3 does not occur');
    expect(() => decoder.decode(Buffer.from('00', 'hex'))).toThrow('a field has number 0');
    expect(() => decoder.decode(Buffer.from(`08${'ff'.repeat(11)}`, 'hex'))).toThrow('longer than 10 bytes');
    expect(() => decoder.decode(Buffer.from('0a070a0512030a016b', 'hex'))).toThrow(
      expect.objectContaining({ code: 'SLS_BODY_CORRUPT' }),
    );
  });
});
