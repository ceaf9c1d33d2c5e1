import { ParseError } from '../errors/sluice-error.ts';
import type { Span } from '../errors/span.ts';
import type { Token } from './tokens.ts';

/** The deepest nesting of expressions, queries and types; also bounds every walk over the tree. */
export const maxDepth = 500;

/** All wording of the parser. Every function returns the error to throw; the source text is added on the way up. */
export const syntaxErrors = {
  expected(what: string, found: Token, written: string, hint?: string): ParseError {
    return syntax(`expected ${what} but found ${describe(found, written)}`, found, hint);
  },
  unterminated(kind: 'string' | 'quoted name' | 'comment' | 'binary string', span: Span): ParseError {
    const closing = { string: "'", 'quoted name': '`', comment: '*/', 'binary string': "'" }[kind];
    return new ParseError('PARSE_UNTERMINATED', `the ${kind} that begins here is never closed`, {
      span,
      hint: `Close it with ${closing}${kind === 'string' ? "; a quote inside a string is written ''" : ''}.`,
    });
  },
  tooDeep(span: Span): ParseError {
    return new ParseError('PARSE_TOO_DEEP', `the text is nested deeper than ${maxDepth} levels`, {
      span,
      hint: 'Split the query into views, or the long chain of operators into IN (…) or parenthesised groups.',
    });
  },
  reserved(what: string, word: string, written: string, span: Span): ParseError {
    return syntax(
      `expected ${what} but found the reserved word "${word}"`,
      span,
      `Write \`${written}\` in backticks to use it as a name.`,
    );
  },
  unknownStatement(written: string, span: Span, suggestion: string | undefined): ParseError {
    return syntax(`"${clip(written)}" does not begin a statement`, span, suggestion && `Did you mean "${suggestion}"?`);
  },
  unsupportedStatement(word: string, span: Span, hint?: string): ParseError {
    return syntax(`${word} statements are not supported`, span, hint);
  },
  shellWord(word: string, span: Span, hint: string): ParseError {
    return syntax(`${word} is not a statement`, span, hint);
  },
  refused(what: string, span: Span, hint: string): ParseError {
    return syntax(`${what} is not supported`, span, hint);
  },
  noColumns(table: string, span: Span): ParseError {
    return syntax(
      `table "${clip(table)}" is declared without columns`,
      span,
      'Write CREATE TABLE t (a INT, …) WITH (…).',
    );
  },
  patternForm(what: string, span: Span): ParseError {
    return syntax(
      `${what} is not supported in MATCH_RECOGNIZE`,
      span,
      'A pattern is a list of variables with quantifiers, such as PATTERN (A B+ C{2,4}? D).',
    );
  },
  patternBounds(span: Span): ParseError {
    return syntax(
      'a quantifier has its smaller number first and allows one row at least',
      span,
      'Write for example {2,4}, {,4} or {2,}.',
    );
  },
  patternTooOften(most: number, span: Span): ParseError {
    return syntax(`a quantifier may not count beyond ${most}`, span);
  },
  unsupported(what: string, span: Span): ParseError {
    return syntax(`${what} is not supported yet`, span);
  },
  nameBeginsWithDigit(written: string, span: Span): ParseError {
    return syntax(`name "${clip(written)}" begins with a digit`, span, `Write \`${clip(written)}\` in backticks.`);
  },
  /** The value is not repeated: it may be a secret without its quotes. */
  optionValue(key: string, found: Token): ParseError {
    const bare = found.kind === 'number' || found.kind === 'word' || found.kind === 'quoted-name';
    return syntax(
      `expected a string as the value of option "${key}" but found ${bare ? 'a value without quotes' : describe(found, found.text)}`,
      found,
      bare ? 'Values are written in single quotes, numbers too.' : hints.doubleQuotes(found),
    );
  },
  optionGoesOn(key: string, span: Span): ParseError {
    return syntax(
      `the value of option "${key}" goes on behind its closing quote`,
      span,
      "A quote inside a string is written ''.",
    );
  },
  optionEquals(key: string, found: Token, written: string): ParseError {
    return syntax(
      `expected "=" after option "${key}" but found ${describe(found, written)}`,
      found,
      `Write ${key} = 'value'.`,
    );
  },
  oddHexDigits(span: Span): ParseError {
    return syntax('a binary string holds pairs of hexadecimal digits', span, "Write for example x'0c1f'.");
  },
  intervalRange(from: string, to: string, span: Span): ParseError {
    return syntax(
      `an interval cannot range from ${from} to ${to}`,
      span,
      'The second unit is the smaller one, as in DAY TO SECOND.',
    );
  },
  withOffset(span: Span): ParseError {
    return syntax(
      'withOffset takes a column and a number of milliseconds',
      span,
      'Write for example withOffset(ts, 4000).',
    );
  },
  notTableFunction(span: Span): ParseError {
    return syntax(
      'TABLE ( ) takes the call of a table function',
      span,
      'Write for example LATERAL TABLE(split(a, b)) AS t (c).',
    );
  },
  overlaps(span: Span): ParseError {
    return syntax('OVERLAPS compares two pairs', span, 'Write (start1, end1) OVERLAPS (start2, end2).');
  },
  oneStatement(span: Span): ParseError {
    return syntax('only one statement is allowed here', span);
  },
  emptyText(what: string, span: Span): ParseError {
    return syntax(`expected ${what} but the text is empty`, span);
  },
  unknownVariable(name: string, span: Span): ParseError {
    return new ParseError('PARSE_VARIABLE', `variable "${name}" has no value`, {
      span,
      hint: `Give it with --var ${name}=value or set it in the environment.`,
    });
  },
  unknownDialect(name: string, suggestion: string | undefined, known: readonly string[]): ParseError {
    const hint = suggestion ? `Did you mean "${suggestion}"?` : `Known dialects: ${known.join(', ')}.`;
    return dialectError(`dialect "${name}" does not exist`, { start: 0, end: 0 }, hint);
  },
  dialectPart(dialect: string, what: string, span: Span, hint?: string): ParseError {
    return dialectError(`${what} cannot be taken over from ${dialect}`, span, hint);
  },
};

