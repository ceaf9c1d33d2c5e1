import { InternalError } from '../../errors/sluice-error.ts';
import type { ParseError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression } from '../ast/expression.ts';
import { maxDepth, syntaxErrors } from '../messages.ts';
import { needsQuotes } from '../print/names.ts';
import { expandTemplate } from './call-template.ts';
import type { LogColumn } from './registry.ts';
import { last } from './last.ts';

interface Piece extends Span {
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  /** Quoted: the content. */
  readonly text: string;
}

const dialect = 'the SLS console';
const piecePattern = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|>=|<=|[()[\]:<>=#]|[^\s()[\]:<>="'#]+|[^]/gu;

/** Splits texts into words there, unless an index says otherwise. */
const delimiters = ', \'";=()[]{}?@&<>/:\n\t\r';
const delimiterClass = String.raw`, '";=()\[\]{}?@&<>/:\n\t\r`;

/**
 * The search before the `|` of a query of the SLS console, as a condition over the columns of the table; undefined: `*`.
 * A word is sought in all text columns, without regard to case, between the signs that separate words there.
 */
export function lowerSearch(text: string, columns: readonly LogColumn[]): Expression | undefined {
  return new SearchReader(text, columns).whole();
}

class SearchReader {
  private readonly pieces: Piece[];
  private readonly columns: readonly LogColumn[];
  private at = 0;
  private depth = 0;

  constructor(text: string, columns: readonly LogColumn[]) {
    this.columns = columns;
    this.pieces = cut(text);
  }

  whole(): Expression | undefined {
    if (this.atEnd()) return undefined;
    const condition = this.or();
    if (!this.atEnd()) throw this.refuse(`"${this.piece.text}" at this place of a search`, this.piece);
    return condition === 'all' ? undefined : condition;
  }

  private get piece(): Piece {
    return this.pieces[this.at]!;
  }

  private atEnd(): boolean {
    return this.piece.kind === 'end';
  }

  private take(): Piece {
    const taken = this.piece;
    if (taken.kind !== 'end') this.at++;
    return taken;
  }

  private isWord(word: string): boolean {
    return this.piece.kind === 'word' && this.piece.text.toLowerCase() === word;
  }

  private isSign(sign: string): boolean {
    return this.piece.kind === 'sign' && this.piece.text === sign;
  }

  /** `all` is the condition that every log meets. */
  private or(): Expression | 'all' {
    this.depth++;
    if (this.depth > maxDepth / 4) throw syntaxErrors.tooDeep(this.piece);
    const operands = [this.and()];
    while (this.isWord('or')) {
      this.take();
      operands.push(this.and());
    }
    this.depth--;
    const conditions = operands.filter((one) => one !== 'all');
    return conditions.length < operands.length ? 'all' : chain('OR', conditions);
  }

  private and(): Expression | 'all' {
    const operands = [this.not()];
    for (;;) {
      const joined = this.isWord('and');
      if (joined) this.take();
      else if (this.piece.kind === 'end' || this.isSign(')') || this.isWord('or')) break;
      operands.push(this.not());
    }
    const conditions = operands.filter((one) => one !== 'all');
    return conditions.length === 0 ? 'all' : chain('AND', conditions);
  }

  private not(): Expression | 'all' {
    const start = this.piece;
    let negated = false;
    while (this.isWord('not')) {
      this.take();
      negated = !negated;
    }
    const operand = this.primary();
    if (!negated) return operand;
    const span = { start: start.start, end: this.pieces[this.at - 1]!.end };
    return operand === 'all' ? { kind: 'boolean', value: false, span } : { kind: 'not', operand, span };
  }

  private primary(): Expression | 'all' {
    const start = this.take();
    if (start.kind === 'sign' && start.text === '(') {
      const inner = this.or();
      if (!this.isSign(')')) throw this.refuse('a parenthesis that is not closed', start);
      this.take();
      return inner;
    }
    if (start.kind === 'sign' && start.text === '#' && this.piece.kind === 'quoted') {
      const phrase = this.take();
      return this.everywhere((column) => this.contains(column, phrase), phrase);
    }
    if (start.kind !== 'word' && start.kind !== 'quoted') {
      const what = start.kind === 'end' ? 'a search that ends here' : `"${start.text}" at this place of a search`;
      throw this.refuse(what, start);
    }
    const key = this.key(start);
    if (this.isSign(':')) return this.field(key);
    if (this.piece.kind === 'sign' && ['<', '<=', '>', '>=', '='].includes(this.piece.text)) return this.compared(key);
    if (this.isWord('in') && this.pieces[this.at + 1]?.kind === 'sign') return this.range(key);
    if (start.kind === 'word' && start.text === '*') return 'all';
    return this.everywhere((column) => this.words(column, start), start);
  }

  /** `__tag__:name` is one key. */
  private key(start: Piece): Piece {
    const name = this.pieces[this.at + 1];
    const tagged = start.text === '__tag__' && this.isSign(':') && this.pieces[this.at + 2]?.text === ':';
    if (!tagged || !name) return start;
    this.at += 2;
    return { ...start, text: `${start.text}:${name.text}`, end: name.end };
  }

  private column(key: Piece): LogColumn & Span {
    const wanted = key.text.toLowerCase();
    const column = this.columns.find((one) => one.name.toLowerCase() === wanted);
    if (!column) {
      throw syntaxErrors.dialectPart(
        dialect,
        `field "${key.text}" of the search`,
        { start: key.start, end: key.end },
        `The table has no such column; its columns: ${this.columns.map((one) => one.name).join(', ')}.`,
      );
    }
    return { ...column, start: key.start, end: key.end };
  }

  private field(key: Piece): Expression | 'all' {
    const column = this.column(key);
    this.take();
    if (this.isSign('#')) {
      this.take();
      return this.contains(column, this.value(key));
    }
    if (this.isSign('(')) return this.fieldGroup(column, key);
    const value = this.value(key);
    return this.matches(column, value);
  }

  /** `status: (200 or 404)` */
  private fieldGroup(column: LogColumn & Span, key: Piece): Expression {
    this.take();
    const operands = [this.matches(column, this.value(key))];
    while (this.isWord('or')) {
      this.take();
      operands.push(this.matches(column, this.value(key)));
    }
    if (!this.isSign(')')) throw this.refuse('a list of values with anything but "or"', this.piece);
    this.take();
    return chain('OR', operands);
  }

  private value(key: Piece): Piece {
    const value = this.take();
    if (value.kind !== 'word' && value.kind !== 'quoted') throw this.refuse(`field "${key.text}" without a value`, key);
    return value;
  }

  private matches(column: LogColumn & Span, value: Piece): Expression {
    if (value.kind === 'word' && value.text === '*') return fill('_1 IS NOT NULL', [reference(column)], value);
    if (column.type === 'number' && isNumber(value.text)) {
      return truth(fill('_1 = _2', [reference(column), numeric(value)], value));
    }
    return this.words(column, value);
  }

  private compared(key: Piece): Expression {
    const column = this.column(key);
    const operator = this.take();
    const value = this.value(key);
    if (!isNumber(value.text)) throw this.refuse(`"${operator.text}" with anything but a number`, value);
    return truth(fill(`_1 ${operator.text} _2`, [number(column), numeric(value)], value));
  }

  /** `status in [200 299]`, `(200 299]`: a round bracket leaves the bound out. */
  private range(key: Piece): Expression {
    const column = this.column(key);
    this.take();
    const open = this.take();
    const low = this.value(key);
    const high = this.value(key);
    const close = this.take();
    const closed = close.kind === 'sign' && (close.text === ']' || close.text === ')');
    if (!closed || (open.text !== '[' && open.text !== '(') || !isNumber(low.text) || !isNumber(high.text)) {
      throw this.refuse('this range', { start: open.start, end: close.end });
    }
    const bound = (operator: string, value: Piece): Expression =>
      fill(`_1 ${operator} _2`, [number(column), numeric(value)], value);
    const ends = [bound(open.text === '[' ? '>=' : '>', low), bound(close.text === ']' ? '<=' : '<', high)];
    return truth(chain('AND', ends));
  }

  /** All words of the text stand in the column, in any order; `*` and `?` stand for any part of a word. */
  private words(column: LogColumn & Span, value: Piece): Expression {
    const parts = split(value.text, value.kind === 'word');
    if (parts.length === 0) throw this.refuse('a search for no word', value);
    return chain(
      'AND',
      parts.map((part) => {
        const source = [...part].map((char) => (value.kind === 'word' ? wildcard(char) : escape(char))).join('');
        const pattern = `(^|[${delimiterClass}])${source.toLowerCase()}([${delimiterClass}]|$)`;
        return this.pattern(column, pattern, value);
      }),
    );
  }

  private contains(column: LogColumn & Span, phrase: Piece): Expression {
    return this.pattern(column, [...phrase.text].map(escape).join('').toLowerCase(), phrase);
  }

  private pattern(column: LogColumn & Span, pattern: string, { start, end }: Span): Expression {
    const text: Expression = { kind: 'string', value: pattern, span: { start, end } };
    const from = column.type === 'text' ? 'LOWER(_1)' : 'LOWER(CAST(_1 AS VARCHAR))';
    return truth(fill(`REGEXP(${from}, _2)`, [reference(column), text], { start, end }));
  }

  private everywhere(of: (column: LogColumn & Span) => Expression, place: Span): Expression {
    const texts = this.columns.filter((one) => one.type === 'text');
    if (texts.length === 0) throw this.refuse('a word to search for, where the table has no column of texts', place);
    return chain(
      'OR',
      texts.map((column) => of({ ...column, start: place.start, end: place.end })),
    );
  }

  private refuse(what: string, { start, end }: Span): ParseError {
    return syntaxErrors.dialectPart(dialect, what, { start, end });
  }
}

function cut(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const match of text.matchAll(piecePattern)) {
    const [found] = match;
    const span = { start: match.index, end: match.index + found.length };
    const first = found.charAt(0);
    if (/^\s$/u.test(found)) continue;
    if (found.length > 1 && (first === '"' || first === "'")) {
      pieces.push({ kind: 'quoted', text: found.slice(1, -1).replaceAll(/\\([^])/g, '$1'), ...span });
    } else if (first === '"' || first === "'") throw syntaxErrors.unterminated('string', span);
    else pieces.push({ kind: /^([()[\]:<>=#]|>=|<=)$/.test(found) ? 'sign' : 'word', text: found, ...span });
  }
  pieces.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return pieces;
}

function split(text: string, wildcards: boolean): string[] {
  const parts: string[] = [];
  let part = '';
  for (const char of text) {
    if (delimiters.includes(char) && !(wildcards && char === '?')) {
      if (part !== '') parts.push(part);
      part = '';
    } else part += char;
  }
  return part === '' ? parts : [...parts, part];
}

const escape = (char: string): string => (/[\\^$.|?*+()[\]{}]/.test(char) ? `\\${char}` : char);
const wildcard = (char: string): string =>
  char === '*' ? `[^${delimiterClass}]*` : char === '?' ? `[^${delimiterClass}]` : escape(char);

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

function numeric({ text, start, end }: Piece): Expression {
  const span = { start, end };
  const digits = text.replace('-', '');
  const operand: Expression = {
    kind: 'number',
    text: digits,
    form: digits.includes('.') ? 'decimal' : 'integer',
    span,
  };
  return digits === text ? operand : { kind: 'unary', operator: '-', operand, span };
}

function reference({ name, start, end }: LogColumn & Span): Expression {
  const span = { start, end };
  return { kind: 'column-ref', parts: [{ kind: 'identifier', name, quoted: needsQuotes(name), span }], span };
}

/** A field that holds texts is compared as a number; a text that is none is no match. */
function number(column: LogColumn & Span): Expression {
  return column.type === 'text' ? fill('TRY_CAST(_1 AS DOUBLE)', [reference(column)], column) : reference(column);
}

function fill(text: string, args: readonly Expression[], { start, end }: Span): Expression {
  const none = { distinct: false, filter: undefined, withinGroup: [], over: undefined };
  const filled = expandTemplate(text, args, none, { start, end });
  if (!filled) throw new InternalError('a template without its clauses');
  return filled;
}

/** A log without the field does not match, and so matches the opposite. */
function truth(operand: Expression): Expression {
  return { kind: 'is', operand, test: 'true', negated: false, span: operand.span };
}

function chain(operator: 'AND' | 'OR', operands: readonly Expression[]): Expression {
  const first = operands[0]!;
  const span = { start: first.span.start, end: last(operands).span.end };
  return operands.length === 1 ? first : { kind: 'chain', operator, operands, span };
}
