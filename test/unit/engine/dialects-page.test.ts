import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/index.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/sql/dialects.md', import.meta.url)), 'utf8');
const blocks = [...page.matchAll(/```(\w+)\n([^]*?)```/g)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));
const setup = blocks.find(({ language }) => language === 'sql')!.text;
const examples = blocks.filter(({ language }) => ['postgresql', 'trino', 'hive', 'mysql'].includes(language));

describe('the examples of docs/sql/dialects.md', () => {
  it('there is one for each dialect of the page', () => {
    expect(examples.map(({ language }) => language).sort()).toEqual(['hive', 'mysql', 'postgresql', 'trino']);
  });

  it.each(examples)('$language gives the rows that stand below it', async ({ language, text }) => {
    await using engine = await Engine.open();
    await engine.execute(setup);
    const expected = [...text.matchAll(/^-- (.*)$/gm)].map(([, row]) => row);
    const query = await engine.prepare(text.replaceAll(/^-- .*$/gm, ''), { dialect: language });
    const rows = await query.toArray({ text: true });
    expect(rows.map((row) => Object.values(row).join(', '))).toEqual(expected);
  });
});
