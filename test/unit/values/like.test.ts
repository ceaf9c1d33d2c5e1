import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../../src/columnar/byte-slice.ts';
import { compileLike } from '../../../src/values/like.ts';

function like(text: string, pattern: string, escape?: string): boolean {
  const bytes = encodeUtf8(pattern);
  const escaping = escape === undefined ? undefined : encodeUtf8(escape);
  const matcher = compileLike(
    bytes,
    0,
    bytes.length,
    escaping === undefined ? undefined : { bytes: escaping, offset: 0, length: escaping.length },
  );
  const subject = encodeUtf8(`x${text}x`);
  return matcher(subject, 1, subject.length - 2);
}

/** The plain definition, by trying every split. */
function oracle(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '%') return text.some((_, i) => oracle(text.slice(i), rest)) || oracle([], rest);
  return text.length > 0 && (first === '_' || first === text[0]) && oracle(text.slice(1), rest);
}

describe('LIKE', () => {
  it('agrees with its definition for all short patterns', () => {
    const letters = ['a', 'é', '%', '_'];
    const patterns: string[] = [''];
    for (let length = 1; length <= 4; length++) {
      for (const one of [...patterns].filter((pattern) => [...pattern].length === length - 1)) {
        for (const letter of letters) patterns.push(one + letter);
      }
    }
    const texts = ['', 'a', 'é', 'aa', 'aé', 'éa', 'aéa', 'éaa', 'aaaa', 'éééa', 'aéaéa'];
    for (const pattern of patterns) {
      for (const text of texts) {
        expect(like(text, pattern), `${text} LIKE ${pattern}`).toBe(oracle([...text], [...pattern]));
      }
    }
  });

  it('does not let prefix and suffix share characters', () => {
    expect(like('aba', 'ab%ba')).toBe(false);
    expect(like('abba', 'ab%ba')).toBe(true);
  });

  it('takes escaped wildcards literally', () => {
    expect(like('50%', '50!%', '!')).toBe(true);
    expect(like('50x', '50!%', '!')).toBe(false);
    expect(like('a!b', 'a!!b', '!')).toBe(true);
    expect(like('a_b_c', '%!_c', '!')).toBe(true);
  });

  it('refuses an escape that is no single character or escapes nothing', () => {
    expect(() => like('a', 'a', '!!')).toThrow('the escape of LIKE is not one character');
    expect(() => like('a', '!a', '!')).toThrow('the escape of LIKE stands before a character that needs none');
    expect(() => like('a', 'a!', '!')).toThrow('the escape of LIKE stands before a character that needs none');
  });
});
