import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

function rowsOf(page: string): string[] {
  return readFileSync(join(root, page), 'utf8')
    .split('\n')
    .filter((line) => /^\| *\d+ *\|/.test(line));
}

/** @returns what is wrong with the last cells: each must name tests by their exact titles, or say that there is a gap */
function mistakes(rows: readonly string[]): string[] {
  const found: string[] = [];
  for (const row of rows) {
    const cell = row.split('|').at(-2) ?? '';
    let tests = 0;
    for (const [, file = '', names = ''] of cell.matchAll(/`(test\/[^`]+)`((?:,? ?"[^"]+")*)/g)) {
      const path = join(root, file);
      if (!existsSync(path)) {
        found.push(`no such file: ${file}`);
        continue;
      }
      const text = readFileSync(path, 'utf8');
      for (const [, name = ''] of names.matchAll(/"([^"]+)"/g)) {
        tests++;
        // In the quotes of a title, not somewhere in a comment or as part of another.
        if (![`('${name}'`, `("${name}"`, `\n    '${name}'`].some((title) => text.includes(title))) {
          found.push(`no such test: ${file}: ${name}`);
        }
      }
    }
    if (tests === 0) found.push(`names no test: ${row.slice(0, 60)}`);
  }
  return found;
}

describe('the table of complaints', () => {
  it('has all of them, and names tests that exist', () => {
    const rows = rowsOf('docs/guides/sls-complaints.md');
    expect(rows.length).toBe(21);
    expect(mistakes(rows)).toEqual([]);
  });
});

describe('the checklists of the protocol', () => {
  it('have all their points, and name tests that exist', () => {
    const rows = rowsOf('docs/guides/sls-checklists.md');
    expect(rows.length).toBe(11 + 10);
    expect(mistakes(rows)).toEqual([]);
  });
});

describe('the check of these tables', () => {
  it('finds a file, a test and a row without any that do not exist', () => {
    expect(
      mistakes([
        '| 1 | a | `test/none.test.ts` "b" |',
        '| 2 | a | `test/unit/repo/sls-complaints.test.ts` "has all of" |',
        '| 3 | a | later |',
      ]),
    ).toEqual([
      'no such file: test/none.test.ts',
      'names no test: | 1 | a | `test/none.test.ts` "b" |',
      'no such test: test/unit/repo/sls-complaints.test.ts: has all of',
      'names no test: | 3 | a | later |',
    ]);
  });
});
