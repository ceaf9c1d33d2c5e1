import type { CaseExpression, Expression, Identifier, Literal } from '../ast/expression.ts';
import { bareFunctions, callableWords } from '../keywords.ts';
import { syntaxErrors } from '../messages.ts';
import type { Token } from '../tokens.ts';
import { parseCall, plainCall } from './call.ts';
import type { Cursor } from './cursor.ts';
import { isIntervalStart, parseInterval } from './interval.ts';

/** An operand: literal, name, call, CASE, CAST, parentheses. */
export function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  switch (token.kind) {
    case 'number':
      return parseNumber(cursor);
    case 'string':
      return cursor.string();
    case 'binary-string':
      return parseBinaryString(cursor);
    case 'quoted-name':
      return parseNamed(cursor);
    case 'word':
      return parseWord(cursor, token);
    default:
      if (cursor.isSign('(')) return parseParenthesized(cursor);
      throw cursor.expected('an expression');
  }
}

function parseNumber(cursor: Cursor): Literal {
  const token = cursor.advance();
  const { text } = token;
  const form = /[eE]/.test(text) ? 'double' : text.includes('.') ? 'decimal' : 'integer';
  const next = cursor.token;
  if (next.kind === 'word' && next.start === token.end) {
    const span = { start: token.start, end: next.end };
    throw syntaxErrors.nameBeginsWithDigit(cursor.written(span), span);
  }
  return { kind: 'number', text, form, span: spanOf(token) };
}

function parseBinaryString(cursor: Cursor): Literal {
  const token = cursor.advance();
  if (token.text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(token.text)) throw syntaxErrors.oddHexDigits(spanOf(token));
  return { kind: 'binary-string', hex: token.text.toLowerCase(), span: spanOf(token) };
}

function parseWord(cursor: Cursor, token: Token): Expression {
  const next = cursor.peek();
  const called = next.kind === 'sign' && next.text === '(';
  switch (token.text) {
    case 'NULL':
      return { kind: 'null', span: spanOf(cursor.advance()) };
    case 'TRUE':
    case 'FALSE':
      return { kind: 'boolean', value: token.text === 'TRUE', span: spanOf(cursor.advance()) };
    case 'UNKNOWN':
      return { kind: 'boolean', value: null, span: spanOf(cursor.advance()) };
    case 'CASE':
      return parseCase(cursor);
    case 'CAST':
      return parseCast(cursor);
    case 'TRY_CAST':
      if (called) return parseCast(cursor);
      break;
    case 'EXISTS':
      return parseExists(cursor);
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      if (next.kind === 'string') return parseTemporal(cursor);
      break;
    case 'INTERVAL':
      if (isIntervalStart(cursor)) return parseInterval(cursor);
      break;
    case 'ROW':
      if (called) return parseRow(cursor);
      break;
    case 'ARRAY':
    case 'MAP':
      if (next.kind === 'sign' && next.text === '[') return parseCollection(cursor);
      break;
    default:
      if (!called && bareFunctions.has(token.text)) return plainCall(cursor.takeIdentifier(), [], { bare: true });
      if (called && callableWords.has(token.text)) return parseCall(cursor, [cursor.takeIdentifier()]);
  }
  return parseNamed(cursor);
}

/** A column or a call. */
function parseNamed(cursor: Cursor): Expression {
  if (!cursor.isName()) {
    const next = cursor.peek();
    const usedAsName =
      next.kind === 'sign'
        ? next.text !== '(' && next.text !== ';' && next.text !== '*'
        : next.text === 'AS' || (next.text === 'FROM' && cursor.token.text !== 'FROM');
    if (usedAsName && cursor.token.kind === 'word') cursor.identifier('an expression');
    throw cursor.expected('an expression');
  }
  const start = cursor.token;
  const parts: Identifier[] = [cursor.takeIdentifier()];
  while (cursor.takeSign('.')) parts.push(cursor.nameAfterDot());
  if (cursor.isSign('(')) return parseCall(cursor, parts);
  return { kind: 'column-ref', parts, span: cursor.spanFrom(start) };
}

/** `(a + b)`, `(1, 'a')`, `(SELECT …)`, `((SELECT …) UNION (SELECT …))` */
function parseParenthesized(cursor: Cursor): Expression {
  const open = cursor.expectSign('(');
  if (cursor.isQueryStart()) {
    const query = cursor.query();
    closeParenthesis(cursor);
    return { kind: 'subquery', query, span: cursor.spanFrom(open) };
  }
  const first = cursor.expression();
  if (first.kind === 'subquery' && cursor.rules.continuesQuery(cursor)) {
    const query = cursor.rules.continueQuery(cursor, first.query);
    closeParenthesis(cursor);
    return { kind: 'subquery', query, span: cursor.spanFrom(open) };
  }
  if (!cursor.isSign(',')) {
    closeParenthesis(cursor);
    return parseDifferenceUnit(cursor, first, open) ?? { ...first, span: cursor.spanFrom(open) };
  }
  cursor.advance();
  const items = [first, ...cursor.list(() => cursor.expression())];
  cursor.close();
  return { kind: 'row', items, span: cursor.spanFrom(open) };
}

