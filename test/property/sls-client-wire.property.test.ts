import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { inflateRawSync, inflateSync } from 'node:zlib';
import { decompress as expandZstd } from 'fzstd';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import * as groups from '../../src/connectors/sls/api/consumer-groups.ts';
import { getCursor } from '../../src/connectors/sls/api/get-cursor.ts';
import { getLogStore } from '../../src/connectors/sls/api/get-log-store.ts';
import { listLogStores } from '../../src/connectors/sls/api/list-log-stores.ts';
import { listShards } from '../../src/connectors/sls/api/list-shards.ts';
import { pullLogs } from '../../src/connectors/sls/api/pull-logs.ts';
import { putLogs } from '../../src/connectors/sls/api/put-logs.ts';
import { SlsClient, type Answer } from '../../src/connectors/sls/client.ts';
import { endpointOf } from '../../src/connectors/sls/endpoint.ts';
import { answerError, SlsError } from '../../src/connectors/sls/sls-error.ts';
import { ByteSlice } from '../../src/columnar/byte-slice.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import { SluiceError } from '../../src/errors/sluice-error.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../src/types/sql-type.ts';
import { LogGroupDecoder } from '../../src/wire/sls/decode-log-groups.ts';
import { Lz4Arena } from '../../src/wire/sls/lz4-arena.ts';
import { decompressLz4Js } from '../../src/wire/sls/lz4.ts';
import { mutated, randomFrom } from '../support/mutate.ts';
import { answerOf, recordAnswers, recordedAnswers, type RecordedAnswer } from '../support/sls-answers.ts';

const seed = (process.env['SEED'] === undefined ? Date.now() : Number(process.env['SEED'])) >>> 0;
const MUTATIONS = 100_000;

if (process.env['RECORD'] === '1') {
  const { file, answers } = await recordAnswers();
  writeFileSync(file, `${JSON.stringify(answers, null, 1)}\n`);
}
const recorded = recordedAnswers();

const { Root } = protobuf;
/** The messages of the service with bytes for texts, so that the oracle compares bytes. */
const Oracle = Root.fromJSON({
  nested: {
    Pair: {
      fields: { Key: { rule: 'required', type: 'bytes', id: 1 }, Value: { rule: 'required', type: 'bytes', id: 2 } },
    },
    Log: {
      fields: {
        Time: { rule: 'required', type: 'uint32', id: 1 },
        Contents: { rule: 'repeated', type: 'Pair', id: 2 },
        Time_ns: { type: 'fixed32', id: 4 },
      },
    },
    Group: {
      fields: {
        Logs: { rule: 'repeated', type: 'Log', id: 1 },
        Topic: { type: 'bytes', id: 3 },
        Source: { type: 'bytes', id: 4 },
        LogTags: { rule: 'repeated', type: 'Pair', id: 6 },
      },
    },
    List: { fields: { groups: { rule: 'repeated', type: 'Group', id: 1 } } },
  },
}).lookupType('List');

interface OracleList {
  groups: {
    Topic: Uint8Array;
    Source: Uint8Array;
    LogTags: { Key: Uint8Array; Value: Uint8Array }[];
    Logs: { Time: number; Time_ns: number; Contents: { Key: Uint8Array; Value: Uint8Array }[] }[];
  }[];
}

const KEYS = ['level', 'msg', 'long'];
const decoder = new LogGroupDecoder({
  schema: schema([
    ...[...KEYS, '#topic', '#source', '#t1'].map((name) => field(name, VARCHAR)),
    field('#time', BIGINT),
    field('#ns', BIGINT),
  ]),
  origins: [
    ...KEYS.map((key) => ({ kind: 'content', key }) as const),
    { kind: 'topic' },
    { kind: 'source' },
    { kind: 'tag', key: 't1' },
    { kind: 'time' },
    { kind: 'time-ns' },
  ],
  timeZone: 'UTC',
});
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

function rowsOf(raw: Uint8Array): unknown[][] {
  return decoder.decode(raw).flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, row) =>
      batch.columns.map((column) => {
        const value = valueAt(column, row);
        return value instanceof ByteSlice ? latin1(value.toBytes()) : value === null ? null : String(value);
      }),
    ),
  );
}

function oracleRows(raw: Uint8Array): unknown[][] {
  // One whose bytes are no view of a Buffer: its reader would be another.
  const list = Oracle.decode(raw) as unknown as OracleList;
  return list.groups.flatMap((group) =>
    group.Logs.map((log) => {
      const last = (pairs: readonly { Key: Uint8Array; Value: Uint8Array }[], key: string): string | null => {
        const found = pairs.findLast((pair) => latin1(pair.Key) === key);
        return found === undefined ? null : latin1(found.Value);
      };
      return [
        ...KEYS.map((key) => last(log.Contents, key)),
        latin1(Uint8Array.from(group.Topic)),
        latin1(Uint8Array.from(group.Source)),
        last(group.LogTags, 't1'),
        String(log.Time),
        Object.hasOwn(log, 'Time_ns') ? String(log.Time_ns) : null,
      ];
    }),
  );
}

