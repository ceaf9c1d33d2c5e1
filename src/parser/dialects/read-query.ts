import type { SourceText } from '../../errors/span.ts';
import type { Query } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import { parseQueryTokens } from '../parse.ts';
import type { Token } from '../tokens.ts';
import { lexDialect } from './dialect-lexer.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { rewriteQuery } from './rewrite-query.ts';
import { rewriteTokens } from './rewrite-tokens.ts';
import { last } from './last.ts';

/**
 * One query of another system by our own grammar: its tokens are made tokens of ours, its functions and types in the tree
 * become ours. Every node has its place in the text.
 */
export function readQuery({ text }: SourceText, syntax: DialectSyntax): Query {
  return readTokens(text, lexDialect(text, syntax), syntax);
}

/** The same for a part of a text that was cut already. */
export function readTokens(text: string, all: readonly Token[], syntax: DialectSyntax): Query {
  const tokens = withoutSemicolon(all);
  const [first] = tokens;
  if (!first || first.kind === 'end') {
    const at = first?.start ?? text.length;
    throw syntaxErrors.emptyText('a query', { start: at, end: at });
  }
  if (first.kind === 'word' && !queryWords.has(first.text)) {
    const span = { start: first.start, end: first.end };
    throw syntaxErrors.dialectPart(syntax.name, `"${first.text}" statements`, span, 'Only SELECT is taken over.');
  }
  const rewritten = rewriteTokens(tokens, syntax);
  return rewriteQuery(parseQueryTokens(text, rewritten.tokens), syntax, rewritten.marks);
}

const queryWords: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES']);

function withoutSemicolon(tokens: readonly Token[]): readonly Token[] {
  const end = last(tokens);
  let length = tokens.length - 1;
  while (length > 0 && tokens[length - 1]!.kind === 'sign' && tokens[length - 1]!.text === ';') length--;
  const inner = tokens.slice(0, length);
  const second = inner.find((token) => token.kind === 'sign' && token.text === ';');
  if (second) throw syntaxErrors.oneStatement({ start: second.start, end: second.end });
  return [...inner, end];
}
