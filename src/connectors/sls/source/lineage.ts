import type { Shard } from '../api/list-shards.ts';

/**
 * The shards that `shard` was split or merged from, over all generations. The service tells no parents: they are the
 * older read-only shards whose key range overlaps.
 */
export function ancestorsOf(shard: Shard, shards: Iterable<Shard>): readonly Shard[] {
  return [...shards].filter((one) => one.readOnly && one.id < shard.id && overlaps(one, shard));
}

/** The ancestors that no younger ancestor stands between. */
export function parentsOf(shard: Shard, shards: Iterable<Shard>): readonly Shard[] {
  const ancestors = ancestorsOf(shard, shards);
  return ancestors.filter((one) => !ancestors.some((other) => other.id > one.id && overlaps(one, other)));
}

/** The last range ends in 32 `f` and includes it, which no comparison here can tell apart. */
function overlaps(a: Shard, b: Shard): boolean {
  return a.begin < b.end && b.begin < a.end;
}
