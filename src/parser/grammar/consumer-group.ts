import type { ConsumerGroupStatement, ResetPosition } from '../ast/consumer-group.ts';
import type { Identifier } from '../ast/expression.ts';
import type { Token } from '../tokens.ts';
import type { Cursor } from './cursor.ts';

/** Behind SHOW: `CONSUMER GROUPS FOR t`; undefined where something else stands there. */
export function parseShowConsumerGroups(cursor: Cursor, start: Token): ConsumerGroupStatement | undefined {
  if (!cursor.takeWord('CONSUMER')) return undefined;
  cursor.expectWord('GROUPS');
  const table = tableOf(cursor);
  return { kind: 'show-consumer-groups', table, span: cursor.spanFrom(start) };
}

/** Behind DESCRIBE: `CONSUMER GROUP g FOR t`. A table may be called `consumer`, and GROUP is no name. */
export function parseDescribeConsumerGroup(cursor: Cursor, start: Token): ConsumerGroupStatement | undefined {
  if (!cursor.takeWord('CONSUMER', 'GROUP')) return undefined;
  const group = groupName(cursor);
  const table = tableOf(cursor);
  return { kind: 'describe-consumer-group', group, table, span: cursor.spanFrom(start) };
}

/** `ALTER CONSUMER GROUP g FOR t RESET TO …`; undefined, and nothing taken, where it is another ALTER. */
export function parseAlterConsumerGroup(cursor: Cursor): ConsumerGroupStatement | undefined {
  const start = cursor.token;
  if (!cursor.takeWord('ALTER', 'CONSUMER')) return undefined;
  cursor.expectWord('GROUP');
  const group = groupName(cursor);
  const table = tableOf(cursor);
  cursor.expectWord('RESET', 'TO');
  const position = resetPosition(cursor);
  return { kind: 'alter-consumer-group', group, table, position, span: cursor.spanFrom(start) };
}

function tableOf(cursor: Cursor): Identifier[] {
  if (!cursor.takeWord('FOR') && !cursor.takeWord('FROM')) throw cursor.expected('"FOR" and a table');
  return cursor.qualifiedName('a table');
}

/** Names with `-` in them are common: they may stand in any quotes. */
function groupName(cursor: Cursor): Identifier {
  if (!cursor.isString()) return cursor.identifier('a consumer group');
  const { value, span } = cursor.string();
  return { kind: 'identifier', name: value, quoted: true, span };
}

function resetPosition(cursor: Cursor): ResetPosition {
  const start = cursor.token;
  if (cursor.takeWord('BEGIN')) return { kind: 'begin' };
  if (cursor.takeWord('END')) return { kind: 'end' };
  if (start.kind === 'number' && /^\d{9,11}$/.test(start.text)) {
    return { kind: 'time', value: cursor.advance().text, span: cursor.spanFrom(start) };
  }
  const what = `"BEGIN", "END", TIMESTAMP 'yyyy-MM-dd HH:mm:ss' or epoch seconds`;
  if (!cursor.isString() && !cursor.takeWord('TIMESTAMP')) throw cursor.expected(what);
  const { value, span } = cursor.string(`a time such as '2024-05-01 00:00:00'`);
  return { kind: 'time', value: value.trim(), span };
}
