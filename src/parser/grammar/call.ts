import type {
  Expression,
  FunctionArgument,
  FunctionCall,
  Identifier,
  NamedArgument,
  StringLiteral,
  SymbolArgument,
  TableArgument,
} from '../ast/expression.ts';
import type { Span } from '../../errors/span.ts';
import { syntaxErrors } from '../messages.ts';
import type { Cursor } from './cursor.ts';
import { isJsonFunction, parseJsonArguments } from './json-call.ts';
import { parseOrderItems, parseOver } from './over.ts';

/** A call without any of the clauses. */
export function plainCall(
  name: Identifier,
  args: readonly FunctionArgument[],
  options: { bare?: boolean } = {},
): FunctionCall {
  return {
    kind: 'function-call',
    name: [name],
    args,
    distinct: false,
    bare: options.bare ?? false,
    filter: undefined,
    withinGroup: [],
    over: undefined,
    span: name.span,
  };
}

const rowsOnce = 'Name the columns, COUNT(DISTINCT a, b), or count the rows of SELECT DISTINCT * in a sub-query.';

/** At the opening parenthesis, behind the name. */
export function parseCall(cursor: Cursor, name: readonly Identifier[]): FunctionCall {
  const start = name[0]!.span;
  cursor.expectSign('(');
  const single = name.length === 1 && !name[0]!.quoted ? name[0]!.name.toUpperCase() : '';
  let distinct = false;
  let args: FunctionArgument[];
  if (cursor.isSign(')')) args = [];
  else if (cursor.isSign('*') && cursor.isAhead(1, ')')) args = [parseStar(cursor)];
  else {
    distinct = cursor.takeWord('DISTINCT');
    if (!distinct) cursor.takeWord('ALL');
    else if (cursor.isSign('*')) throw syntaxErrors.refused('DISTINCT *', cursor.token, rowsOnce);
    args = parseArguments(cursor, single);
  }
  let ignoresNulls = takeNullTreatment(cursor, single);
  cursor.close();
  ignoresNulls = takeNullTreatment(cursor, single) || ignoresNulls;
  const withinGroup = parseWithinGroup(cursor);
  const given = parseFilter(cursor);
  const filter = ignoresNulls && single === 'ARRAY_AGG' ? filterOfNulls(args, given) : given;
  const over = cursor.takeWord('OVER') ? parseOver(cursor) : undefined;
  return {
    kind: 'function-call',
    name,
    args,
    distinct,
    bare: false,
    filter,
    withinGroup,
    over,
    span: cursor.spanFrom(start),
  };
}

/** Aggregates that take `IGNORE NULLS` and `RESPECT NULLS`; those of one end leave NULLs out in any case. */
const treatingNulls: ReadonlySet<string> = new Set(['ARRAY_AGG', 'FIRST_VALUE', 'LAST_VALUE']);

/** Takes `IGNORE NULLS` or `RESPECT NULLS`, in the parentheses or behind them; true for the first. */
function takeNullTreatment(cursor: Cursor, name: string): boolean {
  if (!treatingNulls.has(name)) return false;
  if (cursor.takeWord('IGNORE', 'NULLS')) return true;
  if (name === 'ARRAY_AGG') cursor.takeWord('RESPECT', 'NULLS');
  return false;
}

/** `ARRAY_AGG(x IGNORE NULLS)` is `ARRAY_AGG(x) FILTER (WHERE x IS NOT NULL)`. */
function filterOfNulls(args: readonly FunctionArgument[], filter: Expression | undefined): Expression | undefined {
  const [operand] = args;
  if (operand === undefined || !isExpression(operand)) return filter;
  const { span } = operand;
  const present: Expression = { kind: 'is', operand, test: 'null', negated: true, span };
  if (filter === undefined) return present;
  return { kind: 'chain', operator: 'AND', operands: [filter, present], span };
}

function isExpression(arg: FunctionArgument): arg is Expression {
  return !['star', 'symbol', 'table-argument', 'descriptor', 'named-argument', 'type-argument'].includes(arg.kind);
}

function parseArguments(cursor: Cursor, name: string): FunctionArgument[] {
  switch (name) {
    case 'EXTRACT':
      return parseExtract(cursor);
    case 'TIMESTAMPADD':
    case 'TIMESTAMPDIFF':
      return parseUnitFirst(cursor);
    case 'TRIM':
      return parseTrim(cursor);
    case 'FLOOR':
    case 'CEIL':
    case 'CEILING':
      return parseRounding(cursor);
    case 'SUBSTRING':
    case 'SUBSTR':
      return parseWorded(cursor, ['FROM', 'FOR']);
    case 'OVERLAY':
      return parseWorded(cursor, ['PLACING', 'FROM', 'FOR']);
    case 'POSITION':
      return parsePosition(cursor);
    default:
      return isJsonFunction(name) ? parseJsonArguments(cursor, name) : cursor.list(() => parseArgument(cursor));
  }
}

function parseStar(cursor: Cursor): FunctionArgument {
  const { start, end } = cursor.advance();
  return { kind: 'star', span: { start, end } };
}

function parseArgument(cursor: Cursor): FunctionArgument {
  const start = cursor.token;
  const next = cursor.peek();
  if (next.kind !== 'sign' || next.text !== '=>' || (start.kind !== 'word' && start.kind !== 'quoted-name')) {
    return parseArgumentValue(cursor);
  }
  const name = cursor.takeIdentifier();
  cursor.advance();
  return { kind: 'named-argument', name, value: parseArgumentValue(cursor), span: cursor.spanFrom(start) };
}

