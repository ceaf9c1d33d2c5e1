// `npm run lint`: every check runs to its end, two at a time, and any failure fails the whole.
// `npm run lint -- eslint knip` runs the named ones only.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkFileSizes } from './lib/file-sizes.mjs';
import { root } from './lib/stamp.mjs';

const bin = (path, ...args) => [join(root, 'node_modules', path), ...args];
const checks = {
  types: bin('typescript/bin/tsc', '--noEmit', '-p', '.'),
  eslint: bin('eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  prettier: bin('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  layers: [join(root, 'scripts/check-layers.mjs')],
  knip: bin('knip/bin/knip.js', '--no-progress'),
};

/** Runs one check and prints its output whole, so that two running checks do not mix their lines. */
function run(name, args) {
  return new Promise((done) => {
    const started = Date.now();
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(chunks));
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      process.stdout.write(`lint: ${name} ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
      done(code === 0);
    });
  });
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in checks));
if (unknown.length > 0) {
  process.stderr.write(`error: no such check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}\n`);
  process.exit(2);
}

checkFileSizes(); // prints warnings only; eslint fails what is beyond the hard limit
const waiting = Object.entries(checks).filter(([name]) => named.length === 0 || named.includes(name));
const failed = [];
async function worker() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (!(await run(...next))) failed.push(next[0]);
  }
}
await Promise.all([worker(), worker()]);
process.stdout.write(failed.length === 0 ? 'lint: all checks passed\n' : `lint: failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
