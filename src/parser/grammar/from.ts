import type { Expression, FunctionCall, Identifier } from '../ast/expression.ts';
import type { JoinTable, TableAlias, TableExpression, UnnestTable } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import type { Cursor } from './cursor.ts';
import { isMatchRecognize, parseMatchRecognize } from './match-recognize.ts';

/** What follows FROM: tables separated by commas, each with its joins. */
export function parseFrom(cursor: Cursor): TableExpression {
  return cursor.nested(() => {
    let left = parseJoins(cursor);
    while (cursor.isSign(',')) {
      const comma = cursor.advance();
      cursor.grow(comma);
      const right = parseJoins(cursor);
      left = join(cursor, { type: 'cross', comma: true, natural: false, left, right });
    }
    return left;
  });
}

type JoinParts = Pick<JoinTable, 'type' | 'comma' | 'natural' | 'left' | 'right'> &
  Partial<Pick<JoinTable, 'on' | 'using'>>;

function join(cursor: Cursor, parts: JoinParts): JoinTable {
  return { kind: 'join', on: undefined, using: undefined, ...parts, span: cursor.spanFrom(parts.left.span) };
}

function parseJoins(cursor: Cursor): TableExpression {
  let left = parseTable(cursor);
  for (;;) {
    const start = cursor.token;
    const natural = cursor.takeWord('NATURAL');
    const type = parseJoinType(cursor);
    if (!type) {
      if (natural) throw cursor.expected('"JOIN"');
      return left;
    }
    cursor.grow(start);
    const right = parseTable(cursor);
    if (type === 'cross' || natural) left = join(cursor, { type, comma: false, natural, left, right });
    else if (cursor.takeWord('ON'))
      left = join(cursor, { type, comma: false, natural, left, right, on: cursor.expression() });
    else if (cursor.takeWord('USING')) {
      left = join(cursor, { type, comma: false, natural, left, right, using: cursor.identifierList('a column') });
    } else throw cursor.expected('"ON" or "USING"');
  }
}

/** Takes the words of a join up to JOIN; undefined: no join begins here. */
function parseJoinType(cursor: Cursor): JoinTable['type'] | undefined {
  if (cursor.takeWord('JOIN')) return 'inner';
  if (cursor.takeWord('INNER')) return endJoin(cursor, 'inner');
  if (cursor.takeWord('CROSS')) return endJoin(cursor, 'cross');
  if (cursor.takeWord('LEFT')) {
    if (cursor.takeWord('SEMI')) return endJoin(cursor, 'semi');
    if (cursor.takeWord('ANTI')) return endJoin(cursor, 'anti');
    cursor.takeWord('OUTER');
    return endJoin(cursor, 'left');
  }
  if (cursor.takeWord('RIGHT')) {
    cursor.takeWord('OUTER');
    return endJoin(cursor, 'right');
  }
  if (cursor.takeWord('FULL')) {
    cursor.takeWord('OUTER');
    return endJoin(cursor, 'full');
  }
  return undefined;
}

function endJoin(cursor: Cursor, type: JoinTable['type']): JoinTable['type'] {
  cursor.expectWord('JOIN');
  return type;
}

function parseTable(cursor: Cursor): TableExpression {
  let table = parseOneTable(cursor);
  while (isMatchRecognize(cursor)) table = parseMatchRecognize(cursor, table, parseAlias);
  return table;
}

function parseOneTable(cursor: Cursor): TableExpression {
  if (cursor.isSign('(')) return parseParenthesized(cursor, false);
  if (cursor.isWord('LATERAL')) return parseLateral(cursor);
  if (cursor.isSequence('TABLE', '(')) return parseTableFunction(cursor, false);
  if (cursor.isSequence('UNNEST', '(')) return parseUnnest(cursor);
  return parseNamed(cursor);
}

