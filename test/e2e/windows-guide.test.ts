import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/windows.md'), 'utf8');
const [create] = blocks('sql');
const [lines] = blocks('json');

/** Queries of the guide, each with the table printed below it. */
const examples = [...guide.matchAll(/```sql\n(SELECT[\s\S]*?)```\n\n((?:\|.*\n)+)/g)].map((found) => ({
  sql: found[1]!.trim().replace(/;$/, ''),
  rows: found[2]!
    .trim()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter((_, i) => i !== 1),
}));

function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map((found) => found[1]!);
}

let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'windows-guide-'));
  writeFileSync(join(folder, 'clicks.jsonl'), lines!);
  engine = await Engine.open({ onWarning: () => undefined });
  await engine.execute(create!.replace('clicks.jsonl', join(folder, 'clicks.jsonl')));
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe('the guide to windows', () => {
  it('has examples', () => {
    expect(examples.length).toBe(5);
  });

  it.each(examples)('$sql', async ({ sql, rows }) => {
    const [names = [], ...expected] = rows;
    const found = await engine.query(sql).toArray({ text: true });
    expect(Object.keys(found[0] ?? {})).toEqual(names);
    const cells = found.map((row) => Object.values(row).map((cell) => cell ?? 'NULL'));
    expect(cells.sort()).toEqual(expected.sort());
  });
});
