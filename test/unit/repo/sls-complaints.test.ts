import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const rows = readFileSync(join(root, 'docs/guides/sls-complaints.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| *\d+ *\|/.test(line));

describe('the table of complaints', () => {
  it('has all of them, and names tests that exist', () => {
    expect(rows.length).toBe(21);
    const missing: string[] = [];
    for (const row of rows) {
      const cell = row.split('|').at(-2)!;
      if (!/`test\/|gap:/.test(cell)) missing.push(`no test and no gap: ${row.slice(0, 60)}`);
      for (const [, file, names] of cell.matchAll(/`(test\/[^`]+)`((?:,? ?"[^"]+")*)/g)) {
        const text = readFileSync(join(root, file!), 'utf8');
        for (const [, name] of names!.matchAll(/"([^"]+)"/g))
          if (!text.includes(name!)) missing.push(`${file}: ${name}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
