import { describe, expect, it } from 'vitest';
import { ByteSlice } from '../../../../src/columnar/byte-slice.ts';
import type { Value } from '../../../../src/columnar/builder.ts';
import { endpointOf } from '../../../../src/connectors/sls/endpoint.ts';
import { headerTypes, originOf } from '../../../../src/connectors/sls/header.ts';
import { slsEntry } from '../../../../src/connectors/sls/index.ts';
import { rowTestOf } from '../../../../src/connectors/sls/push-filter.ts';
import { isChosen, parseShardChoice } from '../../../../src/connectors/sls/shard-list.ts';
import { startOf, startPolicy } from '../../../../src/connectors/sls/source/start-position.ts';
import type { Expr, LiteralExpr } from '../../../../src/contracts/expression.ts';
import { BIGINT, BOOLEAN, INT, VARCHAR, type SqlType } from '../../../../src/types/sql-type.ts';
import { slsTable, type ColumnSpec } from '../../../support/sls-table.ts';

const columns: ColumnSpec[] = [
  ['a', INT],
  ['b', VARCHAR],
];
const place = { endPoint: 'http://127.0.0.1:8080', project: 'p', logStore: 'l' };

describe('an endpoint', () => {
  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'p.127.0.0.1:8080'],
    ['localhost:8080/', 'http://localhost:8080', 'p.localhost:8080'],
    ['cn-hangzhou.log.aliyuncs.com', 'http://p.cn-hangzhou.log.aliyuncs.com', 'p.cn-hangzhou.log.aliyuncs.com'],
    ['https://sls.test:8443', 'https://p.sls.test:8443', 'p.sls.test:8443'],
    ['http://sls.test', 'http://p.sls.test', 'p.sls.test'],
  ])('%s is connected to at %s', (endPoint, origin, host) => {
    expect(endpointOf(endPoint, 'p')).toMatchObject({ origin, host });
  });

  it('that is none is an error of its option', () => {
    for (const bad of ['', 'ftp://x', 'http://a/b', 'http://u:p@h', 'http://']) {
      expect(() => endpointOf(bad, 'p')).toThrow(expect.objectContaining({ code: 'CONNECTOR_OPTION_VALUE' }));
    }
  });
});

