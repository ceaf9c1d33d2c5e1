import { describe, expect, it } from 'vitest';
import { tokenize } from '../../../src/parser/tokenize.ts';

function pieces(text: string): string[] {
  return tokenize(text).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`);
}

describe('tokenize', () => {
  it('tells keywords from names and keeps comments', () => {
    expect(pieces("SELECT a, 'x' -- c\nFROM `t` WHERE b >= 1.5")).toEqual([
      'keyword:SELECT',
      'name:a',
      'punctuation:,',
      "string:'x'",
      'comment:-- c',
      'keyword:FROM',
      'name:`t`',
      'keyword:WHERE',
      'name:b',
      'operator:>=',
      'number:1.5',
    ]);
  });

  it.each([
    ["SELECT 'abc", "string:'abc"],
    ['SELECT /* abc', 'comment:/* abc'],
    ['SELECT `abc', 'name:`abc'],
  ])('takes what is still open to the end: %j', (text, last) => {
    expect(pieces(text).at(-1)).toBe(last);
  });
});
