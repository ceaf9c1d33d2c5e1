import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, type Measure } from './measure.ts';

const cli = fileURLToPath(new URL('../bin/sluice.js', import.meta.url));
const RUNS = 15;

export const measures: readonly Measure[] = [
  {
    id: 'P4',
    title: 'sluice query "SELECT 1", process start to exit',
    unit: 'x of node -e 0',
    goal: 4,
    better: 'lower',
    peer: 'node -e 0',
    run: (log) => {
      // Taken in turns, so that a slow moment of the machine falls on both.
      const bare: number[] = [];
      const ours: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        bare.push(timeMs(['-e', '0']));
        ours.push(timeMs([cli, 'query', 'SELECT 1', '--format', 'csv']));
      }
      log(`node -e 0: ${median(bare).toFixed(1)} ms, sluice query: ${median(ours).toFixed(1)} ms (medians of ${RUNS})`);
      return Promise.resolve(median(ours) / median(bare));
    },
  },
];

function timeMs(args: readonly string[]): number {
  const start = performance.now();
  const result = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (result.status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(result.status)}`);
  return performance.now() - start;
}
