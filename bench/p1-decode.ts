import { field, schema } from '../src/types/schema.ts';
import { BIGINT, INT, VARCHAR } from '../src/types/sql-type.ts';
import { LogGroupDecoder } from '../src/wire/sls/decode-log-groups.ts';
import { decompressLz4 } from '../src/wire/sls/lz4.ts';
import { loadSlsMessages } from '../src/wire/sls/proto.ts';
import { median, type Measure } from './measure.ts';
import { accessLogBody, type PullBody } from './sls-body.ts';

/**
 * P1: one pull answer (LZ4 block of a LogGroupList) to 4 typed columns (INT, BIGINT, VARCHAR, HEADER), against
 * protobufjs decoding the same answer to objects. Both sides expand the same LZ4 block with the same codec and run in
 * turns in one process; medians count.
 */
export const measures: readonly Measure[] = [
  {
    id: 'P1',
    title: 'pull answer (LZ4, protobuf) to 4 typed columns',
    unit: 'x',
    goal: 8,
    better: 'higher',
    peer: 'protobufjs decode of the same body to objects',
    run: async (log) => {
      const figures = await measureDecode();
      for (const { order, logBytes, ours, protobufjs, ratio } of figures) {
        log(
          `${order} keys, 14 fields, ${logBytes.toFixed(0)} bytes a log: ours ${ours.toFixed(0)} MB/s, ` +
            `protobufjs ${protobufjs.toFixed(0)} MB/s, ${ratio.toFixed(1)} x`,
        );
      }
      return figures[0]!.ratio;
    },
  },
];

interface DecodeFigure {
  readonly order: 'fixed' | 'rotating';
  readonly logBytes: number;
  /** Raw MB/s. */
  readonly ours: number;
  readonly protobufjs: number;
  readonly ratio: number;
}

function decoder(): LogGroupDecoder {
  return new LogGroupDecoder({
    schema: schema([
      field('status', INT),
      field('body_bytes_sent', BIGINT),
      field('request_uri', VARCHAR),
      field('__timestamp__', BIGINT),
    ]),
    origins: [
      { kind: 'content', key: 'status' },
      { kind: 'content', key: 'body_bytes_sent' },
      { kind: 'content', key: 'request_uri' },
      { kind: 'time' },
    ],
    timeZone: 'UTC',
  });
}

async function measureDecode(seconds = 6): Promise<readonly DecodeFigure[]> {
  const { LogGroupList } = await loadSlsMessages();
  const figures: DecodeFigure[] = [];
  for (const order of ['fixed', 'rotating'] as const) {
    const body = accessLogBody({ groups: 10, logsPerGroup: 1000, order });
    const ours = decoder();
    let sink = 0;
    const runOurs = () => {
      for (const batch of ours.decode(decompressLz4(body.lz4, body.rawSize))) sink += batch.rowCount;
    };
    const runTheirs = () => {
      const list = LogGroupList.decode(decompressLz4(body.lz4, body.rawSize)) as unknown as {
        logGroupList: { Logs: unknown[] }[];
      };
      for (const group of list.logGroupList) sink += group.Logs.length;
    };
    const best = alternate(body, [runOurs, runTheirs], seconds / 2);
    if (sink % body.logCount !== 0) throw new Error('a side lost logs');
    const [oursSpeed, theirSpeed] = [best[0]!, best[1]!];
    figures.push({
      order,
      logBytes: body.rawSize / body.logCount,
      ours: oursSpeed,
      protobufjs: theirSpeed,
      ratio: oursSpeed / theirSpeed,
    });
  }
  return figures;
}

/** Runs the sides in turns and gives the median speed of each in raw MB/s. */
function alternate(body: PullBody, sides: readonly (() => void)[], seconds: number): number[] {
  const speeds = sides.map((): number[] => []);
  const end = performance.now() + seconds * 1000;
  for (const side of sides) for (let i = 0; i < 5; i++) side();
  while (performance.now() < end || speeds[0]!.length < 5) {
    sides.forEach((side, s) => {
      // The quick side runs several times a turn, so that timer resolution and single pauses weigh the same.
      const rounds = s === 0 ? 8 : 1;
      const start = performance.now();
      for (let i = 0; i < rounds; i++) side();
      speeds[s]!.push((body.rawSize * rounds) / 1e3 / (performance.now() - start));
    });
  }
  return speeds.map(median);
}
