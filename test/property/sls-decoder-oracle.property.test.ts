import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scratch } from '../../src/columnar/scratch.ts';
import { valueAt } from '../../src/columnar/row-view.ts';
import { field, schema } from '../../src/types/schema.ts';
import { BIGINT, VARCHAR } from '../../src/types/sql-type.ts';
import { LogGroupDecoder } from '../../src/wire/sls/decode-log-groups.ts';
import { encodeLogGroup, encodeLogGroupList } from '../../src/wire/sls/encode-log-group.ts';
import { loadSlsMessages } from '../../src/wire/sls/proto.ts';

const seed = process.env['SEED'] === undefined ? Date.now() : Number(process.env['SEED']);
const KEYS = ['a', 'b', 'ab', 'ba', 'status', 'method', 'stated', 'x'.repeat(130), '键'];

const text = fc.oneof(fc.string({ maxLength: 12, unit: 'grapheme' }), fc.string({ minLength: 120, maxLength: 300 }));
const logArbitrary = fc.record({
  time: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
  timeNs: fc.option(fc.integer({ min: 1, max: 999_999_999 }), { nil: undefined }),
  contents: fc.array(fc.tuple(fc.constantFrom(...KEYS), text), { maxLength: 12 }),
});
const groupArbitrary = fc.record({
  topic: fc.option(text, { nil: undefined }),
  source: fc.option(text, { nil: undefined }),
  tags: fc.array(fc.tuple(fc.constantFrom('t1', 't2'), text), { maxLength: 3 }),
  logs: fc.array(logArbitrary, { maxLength: 9 }),
});

interface OracleList {
  logGroupList: {
    Topic?: string;
    Source?: string;
    LogTags: { Key: string; Value: string }[];
    Logs: { Time: number; Time_ns?: number; Contents: { Key: string; Value: string }[] }[];
  }[];
}

function decoder(maxRows: number): LogGroupDecoder {
  const wanted = [...KEYS, '#topic', '#source', '#time', '#ns', '#tag'];
  return new LogGroupDecoder({
    schema: schema(wanted.map((name) => field(name, name === '#time' || name === '#ns' ? BIGINT : VARCHAR))),
    origins: [
      ...KEYS.map((key) => ({ kind: 'content', key }) as const),
      { kind: 'topic' },
      { kind: 'source' },
      { kind: 'time' },
      { kind: 'time-ns' },
      { kind: 'tag', key: 't1' },
    ],
    timeZone: 'UTC',
    maxRows,
  });
}

/** Memory that was used before; for long bodies not enough of it. */
function dirtyScratch(bodyBytes: number): Scratch {
  const size = Math.min(2 * bodyBytes, 20_000);
  return new Scratch(new Uint8Array(size).fill(0xee).buffer, 3, size);
}

function decoded(body: Uint8Array, maxRows: number): unknown[][] {
  return decoder(maxRows)
    .decode(body, dirtyScratch(body.length))
    .flatMap((batch) =>
      Array.from({ length: batch.rowCount }, (_, row) =>
        batch.columns.map((column) => {
          const value = valueAt(column, row);
          return value === null ? null : String(value);
        }),
      ),
    );
}

function expected(list: OracleList): unknown[][] {
  return list.logGroupList.flatMap((group) =>
    group.Logs.map((log) => {
      const map = new Map(log.Contents.map(({ Key, Value }) => [Key, Value]));
      const tags = new Map(group.LogTags.map(({ Key, Value }) => [Key, Value]));
      const has = (name: string) => Object.prototype.hasOwnProperty.call(log, name);
      return [
        ...KEYS.map((key) => map.get(key) ?? null),
        group.Topic ?? '',
        group.Source ?? '',
        String(log.Time),
        has('Time_ns') ? String(log.Time_ns) : null,
        tags.get('t1') ?? null,
      ];
    }),
  );
}

describe(`the decoder against protobufjs (SEED=${seed})`, () => {
  it('reads what protobufjs reads', async () => {
    const { LogGroupList } = await loadSlsMessages();
    fc.assert(
      fc.property(fc.array(groupArbitrary, { maxLength: 4 }), fc.integer({ min: 1, max: 20 }), (groups, maxRows) => {
        const body = encodeLogGroupList(groups.map(encodeLogGroup));
        const list = LogGroupList.decode(body) as unknown as OracleList;
        expect(decoded(body, maxRows)).toEqual(expected(list));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('reads what protobufjs writes', async () => {
    const { LogGroupList } = await loadSlsMessages();
    fc.assert(
      fc.property(fc.array(groupArbitrary, { maxLength: 3 }), (groups) => {
        const message = {
          logGroupList: groups.map((group) => ({
            Topic: group.topic,
            Source: group.source,
            LogTags: group.tags.map(([Key, Value]) => ({ Key, Value })),
            Logs: group.logs.map((log) => ({
              Time: log.time,
              Time_ns: log.timeNs,
              Contents: log.contents.map(([Key, Value]) => ({ Key, Value })),
            })),
          })),
        };
        const body = LogGroupList.encode(LogGroupList.fromObject(message)).finish();
        expect(decoded(body, 4096)).toEqual(expected(LogGroupList.decode(body) as unknown as OracleList));
      }),
      { seed, numRuns: 100 },
    );
  });

  it('answers mutated bodies with rows or a wire error, never with anything else', () => {
    fc.assert(
      fc.property(
        fc.array(groupArbitrary, { minLength: 1, maxLength: 2 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        (groups, changes) => {
          const body = encodeLogGroupList(groups.map(encodeLogGroup)).slice();
          for (const [at, byte] of changes) if (body.length > 0) body[at % body.length] = byte;
          try {
            const batches = decoder(64).decode(body);
            for (const batch of batches) {
              for (const column of batch.columns) {
                if (column.layout !== 'bytes') continue;
                for (let row = 0; row < batch.rowCount; row++) {
                  expect(column.offsets[row]! + column.lengths[row]!).toBeLessThanOrEqual(column.bytes.length);
                }
              }
            }
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^SLS_BODY_/) as string });
          }
        },
      ),
      { seed, numRuns: 1000 },
    );
  });
});
