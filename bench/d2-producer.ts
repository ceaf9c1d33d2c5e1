import { Engine } from '../src/index.ts';
import { withLoadedService, type LoadedService } from './loaded-service.ts';
import { median, type Measure } from './measure.ts';

const GROUPS = 200;
const RUNS = 3;

/** D2: the producer: logs of 14 fields copied from one log store into another, as a job does it. */
export const measures: readonly Measure[] = [
  {
    id: 'D2',
    title: 'log store → producer → log store, 14 VARCHAR fields a log',
    unit: 'MB of raw log bytes a CPU second of the job',
    goal: 100,
    better: 'higher',
    peer: 'nothing: both sides of the wire in one job',
    run: (log) => withLoadedService(GROUPS, (service) => copies(service, log)),
  },
];

async function copies(service: LoadedService, log: (line: string) => void): Promise<number> {
  const speeds: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await copy(service);
    const used = process.cpuUsage(before);
    const seconds = (performance.now() - start) / 1000;
    const cpuSeconds = (used.user + used.system) / 1e6;
    if (run === 0) continue;
    log(
      `${(service.bytes / 1e6 / seconds).toFixed(0)} MB/s, ${(service.logs / 1e6 / seconds).toFixed(2)} M logs/s by the clock, ` +
        `${(service.logs / 1e6 / cpuSeconds).toFixed(2)} M logs a CPU second`,
    );
    speeds.push(service.bytes / 1e6 / cpuSeconds);
  }
  return median(speeds);
}

async function copy({ url, logs }: LoadedService): Promise<void> {
  const names = [
    'remote_addr',
    'time_local',
    'request_method',
    'request_uri',
    'status',
    'body_bytes_sent',
    'request_time',
    'upstream_time',
    'http_referer',
    'user_agent',
    'host',
    'trace_id',
    'user_id',
    'region',
  ];
  const columns = names.map((name) => `${name} VARCHAR`).join(', ');
  const store = `type='sls', endPoint='${url}', project='bench', accessId='sluice', accessKey='sluice'`;
  const engine = await Engine.open({ onWarning: () => undefined });
  const job = await engine.submit(`
CREATE TABLE access (${columns}) WITH (${store}, logStore='access', startTime='2020-01-01 00:00:00', stopTime='2100-01-01 00:00:00');
CREATE TABLE copy (${columns}) WITH (${store}, logStore='copy');
INSERT INTO copy SELECT * FROM access;`);
  await job.done;
  if (job.progress().rows !== logs) throw new Error(`the job read ${job.progress().rows} of ${logs} logs`);
  await engine.close();
}
