import type { Span } from '../../errors/span.ts';
import { joinSpans } from '../../errors/span.ts';
import type { BinaryOperator, Expression, FieldExpression, IsExpression, RowExpression } from '../ast/expression.ts';
import { maxDepth, syntaxErrors } from '../messages.ts';
import type { Token } from '../tokens.ts';
import type { Cursor } from './cursor.ts';
import { parsePrimary } from './primary.ts';

/** Binding strengths, weak to strong. IS binds weaker than a comparison: `a < b IS TRUE` is `(a < b) IS TRUE`. */
export const precedence = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  range: 6, // BETWEEN, IN, LIKE, SIMILAR TO, OVERLAPS
  sum: 7,
  product: 8,
  unary: 9,
} as const;

const comparisons: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);
const rangeWords: ReadonlySet<string> = new Set(['BETWEEN', 'IN', 'LIKE', 'SIMILAR']);

type ChainOperator = 'AND' | 'OR' | '+' | '||';

/** Operators by precedence climbing; chains are collected in a loop, so their length does not deepen the tree. */
export function parseExpression(cursor: Cursor, minimum: number): Expression {
  return cursor.nested(() => {
    let left = parsePrefix(cursor);
    /** The operands of `left` while it is a chain begun in this loop, so that one more term can join it. */
    let open: { operator: ChainOperator; operands: Expression[] } | undefined;
    for (;;) {
      const strength = strengthOf(cursor);
      if (strength === 0 || strength < minimum) return left;
      const operator = cursor.token;
      const chained = chainOperator(operator);
      if (!chained) {
        cursor.grow(operator);
        left = parseInfix(cursor, left, strength);
        open = undefined;
        continue;
      }
      cursor.advance();
      const right = parseExpression(cursor, strength + 1);
      if (open?.operator === chained) open.operands.push(right);
      else {
        cursor.grow(operator);
        open = { operator: chained, operands: [left, right] };
      }
      left = { kind: 'chain', operator: chained, operands: open.operands, span: joinSpans(left.span, right.span) };
    }
  });
}

function parsePrefix(cursor: Cursor): Expression {
  const start = cursor.token;
  if (start.kind === 'word' && start.text === 'NOT') {
    cursor.advance();
    const operand = parseExpression(cursor, precedence.not);
    return { kind: 'not', operand, span: cursor.spanFrom(start) };
  }
  if (start.kind === 'sign' && (start.text === '-' || start.text === '+')) {
    cursor.advance();
    const operand = parseExpression(cursor, precedence.unary);
    return { kind: 'unary', operator: start.text, operand, span: cursor.spanFrom(start) };
  }
  return parsePostfix(cursor, parsePrimary(cursor));
}

/** `x[i]`, `(x).field` */
function parsePostfix(cursor: Cursor, primary: Expression): Expression {
  let operand = primary;
  for (;;) {
    if (cursor.isSign('[')) {
      const open = cursor.advance();
      cursor.grow(open);
      const index = cursor.expression();
      if (!cursor.takeSign(']')) throw cursor.expected('"]"');
      operand = { kind: 'item', operand, index, span: cursor.spanFrom(operand.span) };
    } else if (cursor.isSign('.')) {
      const dot = cursor.advance();
      cursor.grow(dot);
      if (cursor.token.kind !== 'word' && cursor.token.kind !== 'quoted-name')
        throw cursor.expected('a name after "."');
      const field = cursor.takeIdentifier();
      const node: FieldExpression = { kind: 'field', operand, field, span: cursor.spanFrom(operand.span) };
      operand = node;
    } else return operand;
  }
}

/** How strongly the next token binds as an operator; 0: it is none. */
function strengthOf(cursor: Cursor): number {
  const { kind, text } = cursor.token;
  if (kind === 'sign') {
    if (text === '+' || text === '-') return precedence.sum;
    if (text === '*' || text === '/' || text === '%' || text === '||') return precedence.product;
    return comparisons.has(text) ? precedence.comparison : 0;
  }
  if (kind !== 'word') return 0;
  switch (text) {
    case 'OR':
      return precedence.or;
    case 'AND':
      return precedence.and;
    case 'IS':
      return precedence.is;
    case 'BETWEEN':
    case 'IN':
    case 'LIKE':
    case 'SIMILAR':
      return precedence.range;
    case 'OVERLAPS':
      return cursor.isAhead(1, '(') ? precedence.range : 0;
    case 'NOT': {
      const next = cursor.peek();
      return next.kind === 'word' && rangeWords.has(next.text) ? precedence.range : 0;
    }
    default:
      return 0;
  }
}

function chainOperator(token: Token): ChainOperator | undefined {
  const { text } = token;
  return text === 'AND' || text === 'OR' || text === '+' || text === '||' ? text : undefined;
}

function parseInfix(cursor: Cursor, left: Expression, strength: number): Expression {
  switch (strength) {
    case precedence.is:
      return parseIs(cursor, left);
    case precedence.range:
      return parseRange(cursor, left);
    case precedence.comparison:
      return parseComparison(cursor, left);
    default:
      return parseBinary(cursor, left, cursor.token.text as BinaryOperator, strength);
  }
}

function parseBinary(cursor: Cursor, left: Expression, operator: BinaryOperator, strength: number): Expression {
  const sign = cursor.advance();
  const right = parseExpression(cursor, strength + 1);
  const operatorSpan = { start: sign.start, end: sign.end };
  return { kind: 'binary', operator, left, right, operatorSpan, span: joinSpans(left.span, right.span) };
}

