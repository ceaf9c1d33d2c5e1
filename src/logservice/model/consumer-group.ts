import { ApiError, shardNotExist } from '../api-error.ts';

/** What a group has to know of a shard. */
export interface GroupShard {
  readonly id: number;
  readonly readonly: boolean;
  /** Shards whose split or merge made this one; those that are deleted meanwhile count as finished. */
  readonly parents: readonly number[];
  readonly beginCursor: string;
  readonly endCursor: string;
}

export interface Checkpoint {
  readonly cursor: string;
  /** Epoch microseconds. */
  readonly updateTimeUs: number;
  /** Last updater, '' where none was named. */
  readonly consumer: string;
}

/** What survives a restart. */
export interface ConsumerGroupState {
  readonly name: string;
  readonly timeoutSec: number;
  readonly order: boolean;
  readonly checkpoints: readonly (readonly [shard: number, checkpoint: Checkpoint])[];
  /** Shards that wait for their ancestors: a group made ordered later leaves the older ones alone. */
  readonly waiting?: readonly number[];
  /** Who holds what; after a restart they have one time-out to be heard again. */
  readonly consumers?: readonly (readonly [consumer: string, shards: readonly number[]])[];
}

type ShardState = 'wait' | 'not_alloc' | 'already_alloc' | 'transfer' | 'over';

interface Slot {
  state: ShardState;
  /** Kept while `over`, so that the last holder may commit again. */
  holder: string | undefined;
  /** Only while `transfer`. */
  next: string | undefined;
}

/**
 * The server's side of one consumer group: who holds which shard (sls-protocol, 6.1; numbers below are its
 * transitions). It is driven by requests only: each call first lets time and the shards' changes take effect.
 */
export class ConsumerGroup {
  readonly name: string;
  #timeoutSec: number;
  #order: boolean;
  readonly #shards: () => readonly GroupShard[];
  readonly #slots = new Map<number, Slot>();
  readonly #heartbeats = new Map<string, number>();
  readonly #checkpoints = new Map<number, Checkpoint>();
  #revision = 0;

  constructor(state: ConsumerGroupState, shards: () => readonly GroupShard[], restartedAtMs?: number) {
    this.name = state.name;
    this.#timeoutSec = state.timeoutSec;
    this.#order = state.order;
    this.#shards = shards;
    for (const [shard, checkpoint] of state.checkpoints) this.#checkpoints.set(shard, checkpoint);
    if (restartedAtMs !== undefined) {
      const waiting = new Set(state.waiting ?? []);
      for (const { id } of shards()) this.#slots.set(id, slot(waiting.has(id) ? 'wait' : 'not_alloc'));
      for (const [consumer, held] of state.consumers ?? []) {
        this.#heartbeats.set(consumer, restartedAtMs);
        for (const id of held) {
          const free = this.#slots.get(id);
          if (free?.state === 'not_alloc') give(free, consumer);
        }
      }
    }
    this.#settle(-Infinity);
  }

  get timeoutSec(): number {
    return this.#timeoutSec;
  }

  get order(): boolean {
    return this.#order;
  }

  /** Moves with every change of who is there and who holds what. */
  get revision(): number {
    return this.#revision;
  }

