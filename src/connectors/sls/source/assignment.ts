import type { Shard } from '../api/list-shards.ts';
import { ConnectorError } from '../../../errors/sluice-error.ts';
import { parseShardList } from '../shard-list.ts';

/**
 * The shards this process reads: all, or those that `shards` names.
 * @throws ConnectorError SLS_NOT_FOUND for a named shard that does not exist
 */
export function assignedShards(
  shards: readonly Shard[],
  named: string | undefined,
  logStore: string,
): readonly Shard[] {
  const wanted = named === undefined ? undefined : parseShardList(named);
  if (wanted === undefined) return shards;
  const known = new Set(shards.map((shard) => shard.id));
  const absent = [...wanted].filter((id) => !known.has(id));
  if (absent.length > 0) {
    throw new ConnectorError(
      'SLS_NOT_FOUND',
      `log store "${logStore}" has no shard ${absent.slice(0, 10).join(', ')}`,
      {
        domain: 'external',
        hint: `Its shards are: ${[...known].join(', ')}.`,
      },
    );
  }
  return shards.filter((shard) => wanted.has(shard.id));
}

export function splitIdOf(shard: number): string {
  return `shard ${shard}`;
}

/** The shard of a split id, or undefined where it is none of ours. */
export function shardOf(splitId: string): number | undefined {
  const match = /^shard (\d+)$/.exec(splitId);
  return match === null ? undefined : Number(match[1]);
}