/** `(a - b) DAY`, `(a - b) HOUR TO SECOND`: the length between two points in time, as an interval of the unit. */
function parseDifferenceUnit(cursor: Cursor, inner: Expression, open: Token): Expression | undefined {
  const unit = cursor.token;
  if (inner.kind !== 'binary' || inner.operator !== '-' || unit.kind !== 'word' || !differenceUnits.has(unit.text)) {
    return undefined;
  }
  cursor.advance();
  const to = cursor.isWord('TO') && differenceUnits.has(cursor.peek().text) ? cursor.peek().text : undefined;
  if (to !== undefined) {
    cursor.advance();
    cursor.advance();
  }
  const name = to === undefined ? unit.text : `${unit.text} TO ${to}`;
  const symbol = { kind: 'symbol', name, span: spanOf(unit) } as const;
  const call = plainCall({ kind: 'identifier', name: 'MINUS_DATE', quoted: false, span: inner.span }, [
    inner.left,
    inner.right,
    symbol,
  ]);
  return { ...call, span: cursor.spanFrom(open) };
}

/** Reserved words, so that they are no alias behind the parenthesis. */
const differenceUnits: ReadonlySet<string> = new Set(['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']);

function closeParenthesis(cursor: Cursor): void {
  if (!cursor.isSign(')')) throw cursor.expected('")"');
  cursor.advance();
}

/**
 * `WHEN 1, 2 THEN x` becomes two branches that share x. Nested in one another such branches would double the tree at each
 * level, so x may not be longer than this (in characters).
 */
const longestRepeated = 200;

function parseCase(cursor: Cursor): CaseExpression {
  const start = cursor.expectWord('CASE');
  const operand = cursor.isWord('WHEN') ? undefined : cursor.expression();
  const branches: { when: Expression; then: Expression }[] = [];
  if (!cursor.isWord('WHEN')) throw cursor.expected('"WHEN"');
  while (cursor.takeWord('WHEN')) {
    const whens = operand ? cursor.list(() => cursor.expression()) : [cursor.expression()];
    cursor.expectWord('THEN');
    const then = cursor.expression();
    if (whens.length > 1 && then.span.end - then.span.start > longestRepeated) {
      throw syntaxErrors.unsupported('a list of values in WHEN with a long result', whens[1]!.span);
    }
    for (const when of whens) branches.push({ when, then });
  }
  const otherwise = cursor.takeWord('ELSE') ? cursor.expression() : undefined;
  if (!cursor.takeWord('END')) throw cursor.expected(otherwise ? '"END"' : '"WHEN", "ELSE" or "END"');
  return { kind: 'case', operand, branches, otherwise, span: cursor.spanFrom(start) };
}

function parseCast(cursor: Cursor): Expression {
  const start = cursor.advance();
  cursor.expectSign('(');
  const operand = cursor.expression();
  cursor.expectWord('AS');
  const type = cursor.typeName();
  closeParenthesis(cursor);
  return { kind: 'cast', operand, type, safe: start.text === 'TRY_CAST', span: cursor.spanFrom(start) };
}

function parseExists(cursor: Cursor): Expression {
  const start = cursor.expectWord('EXISTS');
  cursor.expectSign('(');
  const query = cursor.query();
  closeParenthesis(cursor);
  return { kind: 'exists', query, span: cursor.spanFrom(start) };
}

function parseTemporal(cursor: Cursor): Literal {
  const word = cursor.advance();
  const type = word.text === 'DATE' ? 'date' : word.text === 'TIME' ? 'time' : 'timestamp';
  const { value } = cursor.string();
  return { kind: 'temporal', type, value, span: cursor.spanFrom(word) };
}

function parseRow(cursor: Cursor): Expression {
  const start = cursor.advance();
  cursor.expectSign('(');
  const items = cursor.isSign(')') ? [] : cursor.list(() => cursor.expression());
  cursor.close();
  return { kind: 'row', items, span: cursor.spanFrom(start) };
}

/** `ARRAY[1, 2]`, `MAP['a', 1, 'b', 2]` */
function parseCollection(cursor: Cursor): Expression {
  const start = cursor.advance();
  cursor.expectSign('[');
  const items: Expression[] = cursor.isSign(']') ? [] : cursor.list(() => cursor.expression());
  if (start.text === 'MAP' && items.length % 2 === 1) throw cursor.expected('a value for the last key');
  cursor.close(']');
  const span = cursor.spanFrom(start);
  if (start.text === 'ARRAY') return { kind: 'array', items, span };
  const entries: { key: Expression; value: Expression }[] = [];
  for (let index = 0; index < items.length; index += 2) entries.push({ key: items[index]!, value: items[index + 1]! });
  return { kind: 'map', entries, span };
}

function spanOf(token: Token): { start: number; end: number } {
  return { start: token.start, end: token.end };
}
