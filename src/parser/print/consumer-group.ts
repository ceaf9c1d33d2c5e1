import type { ConsumerGroupStatement, ResetPosition } from '../ast/consumer-group.ts';
import { nameText, qualifiedNameText, quoteString } from './names.ts';

export function consumerGroupText(statement: ConsumerGroupStatement): string {
  const table = `FOR ${qualifiedNameText(statement.table)}`;
  if (statement.kind === 'show-consumer-groups') return `SHOW CONSUMER GROUPS ${table}`;
  const group = `CONSUMER GROUP ${nameText(statement.group)} ${table}`;
  if (statement.kind === 'describe-consumer-group') return `DESCRIBE ${group}`;
  return `ALTER ${group} RESET TO ${positionText(statement.position)}`;
}

function positionText(position: ResetPosition): string {
  if (position.kind !== 'time') return position.kind.toUpperCase();
  return /^\d{9,11}$/.test(position.value) ? position.value : `TIMESTAMP ${quoteString(position.value)}`;
}