describe('the declaration of a log store', () => {
  it('takes option names in every case and refuses unknown ones with advice', () => {
    expect(slsTable(columns, { ENDPOINT: '1.2.3.4', project: 'p', logstore: 'l' }).options.text('logStore')).toBe('l');
    expect(() => slsTable(columns, { ...place, logStroe: 'x' })).toThrow(
      expect.objectContaining({ code: 'CONNECTOR_UNKNOWN_OPTION', hint: 'Did you mean "logStore"?' }),
    );
  });

  it.each<[string, Record<string, string>, string]>([
    ['a group for Group_Offsets', { startupMode: 'group_offsets' }, 'needs option "consumerGroup"'],
    ['times that parse', { startTime: 'yesterday' }, 'option "startTime" of connector "sls" takes yyyy-MM-dd HH:mm:ss'],
    [
      'stopTime after startTime',
      { startTime: '2024-01-02 00:00:00', stopTime: '2024-01-01 00:00:00' },
      'option "stopTime" of connector "sls" is before startTime',
    ],
    ['shard lists', { shards: '0,x' }, "takes shard numbers such as '0,3-7', or '1 mod 4', not '0,x'"],
    ['at most 1000 groups a pull', { batchGetSize: '1001' }, "takes a whole number from 1 to 1000, not '1001'"],
    ['plain names', { consumerGroup: 'a/b' }, "takes letters, digits, - and _, not 'a/b'"],
    ['a region for V4', { signVersion: 'v4' }, 'needs option "regionId"'],
    ['known zones', { timeZone: 'Mars/Base' }, "names no time zone: 'Mars/Base'"],
  ])('needs %s', (_what, options, message) => {
    expect(() => slsTable(columns, { ...place, ...options })).toThrow(message);
  });

  it.each<[string, Record<string, string>, string]>([
    ['existing columns', { topic: 'aa' }, 'option "topic" names column "aa", which table "t" does not have'],
    ['numbers for times', { timestampColumn: 'b' }, 'needs a column of type INT or BIGINT'],
    ['a column to partition by', { mode: 'partition' }, 'needs option "partitionColumn"'],
    ['buckets that are powers of two', { buckets: '3' }, "takes a power of two, not '3'"],
  ])('as a sink needs %s', (_what, options, message) => {
    expect(() => slsTable(columns, { ...place, ...options }, 'sink')).toThrow(message);
  });

  it('is bounded with stopTime, and EXPLAIN shows no secret', () => {
    const table = slsTable(columns, { ...place, stopTime: '2024-01-01 00:00:00', accessKey: 'geheim' });
    expect(slsEntry.bounded?.(table.options)).toBe(true);
    expect(slsEntry.bounded?.(slsTable(columns, place).options)).toBe(false);
    expect(slsEntry.describe?.(table.options)).toBe('project=p, logStore=l');
  });

  it('knows attributes, and takes every other HEADER name as a tag, with or without prefix', () => {
    const origin = (name: string) =>
      originOf({ name, type: VARCHAR, nullable: true, header: true }, { logStore: 'l', shard: 3 });
    expect(origin('__topic__')).toEqual({ kind: 'topic' });
    expect(origin('__timestamp__')).toEqual({ kind: 'time' });
    expect(origin('__hostname__')).toEqual({ kind: 'tag', key: '__hostname__' });
    expect(origin('__tag__:__hostname__')).toEqual({ kind: 'tag', key: '__hostname__' });
    const renamed = { name: 'subject', attribute: '__topic__', type: VARCHAR, nullable: true, header: true };
    expect(originOf(renamed, { logStore: 'l', shard: 3 })).toEqual({ kind: 'topic' });
    expect(
      originOf({ name: '__topic__', type: VARCHAR, nullable: true, header: false }, { logStore: 'l', shard: 3 }),
    ).toEqual({
      kind: 'content',
      key: '__topic__',
    });
    expect(headerTypes('__topic__').types).not.toContain('bigint');
    expect(headerTypes('__receive_time__').types).toContain('bigint');
  });

  it('reads shard lists', () => {
    expect([0, 1, 2, 3, 4, 5, 6].filter((id) => isChosen(parseShardChoice(' 0, 3-5 '), id))).toEqual([0, 3, 4, 5]);
    expect([0, 1, 2, 3, 4, 5].filter((id) => isChosen(parseShardChoice('1 mod 3'), id))).toEqual([1, 4]);
    expect(parseShardChoice('3 mod 3')).toBeUndefined();
    for (const bad of ['', '5-3', '1,,2', '-1', '0-9999999']) expect(parseShardChoice(bad)).toBeUndefined();
  });
});

