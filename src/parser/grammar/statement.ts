import type { Identifier } from '../ast/expression.ts';
import type {
  CreateView,
  Drop,
  EmitStrategy,
  Explain,
  ExplainStage,
  InsertInto,
  QueryStatement,
  ResetOption,
  SetOption,
  Show,
  Statement,
} from '../ast/statements.ts';
import { closestWord } from '../closest-word.ts';
import { syntaxErrors } from '../messages.ts';
import { parseAlterConsumerGroup, parseDescribeConsumerGroup, parseShowConsumerGroups } from './consumer-group.ts';
import { parseCreateFunction, parseDescribeFunction } from './create-function.ts';
import { parseCreateTable, parseKey } from './create-table.ts';
import type { CreateFlags } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { isIntervalStart, parseDelay } from './interval.ts';

/** Words a statement begins with; also what a misspelt first word is compared to. */
export const statementWords: readonly string[] = [
  'CREATE',
  'INSERT',
  'SELECT',
  'WITH',
  'VALUES',
  'EXPLAIN',
  'SHOW',
  'DESCRIBE',
  'DESC',
  'SET',
  'RESET',
  'DROP',
];

const otherStatements: ReadonlySet<string> = new Set(
  'ALTER ANALYZE BEGIN CALL COMMIT DELETE GRANT LOAD MERGE REPLACE TRUNCATE UPDATE USE'.split(' '),
);

/** One statement, without the semicolon behind it. */
export function parseOneStatement(cursor: Cursor): Statement {
  const start = cursor.token;
  if (cursor.isSign('(') || cursor.isQueryStart()) return parseQueryStatement(cursor);
  if (start.kind !== 'word') throw cursor.expected('a statement');
  switch (start.text) {
    case 'CREATE':
      return parseCreate(cursor);
    case 'INSERT':
      return parseInsert(cursor);
    case 'EXPLAIN':
      return parseExplain(cursor);
    case 'SHOW':
      return parseShow(cursor);
    case 'DESCRIBE':
    case 'DESC': {
      cursor.advance();
      const group = parseDescribeConsumerGroup(cursor, start);
      if (group) return group;
      const described = parseDescribeFunction(cursor, start);
      if (described) return described;
      cursor.takeWord('TABLE');
      const name = cursor.qualifiedName('a table');
      return { kind: 'describe', name, span: cursor.spanFrom(start) };
    }
    case 'SET':
      return parseSet(cursor);
    case 'RESET':
      return parseReset(cursor);
    case 'DROP':
      return parseDrop(cursor);
    default: {
      const altered = parseAlterConsumerGroup(cursor);
      if (altered) return altered;
      const written = cursor.written(start);
      if (otherStatements.has(start.text)) throw syntaxErrors.unsupportedStatement(start.text, start);
      throw syntaxErrors.unknownStatement(written, start, closestWord(start.text, statementWords));
    }
  }
}

function parseQueryStatement(cursor: Cursor): QueryStatement {
  const query = cursor.query();
  const emit = parseEmit(cursor);
  return { kind: 'query', query, emit, span: cursor.spanFrom(query.span) };
}

function parseCreate(cursor: Cursor): Statement {
  const start = cursor.expectWord('CREATE');
  const orReplace = cursor.takeWord('OR', 'REPLACE');
  const temporary = cursor.takeWord('TEMPORARY');
  cursor.takeWord('SYSTEM');
  const flags: CreateFlags = { start, temporary, orReplace };
  if (cursor.takeWord('TABLE')) return parseCreateTable(cursor, flags);
  if (cursor.takeWord('VIEW')) return parseCreateView(cursor, flags);
  if (cursor.takeWord('FUNCTION')) return parseCreateFunction(cursor, flags);
  throw cursor.expected('"TABLE", "VIEW" or "FUNCTION"');
}

function parseCreateView(cursor: Cursor, { start, temporary, orReplace }: CreateFlags): CreateView {
  const ifNotExists = cursor.takeWord('IF', 'NOT', 'EXISTS');
  const name = cursor.qualifiedName('a view name');
  const columns = cursor.isSign('(') ? cursor.identifierList('a column') : undefined;
  const comment = cursor.takeWord('COMMENT') ? cursor.string('a comment in quotes') : undefined;
  cursor.expectWord('AS');
  const query = cursor.query();
  const span = cursor.spanFrom(start);
  return { kind: 'create-view', name, temporary, orReplace, ifNotExists, columns, comment, query, span };
}

function parseInsert(cursor: Cursor): InsertInto {
  const start = cursor.expectWord('INSERT');
  const overwrite = cursor.takeWord('OVERWRITE');
  if (!overwrite) cursor.expectWord('INTO');
  cursor.takeWord('TABLE');
  const at = cursor.token;
  const table = cursor.qualifiedName('a table');
  const tableSpan = cursor.spanFrom(at);
  const listed = cursor.isSign('(') && !cursor.isQueryStart(1) && !cursor.isAhead(1, '(');
  const columns = listed ? cursor.identifierList('a column') : undefined;
  if (!cursor.isQueryStart() && !cursor.isSign('(')) throw cursor.expected('"SELECT", "VALUES" or another query');
  const query = cursor.query();
  const emit = parseEmit(cursor);
  return { kind: 'insert', table, tableSpan, overwrite, columns, query, emit, span: cursor.spanFrom(start) };
}

