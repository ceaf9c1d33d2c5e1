// Builds dist: esbuild bundles the JavaScript (one bundle starts 80 ms sooner than 300 modules), tsc writes the types.
//
//   node scripts/build.mjs             both
//   node scripts/build.mjs --bundle    JavaScript only        node scripts/build.mjs --types    declarations only
//   SLUICE_FAST_BUILD=1                leaves the declarations out
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { dist, fingerprint, readStamp, root, writeStamp } from './lib/stamp.mjs';

const entries = {
  index: 'src/index.ts',
  tooling: 'src/tooling.ts',
  'logservice/index': 'src/logservice/index.ts',
  'cli/main': 'src/cli/main.ts', // repl/main.ts and the dashboard are reached from here by dynamic import
};

const args = process.argv.slice(2);
const fast = process.env['SLUICE_FAST_BUILD'] === '1';
const wantBundle = args.length === 0 || args.includes('--bundle');
const wantTypes = !fast && (args.length === 0 || args.includes('--types'));

async function bundle() {
  const present = Object.entries(entries).filter(([out, source]) => {
    const there = existsSync(join(root, source));
    if (!there) process.stderr.write(`build: ${source} does not exist, dist/${out}.js is left out\n`);
    return there;
  });
  const scratch = join(root, `dist.${process.pid}.new`);
  mkdirSync(scratch, { recursive: true });
  try {
    if (present.length > 0) {
      await build({
        absWorkingDir: root,
        entryPoints: present.map(([out, source]) => ({ in: source, out })),
        outdir: scratch,
        chunkNames: 'chunks/[name]-[hash]',
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'node',
        target: 'node20.19',
        packages: 'external',
        minifySyntax: true,
        keepNames: false,
        sourcemap: true,
        sourcesContent: false,
        logLevel: 'warning',
      });
    }
    const assets = join(root, 'src/dashboard/public');
    if (existsSync(assets)) cpSync(assets, join(scratch, 'dashboard/public'), { recursive: true });
    swapIn(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Moves a finished build into dist. A process that loads dist meanwhile sees old chunks or new ones, never half a file. */
function swapIn(scratch) {
  mkdirSync(dist, { recursive: true });
  const fresh = readdirSync(scratch);
  const old = join(root, `dist.${process.pid}.old`);
  mkdirSync(old, { recursive: true });
  for (const name of readdirSync(dist)) if (name !== 'types') renameSync(join(dist, name), join(old, name));
  for (const name of fresh) renameSync(join(scratch, name), join(dist, name));
  rmSync(old, { recursive: true, force: true });
}

/** @returns {boolean} whether tsc was content; declarations are written in any case */
function types() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const child = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: ['ignore', 2, 2] });
  return child.status === 0;
}

// Taken before reading the sources: a file that changes during the build makes the result stale, not wrongly fresh.
const now = fingerprint();
let stamp = readStamp();
let ok = true;
if (wantBundle) {
  await bundle();
  stamp = { ...stamp, bundle: now };
}
if (wantTypes) {
  ok = types();
  // With type errors the declarations are there but not stamped, so the next build tries again.
  if (ok) stamp = { ...stamp, types: now };
}
mkdirSync(dist, { recursive: true });
writeStamp(stamp);
if (!ok) {
  process.stderr.write('build: the type check failed (declarations were written all the same)\n');
  process.exitCode = 1;
}
