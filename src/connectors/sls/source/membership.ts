import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { heartbeat } from '../api/consumer-groups.ts';
import type { SlsClient } from '../client.ts';
import { SlsError } from '../sls-error.ts';
import { LONGEST_DELAY_MS } from '../../../contracts/longest-delay.ts';

export interface MembershipSettings {
  readonly client: SlsClient;
  readonly group: string;
  readonly consumer: string;
  readonly heartbeatMs: number;
  /** A member that the service has not heard for so long has lost its shards. */
  readonly timeoutMs: number;
  readonly warn: (message: string) => void;
}

export interface ShardMoves {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** A lost heartbeat is sent again after this, so that one lost packet moves no shard. */
const RETRY_MS = 1000;

/** How long a job that ends waits for its last heartbeat: without it what it had moves when the group times out. */
const FAREWELL_MS = 5000;

/** A name for this process in a consumer group that no other has. */
export function consumerName(): string {
  return `sluice-${hostname()
    .replace(/[^0-9a-zA-Z-]/g, '-')
    .slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/**
 * One process as a member of a consumer group (protocol of heartbeats). A shard stays in the heartbeats from when it is
 * given to us until `released`, so that nobody else gets it before its rows are safe. When the service has forgotten us,
 * or could not be reached for the group's time-out, all shards count as lost and we join anew.
 */
export class Membership {
  readonly #settings: MembershipSettings;
  /** What the service wants us to read. */
  #assigned: ReadonlySet<number> = new Set();
  /** What we have in hand, with the membership under which we got it. */
  readonly #inHand = new Map<number, number>();
  /** Counts how often we joined. */
  #epoch = 0;
  #heardMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #closed = false;
  /** Ends the heartbeat that is under way when this closes: an outage must not hold up the end of a job. */
  readonly #leave = new AbortController();

  constructor(settings: MembershipSettings) {
    this.#settings = settings;
  }

  get consumer(): string {
    return this.#settings.consumer;
  }

  /** Joins. @throws SlsError when the group cannot be joined */
  async start(): Promise<void> {
    await this.#beat();
    this.#schedule(this.#settings.heartbeatMs);
  }

  /** What to begin with and what to give back, against what is in hand. */
  moves(): ShardMoves {
    this.#checkTimeout();
    const removed = [...this.#inHand].flatMap(([shard, epoch]) =>
      this.#assigned.has(shard) && epoch === this.#epoch ? [] : [shard],
    );
    const added = [...this.#assigned].filter((shard) => !this.#inHand.has(shard));
    return { added, removed };
  }

  take(shard: number): void {
    this.#inHand.set(shard, this.#epoch);
  }

  holds(shard: number): boolean {
    return this.#inHand.get(shard) === this.#epoch;
  }

  /** These shards are flushed and committed: the next member may have them, and is told at once. */
  async released(shards: readonly number[]): Promise<void> {
    for (const shard of shards) this.#inHand.delete(shard);
    await this.#beatSafely();
  }

  /** Everything is committed. What somebody waits for is let go; the rest moves when the group times out. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#leave.abort();
    await this.#beating;
    const waitedFor = [...this.#inHand.keys()].some((shard) => !this.#assigned.has(shard));
    this.#inHand.clear();
    if (waitedFor) await this.#beatSafely(AbortSignal.timeout(FAREWELL_MS));
  }

  #schedule(ms: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        void this.#beatSafely().then((heard) =>
          this.#schedule(heard ? this.#settings.heartbeatMs : Math.min(RETRY_MS, this.#settings.heartbeatMs)),
        );
      },
      Math.min(ms, LONGEST_DELAY_MS),
    );
    this.#timer.unref();
  }

  async #beatSafely(signal = this.#leave.signal): Promise<boolean> {
    while (this.#beating !== undefined) await this.#beating;
    let heard = true;
    this.#beating = this.#beat(signal).catch((error: unknown) => {
      heard = false;
      if (this.#closed) return;
      this.#settings.warn(error instanceof Error ? error.message : String(error));
      this.#checkTimeout();
    });
    await this.#beating;
    this.#beating = undefined;
    return heard;
  }

  async #beat(signal = this.#leave.signal): Promise<void> {
    const { client, group, consumer, warn } = this.#settings;
    const sentMs = performance.now();
    const shards = [...this.#inHand].flatMap(([shard, epoch]) => (epoch === this.#epoch ? [shard] : []));
    try {
      this.#assigned = new Set(await heartbeat(client, group, consumer, shards, signal));
    } catch (error) {
      if (!(error instanceof SlsError) || error.serviceCode !== 'NotExistConsumerWithBody') throw error;
      warn(`consumer group "${group}" has given the shards of this process to others: joining again`);
      this.#lose();
      this.#assigned = new Set(await heartbeat(client, group, consumer, [], signal));
    }
    this.#heardMs = sentMs;
  }

  #checkTimeout(): void {
    const { timeoutMs, group, warn } = this.#settings;
    if (this.#heardMs === 0 || performance.now() - this.#heardMs <= timeoutMs || this.#inHand.size === 0) return;
    if (this.#assigned.size === 0) return;
    warn(`consumer group "${group}" was out of reach for ${timeoutMs} ms: its shards count as lost`);
    this.#lose();
  }

  #lose(): void {
    this.#epoch++;
    this.#assigned = new Set();
  }
}
