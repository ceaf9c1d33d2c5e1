// Runs a TypeScript file of this repository on Node 20, which cannot strip types itself: bundles it with esbuild to
// a temporary folder, runs that, passes arguments, signals and exit status through.
//
//   node scripts/run-ts.mjs [node flags] file.ts [arguments]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './lib/stamp.mjs';

const args = process.argv.slice(2);
const at = args.findIndex((arg) => arg.endsWith('.ts'));
const file = at < 0 ? undefined : resolve(args[at]);
if (file === undefined || !existsSync(file)) {
  process.stderr.write(`error: no such TypeScript file: ${file ?? '(none named)'}\n`);
  process.exit(2);
}

/** Each module keeps the address it has in the source tree, wherever the bundle lies. */
const keepAddresses = {
  name: 'keep-addresses',
  setup(it) {
    it.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = readFileSync(path, 'utf8');
      return { loader: 'ts', contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) };
    });
  },
};

// Inside node_modules, so that the external packages of the bundle are found.
const folder = join(root, 'node_modules/.cache/sluice', `run-${process.pid}`);
mkdirSync(folder, { recursive: true });
const cleanUp = () => rmSync(folder, { recursive: true, force: true });

try {
  await build({
    absWorkingDir: root,
    entryPoints: [file],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [keepAddresses],
  });
} catch {
  cleanUp(); // esbuild has printed what is wrong
  process.exit(1);
}

const bundlePath = join(folder, `${basename(file, '.ts')}.mjs`);
const flags = ['--enable-source-maps', ...args.slice(0, at)];
const child = spawn(process.execPath, [...flags, bundlePath, ...args.slice(at + 1)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  cleanUp();
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
