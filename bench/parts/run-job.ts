import { readFileSync } from 'node:fs';
import { Engine } from '../../src/index.ts';

/**
 * `run-job.ts FILE`: runs one job file in a process of its own and prints how it went as JSON. Time counts from the
 * start of the job to its end; memory is the peak of the whole process.
 */
const script = readFileSync(process.argv[2] ?? '', 'utf8');
const engine = await Engine.open({ onWarning: (line) => process.stderr.write(`${line}\n`) });
const cpu = process.cpuUsage();
const loop = performance.eventLoopUtilization();
const start = performance.now();
const job = await engine.submit(script);
await job.done;
const seconds = (performance.now() - start) / 1000;
const used = process.cpuUsage(cpu);
const { utilization } = performance.eventLoopUtilization(loop);
const { rows, bytes } = job.progress();
const late = job.metrics().reduce((sum, one) => sum + (one.metrics['lateRows'] ?? 0), 0);
const out = {
  seconds,
  rows,
  bytes,
  late,
  cpuSeconds: (used.user + used.system) / 1e6,
  // The share of the time in which the main thread had work: decoding, filtering, grouping.
  mainThread: utilization,
  peakMb: process.resourceUsage().maxRSS / 1024,
};
if (process.env['BENCH_VERBOSE'] !== undefined) process.stderr.write(`${JSON.stringify(job.metrics())}\n`);
process.stdout.write(`${JSON.stringify(out)}\n`);
await engine.close();
