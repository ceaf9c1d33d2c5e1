import type { Expression } from '../ast/expression.ts';
import type {
  CommonTable,
  GroupingItem,
  GroupingSets,
  NamedWindow,
  Query,
  SelectItem,
  SelectQuery,
  SetOperation,
  ValuesQuery,
} from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import type { Cursor } from './cursor.ts';
import { parseFrom } from './from.ts';
import { parseOrderItems, parseOver } from './over.ts';

type SetOperator = SetOperation['operator'];

const noTail = { with: [], orderBy: [], limit: undefined, offset: undefined } as const;

/** `[WITH …] body [UNION …] [ORDER BY …] [LIMIT …]` */
export function parseQuery(cursor: Cursor): Query {
  return cursor.nested(() => {
    const start = cursor.token;
    const tables = parseWith(cursor);
    const body = parseTail(cursor, parseSetOperations(cursor, parseIntersections(cursor, parseTerm(cursor))));
    return tables.length === 0 ? body : { ...body, with: [...tables, ...body.with], span: cursor.spanFrom(start) };
  });
}

/** Does what follows a query in parentheses make it part of a larger one? */
export function continuesQuery(cursor: Cursor): boolean {
  const { kind, text } = cursor.token;
  if (kind !== 'word') return false;
  return text === 'UNION' || text === 'INTERSECT' || text === 'EXCEPT' || text === 'ORDER' || text === 'LIMIT';
}

/** The rest of a query whose first term, in parentheses, was read already. */
export function continueQuery(cursor: Cursor, first: Query): Query {
  return cursor.nested(() => parseTail(cursor, parseSetOperations(cursor, parseIntersections(cursor, first))));
}

function parseWith(cursor: Cursor): CommonTable[] {
  if (!cursor.takeWord('WITH')) return [];
  const next = cursor.peek();
  if (cursor.isWord('RECURSIVE') && !['AS', '('].includes(next.text.toUpperCase())) {
    throw syntaxErrors.refused(
      'WITH RECURSIVE',
      cursor.token,
      'A query that reads its own results has no end: write out as many steps as are needed.',
    );
  }
  return cursor.list(() => {
    const start = cursor.token;
    const name = cursor.identifier('a table name');
    const columns = cursor.isSign('(') ? cursor.identifierList('a column') : undefined;
    cursor.expectWord('AS');
    cursor.expectSign('(');
    const query = cursor.query();
    closeQuery(cursor);
    return { name, columns, query, span: cursor.spanFrom(start) };
  });
}

/** UNION and EXCEPT, from the left; INTERSECT binds stronger. */
function parseSetOperations(cursor: Cursor, first: Query): Query {
  return parseOperations(cursor, first, ['UNION', 'EXCEPT'], () => parseIntersections(cursor, parseTerm(cursor)));
}

function parseIntersections(cursor: Cursor, first: Query): Query {
  return parseOperations(cursor, first, ['INTERSECT'], () => parseTerm(cursor));
}

function parseOperations(cursor: Cursor, first: Query, words: readonly string[], next: () => Query): Query {
  let left = first;
  let open: { operator: SetOperator; all: boolean; inputs: Query[] } | undefined;
  for (;;) {
    const word = cursor.token;
    if (word.kind !== 'word' || !words.includes(word.text)) return left;
    cursor.advance();
    const operator = word.text.toLowerCase() as SetOperator;
    const all = cursor.takeWord('ALL');
    if (!all) cursor.takeWord('DISTINCT');
    const right = next();
    if (open?.operator === operator && open.all === all) open.inputs.push(right);
    else {
      cursor.grow(word);
      open = { operator, all, inputs: [left, right] };
    }
    const span = cursor.spanFrom(first.span);
    left = { kind: 'set-operation', operator, all, inputs: open.inputs, ...noTail, span };
  }
}

function parseTerm(cursor: Cursor): Query {
  if (cursor.isWord('SELECT')) return parseSelect(cursor);
  if (cursor.isWord('VALUES')) return parseValues(cursor);
  if (!cursor.isSign('(')) throw cursor.expected('a query');
  const open = cursor.advance();
  const query = cursor.query();
  closeQuery(cursor);
  return { ...query, span: cursor.spanFrom(open) };
}

/** Names what may follow when the text goes on where a query in parentheses should end. */
export function closeQuery(cursor: Cursor): void {
  if (!cursor.isSign(')')) throw cursor.expected('")"');
  cursor.advance();
}

function parseSelect(cursor: Cursor): SelectQuery {
  const start = cursor.expectWord('SELECT');
  const distinct = cursor.takeWord('DISTINCT');
  if (!distinct) cursor.takeWord('ALL');
  const items = cursor.list(() => parseSelectItem(cursor));
  const from = cursor.takeWord('FROM') ? parseFrom(cursor) : undefined;
  const where = cursor.takeWord('WHERE') ? cursor.expression() : undefined;
  const groupBy = cursor.takeWord('GROUP') ? parseGroupBy(cursor) : undefined;
  const having = cursor.takeWord('HAVING') ? cursor.expression() : undefined;
  const windows = cursor.isWord('WINDOW') && cursor.isAhead(2, 'AS') ? parseWindows(cursor) : [];
  const span = cursor.spanFrom(start);
  return { kind: 'select', distinct, items, from, where, groupBy, having, windows, ...noTail, span };
}

