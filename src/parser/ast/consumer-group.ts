import type { Span } from '../../errors/span.ts';
import type { Identifier } from './expression.ts';

/** `SHOW CONSUMER GROUPS FOR t`: those of the log store behind the table. */
export interface ShowConsumerGroups {
  readonly kind: 'show-consumer-groups';
  readonly table: readonly Identifier[];
  readonly span: Span;
}

/** `DESCRIBE CONSUMER GROUP g FOR t`. */
export interface DescribeConsumerGroup {
  readonly kind: 'describe-consumer-group';
  readonly group: Identifier;
  readonly table: readonly Identifier[];
  readonly span: Span;
}

/** `ALTER CONSUMER GROUP g FOR t RESET TO BEGIN`, `… END`, `… TIMESTAMP '2024-05-01 00:00:00'`, `… 1714521600`. */
export interface AlterConsumerGroup {
  readonly kind: 'alter-consumer-group';
  readonly group: Identifier;
  readonly table: readonly Identifier[];
  readonly position: ResetPosition;
  readonly span: Span;
}

/** `time`: a timestamp in the session zone, or digits, which are epoch seconds. */
export type ResetPosition =
  { readonly kind: 'begin' | 'end' } | { readonly kind: 'time'; readonly value: string; readonly span: Span };

export type ConsumerGroupStatement = ShowConsumerGroups | DescribeConsumerGroup | AlterConsumerGroup;
