import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { evenHashRanges, inHashRange, LAST_HASH, type HashRange } from '../../wire/sls/hash-key.ts';
import { logStoreNotExist, parameterInvalid } from '../api-error.ts';
import { ShardLog, type ShardLogOptions, type StoredGroup } from '../storage/shard-log.ts';
import { ConsumerGroup, type ConsumerGroupState } from './consumer-group.ts';
import { Shard, type ShardState } from './shard.ts';

/** What a user sets; unknown fields of a request are kept and echoed. */
export interface LogStoreSettings {
  /** Days; 3650 and more keep forever. */
  readonly ttl: number;
  readonly appendMeta: boolean;
  /** The rest of the JSON, as it came. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** What meta.json keeps of a log store. */
export interface LogStoreState {
  readonly name: string;
  /** Unique over all log stores that ever were: a re-created one never sees the files of the former. */
  readonly id: number;
  readonly settings: LogStoreSettings;
  readonly createTimeSec: number;
  readonly lastModifyTimeSec: number;
  readonly nextShard: number;
  readonly shards: readonly ShardState[];
  readonly groups: readonly ConsumerGroupState[];
  readonly index?: unknown;
}

export interface StorageOptions extends Omit<ShardLogOptions, 'folder'> {
  /** Absent: memory only. */
  readonly dataDir: string | undefined;
}

const MAX_SHARDS = 512;

/** One log store with its shards and consumer groups. */
export class LogStore {
  readonly name: string;
  readonly id: number;
  readonly createTimeSec: number;
  readonly groups = new Map<string, ConsumerGroup>();
  settings: LogStoreSettings;
  lastModifyTimeSec: number;
  index: unknown;
  readonly #storage: StorageOptions;
  readonly #shards = new Map<number, Shard>();
  #nextShard: number;
  #writable: Shard[] = [];
  #turn = 0;
  /** While shards are being created or changed; writes wait for it, because they must not outlive a crash alone. */
  #settling: Promise<unknown> | undefined;
  #deleted = false;

  private constructor(state: LogStoreState, storage: StorageOptions) {
    this.name = state.name;
    this.id = state.id;
    this.settings = state.settings;
    this.createTimeSec = state.createTimeSec;
    this.lastModifyTimeSec = state.lastModifyTimeSec;
    this.#nextShard = state.nextShard;
    this.index = state.index;
    this.#storage = storage;
  }

  static async open(state: LogStoreState, storage: StorageOptions, restartedAtMs?: number): Promise<LogStore> {
    const store = new LogStore(state, storage);
    for (const shard of state.shards) store.#add(await store.#openShard(shard));
    for (const group of state.groups) {
      store.groups.set(group.name, new ConsumerGroup(group, () => store.shards, restartedAtMs));
    }
    return store;
  }

  /** The state of a new log store; `shardCount` even ranges. */
  static initial(
    name: string,
    id: number,
    settings: LogStoreSettings,
    shardCount: number,
    nowMs: number,
  ): LogStoreState {
    const nowSec = Math.floor(nowMs / 1000);
    const shards = evenHashRanges(shardCount).map((range, i) => shardState(i, range, [], nowMs));
    return {
      name,
      id,
      settings,
      createTimeSec: nowSec,
      lastModifyTimeSec: nowSec,
      nextShard: shardCount,
      shards,
      groups: [],
    };
  }

  state(): LogStoreState {
    return {
      name: this.name,
      id: this.id,
      settings: this.settings,
      createTimeSec: this.createTimeSec,
      lastModifyTimeSec: this.lastModifyTimeSec,
      nextShard: this.#nextShard,
      shards: this.shards.map((shard) => shard.state()),
      groups: [...this.groups.values()].map((group) => group.state()),
      index: this.index,
    };
  }

