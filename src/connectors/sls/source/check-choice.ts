import type { SourceContext } from '../../../contracts/connector.ts';
import { ConnectorError } from '../../../errors/sluice-error.ts';
import type { Shard } from '../api/list-shards.ts';
import type { ShardChoice } from '../shard-list.ts';
import { ancestorsOf } from './lineage.ts';

/**
 * Holds a list of shard numbers against the shards there are; warns of shards that come from listed ones unlisted.
 * @throws ConnectorError SLS_NOT_FOUND for a named shard that does not exist
 */
export function checkChoice(
  choice: ShardChoice & { readonly kind: 'list' },
  listed: readonly Shard[],
  { context, logStore }: { readonly context: SourceContext; readonly logStore: string },
): void {
  const there = new Set(listed.map((shard) => shard.id));
  const absent = [...choice.ids].filter((id) => !there.has(id));
  if (absent.length > 0) {
    throw new ConnectorError(
      'SLS_NOT_FOUND',
      `log store "${logStore}" has no shard ${absent.slice(0, 10).join(', ')}`,
      {
        domain: 'external',
        hint: `Its shards are: ${[...there].join(', ')}.`,
      },
    );
  }
  const left = listed.filter(
    (shard) => !choice.ids.has(shard.id) && ancestorsOf(shard, listed).some((one) => choice.ids.has(one.id)),
  );
  if (left.length === 0) return;
  context.warn(
    `shards ${left.map((shard) => shard.id).join(', ')} of log store "${logStore}" come from shards that option "shards" names, and are not named: they are not read`,
  );
}
