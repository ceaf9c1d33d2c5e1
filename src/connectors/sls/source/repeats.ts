import type { Counter } from '../../../contracts/operator.ts';
import { packIdOf } from '../../../wire/sls/pack-id.ts';
import { splitLogGroupList } from '../../../wire/sls/scan-log-group.ts';

/** Ids that are remembered: an hour at 18 requests a second, about 8 MB. */
const MEMORY = 64 << 10;

/**
 * Drops log groups that a producer sent again because it lost the acknowledgement (`dedupe = 'packId'`). A group is the
 * same when its `__pack_id__` and its size are; it may come in another shard than the first time. The memory is that of
 * one process and of its last 64 Ki groups: repeats across a restart or in another process are not noticed.
 */
export class Repeats {
  readonly #dropped: Counter;
  /** Key → shard, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(dropped: Counter) {
    this.#dropped = dropped;
  }

  /**
   * @param body LogGroupList
   * @returns what is left of it, and what to call when that has been decoded: an answer that turns out damaged is read
   * again, and must not be a repeat of itself
   */
  filter(body: Uint8Array, shard: number): { readonly body: Uint8Array; readonly keep: () => void } {
    const fresh = new Set<string>();
    const groups = splitLogGroupList(body);
    const left = groups.filter((group) => {
      const id = packIdOf(group);
      if (id === undefined) return true;
      const key = `${id} ${group.length}`;
      if (this.#seen.has(key) || fresh.has(key)) return false;
      fresh.add(key);
      return true;
    });
    const dropped = groups.length - left.length;
    return {
      body: dropped === 0 ? body : listOf(left),
      keep: () => {
        this.#dropped.add(dropped);
        for (const key of fresh) this.#seen.set(key, shard);
        for (const key of this.#seen.keys()) {
          if (this.#seen.size <= MEMORY) break;
          this.#seen.delete(key);
        }
      },
    };
  }

  /** A shard that was given back may come again, with what was read of it but not yet committed. */
  forget(shards: readonly number[]): void {
    for (const [key, shard] of this.#seen) if (shards.includes(shard)) this.#seen.delete(key);
  }
}

/** Groups as a LogGroupList again. */
function listOf(groups: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const group of groups) {
    const head = [0x0a];
    let rest = group.length;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest & 0x7f) | 0x80);
    head.push(rest);
    parts.push(Uint8Array.from(head), group);
  }
  return new Uint8Array(Buffer.concat(parts));
}
