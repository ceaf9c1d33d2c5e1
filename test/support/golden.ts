import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';

/**
 * Compare a text with the one kept in a file; with `UPDATE=1` in the environment write it instead.
 * @param path    the expectation file, absolute or relative to the repository root
 * @param actual  what the code under test printed; a missing final line feed is added on both sides
 * @throws        an assertion error with the difference, or when the file is absent and `UPDATE` is not set
 */
export function matchGolden(path: string, actual: string): void {
  const text = actual.endsWith('\n') ? actual : `${actual}\n`;
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
    return;
  }
  if (!existsSync(path)) expect.fail(`no expectation file ${path}: write it with UPDATE=1 npm test -- golden`);
  expect(text, `differs from ${path}`).toBe(readFileSync(path, 'utf8'));
}
