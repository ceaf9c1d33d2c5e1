import type { SourceText, Span } from '../../errors/span.ts';
import type { Expression } from '../ast/expression.ts';
import type { Query, SelectQuery, TableAlias, TableExpression, TableRef } from '../ast/query.ts';
import { syntaxErrors } from '../messages.ts';
import { needsQuotes } from '../print/names.ts';
import { expandTemplate } from './call-template.ts';
import type { DialectSyntax } from './dialect-syntax.ts';
import { lexDialect } from './dialect-lexer.ts';
import { slsFunctions } from './function-tables.ts';
import { readTokens } from './read-query.ts';
import type { DialectContext, LogTable } from './registry.ts';
import { lowerSearch } from './sls-search.ts';
import { last } from './last.ts';

const syntax: DialectSyntax = {
  name: 'the SLS console',
  doubleQuotes: 'name',
  backticks: true,
  backslashes: false,
  escapePrefix: false,
  dollarStrings: false,
  hashComments: false,
  barsMeanOr: false,
  nulls: 'last',
  groupByAlias: true,
  plainDecimal: [38, 0],
  functions: slsFunctions,
  types: {},
};

/** `search | SELECT …` as the console of SLS writes it; the SELECT names no table or `log`. */
export function parseSls({ text }: SourceText, { logTable }: DialectContext): Query {
  if (text.trim() === '') throw syntaxErrors.emptyText('a query', { start: text.length, end: text.length });
  const bar = searchEnd(text);
  const search = bar === undefined ? (/^\s*(select|with)\b/i.test(text) ? '' : text) : text.slice(0, bar);
  const from = bar === undefined ? search.length : bar + 1;
  if (!logTable) {
    throw syntaxErrors.dialectPart(syntax.name, 'a query without a table to read', { start: 0, end: text.length });
  }
  const table = logTable();
  const condition = lowerSearch(search, table.columns);
  const span = { start: 0, end: text.length };
  if (bar === undefined && search !== '') return logs(table, condition, span);
  // blanks keep the places
  const query = readTokens(text, lexDialect(' '.repeat(from) + text.slice(from), syntax), syntax);
  return new LogReader(table, condition).query(query);
}

/** The first `|` outside of quotes. */
function searchEnd(text: string): number | undefined {
  const found = /^(?:"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[^|"'])*\|/.exec(text);
  return found ? found[0].length - 1 : undefined;
}

/** `SELECT * FROM table WHERE search` */
function logs(table: LogTable, where: Expression | undefined, span: Span): SelectQuery {
  const name = table.name.map((part) => ({ kind: 'identifier', name: part, quoted: needsQuotes(part), span }) as const);
  return {
    kind: 'select',
    distinct: false,
    items: [{ kind: 'star-item', span }],
    from: { kind: 'table-ref', name, systemTime: undefined, alias: undefined, span },
    where,
    groupBy: undefined,
    having: undefined,
    windows: [],
    with: [],
    orderBy: [],
    limit: undefined,
    offset: undefined,
    span,
  };
}

/** Puts the table where a SELECT names none or `log`, and its column of seconds where `__time__` is named. */
class LogReader {
  private readonly table: LogTable;
  private readonly condition: Expression | undefined;
  private readonly seconds: string | undefined;
  private readonly own: ReadonlySet<string>;

  constructor(table: LogTable, condition: Expression | undefined) {
    this.table = table;
    this.condition = condition;
    const names = new Map(table.columns.map(({ name }) => [name.toLowerCase(), name]));
    this.seconds = names.has('__time__') ? undefined : names.get('__timestamp__');
    this.own = new Set(names.keys());
  }

  query(query: Query): Query {
    return this.visit(query) as Query;
  }

  private visit(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.visit(item));
    if (typeof value !== 'object' || value === null) return value;
    const node: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) node[key] = key === 'span' ? child : this.visit(child);
    switch (node['kind']) {
      case 'select': {
        const select = node as unknown as SelectQuery;
        return select.from ? select : { ...select, from: this.log(undefined, select.span) };
      }
      case 'table-ref': {
        const { name, alias, span } = node as unknown as TableRef;
        return name.length === 1 && name[0]!.name.toLowerCase() === 'log' ? this.log(alias, span) : node;
      }
      case 'column-ref':
        return this.column(node as unknown as Extract<Expression, { kind: 'column-ref' }>);
      default:
        return node;
    }
  }

  private log(alias: TableAlias | undefined, span: Span): TableExpression {
    const named = alias ?? { name: { kind: 'identifier', name: 'log', quoted: false, span }, columns: undefined };
    return { kind: 'derived-table', query: logs(this.table, this.condition, span), lateral: false, alias: named, span };
  }

  private column(node: Extract<Expression, { kind: 'column-ref' }>): Expression {
    const name = last(node.parts);
    if (this.seconds === undefined || name.name.toLowerCase() !== '__time__' || this.own.has('__time__')) return node;
    const column: Expression = {
      ...node,
      parts: [...node.parts.slice(0, -1), { ...name, name: this.seconds, quoted: needsQuotes(this.seconds) }],
    };
    const none = { distinct: false, filter: undefined, withinGroup: [], over: undefined };
    return expandTemplate('CAST(_1 AS BIGINT)', [column], none, node.span) ?? column;
  }
}