  state(): ConsumerGroupState {
    // Shards that were just created decide now whether they wait.
    this.#settle(-Infinity);
    const held = new Map<string, number[]>([...this.#heartbeats.keys()].map((consumer) => [consumer, []]));
    for (const [shard, { state, holder }] of this.#slots) {
      if ((state === 'already_alloc' || state === 'transfer') && holder !== undefined) held.get(holder)?.push(shard);
    }
    return {
      consumers: [...held],
      name: this.name,
      timeoutSec: this.#timeoutSec,
      order: this.#order,
      checkpoints: [...this.#checkpoints],
      waiting: [...this.#slots].filter(([, { state }]) => state === 'wait').map(([shard]) => shard),
    };
  }

  /** @returns whether something changed; holders and checkpoints stay in any case */
  update(change: { readonly timeoutSec?: number | undefined; readonly order?: boolean | undefined }): boolean {
    // Shards that are there already keep their state when a group becomes ordered.
    this.#settle(-Infinity);
    const timeoutSec = change.timeoutSec ?? this.#timeoutSec;
    const order = change.order ?? this.#order;
    if (timeoutSec === this.#timeoutSec && order === this.#order) return false;
    this.#timeoutSec = timeoutSec;
    this.#order = order;
    return true;
  }

  /**
   * Notes that a consumer lives and still has `listed` in hand.
   * @returns the shards it is to consume
   */
  heartbeat(consumer: string, listed: readonly number[], nowMs: number): number[] {
    this.#settle(nowMs);
    if (!this.#heartbeats.has(consumer)) {
      if (listed.length > 0) {
        throw new ApiError(
          400,
          'NotExistConsumerWithBody',
          'non-exist consumer with non-empty body of heartbeat message',
        );
      }
      this.#revision++;
    }
    this.#heartbeats.set(consumer, nowMs);
    for (const [shard, held] of this.#slots) {
      if (held.state !== 'transfer' || held.holder !== consumer || listed.includes(shard)) continue;
      // 6: the old holder has let go.
      held.state = 'already_alloc';
      held.holder = held.next;
      held.next = undefined;
      this.#revision++;
    }
    this.#balance();
    const assigned: number[] = [];
    for (const [shard, held] of this.#slots) {
      if (held.state === 'already_alloc' && held.holder === consumer) assigned.push(shard);
    }
    return assigned.sort((a, b) => a - b);
  }

  /** Saves a position, as of `updatedMs` (default `nowMs`); one that names a consumer and is not forced needs that consumer to hold the shard. */
  updateCheckpoint(
    shard: number,
    cursor: string,
    by: { readonly consumer?: string | undefined; readonly force: boolean; readonly updatedMs?: number },
    nowMs: number,
  ): void {
    this.#settle(nowMs);
    const held = this.#slots.get(shard);
    if (held === undefined) throw shardNotExist(String(shard), 404);
    if (by.consumer !== undefined && !by.force) {
      if (!this.#heartbeats.has(by.consumer)) {
        throw new ApiError(404, 'ConsumerNotExist', 'consumer not exist in the consumer group');
      }
      if (held.holder !== by.consumer) {
        throw new ApiError(400, 'ConsumerNotMatch', `shard ${shard} is not held by consumer ${by.consumer}`);
      }
    }
    this.#checkpoints.set(shard, { cursor, updateTimeUs: (by.updatedMs ?? nowMs) * 1000, consumer: by.consumer ?? '' });
    this.#settle(nowMs);
  }

  /** One entry for every shard, or for the one asked; '' and 0 where nothing was ever saved. */
  checkpoints(shard?: number): { shard: number; checkpoint: string; updateTime: number; consumer: string }[] {
    this.#settle(-Infinity);
    if (shard !== undefined && !this.#slots.has(shard)) throw shardNotExist(String(shard), 404);
    return [...this.#slots]
      .filter(([id]) => shard === undefined || id === shard)
      .sort(([a], [b]) => a - b)
      .map(([id, held]) => {
        const saved = this.#checkpoints.get(id);
        return {
          shard: id,
          checkpoint: saved?.cursor ?? '',
          updateTime: saved?.updateTimeUs ?? 0,
          consumer: saved?.consumer || (held.holder ?? ''),
        };
      });
  }

  /** State and holder of each shard, for status pages and tests. */
  describe(): { readonly shard: number; readonly state: ShardState; readonly holder: string | undefined }[] {
    return [...this.#slots].map(([shard, { state, holder }]) => ({ shard, state, holder }));
  }

  /** Lets the shards' changes and the time take effect. */
  #settle(nowMs: number): void {
    const shards = this.#shards();
    const byId = new Map(shards.map((shard) => [shard.id, shard]));
    for (const id of [...this.#slots.keys()]) {
      if (byId.has(id)) continue;
      this.#slots.delete(id);
      this.#checkpoints.delete(id);
    }
    // Parents have smaller ids than their children, so one pass in order sees each parent first.
    for (const shard of shards) {
      const held = this.#slots.get(shard.id) ?? slot('wait');
      this.#slots.set(shard.id, held);
      const finished = this.#isFinished(shard);
      if (finished && held.state !== 'over') {
        held.state = 'over'; // 8
        held.next = undefined;
      } else if (!finished && held.state === 'over') {
        held.state = 'not_alloc'; // 7
        held.holder = undefined;
      }
      // 1, 2
      if (held.state === 'wait' && !(this.#order && this.#hasOpenAncestor(shard, byId))) held.state = 'not_alloc';
    }
    for (const [consumer, beatMs] of this.#heartbeats) {
      if (nowMs - beatMs > this.#timeoutSec * 1000) this.#dismiss(consumer);
    }
  }

  /** Read-only and consumed to its end; one without data needs no commit. */
  #isFinished(shard: GroupShard): boolean {
    if (!shard.readonly) return false;
    return shard.beginCursor === shard.endCursor || this.#checkpoints.get(shard.id)?.cursor === shard.endCursor;
  }

  #hasOpenAncestor(shard: GroupShard, byId: ReadonlyMap<number, GroupShard>): boolean {
    return shard.parents.some((id) => {
      const parent = byId.get(id);
      return parent !== undefined && (this.#slots.get(id)?.state !== 'over' || this.#hasOpenAncestor(parent, byId));
    });
  }

  #dismiss(consumer: string): void {
    this.#heartbeats.delete(consumer);
    this.#revision++;
    for (const held of this.#slots.values()) {
      if (held.state === 'transfer' && held.next === consumer) {
        held.state = 'already_alloc'; // 6, the next one is gone
        held.next = undefined;
      }
      if (held.holder === consumer && (held.state === 'already_alloc' || held.state === 'transfer')) {
        held.state = 'not_alloc'; // 4, 9
        held.holder = undefined;
        held.next = undefined;
      }
    }
  }

  /** Any two living consumers differ by at most one shard. */
  #balance(): void {
    const consumers = [...this.#heartbeats.keys()];
    if (consumers.length === 0) return;
    const load = new Map<string, Slot[]>(consumers.map((consumer) => [consumer, []]));
    for (const held of this.#slots.values()) {
      if (held.state === 'already_alloc' && held.holder !== undefined) load.get(held.holder)?.push(held);
      if (held.state === 'transfer' && held.next !== undefined) load.get(held.next)?.push(held);
    }
    const extreme = (sign: 1 | -1): string =>
      consumers.reduce((a, b) => (sign * count(load, b) > sign * count(load, a) ? b : a));
    for (const held of this.#slots.values()) {
      if (held.state !== 'not_alloc') continue;
      const consumer = extreme(-1);
      give(held, consumer); // 3
      this.#revision++;
      load.get(consumer)?.push(held);
    }
    for (;;) {
      const [most, least] = [extreme(1), extreme(-1)];
      if (count(load, most) - count(load, least) <= 1) return;
      const from = load.get(most) ?? [];
      // A shard that is on its way is turned aside first: nobody has begun with it there.
      const at = Math.max(
        0,
        from.findIndex((held) => held.state === 'transfer'),
      );
      const [moved] = from.splice(at, 1);
      if (moved === undefined) return;
      if (moved.holder === least) {
        moved.state = 'already_alloc';
        moved.next = undefined;
      } else {
        moved.state = 'transfer'; // 5
        moved.next = least;
      }
      load.get(least)?.push(moved);
    }
  }
}

function slot(state: ShardState): Slot {
  return { state, holder: undefined, next: undefined };
}

function give(held: Slot, consumer: string): void {
  held.state = 'already_alloc';
  held.holder = consumer;
}

function count(load: ReadonlyMap<string, readonly Slot[]>, consumer: string): number {
  return load.get(consumer)?.length ?? 0;
}
