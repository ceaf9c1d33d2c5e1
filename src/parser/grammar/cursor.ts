import type { ParseError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import type { Expression, FunctionCall, Identifier, StringLiteral, TypeName } from '../ast/expression.ts';
import type { Query } from '../ast/query.ts';
import { clauseWords, reservedWords } from '../keywords.ts';
import { hints, maxDepth, syntaxErrors } from '../messages.ts';
import type { Token } from '../tokens.ts';
import { explain } from './hints.ts';

/** Gives the value of `${NAME}` inside a string literal. */
export type VariableLookup = (name: string) => string | undefined;

/** The rules that need one another; handed to the cursor so that the files of the grammar do not import in a circle. */
export interface GrammarRules {
  expression(cursor: Cursor, minimum: number): Expression;
  /** An operand above the comparisons, so that IN, AND and the like after it stay. */
  operand(cursor: Cursor): Expression;
  call(cursor: Cursor, name: readonly Identifier[]): FunctionCall;
  query(cursor: Cursor): Query;
  continuesQuery(cursor: Cursor): boolean;
  continueQuery(cursor: Cursor, first: Query): Query;
  typeName(cursor: Cursor): TypeName;
}

const variablePattern = /\$\{([A-Za-z_][A-Za-z0-9_.]*)\}/g;

/** A place in the token list, with what all rules share: look-ahead, expectations, the depth limit. */
export class Cursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly rules: GrammarRules;
  readonly variables: VariableLookup | undefined;
  /** The next token; never beyond the `end` token. */
  token: Token;
  /** The last token taken. */
  previous: Token;
  /** Levels open above this place. */
  depth = 0;
  /** Height of the tallest tree finished since the enclosing rule began; see `grow`. */
  height = 0;
  private at = 0;

  constructor(text: string, tokens: readonly Token[], rules: GrammarRules, variables?: VariableLookup) {
    this.text = text;
    this.tokens = tokens;
    this.rules = rules;
    this.variables = variables;
    this.token = tokens[0]!;
    this.previous = this.token;
  }

  peek(ahead = 1): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  advance(): Token {
    const taken = this.token;
    this.previous = taken;
    if (this.at < this.tokens.length - 1) this.at++;
    this.token = this.tokens[this.at]!;
    return taken;
  }

  atEnd(): boolean {
    return this.token.kind === 'end';
  }

  isWord(word: string): boolean {
    return this.token.kind === 'word' && this.token.text === word;
  }

  isSign(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.text === sign;
  }

  /** Is the token so far ahead this word or sign, not a string or quoted name of the same content? */
  isAhead(ahead: number, text: string): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'word' || token.kind === 'sign');
  }

  /** Are the next tokens these words (or signs)? */
  isSequence(...texts: readonly string[]): boolean {
    return texts.every((text, ahead) => this.isAhead(ahead, text));
  }

  takeWord(...words: readonly string[]): boolean {
    if (!this.isSequence(...words)) return false;
    for (let count = words.length; count > 0; count--) this.advance();
    return true;
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.advance();
    return true;
  }

  expectWord(...words: readonly string[]): Token {
    for (const word of words) {
      if (!this.isWord(word)) throw this.expected(`"${word}"`);
      this.advance();
    }
    return this.previous;
  }

  expectSign(sign: string): Token {
    if (!this.isSign(sign)) throw this.expected(`"${sign}"`);
    return this.advance();
  }

  /** The text as written, quotes included. */
  written(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  /** The error "expected … but found …" at the next token. */
  expected(what: string, hint?: string): ParseError {
    const { token } = this;
    return syntaxErrors.expected(what, token, this.written(token), hint ?? explain(this, what));
  }

  spanFrom(start: Span): Span {
    return { start: start.start, end: Math.max(this.previous.end, start.end) };
  }

  /** Is the next token a name? `alias`: a name written without AS, where clause words end the expression instead. */
  isName(place: 'any' | 'alias' = 'any'): boolean {
    const { kind, text } = this.token;
    if (kind === 'quoted-name') return true;
    return kind === 'word' && !reservedWords.has(text) && !(place === 'alias' && clauseWords.has(text));
  }

  identifier(what = 'a name'): Identifier {
    const { token } = this;
    if (!this.isName()) {
      if (token.kind === 'word') throw syntaxErrors.reserved(what, token.text, this.written(token), token);
      throw this.expected(what);
    }
    return this.takeIdentifier();
  }

  /** Takes the next token as a name, reserved or not. */
  takeIdentifier(): Identifier {
    const token = this.advance();
    const quoted = token.kind === 'quoted-name';
    const span = { start: token.start, end: token.end };
    return { kind: 'identifier', name: quoted ? token.text : unescaped(this.written(token)), quoted, span };
  }

  /** `a.b.c` */
  qualifiedName(what: string): Identifier[] {
    const parts = [this.identifier(what)];
    while (this.takeSign('.')) parts.push(this.nameAfterDot());
    return parts;
  }

  /** Behind a dot every word is a name, but `t. FROM` is a name that was not finished. */
  nameAfterDot(): Identifier {
    const { kind, text, start } = this.token;
    const unfinished = kind === 'word' && reservedWords.has(text) && start > this.previous.end;
    if (unfinished || (kind !== 'word' && kind !== 'quoted-name')) throw this.expected('a name after "."');
    return this.takeIdentifier();
  }

  /** `(a, b)` */
  identifierList(what: string): Identifier[] {
    this.expectSign('(');
    const names = this.list(() => this.identifier(what));
    this.close();
    return names;
  }

  /** One or more, separated by commas. */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.takeSign(',')) {
      if (this.isSign(')') || this.token.kind === 'end' || this.isWord('FROM'))
        throw this.expected('one more item after ","', hints.trailingComma);
      items.push(item());
    }
    return items;
  }

  /** The closing parenthesis of a list: what may stand there is a comma too. */
  close(sign = ')'): Token {
    if (!this.isSign(sign)) throw this.expected(`"," or "${sign}"`);
    return this.advance();
  }

  isString(): boolean {
    return this.token.kind === 'string';
  }

  string(what = 'a string'): StringLiteral {
    if (this.token.kind !== 'string') throw this.expected(what);
    const token = this.advance();
    return { kind: 'string', value: this.stringValue(token), span: { start: token.start, end: token.end } };
  }

  stringValue(token: Token): string {
    const lookup = this.variables;
    if (!lookup || !token.text.includes('${')) return token.text;
    // The raw text is searched, not the value: '' is one character there, and the place must be right.
    const raw = this.text.slice(token.start + 1, token.end - 1);
    let value = '';
    let last = 0;
    for (const match of raw.matchAll(variablePattern)) {
      const name = match[1]!;
      const start = token.start + 1 + match.index;
      const found = lookup(name);
      if (found === undefined) throw syntaxErrors.unknownVariable(name, { start, end: start + match[0].length });
      value += raw.slice(last, match.index).replaceAll("''", "'") + found;
      last = match.index + match[0].length;
    }
    return value + raw.slice(last).replaceAll("''", "'");
  }

  integer(what: string): number {
    if (this.token.kind !== 'number' || !/^\d{1,9}$/.test(this.token.text)) throw this.expected(what);
    return Number(this.advance().text);
  }

  /**
   * Runs a rule that can contain itself, one level deeper. Levels above plus the height of the tree below stay within the
   * limit, so that neither this parser nor any later walk over the tree runs out of stack.
   */
  nested<Node>(rule: () => Node): Node {
    const outer = this.height;
    this.height = 0;
    this.depth++;
    if (this.depth > maxDepth) throw syntaxErrors.tooDeep(this.token);
    const node = rule();
    this.depth--;
    this.height = Math.max(outer, this.height + 1);
    return node;
  }

  /** Inside `nested`: what was built so far became the child of one more node (`a - b - c` grows to the left). */
  grow(at: Span): void {
    this.height++;
    if (this.depth + this.height > maxDepth) throw syntaxErrors.tooDeep(at);
  }

  expression(): Expression {
    return this.rules.expression(this, 0);
  }

  query(): Query {
    return this.rules.query(this);
  }

  typeName(): TypeName {
    return this.rules.typeName(this);
  }

  isQueryStart(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && (token.text === 'SELECT' || token.text === 'WITH' || token.text === 'VALUES');
  }
}

/** Characters of a bare name may be written by their codes: `\u006C`. */
function unescaped(name: string): string {
  if (!name.includes('\\')) return name;
  return name.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
