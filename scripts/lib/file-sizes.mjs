// Warns about source files over 400 lines (one idea a file). ESLint's max-lines fails them at 600; a rule there has
// one severity only, so the warning lives here.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, root } from './stamp.mjs';

const warnAt = 400;

export function checkFileSizes() {
  for (const path of ['src', 'repl'].flatMap((folder) => filesBelow(join(root, folder)))) {
    if (!path.endsWith('.ts')) continue;
    const lines = readFileSync(path, 'utf8').split('\n').length - 1;
    if (lines > warnAt)
      process.stdout.write(`warning: ${relative(root, path)} has ${lines} lines, aim at under ${warnAt}\n`);
  }
}