export const hints = {
  didYouMean: (right: string, wrong: string) => `Did you mean "${right}" instead of "${wrong}"?`,
  missingSemicolon: (before: string) => `Is a semicolon missing before "${before}"?`,
  missingComma: (before: string) => `Is a comma missing before ${before}?`,
  trailingComma: 'Remove the comma before it.',
  unclosed: 'A parenthesis that was opened before is not closed.',
  doubleQuotes(found: Token): string | undefined {
    if (found.kind === 'double-quoted' || found.text === '"')
      return "Strings are written 'in single quotes', names `in backticks`.";
    return foreignSigns.get(found.text) ?? fullWidth(found.text);
  },
};

const foreignSigns: ReadonlyMap<string, string> = new Map([
  ['==', 'Equality is written =.'],
  ['&&', 'Write AND.'],
  ['::', 'Write CAST(x AS type).'],
  ['$', '${NAME} is replaced only inside string literals.'],
  ['#', 'Comments begin with --.'],
  ['^', 'Write POWER(x, y) or BITXOR(x, y).'],
  ['&', 'Write BITAND(x, y).'],
  ['!', 'Write NOT, or <> for "not equal".'],
  ['‘', "Quotes are written ' in SQL."],
  ['’', "Quotes are written ' in SQL."],
  ['“', "Strings are written 'in single quotes', names `in backticks`."],
  ['”', "Strings are written 'in single quotes', names `in backticks`."],
]);

/** Signs of a Chinese keyboard that look like ASCII ones. */
const fullWidthSigns: ReadonlyMap<string, string> = new Map([
  ['，', ','],
  ['；', ';'],
  ['（', '('],
  ['）', ')'],
  ['。', '.'],
  ['＝', '='],
  ['＊', '*'],
]);

function fullWidth(sign: string): string | undefined {
  const ascii = fullWidthSigns.get(sign);
  return ascii && `"${sign}" is a full-width sign; write ${ascii}.`;
}

function syntax(message: string, span: Span, hint?: string): ParseError {
  return new ParseError('PARSE_SYNTAX', message, { span: { start: span.start, end: span.end }, hint });
}

function dialectError(message: string, span: Span, hint?: string): ParseError {
  return new ParseError('PARSE_DIALECT', message, { span, hint });
}

/** The content of strings is never repeated: it may be a secret. */
function describe(token: Token, written: string): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the text';
    case 'string':
      return 'a string';
    case 'binary-string':
      return 'a binary string';
    case 'double-quoted':
      return 'text in double quotes';
    case 'quoted-name':
      return `name ${clip(written)}`;
    case 'number':
    case 'word':
    case 'sign':
      return `"${clip(written)}"`;
  }
}

const longestQuoted = 40;

/** Names may hold line breaks and be of any length. */
function clip(written: string): string {
  const line = written.replaceAll(/\s+/g, ' ');
  return line.length > longestQuoted ? `${line.slice(0, longestQuoted)}…` : line;
}
