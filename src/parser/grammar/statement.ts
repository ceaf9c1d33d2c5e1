import type { Identifier } from '../ast/expression.ts';
import type {
  CreateView,
  Drop,
  Explain,
  ExplainDetail,
  ExplainFormat,
  ExplainStage,
  QueryStatement,
  ResetOption,
  SetOption,
  Statement,
} from '../ast/statements.ts';
import { closestWord } from '../closest-word.ts';
import { syntaxErrors } from '../messages.ts';
import { refusals, refusedStatement, refusedStatements, shellWords } from '../refusals.ts';
import type { Token } from '../tokens.ts';
import { parseAlter } from './alter.ts';
import { parseAlterConsumerGroup, parseDescribeConsumerGroup } from './consumer-group.ts';
import { parseCreateFunction, parseDescribeFunction } from './create-function.ts';
import { parseCreateTable, parseKey } from './create-table.ts';
import type { CreateFlags } from './create-table.ts';
import type { Cursor } from './cursor.ts';
import { parseEmit, parseInsert } from './insert.ts';
import {
  parseAnalyze,
  parseBegin,
  parseExecute,
  parseStatementSet,
  parseStop,
  parseUse,
} from './session-statements.ts';
import { parseShow } from './show.ts';

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
  'ALTER',
  'USE',
  'EXECUTE',
  'BEGIN',
  'STOP',
  'ANALYZE',
];

/** One statement, without the semicolon behind it. */
export function parseOneStatement(cursor: Cursor): Statement {
  const start = cursor.token;
  if (cursor.isSign('(') || cursor.isQueryStart()) return parseQueryStatement(cursor);
  if (start.kind !== 'word') throw cursor.expected('a statement');
  refuse(cursor);
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
      if (cursor.takeWord('JOB')) {
        const job = cursor.string("the job's name in quotes");
        return { kind: 'describe-job', job, span: cursor.spanFrom(start) };
      }
      const extended = cursor.isWord('EXTENDED') && !isEndToken(cursor.peek());
      if (extended) cursor.advance();
      cursor.takeWord('TABLE');
      const name = cursor.qualifiedName('a table');
      return { kind: 'describe', extended, name, span: cursor.spanFrom(start) };
    }
    case 'SET':
      return parseSet(cursor);
    case 'RESET':
      return parseReset(cursor);
    case 'DROP':
      return parseDrop(cursor);
    case 'ALTER':
      return parseAlterConsumerGroup(cursor) ?? parseAlter(cursor);
    case 'USE':
      return parseUse(cursor);
    case 'EXECUTE':
      return parseExecute(cursor, () => parseOneStatement(cursor));
    case 'BEGIN':
      return parseBegin(cursor);
    case 'STOP':
      return parseStop(cursor);
    case 'ANALYZE':
      return parseAnalyze(cursor);
    default:
      throw syntaxErrors.unknownStatement(cursor.written(start), start, closestWord(start.text, statementWords));
  }
}

/** Statements of other systems, by the words they begin with. */
function refuse(cursor: Cursor): void {
  const { token } = cursor;
  if (shellWords.has(token.text)) throw syntaxErrors.shellWord(token.text, token, refusals.shellWord);
  const words = [token, cursor.peek(1), cursor.peek(2)].filter((one) => one.kind === 'word').map((one) => one.text);
  if (words[0] === 'DESC') words[0] = 'DESCRIBE';
  const found = refusedStatement(words);
  if (found === undefined) return;
  const { end } = cursor.peek(found.split(' ').length - 1);
  throw syntaxErrors.unsupportedStatement(found, { start: token.start, end }, refusedStatements[found]);
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

const stages: Readonly<Record<string, ExplainStage>> = {
  AST: 'ast',
  LOGICAL: 'logical',
  OPTIMIZED: 'optimized',
  PHYSICAL: 'physical',
};

const details: Readonly<Record<string, ExplainDetail>> = {
  CHANGELOG_MODE: 'changelog-mode',
  ESTIMATED_COST: 'estimated-cost',
  JSON_EXECUTION_PLAN: 'json-execution-plan',
  PLAN_ADVICE: 'plan-advice',
};

const formats: Readonly<Record<string, ExplainFormat>> = { TEXT: 'text', JSON: 'json', MERMAID: 'mermaid' };

function parseExplain(cursor: Cursor): Explain {
  return cursor.nested(() => {
    const start = cursor.expectWord('EXPLAIN');
    const word = <Word>(words: Readonly<Record<string, Word>>): Word | undefined => {
      const found = cursor.token.kind === 'word' ? words[cursor.token.text] : undefined;
      if (found !== undefined) cursor.advance();
      return found;
    };
    const stage = word(stages);
    const asked: ExplainDetail[] = [];
    for (let detail = word(details); detail; detail = cursor.takeSign(',') ? word(details) : undefined) {
      asked.push(detail);
      if (cursor.isSign(',') && !Object.hasOwn(details, cursor.peek().text)) {
        cursor.advance();
        throw cursor.expected(`one of ${Object.keys(details).join(', ')}`);
      }
    }
    let format: ExplainFormat | undefined;
    if (cursor.takeWord('FORMAT')) {
      cursor.takeSign('=');
      format = word(formats);
      if (!format) throw cursor.expected('"TEXT", "JSON" or "MERMAID"');
    }
    if (cursor.takeWord('PLAN')) cursor.takeWord('FOR');
    const set = cursor.isSequence('STATEMENT', 'SET');
    const statement = set ? parseStatementSet(cursor, cursor.token) : parseOneStatement(cursor);
    return { kind: 'explain', stage, details: asked, format, statement, span: cursor.spanFrom(start) };
  });
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
  return isEndToken(cursor.token);
}

function isEndToken({ kind, text }: Token): boolean {
  return kind === 'end' || (kind === 'sign' && text === ';');
}
