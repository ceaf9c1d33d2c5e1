import type { FrameBound, OrderItem, OverClause, WindowFrame } from '../ast/expression.ts';
import type { Cursor } from './cursor.ts';

export function parseOrderItems(cursor: Cursor): OrderItem[] {
  return cursor.list(() => {
    const start = cursor.token;
    const expression = cursor.expression();
    const descending = cursor.takeWord('DESC');
    if (!descending) cursor.takeWord('ASC');
    const nullsFirst = cursor.takeWord('NULLS', 'FIRST') ? true : cursor.takeWord('NULLS', 'LAST') ? false : undefined;
    return { expression, descending, nullsFirst, span: cursor.spanFrom(start) };
  });
}

/** Behind the word OVER: `(PARTITION BY … ORDER BY … ROWS …)` or the name of a window. */
export function parseOver(cursor: Cursor): OverClause {
  const start = cursor.token;
  if (!cursor.isSign('(')) {
    const name = cursor.identifier('"(" or a window name');
    return { name, partitionBy: [], orderBy: [], frame: undefined, span: cursor.spanFrom(start) };
  }
  cursor.advance();
  const partitionBy = cursor.takeWord('PARTITION', 'BY') ? cursor.list(() => cursor.expression()) : [];
  const orderBy = cursor.takeWord('ORDER', 'BY') ? parseOrderItems(cursor) : [];
  const frame = cursor.isWord('ROWS') || cursor.isWord('RANGE') ? parseFrame(cursor) : undefined;
  if (!cursor.takeSign(')')) {
    const open = frame
      ? '")"'
      : orderBy.length > 0
        ? '",", "ROWS", "RANGE" or ")"'
        : '"PARTITION BY", "ORDER BY" or ")"';
    throw cursor.expected(open);
  }
  return { name: undefined, partitionBy, orderBy, frame, span: cursor.spanFrom(start) };
}

function parseFrame(cursor: Cursor): WindowFrame {
  const start = cursor.advance();
  const unit = start.text === 'ROWS' ? 'rows' : 'range';
  const between = cursor.takeWord('BETWEEN');
  const first = parseBound(cursor);
  if (between) cursor.expectWord('AND');
  const end = between ? parseBound(cursor) : undefined;
  return { unit, start: first, end, span: cursor.spanFrom(start) };
}

function parseBound(cursor: Cursor): FrameBound {
  if (cursor.takeWord('CURRENT', 'ROW')) return { kind: 'current-row', offset: undefined };
  if (cursor.takeWord('UNBOUNDED', 'PRECEDING')) return { kind: 'unbounded-preceding', offset: undefined };
  if (cursor.takeWord('UNBOUNDED', 'FOLLOWING')) return { kind: 'unbounded-following', offset: undefined };
  const offset = cursor.rules.operand(cursor);
  if (cursor.takeWord('PRECEDING')) return { kind: 'preceding', offset };
  if (cursor.takeWord('FOLLOWING')) return { kind: 'following', offset };
  throw cursor.expected('"PRECEDING" or "FOLLOWING"');
}
