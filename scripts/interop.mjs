// Runs the official SLS clients, unmodified, against the embedded log service (test/interop). They are installed below
// node_modules/.cache, once, and never become dependencies. What cannot be installed here is skipped with a line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/stamp.mjs';

const NODE_SDK = '@alicloud/log@1.2.6';
const PYTHON_SDK = 'aliyun-log-python-sdk==0.9.52';
/** Where there is no registry the clients give up sooner. */
const INSTALL_LIMIT_MS = 90_000;

const cache = join(root, 'node_modules/.cache/sluice/interop');
const env = { ...process.env };

/** Installs into a folder of its own that appears when it is complete. */
function install(name, version, command, args) {
  const folder = join(cache, `${name}-${version.replace(/[^\w.-]+/g, '_')}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  // npm would otherwise take the folder of the nearest package.json.
  writeFileSync(join(partial, 'package.json'), '{"private":true}\n');
  const done = spawnSync(command, [...args(partial), version], {
    cwd: partial,
    encoding: 'utf8',
    timeout: INSTALL_LIMIT_MS,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (done.status === 0) {
    renameSync(partial, folder);
    return folder;
  }
  rmSync(partial, { recursive: true, force: true });
  const code = /npm error code (\S+)/.exec(done.stderr)?.[1];
  const reason = done.error?.message ?? code ?? done.stderr.trim().split('\n').at(-1) ?? '';
  process.stdout.write(`interop: ${version} cannot be installed here and is skipped: ${reason}\n`);
  return undefined;
}

const node = install('node', NODE_SDK, 'npm', (folder) => [
  'install',
  '--prefix',
  folder,
  '--fetch-retries=1',
  '--no-audit',
  '--no-fund',
  '--ignore-scripts',
  '--loglevel=error',
]);
const python = install('python', PYTHON_SDK, 'python3', (folder) => [
  '-m',
  'pip',
  'install',
  '--quiet',
  '--no-input',
  '--retries=1',
  '--disable-pip-version-check',
  '--target',
  folder,
]);

if (node === undefined && python === undefined) {
  process.stdout.write('interop: skipped, no official client can be installed here\n');
} else {
  if (node !== undefined) env['SLUICE_INTEROP_NODE'] = node;
  if (python !== undefined) env['SLUICE_INTEROP_PYTHON'] = python;
  const script = join(root, 'scripts/test.mjs');
  const args = [script, '--config', join(root, 'test/interop/vitest.config.ts'), ...process.argv.slice(2)];
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  process.exitCode = run.status ?? 1;
}
