import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

describe('npm test', () => {
  let folder: string;
  beforeEach(() => {
    // Below the repository, so that the planted files find vitest; outside of `test/`, so that no real run finds them.
    const cache = join(root, 'node_modules/.cache/sluice');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'counts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function run(files: Record<string, string>): { last: string; status: number | null } {
    mkdirSync(join(folder, 'test'));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, 'test', name), `import { expect, it } from 'vitest';\n${text}`);
    }
    writeFileSync(join(folder, 'vitest.config.mjs'), `export default { test: { include: ['test/*.test.mjs'] } };\n`);
    const { VITEST: _inside, ...env } = process.env;
    const child = spawnSync(process.execPath, [join(root, 'scripts/test.mjs'), '--root', folder], {
      encoding: 'utf8',
      env,
    });
    return { last: child.stdout.trimEnd().split('\n').at(-1) ?? '', status: child.status };
  }

  it('ends with the counts alone on a line and status 0 when all passed', () => {
    const files = { 'a.test.mjs': `it('a', () => {});\nit('b', () => {});\nit.skip('c', () => {});\n` };
    expect(run(files)).toEqual({ last: '2 passed, 0 failed, 1 skipped', status: 0 });
  });

  it('counts failed tests and files that do not load, and fails', () => {
    const files = {
      'a.test.mjs': `it('a', () => {});\nit('b', () => expect(1).toBe(2));\n`,
      'b.test.mjs': `throw new Error('does not load');\n`,
    };
    expect(run(files)).toEqual({ last: '1 passed, 2 failed', status: 1 });
  });

  it('never prints "0 failed" for a run that found no test', () => {
    expect(run({})).toEqual({ last: '0 passed, 1 failed', status: 1 });
  });
});
