import type { OptionValues } from '../../../contracts/options.ts';
import { readTime } from '../read-time.ts';

/** Where one shard begins: a stored cursor, or what GetCursor is asked for. */
export type StartPosition =
  | { readonly kind: 'cursor'; readonly cursor: string }
  | { readonly kind: 'from'; readonly from: 'begin' | 'end' | number };

export interface StartPolicy {
  /** Whether a checkpoint stored in the consumer group wins. */
  readonly useCheckpoints: boolean;
  /** Where a shard without (used) checkpoint begins. */
  readonly otherwise: 'begin' | 'end' | number;
  /** Lines for the user: what was assumed. */
  readonly notes: readonly string[];
}

/**
 * The start of a read that has no state (design D12):
 *
 * | startupMode | a stored checkpoint | otherwise |
 * | --- | --- | --- |
 * | absent, with consumerGroup | wins | startTime, else defaultPosition, else now, or the begin where stopTime is set |
 * | absent without group, TIMESTAMP | passed over, and said so | the same |
 * | Earliest, Latest | passed over | begin, end |
 * | Group_Offsets | wins | startTime, else defaultPosition, else the begin |
 */
export function startPolicy(options: OptionValues, zone: string, table: string): StartPolicy {
  const mode = options.optionalText('startupMode');
  const startText = options.optionalText('startTime');
  const startTime = startText === undefined ? undefined : readTime(startText, zone);
  const notes: string[] = [];
  const byTime = (): 'begin' | 'end' | number => {
    if (startTime !== undefined) return startTime;
    const bounded = options.given('stopTime');
    const what = bounded ? 'reading from the oldest logs to stopTime' : 'reading what arrives from now on';
    const group = mode === undefined ? options.optionalText('consumerGroup') : undefined;
    const where = group === undefined ? '' : `where consumer group "${group}" has no progress, `;
    notes.push(`table "${table}" has no startTime: ${where}${what}`);
    return bounded ? 'begin' : 'end';
  };
  const position = options.optionalText('defaultPosition');
  const otherwise = position === undefined ? undefined : position === 'Latest' ? 'end' : 'begin';
  switch (mode) {
    case 'Earliest':
      return { useCheckpoints: false, otherwise: 'begin', notes };
    case 'Latest':
      return { useCheckpoints: false, otherwise: 'end', notes };
    case 'Group_Offsets':
      return { useCheckpoints: true, otherwise: startTime ?? otherwise ?? 'begin', notes };
    case 'TIMESTAMP':
      return { useCheckpoints: false, otherwise: byTime(), notes };
    default:
      return {
        useCheckpoints: options.given('consumerGroup'),
        otherwise: startTime ?? otherwise ?? byTime(),
        notes,
      };
  }
}

export function startOf(policy: StartPolicy, checkpoint: string | undefined): StartPosition {
  return policy.useCheckpoints && checkpoint !== undefined
    ? { kind: 'cursor', cursor: checkpoint }
    : { kind: 'from', from: policy.otherwise };
}
