import { parseArgs } from 'node:util';
import { loadCases } from './cases.ts';
import { runAll } from './run-all.ts';

/** `npm run conformance -- [--dir DIR] [--area PREFIX] [--json]`; exits 0 when the run completed, whatever the counts. */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '../shared/conformance' },
    area: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const cases = loadCases(values.dir, values.area);
if (cases === undefined) {
  process.stderr.write(`no conformance cases in ${values.dir}: nothing was run\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ pass: 0, fail: 0, skip: 0, areas: {}, failures: [] })}\n`);
} else {
  const live = process.stderr.isTTY;
  const report = await runAll(cases, (done) => {
    if (live && done % 20 === 0) process.stderr.write(`\r${done}/${cases.length}`);
  });
  if (live) process.stderr.write('\r');
  for (const [area, count] of Object.entries(report.areas).sort()) {
    process.stderr.write(
      `${area.padEnd(32)} ${String(count.pass).padStart(5)} passed ${String(count.fail).padStart(5)} failed\n`,
    );
  }
  process.stderr.write(`${report.pass} passed, ${report.fail} failed, ${report.skip} skipped\n`);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    for (const one of report.failures)
      process.stdout.write(`${one.id}\n  got      ${one.got}\n  expected ${JSON.stringify(one.expected)}\n`);
}
