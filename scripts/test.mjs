// Runs vitest and ends with one line `N passed, N failed` (and `, N skipped` where some were), alone on its line.
// All arguments are vitest's: `npm test -- golden` filters by path.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/stamp.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
const countsPath = join(folder, 'counts.json');

const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${join(root, 'scripts/lib/counts-reporter.mjs')}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, SLUICE_COUNTS: countsPath } },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));

child.on('close', (code, signal) => {
  let counts;
  try {
    counts = JSON.parse(readFileSync(countsPath, 'utf8'));
  } catch {
    counts = { passed: 0, failed: 0, skipped: 0 }; // vitest ended before it could report
  }
  rmSync(folder, { recursive: true, force: true });
  const exitCode = signal === null ? (code ?? 1) : 1;
  // A run that failed never prints "0 failed", whatever made it fail.
  const failed = exitCode !== 0 && counts.failed === 0 ? 1 : counts.failed;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`\n${counts.passed} passed, ${failed} failed${skipped}\n`);
  process.exitCode = exitCode === 0 && failed > 0 ? 1 : exitCode;
});