function parseComparison(cursor: Cursor, left: Expression): Expression {
  const written = cursor.token.text === '!=' ? '<>' : cursor.token.text;
  const operator = written as '=' | '<>' | '<' | '<=' | '>' | '>=';
  const next = cursor.peek();
  const quantified = next.kind === 'word' && (next.text === 'ANY' || next.text === 'SOME' || next.text === 'ALL');
  if (!quantified || !isParenthesizedQuery(cursor, 2)) {
    return parseBinary(cursor, left, operator, precedence.comparison);
  }
  cursor.advance();
  const quantifier = cursor.advance().text === 'ALL' ? 'all' : 'any';
  cursor.expectSign('(');
  const query = cursor.query();
  cursor.expectSign(')');
  return { kind: 'quantified', operand: left, operator, quantifier, query, span: cursor.spanFrom(left.span) };
}

/** `(SELECT …`, also behind further parentheses. */
function isParenthesizedQuery(cursor: Cursor, ahead: number): boolean {
  let at = ahead;
  while (at < ahead + maxDepth && cursor.peek(at).kind === 'sign' && cursor.peek(at).text === '(') at++;
  return at > ahead && cursor.isQueryStart(at);
}

function parseIs(cursor: Cursor, operand: Expression): Expression {
  cursor.expectWord('IS');
  const negated = cursor.takeWord('NOT');
  if (cursor.takeWord('DISTINCT')) {
    cursor.expectWord('FROM');
    const right = parseExpression(cursor, precedence.is + 1);
    return { kind: 'is-distinct', left: operand, right, negated, span: joinSpans(operand.span, right.span) };
  }
  const test = parseTest(cursor);
  return { kind: 'is', operand, test, negated, span: cursor.spanFrom(operand.span) };
}

function parseTest(cursor: Cursor): IsExpression['test'] {
  if (cursor.takeWord('NULL')) return 'null';
  if (cursor.takeWord('TRUE')) return 'true';
  if (cursor.takeWord('FALSE')) return 'false';
  if (cursor.takeWord('UNKNOWN')) return 'unknown';
  if (!cursor.takeWord('JSON')) throw cursor.expected('"NULL", "TRUE", "FALSE", "UNKNOWN" or "DISTINCT FROM"');
  if (cursor.takeWord('OBJECT')) return 'json-object';
  if (cursor.takeWord('ARRAY')) return 'json-array';
  if (cursor.takeWord('SCALAR')) return 'json-scalar';
  cursor.takeWord('VALUE');
  return 'json';
}

function parseRange(cursor: Cursor, operand: Expression): Expression {
  const negated = cursor.takeWord('NOT');
  if (cursor.takeWord('BETWEEN')) return parseBetween(cursor, operand, negated);
  if (cursor.takeWord('IN')) return parseIn(cursor, operand, negated);
  if (cursor.isWord('OVERLAPS')) return parseOverlaps(cursor, operand);
  const form = cursor.takeWord('LIKE') ? 'like' : 'similar';
  if (form === 'similar') cursor.expectWord('SIMILAR', 'TO');
  const pattern = parseExpression(cursor, precedence.range + 1);
  const escape = cursor.takeWord('ESCAPE') ? parseExpression(cursor, precedence.range + 1) : undefined;
  return { kind: 'like', form, operand, pattern, escape, negated, span: cursor.spanFrom(operand.span) };
}

function parseBetween(cursor: Cursor, operand: Expression, negated: boolean): Expression {
  const symmetric = cursor.takeWord('SYMMETRIC');
  if (!symmetric && cursor.isWord('ASYMMETRIC') && beginsOperand(cursor.peek())) cursor.advance();
  const low = parseExpression(cursor, precedence.range + 1);
  cursor.expectWord('AND');
  const high = parseExpression(cursor, precedence.range + 1);
  return { kind: 'between', operand, low, high, symmetric, negated, span: joinSpans(operand.span, high.span) };
}

function beginsOperand(token: Token): boolean {
  return token.kind !== 'end' && !(token.kind === 'word' && token.text === 'AND');
}

function parseIn(cursor: Cursor, operand: Expression, negated: boolean): Expression {
  cursor.expectSign('(');
  if (cursor.isQueryStart()) {
    const query = cursor.query();
    cursor.expectSign(')');
    return { kind: 'in-query', operand, query, negated, span: cursor.spanFrom(operand.span) };
  }
  const first = cursor.expression();
  if (first.kind === 'subquery' && cursor.rules.continuesQuery(cursor)) {
    const query = cursor.rules.continueQuery(cursor, first.query);
    cursor.expectSign(')');
    return { kind: 'in-query', operand, query, negated, span: cursor.spanFrom(operand.span) };
  }
  const items = cursor.takeSign(',') ? [first, ...cursor.list(() => cursor.expression())] : [first];
  cursor.close();
  return { kind: 'in-list', operand, items, negated, span: cursor.spanFrom(operand.span) };
}

function parseOverlaps(cursor: Cursor, left: Expression): Expression {
  const word = cursor.advance();
  const right = parseExpression(cursor, precedence.range + 1);
  const span: Span = joinSpans(left.span, right.span);
  if (!isPair(left) || !isPair(right)) throw syntaxErrors.overlaps(isPair(left) ? right.span : left.span);
  const name = {
    kind: 'identifier',
    name: 'OVERLAPS',
    quoted: false,
    span: { start: word.start, end: word.end },
  } as const;
  return {
    kind: 'function-call',
    name: [name],
    args: [...left.items, ...right.items],
    distinct: false,
    bare: false,
    filter: undefined,
    withinGroup: [],
    over: undefined,
    span,
  };
}

function isPair(expression: Expression): expression is RowExpression {
  return expression.kind === 'row' && expression.items.length === 2;
}