/** @returns what an expander of its own makes of the body; undefined where there is nothing to expand it to */
function oracleBody(answer: Answer): Uint8Array | undefined {
  const rawSize = Number(answer.header('x-log-bodyrawsize') ?? answer.body.length);
  const packing = (answer.header('x-log-compresstype') ?? '').toLowerCase();
  const raw = ((): Uint8Array => {
    switch (packing) {
      case 'lz4':
        return decompressLz4Js(answer.body, rawSize);
      case 'deflate':
        try {
          return inflateSync(answer.body);
        } catch {
          return inflateRawSync(answer.body);
        }
      case 'zstd':
        return expandZstd(answer.body);
      default:
        return answer.body;
    }
  })();
  return packing !== '' && raw.length !== rawSize ? undefined : raw;
}

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};

const arena = new Lz4Arena();
let rightRows = 0;
let unseen = 0;

/** Reads a pull answer as the source does. @throws SluiceError */
async function readPull(client: SlsClient, answer: Answer): Promise<void> {
  const signal = new AbortController().signal;
  const pulled = await pullLogs(client, { shard: 0, cursor: 'MTA=', count: 10, accept: 'lz4', signal });
  expect(pulled.nextCursor).toBe(answer.header('x-log-cursor'));
  if (pulled.rawSize === 0) return;
  const plain = pulled.body();
  const loan = pulled.lend(arena);
  // Two ways to expand, one result.
  expect(Buffer.compare(plain, loan.bytes)).toBe(0);
  loan.release();
  const wanted = attempt(() => oracleBody(answer));
  if (wanted !== undefined) expect(Buffer.compare(plain, wanted)).toBe(0);
  const rows = rowsOf(plain);
  const right = attempt(() => oracleRows(plain));
  if (right === undefined) {
    // Damage in a field nobody asked for is not looked at.
    unseen++;
    return;
  }
  rightRows += right.length;
  const same = JSON.stringify(rows) === JSON.stringify(right);
  if (!same) expect(rows, `body ${Buffer.from(plain).toString('hex')}`).toEqual(right);
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** How the client reads each message; what it returns is checked for its form. */
const readers: Readonly<Record<string, (client: SlsClient, answer: Answer) => Promise<unknown>>> = {
  put: (client) => putLogs(client, { body: new Uint8Array(1), compression: undefined, hashKey: undefined }),
  cursor: async (client) => expect(isText(await getCursor(client, 0, 'begin'))).toBe(true),
  shards: async (client) => {
    for (const shard of await listShards(client)) {
      expect(isIndex(shard.id) && typeof shard.readOnly === 'boolean' && Number.isFinite(shard.createTimeSec)).toBe(
        true,
      );
      expect(`${shard.begin} ${shard.end}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{32}$/);
    }
  },
  'log store': (client) => getLogStore(client),
  'log stores': async (client) => {
    for (const name of await listLogStores(client)) expect(isText(name)).toBe(true);
  },
  'create group': (client) => groups.createConsumerGroup(client, { name: 'g', timeoutSec: 60, order: true }),
  groups: async (client) => {
    for (const group of await groups.listConsumerGroups(client)) {
      expect(isText(group.name) && Number.isFinite(group.timeoutSec) && typeof group.order === 'boolean').toBe(true);
    }
  },
  'update group': (client) => groups.updateConsumerGroup(client, { name: 'g', timeoutSec: 30, order: false }),
  heartbeat: async (client) => {
    for (const shard of await groups.heartbeat(client, 'g', 'c', [])) expect(isIndex(shard)).toBe(true);
  },
  'store checkpoint': (client) => groups.updateCheckpoint(client, 'g', { shard: 0, cursor: 'MTA=' }),
  checkpoints: async (client) => {
    for (const one of await groups.listCheckpoints(client, 'g')) {
      expect(isIndex(one.shard)).toBe(true);
      expect(one.cursor === undefined || isText(one.cursor)).toBe(true);
      expect(one.updatedMs === undefined || one.updatedMs > 0).toBe(true);
    }
  },
};

function readerOf(name: string): (client: SlsClient, answer: Answer) => Promise<unknown> {
  if (name.startsWith('pull')) return readPull;
  if (!name.startsWith('error')) return readers[name]!;
  return (_client, answer) => {
    const place = { doing: 'asking', project: 'proj', logStore: 'ls', address: 'http://sls.test' };
    const error = answerError(place, { status: answer.status, requestId: 'R', body: answer.body });
    expect(error).toBeInstanceOf(SlsError);
    expect(error.message.length + (error.detail ?? '').length).toBeLessThan(2000);
    return Promise.reject(error);
  };
}

/** @returns whether the message was taken; everything but an error of ours is thrown */
async function isTaken({ name }: RecordedAnswer, head: string, body: Uint8Array): Promise<boolean> {
  const answer = answerOf(head, body);
  const settings = { project: 'proj', logStore: 'ls' };
  let calls = 0;
  // A page that promises more pages is asked for the next one: never without end.
  const call = (): Promise<Answer> =>
    calls++ < 50 ? Promise.resolve(answer) : Promise.reject(new Error(`"${name}" is asked for without end`));
  try {
    await readerOf(name)({ settings, call } as unknown as SlsClient, answer);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && /^SLS_/.test(error.code)) return false;
    throw new Error(`${name}: ${head}\n${Buffer.from(body).toString('base64')}`, { cause: error });
  }
}

const bodies = new Map(recorded.map((one) => [one, Buffer.from(one.body, 'base64')]));
const bytesOf = (one: RecordedAnswer): Buffer => bodies.get(one)!;
const numbers = /^(x-log-(?:bodyrawsize|count|cursor-time|end-of-cursor|compresstype|cursor): )(.*)$/gim;

describe(`answers of the service (SEED=${seed})`, () => {
  it('are recorded for everything the client reads', async () => {
    const unread = Object.keys(readers).filter((name) => !recorded.some((one) => one.name === name));
    expect(unread).toEqual([]);
    const packings = recorded.filter(({ name }) => name.startsWith('pull')).map(({ name }) => name);
    expect(packings).toEqual(
      expect.arrayContaining(['pull lz4', 'pull zstd', 'pull zstd, packed', 'pull deflate', 'pull none', 'pull empty']),
    );
    for (const one of recorded) {
      expect([one.name, await isTaken(one, one.head, bytesOf(one))]).toEqual([one.name, !one.name.startsWith('error')]);
    }
    expect(rightRows).toBe(3 * packings.length - 3);
  });

  it('give an error or the right result wherever they are cut', async () => {
    for (const one of recorded) {
      const body = bytesOf(one);
      for (let end = 0; end < body.length; end++) {
        const taken = await isTaken(one, one.head, body.subarray(0, end));
        // What is read from a body needs all of it; where it lies plainly, whole groups in front are whole messages.
        if (/^(pull (lz4|deflate|zstd)|cursor|shards|groups|checkpoints)/.test(one.name))
          expect([one.name, end, taken]).toEqual([one.name, end, false]);
      }
    }
  });

  it('give an error or the right result however they are changed, 100,000 times', async () => {
    const next = randomFrom(seed);
    const before = process.memoryUsage();
    let taken = 0;
    rightRows = unseen = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const one = recorded[i % recorded.length]!;
      const whole = bytesOf(one);
      const kind = next(4);
      // One of the announcements, or the body, or both.
      const head =
        kind === 0 || whole.length === 0
          ? one.head.replaceAll(numbers, (line: string, name: string, value: string) =>
              next(3) === 0
                ? `${name}${Buffer.from(mutated(Buffer.from(value || '0'), next))
                    .toString('latin1')
                    .replaceAll(/[\r\n]/g, '')}`
                : line,
            )
          : one.head;
      const body = kind !== 0 && whole.length > 0 ? mutated(whole, next) : whole;
      if (await isTaken(one, head, body)) taken++;
    }
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(MUTATIONS - 1000);
    expect(rightRows).toBeGreaterThan(1000);
    expect(unseen).toBeLessThan(rightRows / 50);
    const grown = process.memoryUsage();
    expect(grown.rss - before.rss).toBeLessThan(1 << 30);
  }, 240_000);

  it('are outlived by the client as bytes on a connection, cut anywhere and changed', async () => {
    const next = randomFrom(seed ^ 1);
    let bytes: Uint8Array = new Uint8Array(0);
    const server: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new SlsClient({
      endpoint: endpointOf(`127.0.0.1:${port}`, 'proj'),
      project: 'proj',
      logStore: 'ls',
      accessId: 'id',
      accessKey: 'secret',
      securityToken: undefined,
      region: undefined,
      maxRetries: 0,
      connectTimeoutMs: 2000,
      requestTimeoutMs: 2000,
      now: Date.now,
      warn: () => undefined,
    });
    const outcomes = { taken: 0, refused: 0 };
    const ask = async (one: RecordedAnswer, sent: Uint8Array): Promise<void> => {
      bytes = sent;
      try {
        const reader = one.name.startsWith('pull')
          ? async () => {
              const signal = new AbortController().signal;
              const pulled = await pullLogs(client, { shard: 0, cursor: 'MTA=', count: 1, accept: '', signal });
              rowsOf(pulled.body());
            }
          : (readers[one.name] ?? getLogStore.bind(undefined, client));
        await reader(client, undefined as never);
        outcomes.taken++;
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        outcomes.refused++;
      }
    };
    try {
      for (const one of recorded) {
        const whole = Buffer.concat([Buffer.from(`${one.head}\r\n\r\n`, 'latin1'), bytesOf(one)]);
        const cuts = one.name === 'pull lz4' ? whole.length : 20;
        for (let i = 0; i < cuts; i++) await ask(one, whole.subarray(0, Math.floor((i * whole.length) / cuts)));
        for (let i = 0; i < 60; i++) await ask(one, mutated(whole, next));
      }
      expect(outcomes.taken).toBeGreaterThan(50);
      expect(outcomes.refused).toBeGreaterThan(500);
    } finally {
      await client.close();
      await new Promise((resolve) => server.close(resolve));
    }
  }, 180_000);
});
