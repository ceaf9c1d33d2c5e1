import { parseArgs } from 'node:util';
import { runSharedGroup } from './shared-group.ts';

/** `npm run chaos -- [--seconds 60] [--seed N] [--json]`: kills, splits, logs checked, lost, repeated. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const report = await runSharedGroup({
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  log: (line) => void process.stderr.write(`${line}\n`),
});
const { lost, outOfOrder, unknown, ...counts } = report;
const summary = {
  'at-least-once': { ...counts, lost: lost.length, outOfOrder: outOfOrder.length, unknown: unknown.length },
};
process.stderr.write(
  `at-least-once: ${report.written} logs checked, ${report.kills} kills, ${report.splits} splits, ` +
    `${report.handOvers} hand-overs, ${lost.length} lost, ${report.repeated} repeated, ${outOfOrder.length} out of order\n`,
);
for (const one of [...lost, ...outOfOrder].slice(0, 10)) process.stderr.write(`  ${one}\n`);
if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