function parseLateral(cursor: Cursor): TableExpression {
  const start = cursor.expectWord('LATERAL');
  if (cursor.isSign('(')) return parseParenthesized(cursor, true);
  // Of what stands before it UNNEST sees the columns in any case.
  if (cursor.isSequence('UNNEST', '(')) return { ...parseUnnest(cursor), span: cursor.spanFrom(start) };
  if (!cursor.isWord('TABLE')) throw cursor.expected('"TABLE (", "UNNEST (" or a query in parentheses');
  return { ...parseTableFunction(cursor, true), span: cursor.spanFrom(start) };
}

/** `TABLE(f(x)) AS t (a)` */
function parseTableFunction(cursor: Cursor, lateral: boolean): TableExpression {
  const start = cursor.expectWord('TABLE');
  cursor.expectSign('(');
  const at = cursor.token;
  const call = cursor.expression();
  if (call.kind !== 'function-call') throw syntaxErrors.notTableFunction(cursor.spanFrom(at));
  cursor.close();
  const alias = parseAlias(cursor);
  return { kind: 'table-function', call, lateral, alias, span: cursor.spanFrom(start) };
}

function parseUnnest(cursor: Cursor): UnnestTable {
  const start = cursor.advance();
  cursor.expectSign('(');
  const operands: Expression[] = cursor.list(() => cursor.expression());
  cursor.close();
  const withOrdinality = cursor.takeWord('WITH', 'ORDINALITY');
  const alias = parseAlias(cursor);
  return { kind: 'unnest', operands, withOrdinality, alias, span: cursor.spanFrom(start) };
}

function parseNamed(cursor: Cursor): TableExpression {
  const start = cursor.token;
  const name = cursor.qualifiedName('a table');
  if (cursor.isSign('(')) {
    const call: FunctionCall = cursor.rules.call(cursor, name);
    const alias = parseAlias(cursor);
    return { kind: 'table-function', call, lateral: false, alias, span: cursor.spanFrom(start) };
  }
  let systemTime = parseSystemTime(cursor);
  const alias = parseAlias(cursor);
  systemTime ??= parseSystemTime(cursor);
  return { kind: 'table-ref', name, systemTime, alias, span: cursor.spanFrom(start) };
}

function parseSystemTime(cursor: Cursor): Expression | undefined {
  if (!cursor.isWord('FOR')) return undefined;
  cursor.expectWord('FOR', 'SYSTEM_TIME', 'AS', 'OF');
  return cursor.expression();
}

/** A query or a join in parentheses; which of them is known only behind further parentheses. */
function parseParenthesized(cursor: Cursor, lateral: boolean): TableExpression {
  const open = cursor.expectSign('(');
  if (!cursor.isQueryStart()) {
    const inner = parseFrom(cursor);
    const continued = inner.kind === 'derived-table' && !inner.alias && cursor.rules.continuesQuery(cursor);
    if (!continued) {
      cursor.close();
      if (inner.kind !== 'derived-table' || inner.alias) return { ...inner, span: cursor.spanFrom(open) };
      const alias = parseAlias(cursor);
      return { ...inner, lateral, alias, span: cursor.spanFrom(open) };
    }
    const query = cursor.rules.continueQuery(cursor, inner.query);
    return closeDerived(cursor, open, { query, lateral });
  }
  const query = cursor.query();
  return closeDerived(cursor, open, { query, lateral });
}

function closeDerived(
  cursor: Cursor,
  open: { start: number; end: number },
  parts: Pick<Extract<TableExpression, { kind: 'derived-table' }>, 'query' | 'lateral'>,
): TableExpression {
  if (!cursor.isSign(')')) throw cursor.expected('")"');
  cursor.advance();
  const alias = parseAlias(cursor);
  return { kind: 'derived-table', ...parts, alias, span: cursor.spanFrom(open) };
}

/** `AS t (a, b)`, `t`; the column list only behind a name. */
function parseAlias(cursor: Cursor): TableAlias | undefined {
  if (!cursor.takeWord('AS') && !cursor.isName('alias')) return undefined;
  const name: Identifier = cursor.identifier('an alias');
  const columns = cursor.isSign('(') ? cursor.identifierList('a column') : undefined;
  return { name, columns };
}
