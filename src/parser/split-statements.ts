import type { Span } from '../errors/span.ts';
import { lex } from './lexer.ts';
import type { Token } from './tokens.ts';

export interface StatementText extends Span {
  /** Without the semicolon and the blanks and comments before the statement. */
  readonly text: string;
}

export interface SplitText {
  /** The statements closed by a semicolon. */
  readonly complete: readonly StatementText[];
  /** What follows the last semicolon, blanks and comments before it dropped; empty when nothing is left. */
  readonly rest: string;
}

/**
 * Which statements of a text are complete: a shell reads on while there is a rest. Semicolons in strings, quoted names and
 * comments do not count, nor do those inside a STATEMENT SET; an open string, name or comment keeps everything behind the
 * last semicolon in the rest.
 */
export function splitStatements(text: string): SplitText {
  let openedAt: number | undefined;
  const tokens = lex(text, {
    unterminated: (_kind, span) => {
      openedAt = span.start;
    },
  });
  const complete: StatementText[] = [];
  let start: number | undefined;
  let end = 0;
  const set = new SetScanner();
  for (const token of tokens) {
    if (token.kind === 'end') break;
    const inside = set.next(token);
    if (token.kind === 'sign' && token.text === ';' && !inside) {
      if (start !== undefined) complete.push({ text: text.slice(start, end), start, end });
      start = undefined;
    } else {
      start ??= token.start;
      end = token.end;
    }
  }
  const restStart = start ?? openedAt;
  return { complete, rest: restStart === undefined ? '' : text.slice(restStart).trimEnd() };
}

/** Tells where `STATEMENT SET BEGIN … END` and `BEGIN STATEMENT SET; … END` are open. */
class SetScanner {
  /** Upper-case words at the beginning of the statement. */
  #words: string[] = [];
  #open = false;
  /** CASE that is not ended: its END is not that of the set. */
  #cases = 0;

  /** @returns whether a semicolon here belongs to the statement */
  next(token: Token): boolean {
    const word = token.kind === 'word' ? token.text : '';
    if (this.#open) {
      if (word === 'CASE') this.#cases++;
      if (word === 'END' && this.#cases > 0) this.#cases--;
      else if (word === 'END') this.#open = false;
      return this.#open;
    }
    const isEnd = token.kind === 'sign' && token.text === ';';
    if (this.#words.length < 24 && !isEnd) this.#words.push(word);
    if (word === 'BEGIN') this.#open = /^(EXECUTE|EXPLAIN\b.*) STATEMENT SET BEGIN$/.test(this.#words.join(' '));
    if (isEnd) this.#open = this.#words.length === 3 && this.#words.join(' ') === 'BEGIN STATEMENT SET';
    if (isEnd || this.#open) this.#words = [];
    this.#cases = 0;
    return this.#open;
  }
}
