import { describe, expect, it } from 'vitest';
import { javaRegexp } from '../../../src/values/regexp-guard.ts';

function match(pattern: string, text: string): readonly (string | undefined)[] | null {
  const found = javaRegexp(pattern, { backtracking: false })?.exec(text);
  return found === null || found === undefined ? null : [...found];
}

describe('Java regular expressions', () => {
  it('keep their meaning', () => {
    expect(match('(?i)Foo[a-c]', 'xfOOB')).toEqual(['fOOB']);
    expect(match('(?i:a)b', 'Ab')).toEqual(['Ab']);
    expect(match('(?i:a)b', 'AB')).toBeNull();
    expect(match('[a-z&&[^aeiou]]+', 'aeixyz')).toEqual(['xyz']);
    expect(match('[a-c[x-z]]+', 'wyab')).toEqual(['yab']);
    expect(match('\\Qa.b\\E', 'axb a.b')).toEqual(['a.b']);
    expect(match('\\p{Upper}\\p{Digit}', 'a1B2')).toEqual(['B2']);
    expect(match('\\p{IsHan}+', 'abc心情')).toEqual(['心情']);
    expect(match('^\\S+ \\[(?<at>[^\\]]+)\\]', '1.2.3.4 [now] x')).toEqual(['1.2.3.4 [now]', 'now']);
    expect(match('(?s)a.b', 'a\nb')).toEqual(['a\nb']);
    expect(match('a.b', 'a\nb')).toBeNull();
    expect(match('(?x) a b # comment\n c', 'abc')).toEqual(['abc']);
    expect(match('\\x41\\u0042\\0103', 'ABC')).toEqual(['ABC']);
    expect(match('[😀-😂]', '😁')).toEqual(['😁']);
    expect(match('\\d{2,3}', 'a1234')).toEqual(['123']);
    expect(match('[]a]', ']')).toEqual([']']);
    expect(match('[a-]', '-')).toEqual(['-']);
  });

  it('remember the last iteration when repetitions are written out', () => {
    expect(match('(?:(\\w)-){2,40}$', 'a-b-c-')).toEqual(['a-b-c-', 'c']);
    expect(match('^(a|b){0,60}?c', 'abc')).toEqual(['abc', 'b']);
    expect(match('^(x){3,50}$', 'xx')).toBeNull();
    expect(match('^(x){3,50}$', 'x'.repeat(50))).toEqual(['x'.repeat(50), 'x']);
    expect(match('^(x){3,50}$', 'x'.repeat(51))).toBeNull();
    expect(match('^x{30,}$', 'x'.repeat(29))).toBeNull();
    expect(match('^x{30,}$', 'x'.repeat(31))).toEqual(['x'.repeat(31)]);
  });

  it('are null when they are not valid', () => {
    for (const pattern of ['(', '*a', 'a{2', '[a', 'a)', '\\', '\\y', '[b-a]', '(?<1>a)', '\\p{Nothing}', 'a{3,2}']) {
      expect(javaRegexp(pattern, { backtracking: false }), pattern).toBeNull();
    }
  });

  it('are refused when only backtracking could run them, unless it is allowed', () => {
    const hint = /SET regexp\.backtracking = 'true'/;
    // The linear engine of newer V8 covers look-behind; what it covers is run by it and cannot hang.
    const covered = (pattern: string): boolean => {
      try {
        return new RegExp(pattern, 'l') instanceof RegExp;
      } catch {
        return false;
      }
    };
    const patterns = ['(?=a)b', '(a)\\1', '(?<!x)y'].filter((pattern) => !covered(pattern));
    expect(patterns).toContain('(a)\\1');
    for (const pattern of [...patterns, 'a{1,3000}']) {
      let error: unknown;
      try {
        javaRegexp(pattern, { backtracking: false });
      } catch (thrown) {
        error = thrown;
      }
      expect(error, pattern).toMatchObject({ code: 'VALUE_REGEXP', hint: expect.stringMatching(hint) as string });
      expect(javaRegexp(pattern, { backtracking: true }), pattern).toBeInstanceOf(RegExp);
    }
  });

  it('end in time on texts that make a backtracking engine run for ages', () => {
    const text = `${'a'.repeat(5000)}!`;
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '(?i)^(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '^(a{1,9}){1,9}$']) {
      const start = performance.now();
      expect(javaRegexp(pattern, { backtracking: false })?.test(text)).toBe(false);
      expect(performance.now() - start, pattern).toBeLessThan(20_000);
    }
  });
});
