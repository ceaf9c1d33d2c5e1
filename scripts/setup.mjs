// Pre-script of every npm command that runs Sluice: makes a fresh clone runnable with only Node and npm.
// Uses nothing but Node itself, because node_modules may not exist yet. Says nothing when there is nothing to do;
// progress goes to stderr, because stdout belongs to the command that follows.
//
//   node scripts/setup.mjs            install when stale, bundle dist when stale
//   node scripts/setup.mjs --types    the same, and the type declarations too
//   node scripts/setup.mjs --install-only
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, hashFile, readStamp, root } from './lib/stamp.mjs';

const lockPath = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const installStamp = join(modules, '.sluice-stamp');

const say = (text) => process.stderr.write(`set-up: ${text}\n`);

/** True when what npm recorded as installed has every package of the lock file at its version (optional ones may lack). */
function installedMatchesLock() {
  const recorded = join(modules, '.package-lock.json');
  if (!existsSync(recorded)) return false;
  const want = JSON.parse(readFileSync(lockPath, 'utf8')).packages;
  const have = JSON.parse(readFileSync(recorded, 'utf8')).packages;
  return Object.entries(want).every(([path, entry]) => {
    if (path === '') return true;
    const found = have[path];
    if (found === undefined || !existsSync(join(root, path))) return entry.optional === true || entry.peer === true;
    return found.version === entry.version;
  });
}

function install() {
  const lockHash = hashFile(lockPath);
  if (existsSync(installStamp) && readFileSync(installStamp, 'utf8').trim() === lockHash) return;
  if (!installedMatchesLock()) {
    say('installing packages (npm ci) …');
    run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
      'ci',
      '--include=dev',
      '--no-fund',
      '--no-audit',
      '--loglevel=error',
    ]);
  }
  writeFileSync(installStamp, `${lockHash}\n`);
}

function build(wantTypes) {
  const now = fingerprint();
  const stamp = readStamp();
  const bundleStale = stamp.bundle !== now;
  const typesStale = wantTypes && stamp.types !== now && process.env['SLUICE_FAST_BUILD'] !== '1';
  if (!bundleStale && !typesStale) return;
  const script = join(root, 'scripts/build.mjs');
  if (bundleStale) {
    say('building dist …');
    run(process.execPath, [script, '--bundle']);
  }
  if (typesStale) {
    say('writing type declarations …');
    // Type errors are the business of `npm run lint`; here they must not keep the tests from running.
    spawnSync(process.execPath, [script, '--types'], { cwd: root, stdio: ['ignore', 2, 2] });
  }
}

/** Two commands started at once (a test run and a demo) must not install or build over each other. */
function lock() {
  const path = join(tmpdir(), `sluice-set-up-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`);
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(path, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') return; // no temporary folder to write to: go on without
    }
    if (!holderLives(path)) rmSync(path, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function holderLives(path) {
  try {
    const holder = Number(readFileSync(path, 'utf8'));
    if (holder === 0) return true; // created a moment ago, number not written yet
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function run(command, args) {
  const child = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command.endsWith('.cmd'),
  });
  if (child.error) say(`${command} could not be started: ${child.error.message}`);
  if (child.status !== 0) {
    say(`\`${[command.split('/').at(-1), ...args].join(' ')}\` failed`);
    process.exit(child.status ?? 1);
  }
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node ${process.versions.node} is too old, Sluice needs 20.19 or newer`);
  process.exit(1);
}
lock();
install();
if (!process.argv.includes('--install-only')) build(process.argv.includes('--types'));
