import type { Span } from '../errors/span.ts';
import { syntaxErrors } from './messages.ts';
import type { Token, TokenKind } from './tokens.ts';

/** What the scanner tells besides tokens: places of comments, and text opened and never closed. */
export interface ScanEvents {
  comment?(span: Span): void;
  /** Called instead of throwing; the rest of the text belongs to what was opened. */
  unterminated?(kind: UnterminatedKind, span: Span): void;
}

export type UnterminatedKind = 'string' | 'quoted name' | 'comment' | 'binary string';

// Character classes of the 128 ASCII codes; everything else is looked up by Unicode property.
const OTHER = 0;
const SPACE = 1;
const LETTER = 2;
const DIGIT = 3;
const asciiClass = new Uint8Array(128);
for (const char of ' \t\n\r\f\v') asciiClass[char.charCodeAt(0)] = SPACE;
for (let code = 48; code <= 57; code++) asciiClass[code] = DIGIT;
for (let code = 65; code <= 90; code++) asciiClass[code] = asciiClass[code + 32] = LETTER;
asciiClass[95] = LETTER;

const unicodeLetter = /[\p{L}\p{N}\p{M}]/u;
const unicodeSpace = /[\s\ufeff]/u;

const signsOfTwo = new Set(['<=', '>=', '<>', '!=', '||', '=>', '==', '&&', '::', '->']);

/**
 * Cuts a text into tokens in one pass; comments and blanks are dropped. The last token is of kind `end`.
 * @throws ParseError PARSE_UNTERMINATED at the opening sign, unless `events.unterminated` takes it.
 */
export function lex(text: string, events: ScanEvents = {}): Token[] {
  return new Scanner(text, events).scan();
}

class Scanner {
  private readonly text: string;
  private readonly events: ScanEvents;
  private readonly tokens: Token[] = [];
  private at = 0;

  constructor(text: string, events: ScanEvents) {
    this.text = text;
    this.events = events;
  }

  scan(): Token[] {
    const { text } = this;
    const length = text.length;
    while (this.at < length) {
      const code = text.charCodeAt(this.at);
      const kind = classOf(text, this.at, code);
      if (kind === SPACE) this.at++;
      else if (kind === LETTER || (code === 92 && isEscape(text, this.at))) this.word(code);
      else if (kind === DIGIT || (code === 46 && this.digitAt(this.at + 1))) this.number();
      else this.punctuation(code);
    }
    this.push('end', length, length, '');
    return this.tokens;
  }

  private punctuation(code: number): void {
    const { text, at } = this;
    const next = text.charCodeAt(at + 1);
    if (code === 39) this.quoted('string', "'", at, at);
    else if (code === 96) this.quoted('quoted-name', '`', at, at);
    else if (code === 34) this.quoted('double-quoted', '"', at, at);
    else if (code === 45 && next === 45) this.lineComment();
    else if (code === 47 && next === 42) this.blockComment();
    else {
      const two = text.slice(at, at + 2);
      const pair = code >= 0xd800 && code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
      const size = pair || signsOfTwo.has(two) ? 2 : 1;
      this.at = at + size;
      this.push('sign', at, this.at, size === 2 ? two : text.charAt(at));
    }
  }

  private word(first: number): void {
    const { text } = this;
    const start = this.at;
    let at = first === 92 ? start + ESCAPE_LENGTH : start + 1;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      const kind = classOf(text, at, code);
      if (kind === LETTER || kind === DIGIT || code === 36) at++;
      else if (code === 92 && isEscape(text, at)) at += ESCAPE_LENGTH;
      else break;
    }
    this.at = at;
    if (at === start + 1 && (first === 120 || first === 88) && text.charCodeAt(at) === 39) {
      this.quoted('binary-string', "'", start, at);
      return;
    }
    this.push('word', start, at, text.slice(start, at).toUpperCase());
  }

  private number(): void {
    const { text } = this;
    const start = this.at;
    this.digits();
    if (text.charCodeAt(this.at) === 46) {
      this.at++;
      this.digits();
    }
    const code = text.charCodeAt(this.at);
    if (code === 101 || code === 69) {
      const sign = text.charCodeAt(this.at + 1);
      const digits = sign === 43 || sign === 45 ? this.at + 2 : this.at + 1;
      if (this.digitAt(digits)) {
        this.at = digits;
        this.digits();
      }
    }
    this.push('number', start, this.at, text.slice(start, this.at));
  }

  private digits(): void {
    while (this.digitAt(this.at)) this.at++;
  }

  private digitAt(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code >= 48 && code <= 57;
  }

  /** `open` is the place of the opening quote, `start` that of the token (x'0c' begins before its quote). */
  private quoted(kind: TokenKind, quote: string, start: number, open: number): void {
    const { text } = this;
    let end = text.indexOf(quote, open + 1);
    let doubled = false;
    while (end >= 0 && text.charAt(end + 1) === quote) {
      doubled = true;
      end = text.indexOf(quote, end + 2);
    }
    if (end < 0) {
      // A lone double quote is a wrong character, not an open string: the parser explains it.
      if (kind === 'double-quoted') this.push('sign', start, open + 1, '"');
      else
        this.unterminated(
          kind === 'quoted-name' ? 'quoted name' : kind === 'string' ? 'string' : 'binary string',
          start,
          open + 1,
        );
      if (kind === 'double-quoted') this.at = open + 1;
      return;
    }
    this.at = end + 1;
    const content = text.slice(open + 1, end);
    this.push(kind, start, end + 1, doubled ? content.replaceAll(quote + quote, quote) : content);
  }

  private lineComment(): void {
    const end = this.text.indexOf('\n', this.at);
    const start = this.at;
    this.at = end < 0 ? this.text.length : end;
    this.events.comment?.({ start, end: this.at });
  }

  private blockComment(): void {
    const start = this.at;
    const end = this.text.indexOf('*/', start + 2);
    if (end < 0) {
      this.unterminated('comment', start, start + 2);
      return;
    }
    this.at = end + 2;
    this.events.comment?.({ start, end: this.at });
  }

  private unterminated(kind: UnterminatedKind, start: number, openEnd: number): void {
    if (!this.events.unterminated) throw syntaxErrors.unterminated(kind, { start, end: openEnd });
    this.at = this.text.length;
    this.events.unterminated(kind, { start, end: this.text.length });
  }

  private push(kind: TokenKind, start: number, end: number, text: string): void {
    this.tokens.push({ kind, text, start, end });
  }
}

const ESCAPE_LENGTH = 6;
const escapePattern = /\\u[0-9a-fA-F]{4}/y;

/** A character of a name by its code: `\u006C`. */
function isEscape(text: string, at: number): boolean {
  escapePattern.lastIndex = at;
  return escapePattern.test(text);
}

function classOf(text: string, at: number, code: number): number {
  if (code < 128) return asciiClass[code]!;
  if (code >= 0xdc00 && code <= 0xdfff) {
    // second half of a pair: belongs to what the first half was
    return at > 0 && unicodeLetter.test(text.slice(at - 1, at + 1)) ? LETTER : OTHER;
  }
  const char = code >= 0xd800 && code <= 0xdbff ? text.slice(at, at + 2) : text.charAt(at);
  if (unicodeLetter.test(char)) return LETTER;
  return unicodeSpace.test(char) ? SPACE : OTHER;
}
