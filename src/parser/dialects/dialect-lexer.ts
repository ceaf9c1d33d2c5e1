import { syntaxErrors } from '../messages.ts';
import { lex } from '../lexer.ts';
import type { Token } from '../tokens.ts';
import type { DialectSyntax } from './dialect-syntax.ts';

const escapes: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** What needs care by the dialect; all between is cut by our own lexer. */
const special = /'|"|`|--|\/\*|#|\$\$/g;

/**
 * Tokens of our grammar from a text with the quoting rules of another system; every token keeps its place in the text.
 * @throws ParseError where something is not closed or is written as our grammar cannot take it
 */
export function lexDialect(text: string, syntax: DialectSyntax): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    special.lastIndex = at;
    const found = special.exec(text);
    const open = found?.index ?? text.length;
    plain(text, at, open, tokens);
    at = found === null ? open : quoted(text, open, found[0], syntax, tokens);
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function plain(text: string, from: number, to: number, tokens: Token[]): void {
  if (from === to) return;
  for (const token of lex(text.slice(from, to))) {
    if (token.kind !== 'end') tokens.push({ ...token, start: token.start + from, end: token.end + from });
  }
}

/** Takes what opens at this place and answers the place behind it. */
function quoted(text: string, open: number, sign: string, syntax: DialectSyntax, tokens: Token[]): number {
  const span = { start: open, end: open + sign.length };
  switch (sign) {
    case '#':
      if (!syntax.hashComments) {
        tokens.push({ kind: 'sign', text: '#', ...span });
        return span.end;
      }
      return lineEnd(text, open);
    case '--':
      return lineEnd(text, open);
    case '/*': {
      if (text.charAt(open + 2) === '!')
        throw syntaxErrors.dialectPart(syntax.name, 'a comment that is executed', span);
      const end = text.indexOf('*/', open + 2);
      if (end < 0) throw syntaxErrors.unterminated('comment', span);
      return end + 2;
    }
    case '$$': {
      const end = syntax.dollarStrings ? text.indexOf('$$', span.end) : -1;
      if (!syntax.dollarStrings) throw syntaxErrors.dialectPart(syntax.name, '"$$"', span);
      if (end < 0) throw syntaxErrors.unterminated('string', span);
      tokens.push({ kind: 'string', text: text.slice(span.end, end), start: open, end: end + 2 });
      return end + 2;
    }
    case '`':
      return name(text, open, sign, syntax, tokens);
    case '"':
      return syntax.doubleQuotes === 'name'
        ? name(text, open, sign, syntax, tokens)
        : string(text, open, syntax, tokens);
    default:
      return string(text, open, syntax, tokens);
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function name(text: string, open: number, quote: string, syntax: DialectSyntax, tokens: Token[]): number {
  if (quote === '`' && !syntax.backticks) {
    throw syntaxErrors.dialectPart(
      syntax.name,
      'a name in backticks',
      { start: open, end: open + 1 },
      'Names are put in double quotes there.',
    );
  }
  const { value, end } = content(text, open, quote, false, 'quoted name');
  tokens.push({ kind: 'quoted-name', text: value, start: open, end });
  return end;
}

function string(text: string, open: number, syntax: DialectSyntax, tokens: Token[]): number {
  const previous = tokens.at(-1);
  const span = { start: open, end: open + 1 };
  if (previous?.kind === 'string') throw syntaxErrors.dialectPart(syntax.name, 'a string beside another', span);
  const prefix = previous?.end === open && previous.kind === 'word' ? previous.text : '';
  if (prefix === 'X') {
    tokens.pop();
    const { value, end } = content(text, open, text.charAt(open), false, 'string');
    tokens.push({ kind: 'binary-string', text: value, start: open - 1, end });
    return end;
  }
  const escaped = prefix === 'E' && syntax.escapePrefix;
  if (prefix !== '' && !escaped) throw syntaxErrors.dialectPart(syntax.name, 'a string with a prefix', span);
  if (escaped) tokens.pop();
  const { value, end } = content(text, open, text.charAt(open), syntax.backslashes || escaped, 'string');
  tokens.push({ kind: 'string', text: value, start: escaped ? open - 1 : open, end });
  return end;
}

function content(
  text: string,
  open: number,
  quote: string,
  backslashes: boolean,
  kind: 'string' | 'quoted name',
): { value: string; end: number } {
  const parts: string[] = [];
  let at = open + 1;
  let from = at;
  for (;;) {
    const char = text.charAt(at);
    if (char === '') throw syntaxErrors.unterminated(kind, { start: open, end: open + 1 });
    if (char === '\\' && backslashes) {
      const next = text.charAt(at + 1);
      // the wildcards of LIKE keep their backslash
      parts.push(text.slice(from, at), next === '%' || next === '_' ? `\\${next}` : (escapes[next] ?? next));
      at += 2;
      from = at;
    } else if (char !== quote) {
      at++;
    } else if (text.charAt(at + 1) === quote) {
      parts.push(text.slice(from, at + 1));
      at += 2;
      from = at;
    } else {
      parts.push(text.slice(from, at));
      return { value: parts.join(''), end: at + 1 };
    }
  }
}
