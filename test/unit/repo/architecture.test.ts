import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync('ARCHITECTURE.md', 'utf8');
const section = (title: string): string => text.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const rowsOf = (title: string): string[] =>
  section(title)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);

describe('ARCHITECTURE.md', () => {
  it('names for every law tests that exist', () => {
    const present = files('test');
    const laws = rowsOf('Laws');
    expect(laws.length).toBeGreaterThanOrEqual(13);
    for (const law of laws) {
      const named = [...law.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!);
      expect(named, law).not.toEqual([]);
      for (const one of named) expect(present, law).toContain(one);
    }
  });

  it('has a line for every room, and a README is in each', () => {
    const rooms = readdirSync('src', { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => one.name);
    const table = rowsOf('Rooms').join('\n');
    for (const room of rooms) {
      expect(table).toContain(`\`${room}`);
      expect(files(`src/${room}`)).toContain(`src/${room}/README.md`);
    }
  });
});
