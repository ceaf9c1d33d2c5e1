import type { ByteSlice } from '../../columnar/byte-slice.ts';
import { ByteSlice as Slice } from '../../columnar/byte-slice.ts';
import type { CallSite } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { compileLike, type LikeMatcher } from '../../values/like.ts';
import { javaRegexp } from '../../values/regexp-guard.ts';
import { scalar, type Kernel } from '../define.ts';

type Compile = (pattern: ByteSlice, escape: ByteSlice | undefined) => LikeMatcher;

/** Compiles once where the pattern is constant, else once per distinct neighbour. */
function matchKernel(site: CallSite, compile: Compile): Kernel {
  const [, pattern, escape] = site.literals;
  const hasEscape = site.types.length > 2;
  if (pattern instanceof Slice && (!hasEscape || escape instanceof Slice)) {
    const matcher = compile(pattern, escape instanceof Slice ? escape : undefined);
    return (text: ByteSlice) => matcher(text.bytes, text.offset, text.length);
  }
  let lastPattern: string | undefined;
  let lastEscape: string | undefined;
  let matcher: LikeMatcher = () => false;
  // slow: the pattern changes from row to row, so it is compared and compiled as a string.
  return (text: ByteSlice, one: ByteSlice, escaping?: ByteSlice) => {
    const patternText = one.toString();
    const escapeText = escaping?.toString();
    if (patternText !== lastPattern || escapeText !== lastEscape) {
      matcher = compile(one, escaping);
      lastPattern = patternText;
      lastEscape = escapeText;
    }
    return matcher(text.bytes, text.offset, text.length);
  };
}

const like = scalar({
  name: 'LIKE',
  category: 'logic',
  syntax: ['text [NOT] LIKE pattern [ESCAPE character]'],
  doc: 'Whether the whole text matches a pattern: `%` is any text, `_` any character.',
  examples: [
    { sql: `'hello' LIKE 'h%o'`, gives: 'true' },
    { sql: `'50%' LIKE '50!%' ESCAPE '!'`, gives: 'true' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      optional: 1,
      returns: BOOLEAN,
      make: (site) =>
        matchKernel(site, (pattern, escape) => compileLike(pattern.bytes, pattern.offset, pattern.length, escape)),
    },
  ],
});

/** SIMILAR TO as a Java pattern: `%` and `_` as in LIKE, `| * + ? {} () []` as in regular expressions. */
function similarPattern(pattern: string, escape: string | undefined): string {
  let out = '';
  let inClass = false;
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const one = characters[i]!;
    if (one === escape) {
      const next = characters[++i];
      if (next === undefined) throw new SluiceError('VALUE_INVALID', 'the pattern of SIMILAR TO ends with its escape');
      out += `\\Q${next}\\E`;
    } else if (inClass) {
      out += one === '\\' ? '\\\\' : one;
      if (one === ']') inClass = false;
    } else if (one === '[') {
      out += one;
      inClass = true;
    } else if (one === '%') {
      out += '(?s:.*)';
    } else if (one === '_') {
      out += '(?s:.)';
    } else {
      // As in Calcite, a point stays any character.
      out += one === '\\' ? '\\\\' : one;
    }
  }
  return out.replace(/\[\[:([a-zA-Z]+):\]\]/g, (_, name: string) => `\\p{${POSIX[name.toUpperCase()] ?? name}}`);
}

const POSIX: Readonly<Record<string, string>> = {
  ALPHA: 'Alpha',
  UPPER: 'Upper',
  LOWER: 'Lower',
  DIGIT: 'Digit',
  ALNUM: 'Alnum',
  SPACE: 'Space',
  WHITESPACE: 'Space',
};

function compileSimilar(pattern: string, escape: string | undefined, backtracking: boolean): LikeMatcher {
  const regexp = javaRegexp(`^(?:${similarPattern(pattern, escape)})$`, { backtracking });
  if (regexp === null) throw new SluiceError('VALUE_REGEXP', `the SIMILAR TO pattern '${pattern}' is not valid`);
  const register = new Slice();
  // slow: V8's regular expressions take strings.
  return (bytes, offset, length) => {
    register.view(bytes, offset, length);
    return regexp.test(register.toString());
  };
}

const similar = scalar({
  name: 'SIMILAR TO',
  aliases: ['SIMILAR'],
  category: 'regexp',
  syntax: ['text [NOT] SIMILAR TO pattern [ESCAPE character]'],
  doc: 'Whether the whole text matches an SQL regular expression: `%`, `_`, `|`, `*`, `+`, `?`, `{m,n}`, `()`, `[]`.',
  examples: [
    { sql: `'abc' SIMILAR TO 'a(b|d)%'`, gives: 'true' },
    { sql: `'abc' SIMILAR TO 'b'`, gives: 'false' },
  ],
  overloads: [
    {
      params: ['text', 'text', 'text'],
      optional: 1,
      returns: BOOLEAN,
      make: (site) =>
        matchKernel(site, (pattern, escape) =>
          compileSimilar(pattern.toString(), escape?.toString(), site.context.regexpBacktracking),
        ),
    },
  ],
});

export const patternTests = [like, similar];