function parseSelectItem(cursor: Cursor): SelectItem {
  const start = cursor.token;
  if (cursor.takeSign('*')) return { kind: 'star-item', span: cursor.spanFrom(start) };
  if (isQualifiedStar(cursor)) {
    const qualifier = [cursor.takeIdentifier()];
    while (cursor.takeSign('.') && !cursor.takeSign('*')) qualifier.push(cursor.takeIdentifier());
    return { kind: 'qualified-star-item', qualifier, span: cursor.spanFrom(start) };
  }
  const expression = cursor.expression();
  const named = cursor.takeWord('AS') || cursor.isName('alias');
  const alias = named ? cursor.identifier('an alias') : undefined;
  return { kind: 'expression-item', expression, alias, span: cursor.spanFrom(start) };
}

/** `a.b.*` */
function isQualifiedStar(cursor: Cursor): boolean {
  for (let ahead = 0; ; ahead += 2) {
    const name = cursor.peek(ahead);
    const dot = cursor.peek(ahead + 1);
    if (name.kind === 'sign' && name.text === '*' && ahead > 0) return true;
    if ((name.kind !== 'word' && name.kind !== 'quoted-name') || dot.kind !== 'sign' || dot.text !== '.') {
      return false;
    }
  }
}

function parseGroupBy(cursor: Cursor): GroupingItem[] {
  cursor.expectWord('BY');
  const items = cursor.list((): readonly GroupingItem[] => {
    const start = cursor.token;
    if (cursor.isSequence('(', ')')) {
      cursor.advance();
      cursor.advance();
      return [];
    }
    const sets = parseGroupingSets(cursor);
    if (sets) return [sets];
    const expression = cursor.expression();
    // `GROUP BY (a, b)` is `GROUP BY a, b`; ROW(a, b) is one key
    return expression.kind === 'row' && start.kind === 'sign' ? expression.items : [expression];
  });
  return items.flat();
}

function parseGroupingSets(cursor: Cursor): GroupingSets | undefined {
  const start = cursor.token;
  const form = cursor.takeWord('GROUPING', 'SETS')
    ? 'sets'
    : cursor.isSequence('ROLLUP', '(')
      ? 'rollup'
      : cursor.isSequence('CUBE', '(')
        ? 'cube'
        : undefined;
  if (!form) return undefined;
  if (form !== 'sets') cursor.advance();
  cursor.expectSign('(');
  const sets = cursor.list(() => (form === 'sets' ? parseGroupingSets(cursor) : undefined) ?? parseGroupingSet(cursor));
  cursor.close();
  return { kind: 'grouping-sets', form, sets, span: cursor.spanFrom(start) };
}

function parseGroupingSet(cursor: Cursor): readonly Expression[] {
  const start = cursor.token;
  if (cursor.isSequence('(', ')')) {
    cursor.advance();
    cursor.advance();
    return [];
  }
  const expression = cursor.expression();
  return expression.kind === 'row' && start.kind === 'sign' ? expression.items : [expression];
}

function parseWindows(cursor: Cursor): NamedWindow[] {
  cursor.advance();
  return cursor.list(() => {
    const name = cursor.identifier('a window name');
    cursor.expectWord('AS');
    return { name, window: parseOver(cursor) };
  });
}

function parseValues(cursor: Cursor): ValuesQuery {
  const start = cursor.expectWord('VALUES');
  const rows = cursor.list(() => parseValuesRow(cursor));
  return { kind: 'values', rows, ...noTail, span: cursor.spanFrom(start) };
}

function parseValuesRow(cursor: Cursor): Expression[] {
  const isRow = cursor.isSequence('ROW', '(');
  if (isRow) cursor.advance();
  if (!cursor.isSign('(') || (!isRow && cursor.isQueryStart(1))) return [cursor.expression()];
  cursor.advance();
  const values = cursor.list(() => cursor.expression());
  cursor.close();
  return values;
}

function parseTail(cursor: Cursor, body: Query): Query {
  const orderBy = cursor.takeWord('ORDER', 'BY') ? parseOrderItems(cursor) : [];
  let limit = cursor.takeWord('LIMIT') && !cursor.takeWord('ALL') ? cursor.expression() : undefined;
  let offset: Expression | undefined;
  if (cursor.isWord('OFFSET')) {
    cursor.advance();
    offset = cursor.expression();
    if (!cursor.takeWord('ROWS')) cursor.takeWord('ROW');
  }
  // Trino and PostgreSQL name the offset first
  if (!limit && offset && cursor.takeWord('LIMIT') && !cursor.takeWord('ALL')) limit = cursor.expression();
  if (!limit && cursor.isWord('FETCH')) limit = parseFetch(cursor);
  if (orderBy.length === 0 && !limit && !offset) return body;
  const span = cursor.spanFrom(body.span);
  const inner = hasTail(body) ? selectAllFrom(body) : body;
  return { ...inner, orderBy, limit, offset, span };
}

/** `FETCH FIRST 10 ROWS ONLY` */
function parseFetch(cursor: Cursor): Expression {
  cursor.advance();
  if (!cursor.takeWord('FIRST')) cursor.expectWord('NEXT');
  const limit = cursor.expression();
  if (!cursor.takeWord('ROWS')) cursor.expectWord('ROW');
  cursor.expectWord('ONLY');
  return limit;
}

function hasTail(query: Query): boolean {
  return query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined;
}

/** `(q LIMIT 5) ORDER BY a`: the inner query keeps its own order and limit. */
function selectAllFrom(query: Query): SelectQuery {
  const { span } = query;
  return {
    kind: 'select',
    distinct: false,
    items: [{ kind: 'star-item', span }],
    from: { kind: 'derived-table', query, lateral: false, alias: undefined, span },
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
    ...noTail,
    span,
  };
}
