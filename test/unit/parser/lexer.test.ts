import { describe, expect, it } from 'vitest';
import { lex } from '../../../src/parser/lexer.ts';
import { describeError } from './parse-support.ts';
import { ParseError } from '../../../src/errors/sluice-error.ts';

function kinds(text: string): string[] {
  return lex(text)
    .slice(0, -1)
    .map((token) => `${token.kind}:${token.text}`);
}

describe('lex', () => {
  it('cuts words, names, strings, numbers and signs', () => {
    expect(kinds("select `a``b`, 'it''s' <> x'0C' || 1.5e-3.x")).toEqual([
      'word:SELECT',
      'quoted-name:a`b',
      'sign:,',
      "string:it's",
      'sign:<>',
      'binary-string:0C',
      'sign:||',
      'number:1.5e-3',
      'sign:.',
      'word:X',
    ]);
  });

  it('gives every token its place in UTF-16 units', () => {
    const text = "'😀' , 日志 `Ü`";
    expect(lex(text).map(({ start, end }) => text.slice(start, end))).toEqual(["'😀'", ',', '日志', '`Ü`', '']);
  });

  it.each([
    ['1', 'number:1'],
    ['1.', 'number:1.'],
    ['.5', 'number:.5'],
    ['1e3', 'number:1e3'],
    ['1E+3', 'number:1E+3'],
    ['__topic__', 'word:__TOPIC__'],
    ['a$1', 'word:A$1'],
    ['用户名', 'word:用户名'],
    ["''", 'string:'],
    ["''''", "string:'"],
    ['"a""b"', 'double-quoted:a"b'],
    ["'\\d'", 'string:\\d'],
  ])('reads %s as one token', (text, token) => {
    expect(kinds(text)).toEqual([token]);
  });

  it('does not take an exponent without digits', () => {
    expect(kinds('1e')).toEqual(['number:1', 'word:E']);
  });

  it('drops comments, blanks of every script and a byte order mark', () => {
    expect(kinds('\ufeffa -- b ; \n/* c \n d */\u00a0e\u3000f')).toEqual(['word:A', 'word:E', 'word:F']);
  });

  it('keeps signs of no dialect, so that the parser can say what to write', () => {
    expect(kinds('a ？ “ # 😀')).toEqual(['word:A', 'sign:？', 'sign:“', 'sign:#', 'sign:😀']);
  });

  it.each([
    [
      "a\n 'b",
      "PARSE_UNTERMINATED 2:2 ['] the string that begins here is never closed / Close it with '; a quote inside a string is written ''.",
    ],
    ['`b', 'PARSE_UNTERMINATED 1:1 [`] the quoted name that begins here is never closed / Close it with `.'],
    ['a /* b', 'PARSE_UNTERMINATED 1:3 [/*] the comment that begins here is never closed / Close it with */.'],
    ["x'00", "PARSE_UNTERMINATED 1:1 [x'] the binary string that begins here is never closed / Close it with '."],
  ])('refuses %j at its opening', (text, message) => {
    let error: unknown;
    try {
      lex(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParseError);
    expect(describeError(text, (error as ParseError).withSource({ name: 'x', text }))).toBe(message);
  });

  it('is linear: a megabyte of quotes and comments takes no longer than its size', () => {
    for (const piece of ["'", '"', '`', "''", '"""', '/**/', '--\n', 'ab ', '日志 ', '((', '1e']) {
      const text = piece.repeat(Math.floor(1_000_000 / piece.length));
      const start = performance.now();
      lex(text, { unterminated: () => undefined });
      expect(performance.now() - start, piece).toBeLessThan(20_000);
    }
  });
});
