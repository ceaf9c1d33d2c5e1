import type { LikeFilter, ShowList, Statement } from '../ast/statements.ts';
import { closestWord } from '../closest-word.ts';
import { parseShowConsumerGroups } from './consumer-group.ts';
import type { Cursor } from './cursor.ts';

const showable: Readonly<Record<string, ShowList>> = {
  TABLES: 'tables',
  VIEWS: 'views',
  FUNCTIONS: 'functions',
  CONNECTORS: 'connectors',
  FORMATS: 'formats',
  JOBS: 'jobs',
  SETTINGS: 'settings',
  CATALOGS: 'catalogs',
  DATABASES: 'databases',
  MODULES: 'modules',
};

const showWords = [...Object.keys(showable), 'COLUMNS', 'CREATE', 'CONNECTOR', 'CONSUMER'];

export function parseShow(cursor: Cursor): Statement {
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
  if (cursor.takeWord('COLUMNS')) {
    if (!cursor.takeWord('FROM') && !cursor.takeWord('IN')) throw cursor.expected('"FROM" and a table');
    const table = cursor.qualifiedName('a table');
    const like = parseLikeFilter(cursor);
    return { kind: 'show-columns', table, like, span: cursor.spanFrom(start) };
  }
  const what = listed(cursor);
  if (!what) {
    const right = cursor.token.kind === 'word' ? closestWord(cursor.token.text, showWords) : undefined;
    const hint = right ? `Did you mean "${right}"?` : undefined;
    throw cursor.expected(
      '"TABLES", "VIEWS", "FUNCTIONS", "CONNECTORS", "FORMATS", "JOBS", "SETTINGS" or "CREATE TABLE"',
      hint,
    );
  }
  const inside = /^(tables|views|functions|user-functions|databases)$/.test(what);
  const from =
    inside && (cursor.takeWord('FROM') || cursor.takeWord('IN')) ? cursor.qualifiedName('a name') : undefined;
  const like = what.startsWith('current-') ? undefined : parseLikeFilter(cursor);
  return { kind: 'show', what, from, like, span: cursor.spanFrom(start) };
}

function listed(cursor: Cursor): ShowList | undefined {
  if (cursor.takeWord('USER', 'FUNCTIONS')) return 'user-functions';
  if (cursor.takeWord('FULL', 'MODULES')) return 'modules';
  if (cursor.takeWord('CURRENT', 'CATALOG')) return 'current-catalog';
  if (cursor.takeWord('CURRENT', 'DATABASE')) return 'current-database';
  const what = cursor.token.kind === 'word' ? showable[cursor.token.text] : undefined;
  if (what) cursor.advance();
  return what;
}

function parseLikeFilter(cursor: Cursor): LikeFilter | undefined {
  const negated = cursor.takeWord('NOT');
  const anyCase = cursor.takeWord('ILIKE');
  if (!anyCase && !cursor.takeWord('LIKE')) {
    if (negated) throw cursor.expected('"LIKE"');
    return undefined;
  }
  return { pattern: cursor.string('a pattern in quotes'), negated, anyCase };
}
