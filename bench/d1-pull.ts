import { getCursor } from '../src/connectors/sls/api/get-cursor.ts';
import { pullLogs, type Pulled } from '../src/connectors/sls/api/pull-logs.ts';
import { openClient } from '../src/connectors/sls/open-client.ts';
import { Engine } from '../src/index.ts';
import { field, schema } from '../src/types/schema.ts';
import { BIGINT, INT, VARCHAR } from '../src/types/sql-type.ts';
import { LogGroupDecoder } from '../src/wire/sls/decode-log-groups.ts';
import { Lz4Arena } from '../src/wire/sls/lz4-arena.ts';
import { slsTable, sourceContext } from '../test/support/sls-table.ts';
import { withLoadedService, type LoadedService } from './loaded-service.ts';
import { median, type Measure } from './measure.ts';

const GROUPS = 400;
const RUNS = 5;
const SHARDS = 4;

/** D1: what putting the parts of a read together costs. All in this process; the service is in another. */
export const measures: readonly Measure[] = [
  {
    id: 'D1',
    title: 'log store to 4 typed columns in batches of a job, against its parts measured alone',
    unit: 'x of the CPU time of HTTP + LZ4 + decode',
    goal: 1.25,
    better: 'lower',
    peer: 'the sum of the three parts',
    run: (log) => withLoadedService(GROUPS, (service) => compare(service, log)),
  },
];

async function compare(service: LoadedService, log: (line: string) => void): Promise<number> {
  const table = { endPoint: service.url, project: 'bench', logStore: 'access' };
  const client = openClient(sourceContext(slsTable([['status', INT]], table)));
  const arena = new Lz4Arena();
  const times = { http: [] as number[], lz4: [] as number[], decode: [] as number[], job: [] as number[] };
  for (let run = 0; run <= RUNS; run++) {
    const warmUp = run === 0;
    let answers: Pulled[] = [];
    const http = await cpuMs(async () => {
      answers = await pullAll(client);
    });
    const raw: Uint8Array[] = [];
    for (const answer of answers) raw.push(answer.body());
    const lz4 = await cpuMs(() => {
      for (const answer of answers) answer.lend(arena).release();
    });
    const decoder = decoderOf();
    let rows = 0;
    const decode = await cpuMs(() => {
      for (const body of raw) for (const batch of decoder.decode(body)) rows += batch.rowCount;
    });
    if (rows !== service.logs) throw new Error(`decoded ${rows} of ${service.logs} logs`);
    const job = await cpuMs(() => runJob(service));
    if (warmUp) continue;
    times.http.push(http);
    times.lz4.push(lz4);
    times.decode.push(decode);
    times.job.push(job);
  }
  await client.close();
  const [http, lz4, decode, job] = [median(times.http), median(times.lz4), median(times.decode), median(times.job)];
  const mb = service.bytes / 1e6;
  log(
    `CPU ms per 100 MB raw: HTTP ${per(http, mb)}, LZ4 ${per(lz4, mb)}, decode ${per(decode, mb)}, all in a job ${per(job, mb)}`,
  );
  return job / (http + lz4 + decode);
}

function per(ms: number, mb: number): string {
  return ((ms * 100) / mb).toFixed(1);
}

/** CPU time of this process, all threads. */
async function cpuMs(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** All answers of all shards, their bodies as they came. */
async function pullAll(client: ReturnType<typeof openClient>): Promise<Pulled[]> {
  const all: Pulled[] = [];
  const signal = new AbortController().signal;
  await Promise.all(
    Array.from({ length: SHARDS }, async (_, shard) => {
      let cursor = await getCursor(client, shard, 'begin');
      for (;;) {
        const pulled = await pullLogs(client, { shard, cursor, count: 8, accept: 'lz4', signal });
        if (pulled.groupCount === 0) return;
        all.push(pulled);
        cursor = pulled.nextCursor;
      }
    }),
  );
  return all;
}

function decoderOf(): LogGroupDecoder {
  return new LogGroupDecoder({
    schema: schema([
      field('status', INT),
      field('body_bytes_sent', BIGINT),
      field('user_id', VARCHAR),
      field('__timestamp__', BIGINT),
    ]),
    origins: [
      { kind: 'content', key: 'status' },
      { kind: 'content', key: 'body_bytes_sent' },
      { kind: 'content', key: 'user_id' },
      { kind: 'time' },
    ],
    timeZone: 'UTC',
  });
}

async function runJob({ url, logs }: LoadedService): Promise<void> {
  const engine = await Engine.open({ onWarning: () => undefined });
  const job = await engine.submit(`
CREATE TABLE access (status INT, body_bytes_sent BIGINT, user_id VARCHAR, __timestamp__ BIGINT HEADER)
WITH (type='sls', endPoint='${url}', project='bench', logStore='access', accessId='sluice', accessKey='sluice',
  startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00');
CREATE TABLE out (status INT, b BIGINT, u VARCHAR, t BIGINT) WITH (type='blackhole');
INSERT INTO out SELECT * FROM access;`);
  await job.done;
  if (job.progress().rows !== logs) throw new Error(`the job read ${job.progress().rows} of ${logs} logs`);
  await engine.close();
}
