import type { Span } from '../errors/span.ts';
import { lex } from './lexer.ts';

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
 * comments do not count; an open string, name or comment keeps everything behind the last semicolon in the rest.
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
  for (const token of tokens) {
    if (token.kind === 'end') break;
    if (token.kind === 'sign' && token.text === ';') {
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
