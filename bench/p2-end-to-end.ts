import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPart, withLoadedService } from './loaded-service.ts';
import { median, type Measure } from './measure.ts';

const GROUPS = 1200;
const RUNS = 3;

interface JobFigures {
  readonly seconds: number;
  readonly rows: number;
  readonly bytes: number;
  readonly late: number;
  /** Of the job's process, all threads. */
  readonly cpuSeconds: number;
  /** Share of the time in which the job's main thread had work. */
  readonly mainThread: number;
  readonly peakMb: number;
}

/** One load and its runs serve both figures. */
let shared: Promise<readonly JobFigures[]> | undefined;

export const measures: readonly Measure[] = [
  {
    id: 'P2',
    title: 'service in a second process → TUMBLE(1 MINUTE) COUNT and SUM by a VARCHAR key → blackhole',
    unit: 'MB/s of raw log bytes',
    goal: 200,
    better: 'higher',
    peer: "the issue's floor; the project's goal is 400",
    run: async (log) => {
      const runs = await (shared ??= endToEnd(log));
      for (const one of runs) {
        log(
          `${(one.bytes / 1e6 / one.seconds).toFixed(0)} MB/s, ${(one.rows / 1e6 / one.seconds).toFixed(2)} M logs/s, ` +
            `${(one.bytes / 1e6 / one.cpuSeconds).toFixed(0)} MB/s a core (${(one.cpuSeconds / one.seconds).toFixed(2)} cores), ` +
            `main thread busy ${(one.mainThread * 100).toFixed(0)} %, late rows ${one.late}`,
        );
      }
      log(boundOf(runs));
      return median(runs.map((one) => one.bytes / 1e6 / one.seconds));
    },
  },
  {
    id: 'P5',
    title: 'peak resident memory of that job at full speed',
    unit: 'MB',
    goal: 256,
    better: 'lower',
    peer: "Flink's q5 on JSON: 2,900 MB",
    run: async (log) => {
      const runs = await (shared ??= endToEnd(log));
      return Math.max(...runs.map((one) => one.peakMb));
    },
  },
];

/** Above this share of the time a thread counts as busy without a pause. */
const BUSY = 0.85;

/** What a faster run would need more of, from the medians. */
function boundOf(runs: readonly JobFigures[]): string {
  const mainThread = median(runs.map((one) => one.mainThread));
  const cores = median(runs.map((one) => one.cpuSeconds / one.seconds));
  const share = `${(mainThread * 100).toFixed(0)} % of the time`;
  if (mainThread >= BUSY) {
    return `bound by the job's main thread (decode, filter, group): busy ${share}; the service keeps up`;
  }
  return (
    `not bound by the job: its main thread is busy ${share} and waits for answers of the service, ` +
    `which has what ${cores.toFixed(2)} cores of the job leave of ${availableParallelism()}`
  );
}

function job(url: string): string {
  return `
CREATE TABLE access (status INT, body_bytes_sent BIGINT, user_id VARCHAR, __timestamp__ BIGINT HEADER,
  ts AS TO_TIMESTAMP(__timestamp__ * 1000),
  WATERMARK FOR ts AS withOffset(ts, 60000)
) WITH (type='sls', endPoint='${url}', project='bench', logStore='access', accessId='sluice', accessKey='sluice',
        batchGetSize='1000', startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00');
CREATE TABLE out (w TIMESTAMP, user_id VARCHAR, n BIGINT, b BIGINT) WITH (type='blackhole');
INSERT INTO out SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE), user_id, COUNT(*), SUM(body_bytes_sent)
FROM access GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE), user_id;`;
}

async function endToEnd(log: (line: string) => void): Promise<readonly JobFigures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    return await withLoadedService(GROUPS, async ({ url, logs, bytes }) => {
      log(`loaded ${logs} logs, ${(bytes / 1e6).toFixed(0)} MB raw`);
      const file = join(folder, 'job.sql');
      writeFileSync(file, job(url));
      const runs: JobFigures[] = [];
      for (let i = 0; i < RUNS; i++) {
        const figures = JSON.parse(await runPart('run-job.ts', [file])) as JobFigures;
        if (figures.rows !== logs) throw new Error(`the job read ${figures.rows} of ${logs} logs`);
        runs.push(figures);
      }
      return runs;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
