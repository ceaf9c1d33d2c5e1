import type { Identifier } from '../ast/expression.ts';
import type { AnalyzeTable, StatementSet, StopJob, Use } from '../ast/session-statements.ts';
import type { InsertInto, Statement } from '../ast/statements.ts';
import { hints, syntaxErrors } from '../messages.ts';
import { refusals } from '../refusals.ts';
import type { Token } from '../tokens.ts';
import type { Cursor } from './cursor.ts';
import { parseInsert } from './insert.ts';

/** `USE CATALOG c`, `USE d`, `USE c.d`. */
export function parseUse(cursor: Cursor): Use {
  const start = cursor.expectWord('USE');
  const what =
    cursor.isWord('CATALOG') && cursor.peek().kind !== 'end' && !cursor.isAhead(1, ';') ? 'catalog' : 'database';
  if (what === 'catalog') cursor.advance();
  const name = what === 'catalog' ? [cursor.identifier('a catalog')] : cursor.qualifiedName('a database');
  return { kind: 'use', what, name, span: cursor.spanFrom(start) };
}

/** `STOP JOB 'name' [WITH DRAIN]` */
export function parseStop(cursor: Cursor): StopJob {
  const start = cursor.expectWord('STOP');
  cursor.expectWord('JOB');
  const job = cursor.string("the job's name in quotes");
  if (cursor.isWord('WITH')) throw syntaxErrors.refused('STOP JOB … WITH', cursor.token, refusals.savepoint);
  return { kind: 'stop-job', job, span: cursor.spanFrom(start) };
}

/** `ANALYZE TABLE t COMPUTE STATISTICS [FOR COLUMNS a, b | FOR ALL COLUMNS]` */
export function parseAnalyze(cursor: Cursor): AnalyzeTable {
  const start = cursor.expectWord('ANALYZE');
  cursor.expectWord('TABLE');
  const table = cursor.qualifiedName('a table');
  if (cursor.isWord('PARTITION'))
    throw syntaxErrors.refused('ANALYZE TABLE … PARTITION', cursor.token, refusals.partition);
  cursor.expectWord('COMPUTE', 'STATISTICS');
  let columns: readonly Identifier[] | 'all' | undefined;
  if (cursor.takeWord('FOR')) {
    if (cursor.takeWord('ALL')) {
      cursor.expectWord('COLUMNS');
      columns = 'all';
    } else {
      cursor.expectWord('COLUMNS');
      columns = cursor.list(() => cursor.identifier('a column'));
    }
  }
  return { kind: 'analyze', table, columns, span: cursor.spanFrom(start) };
}

/** `EXECUTE STATEMENT SET BEGIN … END`, `EXECUTE INSERT …`, `EXECUTE SELECT …`. */
export function parseExecute(cursor: Cursor, statement: () => Statement): Statement {
  const start = cursor.expectWord('EXECUTE');
  if (cursor.isSequence('STATEMENT', 'SET')) return parseStatementSet(cursor, start);
  const plan = cursor.token;
  if (cursor.takeWord('PLAN') && cursor.isString())
    throw syntaxErrors.refused('EXECUTE PLAN', plan, refusals.compiledPlan);
  if (!cursor.isWord('INSERT') && !cursor.isQueryStart() && !cursor.isSign('('))
    throw cursor.expected('"STATEMENT SET", "INSERT" or a query');
  const inner = statement();
  return { ...inner, span: cursor.spanFrom(start) };
}

/** At `STATEMENT SET BEGIN`, in EXECUTE and EXPLAIN. */
export function parseStatementSet(cursor: Cursor, start: Token): StatementSet {
  cursor.expectWord('STATEMENT', 'SET', 'BEGIN');
  return { kind: 'statement-set', inserts: parseInserts(cursor), span: cursor.spanFrom(start) };
}

/** `BEGIN STATEMENT SET; …; END` */
export function parseBegin(cursor: Cursor): StatementSet {
  const start = cursor.expectWord('BEGIN');
  if (!cursor.isWord('STATEMENT'))
    throw syntaxErrors.refused('BEGIN', start, 'Did you mean BEGIN STATEMENT SET; … END;?');
  cursor.expectWord('STATEMENT', 'SET');
  cursor.expectSign(';');
  return { kind: 'statement-set', inserts: parseInserts(cursor), span: cursor.spanFrom(start) };
}

function parseInserts(cursor: Cursor): InsertInto[] {
  const inserts: InsertInto[] = [];
  for (;;) {
    while (cursor.takeSign(';'));
    if (cursor.isWord('END') && inserts.length > 0) break;
    if (!cursor.isWord('INSERT')) throw cursor.expected(inserts.length > 0 ? '"INSERT" or "END"' : '"INSERT"');
    inserts.push(parseInsert(cursor));
    if (cursor.isSign(';') || cursor.isWord('END')) continue;
    throw cursor.expected('";"', cursor.isWord('INSERT') ? hints.missingSemicolon('INSERT') : undefined);
  }
  cursor.advance();
  return inserts;
}
