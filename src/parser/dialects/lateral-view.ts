import type { ParseError } from '../../errors/sluice-error.ts';
import type { Span } from '../../errors/span.ts';
import { syntaxErrors } from '../messages.ts';
import type { Token, TokenKind } from '../tokens.ts';
import { last } from './last.ts';

const is = (token: Token | undefined, text: string): boolean =>
  token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'sign');
const isName = (token: Token | undefined): token is Token => token?.kind === 'word' || token?.kind === 'quoted-name';
const endsView: ReadonlySet<string> = new Set(
  'LATERAL WHERE GROUP ORDER HAVING LIMIT UNION JOIN LEFT RIGHT FULL CROSS INNER ON WINDOW EXCEPT INTERSECT SORT CLUSTER'.split(
    ' ',
  ),
);

/** `LATERAL VIEW [OUTER] explode(x) t AS a` of Hive is `CROSS JOIN UNNEST(x) AS t (a)`, with OUTER a LEFT JOIN. */
export function rewriteLateralView(input: readonly Token[], dialect: string): readonly Token[] {
  if (!input.some((token, i) => is(token, 'LATERAL') && is(input[i + 1], 'VIEW'))) return input;
  const out: Token[] = [];
  let i = 0;
  while (i < input.length) {
    if (is(input[i], 'LATERAL') && is(input[i + 1], 'VIEW')) i = oneView(input, i, out, dialect);
    else out.push(input[i++]!);
  }
  return out;
}

function oneView(input: readonly Token[], start: number, out: Token[], dialect: string): number {
  const place = input[start]!;
  const make = (kind: TokenKind, text: string, span: Span): Token => ({ kind, text, start: span.start, end: span.end });
  const refuse = (what: string, span: Span): ParseError =>
    syntaxErrors.dialectPart(dialect, what, { start: span.start, end: span.end }, 'LATERAL VIEW takes explode(x).');
  let i = start + 2;
  const outer = is(input[i], 'OUTER');
  if (outer) i++;
  const call = input[i]!;
  if (!is(call, 'EXPLODE') || !is(input[i + 1], '(')) throw refuse('LATERAL VIEW of this function', call);
  const words = outer ? ['LEFT', 'JOIN', 'UNNEST'] : ['CROSS', 'JOIN', 'UNNEST'];
  for (const word of words) out.push(make('word', word, word === 'UNNEST' ? call : place));
  i++;
  let depth = 0;
  do {
    const token = input[i]!;
    if (token.kind === 'end') throw refuse('LATERAL VIEW of this function', call);
    if (is(token, '(')) depth++;
    if (is(token, ')')) depth--;
    out.push(token);
    i++;
  } while (depth > 0);
  let alias: Token | undefined;
  const columns: Token[] = [];
  const named = input[i];
  if (isName(named) && named.text !== 'AS' && !endsView.has(named.text)) {
    alias = named;
    i++;
  }
  if (is(input[i], 'AS')) {
    i++;
    if (isName(input[i])) columns.push(input[i++]!);
    // of a map: the key and the value
    const behind = input[i + 2];
    const table = (isName(behind) && !endsView.has(behind.text)) || is(behind, '.');
    if (is(input[i], ',') && isName(input[i + 1]) && !table) {
      columns.push(input[i + 1]!);
      i += 2;
    }
  }
  if (alias !== undefined || columns.length > 0) {
    out.push(make('word', 'AS', place), alias ?? make('quoted-name', `view@${start}`, place));
    if (columns.length > 0) {
      out.push(make('sign', '(', columns[0]!));
      columns.forEach((column, k) => out.push(...(k > 0 ? [make('sign', ',', column)] : []), column));
      out.push(make('sign', ')', last(columns)));
    }
  }
  if (outer) out.push(make('word', 'ON', place), make('word', 'TRUE', place));
  return i;
}