/** `EMIT WITH DELAY '1' MINUTE BEFORE WATERMARK, WITHOUT DELAY AFTER WATERMARK` */
function parseEmit(cursor: Cursor): EmitStrategy[] {
  if (!cursor.takeWord('EMIT')) return [];
  return cursor.list(() => {
    const start = cursor.token;
    const without = cursor.takeWord('WITHOUT');
    if (!without) cursor.expectWord('WITH');
    cursor.expectWord('DELAY');
    const interval = cursor.isWord('INTERVAL') && isIntervalStart(cursor);
    const delay = without ? undefined : interval ? cursor.expression() : parseDelay(cursor);
    const phase = cursor.takeWord('BEFORE')
      ? 'before-watermark'
      : cursor.takeWord('AFTER')
        ? 'after-watermark'
        : undefined;
    if (phase) cursor.expectWord('WATERMARK');
    return { delay, phase, span: cursor.spanFrom(start) };
  });
}

const stages: Readonly<Record<string, ExplainStage>> = {
  AST: 'ast',
  LOGICAL: 'logical',
  OPTIMIZED: 'optimized',
  PHYSICAL: 'physical',
};

function parseExplain(cursor: Cursor): Explain {
  return cursor.nested(() => {
    const start = cursor.expectWord('EXPLAIN');
    const stage = cursor.token.kind === 'word' ? stages[cursor.token.text] : undefined;
    if (stage) cursor.advance();
    if (cursor.takeWord('PLAN')) cursor.takeWord('FOR');
    const statement = parseOneStatement(cursor);
    return { kind: 'explain', stage, statement, span: cursor.spanFrom(start) };
  });
}

const showable: Readonly<Record<string, Show['what']>> = {
  TABLES: 'tables',
  VIEWS: 'views',
  FUNCTIONS: 'functions',
  CONNECTORS: 'connectors',
  FORMATS: 'formats',
  JOBS: 'jobs',
  SETTINGS: 'settings',
};

function parseShow(cursor: Cursor): Statement {
  const start = cursor.expectWord('SHOW');
  if (cursor.takeWord('CREATE')) {
    const what = cursor.takeWord('VIEW') ? 'view' : 'table';
    if (what === 'table') cursor.expectWord('TABLE');
    const name = cursor.qualifiedName(what === 'view' ? 'a view' : 'a table');
    return { kind: 'show-create', what, name, span: cursor.spanFrom(start) };
  }
  if (cursor.takeWord('CONNECTOR')) {
    const name = cursor.identifier('a connector');
    return { kind: 'show-connector', name, span: cursor.spanFrom(start) };
  }
  const groups = parseShowConsumerGroups(cursor, start);
  if (groups) return groups;
  const what = cursor.token.kind === 'word' ? showable[cursor.token.text] : undefined;
  if (!what) {
    const right = cursor.token.kind === 'word' ? closestWord(cursor.token.text, Object.keys(showable)) : undefined;
    const hint = right ? `Did you mean "${right}"?` : undefined;
    throw cursor.expected(
      '"TABLES", "VIEWS", "FUNCTIONS", "CONNECTORS", "FORMATS", "JOBS", "SETTINGS" or "CREATE TABLE"',
      hint,
    );
  }
  cursor.advance();
  const like = cursor.takeWord('LIKE') ? cursor.string('a pattern in quotes') : undefined;
  return { kind: 'show', what, like, span: cursor.spanFrom(start) };
}

/** The value is a string, or everything as written up to the semicolon: `SET a.b = 10s`. */
function parseSet(cursor: Cursor): SetOption {
  const start = cursor.expectWord('SET');
  if (isStatementEnd(cursor)) {
    return {
      kind: 'set',
      key: undefined,
      keySpan: undefined,
      value: undefined,
      valueSpan: undefined,
      span: cursor.spanFrom(start),
    };
  }
  const { key, span: keySpan } = parseKey(cursor, 'a setting');
  if (isStatementEnd(cursor)) {
    return { kind: 'set', key, keySpan, value: undefined, valueSpan: undefined, span: cursor.spanFrom(start) };
  }
  cursor.expectSign('=');
  if (isStatementEnd(cursor)) throw cursor.expected('a value');
  const first = cursor.token;
  let value: string;
  if (cursor.isString()) value = cursor.string().value;
  else {
    while (!isStatementEnd(cursor)) cursor.advance();
    value = cursor.written(cursor.spanFrom(first));
  }
  return { kind: 'set', key, keySpan, value, valueSpan: cursor.spanFrom(first), span: cursor.spanFrom(start) };
}

function parseReset(cursor: Cursor): ResetOption {
  const start = cursor.expectWord('RESET');
  const entry = isStatementEnd(cursor) ? undefined : parseKey(cursor, 'a setting');
  return { kind: 'reset', key: entry?.key, keySpan: entry?.span, span: cursor.spanFrom(start) };
}

function parseDrop(cursor: Cursor): Drop {
  const start = cursor.expectWord('DROP');
  const temporary = cursor.takeWord('TEMPORARY');
  const what = cursor.takeWord('TABLE')
    ? 'table'
    : cursor.takeWord('VIEW')
      ? 'view'
      : cursor.takeWord('FUNCTION')
        ? 'function'
        : undefined;
  if (!what) throw cursor.expected('"TABLE", "VIEW" or "FUNCTION"');
  const ifExists = cursor.takeWord('IF', 'EXISTS');
  const name: Identifier[] = cursor.qualifiedName(`a ${what}`);
  return { kind: 'drop', what, name, temporary, ifExists, span: cursor.spanFrom(start) };
}

export function isStatementEnd(cursor: Cursor): boolean {
  return cursor.token.kind === 'end' || cursor.isSign(';');
}
