// Runs the layer rules of .dependency-cruiser.cjs over src and repl, and fails as well when the cruise saw fewer
// modules than there are files: a tool that understands nothing of TypeScript reports no violations either.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { filesBelow, root } from './lib/stamp.mjs';

process.chdir(root);
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const folders = ['src', 'repl'].filter((folder) => existsSync(join(root, folder)));
const files = folders
  .flatMap((folder) => filesBelow(join(root, folder)))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .map((path) => relative(root, path));

const { tsConfig, ...options } = config.options;
const { output } = await cruise(
  folders,
  { ...options, validate: true, ruleSet: { forbidden: config.forbidden, options: { tsConfig } } },
  config.options.enhancedResolveOptions,
);

const seen = new Set(output.modules.map((module) => module.source));
const missed = files.filter((path) => !seen.has(path));
for (const { rule, from, to, cycle } of output.summary.violations) {
  const path = cycle ? ` (${cycle.map((step) => step.name ?? step).join(' → ')})` : '';
  const comment = config.forbidden.find(({ name }) => name === rule.name)?.comment;
  process.stdout.write(`${rule.severity} ${rule.name}: ${from} → ${to}${path}\n  ${comment}\n`);
}
if (missed.length > 0) process.stdout.write(`the layer check missed ${missed.length} files: ${missed.join(', ')}\n`);

const errors = output.summary.error;
process.stdout.write(`layers: ${files.length - missed.length} of ${files.length} modules seen, ${errors} violations\n`);
process.exitCode = errors > 0 || missed.length > 0 || files.length === 0 ? 1 : 0;
