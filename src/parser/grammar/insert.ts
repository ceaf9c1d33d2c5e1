import type { EmitStrategy, InsertInto } from '../ast/statements.ts';
import { syntaxErrors } from '../messages.ts';
import { refusals } from '../refusals.ts';
import type { Cursor } from './cursor.ts';
import { isIntervalStart, parseDelay } from './interval.ts';

export function parseInsert(cursor: Cursor): InsertInto {
  const start = cursor.expectWord('INSERT');
  const overwrite = cursor.takeWord('OVERWRITE');
  if (!overwrite) cursor.expectWord('INTO');
  cursor.takeWord('TABLE');
  const at = cursor.token;
  const table = cursor.qualifiedName('a table');
  const tableSpan = cursor.spanFrom(at);
  if (cursor.isSequence('PARTITION', '('))
    throw syntaxErrors.refused('INSERT INTO … PARTITION', cursor.token, refusals.staticPartition);
  const listed = cursor.isSign('(') && !cursor.isQueryStart(1) && !cursor.isAhead(1, '(');
  const columns = listed ? cursor.identifierList('a column') : undefined;
  if (!cursor.isQueryStart() && !cursor.isSign('(')) throw cursor.expected('"SELECT", "VALUES" or another query');
  const query = cursor.query();
  const emit = parseEmit(cursor);
  return { kind: 'insert', table, tableSpan, overwrite, columns, query, emit, span: cursor.spanFrom(start) };
}

/** `EMIT WITH DELAY '1' MINUTE BEFORE WATERMARK, WITHOUT DELAY AFTER WATERMARK` */
export function parseEmit(cursor: Cursor): EmitStrategy[] {
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
