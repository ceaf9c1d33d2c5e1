import type { Span } from '../../../errors/span.ts';
import { syntaxErrors } from '../../messages.ts';
import type { DialectSyntax } from '../dialect-syntax.ts';

/** Begins the content of every masked string; no query holds this character of the private use area. */
export const maskSign = '\ue000';

export interface MaskedString {
  readonly value: string;
  readonly span: Span;
}

/**
 * A query with the content of every string replaced by its number and comments by blanks. The foreign parsers do not undo
 * escapes the same way everywhere, so their strings are looked up here again; and what they see can be bounded by counting
 * brackets and words.
 */
export interface MaskedText {
  readonly text: string;
  readonly strings: readonly MaskedString[];
  /** From a place in the masked text to the place in the original. */
  readonly originalOffset: (offset: number) => number;
}

const maxLength = 64 * 1024;
const maxNesting = 32;
/** Words and signs, each counted as often as the foreign parser may read it; about 10 µs each. */
const maxReadings = 60_000;

/** How often the inside of these is read again (measured with node-sql-parser 5.4: each nested one multiplies the time). */
const rereadings: ReadonlyMap<string, number> = new Map([
  ['CAST', 3],
  ['TRIM', 2],
]);
const subqueryRereadings = 2;

const stringWord = 'A STRING';

const escapes: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

const piece = /[xX]'[0-9a-fA-F]*'|'|"|`|--[^\n]*|#[^\n]*|\/\*|[\p{L}\p{N}_$]+|\s+|[^]/uy;

/**
 * Reads the text by the quoting rules of the dialect.
 * @throws ParseError when something is not closed, or when the text could keep the foreign parser busy for long.
 */
export function maskText(text: string, syntax: DialectSyntax): MaskedText {
  const dialect = syntax.name;
  const whole = { start: 0, end: text.length };
  if (text.length > maxLength)
    throw syntaxErrors.dialectPart(dialect, `a text of more than ${maxLength} characters`, whole);
  const strings: MaskedString[] = [];
  const cuts: { masked: number; original: number }[] = [];
  const readings = new ReadingCounter(dialect);
  let masked = '';
  let at = 0;
  while (at < text.length) {
    piece.lastIndex = at;
    const found = piece.exec(text)?.[0] ?? text.charAt(at);
    if (found === '"' && syntax.doubleQuotes === 'name') {
      const end = text.indexOf('"', at + 1) + 1;
      if (end === 0) throw syntaxErrors.unterminated('quoted name', { start: at, end: at + 1 });
      masked += text.slice(at, end);
      readings.count('name', { start: at, end });
      at = end;
    } else if (found === "'" || found === '"') {
      // _utf8'x', n'x', b'1', and 'a' 'b', which is one string there
      const span = { start: at, end: at + 1 };
      if (/[\p{L}\p{N}_$'"]/u.test(text.charAt(at - 1)))
        throw syntaxErrors.dialectPart(dialect, 'a string with a prefix', span);
      if (readings.previous === stringWord) throw syntaxErrors.dialectPart(dialect, 'a string beside another', span);
      const { value, end } = readString(text, at, found, syntax.backslashes);
      masked += `'${maskSign}${strings.length}'`;
      strings.push({ value, span: { start: at, end } });
      at = end;
      cuts.push({ masked: masked.length, original: at });
      readings.count(stringWord, { start: at, end });
    } else if (found === '`') {
      const end = text.indexOf('`', at + 1) + 1;
      if (end === 0) throw syntaxErrors.unterminated('quoted name', { start: at, end: at + 1 });
      masked += text.slice(at, end);
      readings.count('name', { start: at, end });
      at = end;
    } else if (found === '/*') {
      if (text.charAt(at + 2) === '!')
        throw syntaxErrors.dialectPart(dialect, 'a comment that is executed', { start: at, end: at + 3 });
      const end = text.indexOf('*/', at + 2) + 2;
      if (end === 1) throw syntaxErrors.unterminated('comment', { start: at, end: at + 2 });
      masked += ' '.repeat(end - at);
      at = end;
    } else {
      const end = at + found.length;
      const comment = found.startsWith('--') || (syntax.hashComments && found.startsWith('#'));
      masked += comment ? ' '.repeat(found.length) : found;
      if (!comment && found.trim() !== '') readings.count(found, { start: at, end });
      at = end;
    }
  }
  return { text: masked, strings, originalOffset: (offset) => originalOffset(cuts, offset) };
}

function readString(text: string, start: number, quote: string, backslashes: boolean): { value: string; end: number } {
  let value = '';
  let at = start + 1;
  for (;;) {
    const char = text.charAt(at);
    if (char === '') throw syntaxErrors.unterminated('string', { start, end: start + 1 });
    if (char === '\\' && backslashes) {
      const next = text.charAt(at + 1);
      // the wildcards of LIKE keep their backslash
      value += next === '%' || next === '_' ? `\\${next}` : (escapes[next] ?? next);
      at += 2;
    } else if (char !== quote) {
      value += char;
      at++;
    } else if (text.charAt(at + 1) === quote) {
      value += quote;
      at += 2;
    } else return { value, end: at + 1 };
  }
}

function originalOffset(cuts: readonly { masked: number; original: number }[], offset: number): number {
  let last = { masked: 0, original: 0 };
  for (const cut of cuts) {
    if (cut.masked > offset) break;
    last = cut;
  }
  return last.original + (offset - last.masked);
}

/** Adds up how often every word may be read, from the brackets around it. */
class ReadingCounter {
  private readonly dialect: string;
  private readonly factors: number[] = [1];
  /** The last word or sign, upper-case. */
  previous = '';
  private total = 0;

  constructor(dialect: string) {
    this.dialect = dialect;
  }

  count(found: string, span: Span): void {
    const factor = this.factors.at(-1) ?? 1;
    const word = found.toUpperCase();
    if (found === '(') {
      this.factors.push(factor * (rereadings.get(this.previous) ?? 1));
      if (this.factors.length > maxNesting + 1)
        throw syntaxErrors.dialectPart(this.dialect, `a nesting of more than ${maxNesting} levels`, span);
    } else if (found === ')') {
      if (this.factors.length > 1) this.factors.pop();
    } else if (word === 'SELECT' && this.previous === '(') {
      this.factors[this.factors.length - 1] = factor * subqueryRereadings;
    }
    this.previous = word;
    this.total += factor;
    if (this.total > maxReadings)
      throw syntaxErrors.dialectPart(this.dialect, 'a text that takes too long to read', span);
  }
}
