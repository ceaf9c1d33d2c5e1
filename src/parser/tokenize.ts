import type { Span } from '../errors/span.ts';
import { highlightedWords } from './keywords.ts';
import { lex } from './lexer.ts';
import type { Token } from './tokens.ts';

export type HighlightKind = 'keyword' | 'name' | 'string' | 'number' | 'operator' | 'punctuation' | 'comment' | 'error';

/** A piece of a text for highlighting; pieces are in order and do not overlap, blanks belong to none. */
export interface HighlightToken extends Span {
  readonly kind: HighlightKind;
}

/** Never throws: a string or comment that is still open reaches to the end of the text. */
export function tokenize(text: string): HighlightToken[] {
  const pieces: HighlightToken[] = [];
  const tokens = lex(text, {
    comment: ({ start, end }) => pieces.push({ kind: 'comment', start, end }),
    unterminated: (kind, { start, end }) =>
      pieces.push({ kind: kind === 'comment' ? 'comment' : kind === 'quoted name' ? 'name' : 'string', start, end }),
  });
  for (const token of tokens) {
    if (token.kind !== 'end') pieces.push({ kind: kindOf(token), start: token.start, end: token.end });
  }
  return pieces.sort((a, b) => a.start - b.start);
}

function kindOf(token: Token): HighlightKind {
  switch (token.kind) {
    case 'word':
      return highlightedWords.has(token.text) ? 'keyword' : 'name';
    case 'quoted-name':
      return 'name';
    case 'string':
    case 'binary-string':
      return 'string';
    case 'number':
      return 'number';
    case 'sign':
      if (/^[()[\],.;]$/.test(token.text)) return 'punctuation';
      return /^[-+*/%=<>|!]+$/.test(token.text) ? 'operator' : 'error';
    case 'double-quoted':
    case 'end':
      return 'error';
  }
}
