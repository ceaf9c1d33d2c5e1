import type { SourceContext } from '../../../contracts/connector.ts';
import {
  createConsumerGroup,
  getCheckpoints,
  listConsumerGroups,
  updateCheckpoint,
  updateConsumerGroup,
} from '../api/consumer-groups.ts';
import { getCursor } from '../api/get-cursor.ts';
import type { SlsClient } from '../client.ts';
import { SlsError } from '../sls-error.ts';
import { consumerName, Membership } from './membership.ts';
import type { StartPolicy } from './start-position.ts';

/** As in the Flink connector; without heartbeats it matters to nobody. */
const GROUP_TIMEOUT_SEC = 60;

/** Own positions that are remembered: a service that lost the last ones in a crash goes back to one of these. */
const OWN_POSITIONS = 256;

/** What this process knows to be stored for a shard. */
interface Known {
  /** Where it found the shard, until it stored something itself. */
  found: string | undefined;
  /** What it stored, or tried to, oldest first. */
  readonly own: string[];
}

/** The consumer group of one log store that is read: that it exists, what it stores, and our membership in it. */
export class SourceGroup {
  readonly name: string;
  /** Where the group says which shards this process reads. */
  readonly membership: Membership | undefined;
  readonly #client: SlsClient;
  readonly #warn: SourceContext['warn'];
  readonly #timeoutMs: number;
  readonly #known = new Map<number, Known>();
  /** Shards whose position somebody else has set since. */
  readonly #reset = new Set<number>();

  constructor(client: SlsClient, name: string, context: SourceContext) {
    const { options } = context.table;
    this.name = name;
    this.#client = client;
    this.#warn = context.warn;
    const heartbeatMs = options.int('heartBeatIntervalMills');
    this.#timeoutMs = options.optionalInt('groupTimeout') ?? 6 * heartbeatMs;
    if (isBalanced(context)) {
      this.membership = new Membership({
        client,
        group: name,
        consumer: consumerName(),
        heartbeatMs,
        timeoutMs: this.#timeoutMs,
        warn: context.warn,
      });
    }
  }

  /** Makes sure of the group. @returns whether it was made now */
  async ensure(): Promise<boolean> {
    const { name } = this;
    const wanted =
      this.membership === undefined
        ? { name, timeoutSec: GROUP_TIMEOUT_SEC, order: false }
        : { name, timeoutSec: Math.max(1, Math.ceil(this.#timeoutMs / 1000)), order: true };
    const known = (await listConsumerGroups(this.#client)).find((one) => one.name === name);
    if (known === undefined) {
      await createConsumerGroup(this.#client, wanted);
      return true;
    }
    const same = known.timeoutSec === wanted.timeoutSec && known.order === wanted.order;
    if (this.membership !== undefined && !same) await updateConsumerGroup(this.#client, wanted);
    return false;
  }

  /**
   * A new group begins everywhere by the policy. Afterwards a shard without checkpoint is one that came into being
   * later, whatever process meets it first.
   */
  async seed(shards: Iterable<number>, policy: StartPolicy): Promise<void> {
    if (policy.otherwise === 'begin') return;
    const stored = await this.checkpoints();
    await Promise.all(
      [...shards].map(async (shard) => {
        if (stored.has(shard)) return;
        const cursor = await getCursor(this.#client, shard, policy.otherwise);
        await updateCheckpoint(this.#client, this.name, { shard, cursor });
      }),
    );
  }

  /** The stored cursor of each shard that has one. */
  async checkpoints(): Promise<ReadonlyMap<number, string>> {
    return getCheckpoints(this.#client, this.name);
  }

  /** A shard is read from now on. @param found its checkpoint at this moment */
  begin(shard: number, found: string | undefined): void {
    this.#known.set(shard, { found, own: [] });
    this.#reset.delete(shard);
  }

  /** Stores the next cursors of shards, but over no position that somebody else has set since (ALTER CONSUMER GROUP). */
  async store(cursors: ReadonlyMap<number, string>): Promise<void> {
    const stored = await this.checkpoints();
    const reset = [...cursors.keys()].filter((shard) => {
      // What another member has now is its to store.
      const ours = this.membership === undefined || this.membership.holds(shard);
      return ours && !this.#reset.has(shard) && this.#isForeign(shard, stored);
    });
    for (const shard of reset) this.#reset.add(shard);
    if (reset.length > 0) {
      this.#warn(
        `the position of consumer group "${this.name}" in shard ${reset.join(', ')} was set meanwhile: this job goes on where it is, stores nothing over it, and begins there when it is started again`,
      );
    }
    const left = [...cursors].filter(([shard]) => !this.#reset.has(shard));
    await Promise.all(left.map(([shard, cursor]) => this.#storeOne(shard, cursor)));
  }

  #isForeign(shard: number, stored: ReadonlyMap<number, string>): boolean {
    const known = this.#known.get(shard);
    const now = stored.get(shard);
    if (known === undefined || now === undefined) return false;
    return now !== known.found && !known.own.includes(now);
  }

  async #storeOne(shard: number, cursor: string): Promise<void> {
    const known = this.#known.get(shard);
    // Before the request: its answer may be lost.
    known?.own.push(cursor);
    if (known !== undefined && known.own.length > OWN_POSITIONS) known.own.shift();
    await this.#put(shard, cursor);
    if (known !== undefined) known.found = undefined;
  }

  /** A shard that moved to another member is that one's to store. */
  async #put(shard: number, cursor: string): Promise<void> {
    const member = this.membership;
    if (member === undefined) return updateCheckpoint(this.#client, this.name, { shard, cursor });
    if (!member.holds(shard)) return;
    try {
      await updateCheckpoint(this.#client, this.name, { shard, cursor, consumer: member.consumer });
    } catch (error) {
      const lost = error instanceof SlsError && /^(Consumer|Shard)Not(Exist|Exsit|Match)$/.test(error.serviceCode);
      if (!lost) throw error;
      this.#warn(
        `shard ${shard} went to another member of consumer group "${this.name}": it reads on from the last commit`,
      );
    }
  }
}

/** A query reads all shards and joins no group: it would take them from the jobs and store no progress. */
export function isBalanced({ table, query }: SourceContext): boolean {
  return table.options.text('assignment') === 'balanced' && query !== true;
}