describe('the start of a read without state', () => {
  const policyOf = (options: Record<string, string>) =>
    startPolicy(slsTable(columns, { ...place, ...options }).options, 'Asia/Shanghai', 't');
  const at = { startTime: '2023-11-15 06:13:20' };
  const group = { consumerGroup: 'g' };

  it.each<[string, Record<string, string>, boolean, 'begin' | 'end' | number]>([
    ['nothing said', {}, false, 'end'],
    ['startTime', at, false, 1700000000],
    ['only stopTime', { stopTime: '2024-01-01 00:00:00' }, false, 'begin'],
    ['a group', group, true, 'end'],
    ['a group and startTime', { ...group, ...at }, true, 1700000000],
    ['TIMESTAMP with a group', { ...group, ...at, startupMode: 'timestamp' }, false, 1700000000],
    ['Earliest', { ...group, startupMode: 'EARLIEST' }, false, 'begin'],
    ['Latest', { startupMode: 'Latest' }, false, 'end'],
    ['Group_Offsets', { ...group, startupMode: 'Group_Offsets' }, true, 'begin'],
    ['Group_Offsets with startTime', { ...group, ...at, startupMode: 'Group_Offsets' }, true, 1700000000],
  ])('%s', (_name, options, useCheckpoints, otherwise) => {
    const policy = policyOf(options);
    expect(policy).toMatchObject({ useCheckpoints, otherwise });
    expect(startOf(policy, 'MTAw')).toEqual(
      useCheckpoints ? { kind: 'cursor', cursor: 'MTAw' } : { kind: 'from', from: otherwise },
    );
    expect(startOf(policy, undefined)).toEqual({ kind: 'from', from: otherwise });
  });

  it('is told where it was assumed', () => {
    expect(policyOf({}).notes).toEqual(['table "t" has no startTime: reading what arrives from now on']);
    expect(policyOf({ stopTime: '2024-01-01 00:00:00' }).notes).toEqual([
      'table "t" has no startTime: reading from the oldest logs to stopTime',
    ]);
    expect(policyOf(group).notes).toEqual([
      'table "t" has no startTime: where consumer group "g" has no progress, reading what arrives from now on',
    ]);
    expect(policyOf(at).notes).toEqual([]);
  });
});

describe('conjuncts the decoder takes', () => {
  const impl = { nulls: 'propagate', mayReturnNull: false, deterministic: true, kernel: () => null } as const;
  const column = (index: number, type: SqlType): Expr => ({ kind: 'column', index, name: 'c', type });
  const literal = (value: Value, type: SqlType): LiteralExpr => ({ kind: 'literal', value, type });
  const text = (value: string) => literal(ByteSlice.ofString(value), VARCHAR);
  const call = (name: string, ...args: Expr[]): Expr => ({ kind: 'call', name, args, impl, type: BOOLEAN });
  const utf8 = (value: string) => new TextEncoder().encode(value);

  it('compare a bare column with a literal of its type, on either side', () => {
    expect(rowTestOf(call('=', column(1, VARCHAR), text('x')))).toEqual({
      kind: 'compare',
      column: 1,
      operator: '=',
      value: utf8('x'),
    });
    expect(rowTestOf(call('<', literal(5, INT), column(0, INT)))).toEqual({
      kind: 'compare',
      column: 0,
      operator: '>',
      value: 5,
    });
    expect(rowTestOf(call('>=', column(0, BIGINT), literal(5n, BIGINT)))).toMatchObject({ value: 5n });
    expect(rowTestOf(call('=', column(0, INT), literal(5n, BIGINT)))).toBeUndefined();
    expect(rowTestOf(call('=', column(0, INT), literal(null, INT)))).toBeUndefined();
    expect(rowTestOf(call('=', call('UPPER', column(1, VARCHAR)), text('x')))).toBeUndefined();
    expect(rowTestOf(call('=', column(0, INT), column(1, INT)))).toBeUndefined();
  });

  it('test for NULL, for membership and for a prefix', () => {
    expect(rowTestOf({ kind: 'is-not-null', arg: column(2, INT), type: BOOLEAN })).toEqual({
      kind: 'is-not-null',
      column: 2,
    });
    expect(
      rowTestOf({ kind: 'in', arg: column(0, INT), values: [literal(1, INT)], hasNull: true, type: BOOLEAN }),
    ).toEqual({ kind: 'in', column: 0, values: [1] });
    expect(rowTestOf(call('LIKE', column(1, VARCHAR), text('/api/%')))).toEqual({
      kind: 'starts-with',
      column: 1,
      prefix: utf8('/api/'),
    });
    for (const pattern of ['%x', 'a_%', 'a%b%', '%', 'a\\%%']) {
      expect(rowTestOf(call('LIKE', column(1, VARCHAR), text(pattern)))).toBeUndefined();
    }
  });
});
