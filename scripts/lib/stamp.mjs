// Decides whether `dist` is up to date: a hash over everything that a build reads, kept in dist/.stamp.json.
// Hashes, not times: `git checkout` and `npm ci` both rewrite times without changing content.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const dist = join(root, 'dist');

const stampPath = join(dist, '.stamp.json');
const inputs = [
  'src',
  'repl',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
];

/** All files below `folder` (absolute path), sorted, without README files. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export function hashFile(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Hash of all build inputs: names and contents. */
export function fingerprint() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    const files = /\.\w+$/.test(input) ? [path] : filesBelow(path);
    for (const file of files) {
      if (!existsSync(file)) continue;
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** @returns {{ bundle?: string, types?: string }} fingerprints of the sources that each part of dist was built from */
export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8'));
  } catch {
    return {}; // absent or unreadable: stale
  }
}

export function writeStamp(stamp) {
  writeFileSync(stampPath, `${JSON.stringify(stamp)}\n`);
}