function parseArgumentValue(cursor: Cursor): NamedArgument['value'] {
  const start = cursor.token;
  if (start.kind === 'word' && start.text === 'TABLE') {
    cursor.advance();
    if (cursor.isSign('(')) {
      const query = cursor.expression();
      if (query.kind !== 'subquery') throw cursor.expected('a query in parentheses');
      return tableArgument(cursor, start, { name: [], query: query.query });
    }
    return tableArgument(cursor, start, { name: cursor.qualifiedName('a table') });
  }
  if (start.kind === 'word' && start.text === 'DESCRIPTOR' && cursor.isAhead(1, '(')) {
    cursor.advance();
    const columns = cursor.identifierList('a column');
    return { kind: 'descriptor', columns, span: cursor.spanFrom(start) };
  }
  const value = cursor.expression();
  if (value.kind !== 'subquery' || !cursor.isWord('PARTITION')) return value;
  return tableArgument(cursor, start, { name: [], query: value.query });
}

function tableArgument(cursor: Cursor, start: Span, table: Pick<TableArgument, 'name' | 'query'>): TableArgument {
  const partitionBy = cursor.takeWord('PARTITION', 'BY') ? parsePartition(cursor) : [];
  return { kind: 'table-argument', ...table, partitionBy, span: cursor.spanFrom(start) };
}

/** `PARTITION BY c` or `PARTITION BY (a, b)`: further columns need the parentheses, a comma ends the argument. */
function parsePartition(cursor: Cursor): readonly Expression[] {
  const key = cursor.expression();
  return key.kind === 'row' ? key.items : [key];
}

function symbol(cursor: Cursor, what: string): SymbolArgument {
  if (cursor.token.kind !== 'word') throw cursor.expected(what);
  const { text, start, end } = cursor.advance();
  return { kind: 'symbol', name: text.replace(/^SQL_TSI_/, ''), span: { start, end } };
}

/** `EXTRACT(DAY FROM x)` */
function parseExtract(cursor: Cursor): FunctionArgument[] {
  const unit = symbol(cursor, 'a time unit');
  cursor.expectWord('FROM');
  return [unit, cursor.expression()];
}

/** `TIMESTAMPADD(DAY, 1, x)` */
function parseUnitFirst(cursor: Cursor): FunctionArgument[] {
  const unit = symbol(cursor, 'a time unit');
  cursor.expectSign(',');
  return [unit, ...cursor.list(() => cursor.expression())];
}

/** `TRIM(x)`, `TRIM(BOTH 'a' FROM x)`, `TRIM(LEADING FROM x)`, `TRIM('a' FROM x)` */
function parseTrim(cursor: Cursor): FunctionArgument[] {
  const start = cursor.token;
  const worded =
    start.kind === 'word' && (start.text === 'BOTH' || start.text === 'LEADING' || start.text === 'TRAILING');
  if (worded && !cursor.isAhead(1, ')') && !cursor.isAhead(1, ',') && !cursor.isAhead(1, '.')) {
    const side = symbol(cursor, 'BOTH, LEADING or TRAILING');
    const blank: StringLiteral = { kind: 'string', value: ' ', span: side.span };
    const first = cursor.isWord('FROM') ? blank : cursor.expression();
    // `TRIM(BOTH x)` is Blink's short form of `TRIM(BOTH FROM x)`
    if (cursor.isSign(')') && first !== blank) return [side, blank, first];
    cursor.expectWord('FROM');
    return [side, first, cursor.expression()];
  }
  const args = cursor.list(() => cursor.expression());
  if (args.length > 1 || !cursor.takeWord('FROM')) return args;
  return [{ kind: 'symbol', name: 'BOTH', span: args[0]!.span }, args[0]!, cursor.expression()];
}

/** `FLOOR(x)`, `FLOOR(x TO DAY)` */
function parseRounding(cursor: Cursor): FunctionArgument[] {
  const args: FunctionArgument[] = cursor.list(() => cursor.expression());
  if (args.length === 1 && cursor.takeWord('TO')) args.push(symbol(cursor, 'a time unit'));
  return args;
}

/** `SUBSTRING(x FROM 1 FOR 2)` and `SUBSTRING(x, 1, 2)`: the words stand for commas. */
function parseWorded(cursor: Cursor, words: readonly string[]): FunctionArgument[] {
  const args = cursor.list(() => cursor.expression());
  if (args.length > 1) return args;
  for (const word of words) if (cursor.takeWord(word)) args.push(cursor.expression());
  return args;
}

/** `POSITION(needle IN text [FROM start])` */
function parsePosition(cursor: Cursor): FunctionArgument[] {
  const args = [cursor.rules.operand(cursor)];
  if (cursor.takeWord('IN')) {
    args.push(cursor.expression());
    if (cursor.takeWord('FROM')) args.push(cursor.expression());
    return args;
  }
  while (cursor.takeSign(',')) args.push(cursor.expression());
  return args;
}

function parseWithinGroup(cursor: Cursor): FunctionCall['withinGroup'] {
  if (!cursor.takeWord('WITHIN', 'GROUP')) return [];
  cursor.expectSign('(');
  cursor.expectWord('ORDER', 'BY');
  const items = parseOrderItems(cursor);
  cursor.close();
  return items;
}

function parseFilter(cursor: Cursor): Expression | undefined {
  if (!cursor.isSequence('FILTER', '(', 'WHERE')) return undefined;
  cursor.takeWord('FILTER');
  cursor.expectSign('(');
  cursor.expectWord('WHERE');
  const condition = cursor.expression();
  cursor.expectSign(')');
  return condition;
}