  /** In the order of their ids. */
  get shards(): readonly Shard[] {
    return [...this.#shards.values()];
  }

  get writableCount(): number {
    return this.#writable.length;
  }

  shard(id: number): Shard | undefined {
    return this.#shards.get(id);
  }

  /** Makes writes wait until a change of the shards is durable. */
  async whileSettling<T>(change: () => Promise<T>): Promise<T> {
    while (this.#settling !== undefined) await this.#settling;
    const running = change();
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#settling = settled;
    try {
      return await running;
    } finally {
      this.#settling = undefined;
    }
  }

  /**
   * Stores one group; resolved when it is durable.
   * @param key  hash key of the write; absent: the shards take turns
   * @param admit  may refuse the shard that was chosen
   */
  async append(group: StoredGroup, key: string | undefined, admit?: (shard: Shard) => void): Promise<void> {
    while (this.#settling !== undefined) await this.#settling;
    if (this.#deleted) throw logStoreNotExist(this.name);
    const writable = this.#writable;
    const shard =
      key === undefined
        ? writable[this.#turn++ % writable.length]
        : writable.find(({ range }) => inHashRange(key, range));
    if (shard === undefined) throw parameterInvalid(`no shard takes the hash key ${key ?? ''}`);
    admit?.(shard);
    await shard.log.append(group);
  }

  /**
   * Splits a shard at `key`, or into `count` even parts.
   * @param save  makes the new state durable; readers see it only after the parent's last write is readable
   */
  async split(
    id: number,
    how: { readonly key?: string | undefined; readonly count: number },
    nowMs: number,
    save: () => Promise<void>,
  ): Promise<Shard[]> {
    return this.whileSettling(async () => {
      const parent = this.#writableShard(id);
      if (this.#writable.length + how.count - 1 > MAX_SHARDS) throw parameterInvalid('too many shards.');
      const cuts = how.key === undefined ? evenCuts(parent.range, how.count) : [how.key.toLowerCase()];
      const bounds = [parent.range.begin, ...cuts, parent.range.end];
      if (bounds.some((bound, i) => i > 0 && bound <= bounds[i - 1]!)) throw parameterInvalid('invalid mid hash.');
      const ranges = cuts.concat(parent.range.end).map((end, i) => ({ begin: bounds[i]!, end }));
      return [parent, ...(await this.#replace([parent], ranges, nowMs, save))];
    });
  }

  /** Merges a shard with its right-hand neighbour. @returns the new shard, then both parents */
  async merge(id: number, nowMs: number, save: () => Promise<void>): Promise<Shard[]> {
    return this.whileSettling(async () => {
      const left = this.#writableShard(id);
      if (left.range.end === LAST_HASH) throw parameterInvalid('can not merge the last shard.');
      const right = this.#writable.find(({ range }) => range.begin === left.range.end);
      if (right === undefined) throw parameterInvalid('invalid shard id.');
      const range = { begin: left.range.begin, end: right.range.end };
      return [...(await this.#replace([left, right], [range], nowMs, save)), left, right];
    });
  }

  /** Deletes a read-only shard with its data. */
  async deleteShard(id: number, save: () => Promise<void>): Promise<void> {
    const shard = this.#shards.get(id);
    if (shard?.readonly !== true) throw parameterInvalid('invalid shard id.');
    this.#shards.delete(id);
    await save();
    await shard.log.destroy();
  }

  /** Drops what is older than the ttl, and read-only shards that have nothing left. */
  async sweep(nowMs: number, save: () => Promise<void>): Promise<number> {
    if (this.settings.ttl >= 3650) return 0;
    const keepFromSec = Math.floor(nowMs / 1000) - this.settings.ttl * 86_400;
    let dropped = 0;
    for (const shard of this.shards) {
      dropped += await shard.log.dropReceivedBefore(keepFromSec);
      const empty = shard.log.firstOrdinal === shard.log.endOrdinal;
      if (empty && (shard.closedTimeSec ?? Infinity) < keepFromSec) await this.deleteShard(shard.id, save);
    }
    return dropped;
  }

  async close(): Promise<void> {
    for (const shard of this.shards) await shard.log.close();
  }

  /** Refuses writes from now on; `destroy` follows when the deletion is durable. */
  markDeleted(): void {
    this.#deleted = true;
  }

  async destroy(): Promise<void> {
    for (const shard of this.shards) await shard.log.destroy();
    const { dataDir } = this.#storage;
    if (dataDir !== undefined) await rm(storeFolder(dataDir, this.id), { recursive: true, force: true });
  }

  async sync(): Promise<void> {
    for (const shard of this.shards) await shard.log.sync();
  }

  async #replace(
    parents: readonly Shard[],
    ranges: readonly HashRange[],
    nowMs: number,
    save: () => Promise<void>,
  ): Promise<Shard[]> {
    // Writes already wait; those under way end here, so that a read-only shard's end never moves.
    for (const parent of parents) await parent.log.drain();
    const ids = parents.map((parent) => parent.id);
    const children: Shard[] = [];
    for (const range of ranges) {
      children.push(await this.#openShard(shardState(this.#nextShard++, range, ids, nowMs)));
    }
    for (const parent of parents) parent.close(Math.floor(nowMs / 1000));
    for (const child of children) this.#add(child);
    this.#listWritable();
    await save();
    return children;
  }

  #writableShard(id: number): Shard {
    const shard = this.#shards.get(id);
    if (shard === undefined || shard.readonly) throw parameterInvalid('invalid shard id.');
    return shard;
  }

  async #openShard(state: ShardState): Promise<Shard> {
    const { dataDir, ...options } = this.#storage;
    const folder = dataDir === undefined ? undefined : join(storeFolder(dataDir, this.id), `shard-${state.id}`);
    return new Shard(state, await ShardLog.open({ ...options, folder }));
  }

  #add(shard: Shard): void {
    this.#shards.set(shard.id, shard);
    this.#listWritable();
  }

  #listWritable(): void {
    this.#writable = this.shards.filter((shard) => !shard.readonly);
  }
}

export function storeFolder(dataDir: string, id: number): string {
  return join(dataDir, 'stores', String(id));
}

/** The first cursor looks like the nanosecond of the creation; ids keep those of one moment apart. */
function shardState(id: number, range: HashRange, parents: readonly number[], nowMs: number): ShardState {
  return {
    id,
    begin: range.begin,
    end: range.end,
    readonly: false,
    createTimeSec: Math.floor(nowMs / 1000),
    parents,
    cursorBase: (BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(id)).toString(),
  };
}

function evenCuts(range: HashRange, count: number): string[] {
  const begin = BigInt(`0x${range.begin}`);
  const end = range.end === LAST_HASH ? 1n << 128n : BigInt(`0x${range.end}`);
  return Array.from({ length: count - 1 }, (_, i) =>
    (begin + ((end - begin) * BigInt(i + 1)) / BigInt(count)).toString(16).padStart(32, '0'),
  );
}
