import { ByteSlice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';
import { BOOLEAN, INT, VARCHAR } from '../../types/sql-type.ts';
import { javaRegexp } from '../../values/regexp-guard.ts';
import { scalar } from '../define.ts';
import { javaReplacement } from './regexp-replacement.ts';

// slow: V8's regular expressions take strings, so every kernel here decodes its text.

/** The compiled pattern of a row; constant patterns are compiled (and refused) once, at planning. */
export function patternOf(site: CallSite, global: boolean): (pattern: ByteSlice) => RegExp | null {
  const { regexpBacktracking } = site.context;
  const compile = (pattern: string): RegExp | null => {
    const regexp = javaRegexp(pattern, { backtracking: regexpBacktracking, global });
    if (regexp !== null) regexp.lastIndex = 0;
    return regexp;
  };
  const literal = site.literals[1];
  if (!(literal instanceof ByteSlice)) return (pattern) => compile(pattern.toString());
  const text = literal.toString();
  const constant = compile(text);
  return () => {
    if (constant !== null) constant.lastIndex = 0;
    return constant;
  };
}

const regexpTest = scalar({
  name: 'REGEXP',
  aliases: ['RLIKE'],
  category: 'regexp',
  syntax: ['REGEXP(text, pattern)', 'RLIKE(text, pattern)'],
  doc: 'Whether the pattern is found anywhere in the text; an empty or invalid pattern gives FALSE. Java syntax.',
  examples: [
    { sql: `REGEXP('100-200', '(\\d+)')`, gives: 'true' },
    { sql: `REGEXP('abc', '')`, gives: 'false' },
  ],
  overloads: [
    {
      params: ['text', 'text'],
      returns: BOOLEAN,
      make: (site) => {
        const find = patternOf(site, false);
        return (text: ByteSlice, pattern: ByteSlice) =>
          pattern.length > 0 && (find(pattern)?.test(text.toString()) ?? false);
      },
    },
  ],
});

const regexpExtract = scalar({
  name: 'REGEXP_EXTRACT',
  category: 'regexp',
  syntax: ['REGEXP_EXTRACT(text, pattern [, group])'],
  doc: 'What the group (default 0: the whole match) of the first match holds. NULL without a match or group, or for an invalid pattern, in Blink for an empty one as well.',
  examples: [
    { sql: `REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 1)`, gives: 'the' },
    { sql: `REGEXP_EXTRACT('abc', 'x')`, gives: null },
  ],
  overloads: [
    {
      params: ['text', 'text', 'int'],
      optional: 1,
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const find = patternOf(site, false);
        const takesEmpty = site.context.compatibility === 'flink';
        return (out: ByteSlice, text: ByteSlice, pattern: ByteSlice, group = 0) => {
          if ((pattern.length === 0 && !takesEmpty) || group < 0) return false;
          const found = find(pattern)?.exec(text.toString())?.[group];
          if (found === undefined) return false;
          out.setString(found);
          return true;
        };
      },
    },
  ],
});

const regexpReplace = scalar({
  name: 'REGEXP_REPLACE',
  category: 'regexp',
  syntax: ['REGEXP_REPLACE(text, pattern, replacement)'],
  doc: 'The text with all matches replaced; `$1` in the replacement is a group, a backslash makes the next character literal (Flink takes the replacement as it is). An empty pattern changes nothing (in Flink it matches before every character and at the end), an invalid one gives NULL.',
  examples: [
    { sql: `REGEXP_REPLACE('100-200', '(\\d+)', 'num')`, gives: 'num-num' },
    { sql: `REGEXP_REPLACE('a1b2', '([a-z])(\\d)', '$2$1')`, gives: '1a2b' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const find = patternOf(site, true);
        const takesGroups = site.context.compatibility === 'blink';
        return (out: ByteSlice, text: ByteSlice, pattern: ByteSlice, replacement: ByteSlice) => {
          if (pattern.length === 0 && takesGroups) {
            out.alias(text);
            return true;
          }
          const regexp = find(pattern);
          if (regexp === null) return false;
          const given = replacement.toString();
          const replaced = takesGroups
            ? javaReplacement(text.toString(), regexp, given)
            : text.toString().replace(regexp, () => given);
          if (replaced === null) return false;
          out.setString(replaced);
          return true;
        };
      },
    },
  ],
});

const regexpCount = scalar({
  name: 'REGEXP_COUNT',
  category: 'regexp',
  syntax: ['REGEXP_COUNT(text, pattern)'],
  doc: 'How many matches the text holds; NULL for an invalid pattern.',
  examples: [{ sql: `REGEXP_COUNT('a1b22', '\\d+')`, gives: '2' }],
  overloads: [
    {
      params: ['text', 'text'],
      returns: INT,
      mayReturnNull: true,
      make: (site) => {
        const find = patternOf(site, true);
        return (text: ByteSlice, pattern: ByteSlice) => {
          const regexp = find(pattern);
          if (regexp === null) return null;
          return text.toString().match(regexp)?.length ?? 0;
        };
      },
    },
  ],
});

const regexpInstr = scalar({
  name: 'REGEXP_INSTR',
  category: 'regexp',
  syntax: ['REGEXP_INSTR(text, pattern)'],
  doc: 'The 1-based place of the first match, 0 without one; NULL for an invalid pattern.',
  examples: [{ sql: `REGEXP_INSTR('abc-200', '\\d+')`, gives: '5' }],
  overloads: [
    {
      params: ['text', 'text'],
      returns: INT,
      mayReturnNull: true,
      make: (site) => {
        const find = patternOf(site, false);
        return (text: ByteSlice, pattern: ByteSlice) => {
          const regexp = find(pattern);
          if (regexp === null) return null;
          const source = text.toString();
          const place = source.search(regexp);
          return place < 0 ? 0 : [...source.slice(0, place)].length + 1;
        };
      },
    },
  ],
});

const regexpSubstr = scalar({
  name: 'REGEXP_SUBSTR',
  category: 'regexp',
  syntax: ['REGEXP_SUBSTR(text, pattern)'],
  doc: 'The first match; NULL without one or for an invalid pattern.',
  examples: [{ sql: `REGEXP_SUBSTR('abc123xyz456', '\\d+')`, gives: '123' }],
  overloads: [
    {
      params: ['text', 'text'],
      returns: VARCHAR,
      mayReturnNull: true,
      make: (site) => {
        const find = patternOf(site, false);
        return (out: ByteSlice, text: ByteSlice, pattern: ByteSlice) => {
          const found = find(pattern)?.exec(text.toString())?.[0];
          if (found === undefined) return false;
          out.setString(found);
          return true;
        };
      },
    },
  ],
});

export const regexpFunctions = [regexpTest, regexpExtract, regexpReplace, regexpCount, regexpInstr, regexpSubstr];
