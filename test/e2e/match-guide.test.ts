import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/match-recognize.md'), 'utf8');

/** The cells of the first table in a text, without its head. */
function tableOf(text: string): string[][] {
  const lines = text.slice(text.indexOf('\n|')).trimStart().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const examples = guide
  .split('```sql\n')
  .slice(1)
  .map((part) => {
    const [sql, after] = part.split('```\n');
    return { sql: sql!.trim(), expected: tableOf(after!) };
  });

describe('the guide of MATCH_RECOGNIZE', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open();
    engine.registerTable('ticker', {
      columns: [
        { name: 'id', type: 'INT' },
        { name: 'symbol', type: 'VARCHAR' },
        { name: 'price', type: 'INT' },
        { name: 'ts', type: 'TIMESTAMP(3)' },
      ],
      rows: tableOf(guide).map(([id, symbol, price, ts]) => [Number(id), symbol!, Number(price), ts!]),
      watermark: { column: 'ts', delayMs: 1000 },
    });
  });
  afterAll(() => engine.close());

  it('has examples', () => expect(examples.length).toBeGreaterThan(4));

  it.each(examples)('shows what comes out of $sql', async ({ sql, expected }) => {
    const rows = await engine.query(sql).toArray({ text: true });
    expect(rows.map((row) => Object.values(row).map((cell) => String(cell ?? 'NULL')))).toEqual(expected);
  });
});
