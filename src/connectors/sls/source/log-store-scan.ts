import type { Position, SourceContext, Split, SplitReader } from '../../../contracts/connector.ts';
import type { Counter } from '../../../contracts/operator.ts';
import { ConnectorError, SluiceError } from '../../../errors/sluice-error.ts';
import { canCompressZstd } from '../../../wire/sls/compression.ts';
import type { LogGroupDecoder } from '../../../wire/sls/decode-log-groups.ts';
import type { Lz4Arena } from '../../../wire/sls/lz4-arena.ts';
import { getCursor } from '../api/get-cursor.ts';
import { listShards, type Shard } from '../api/list-shards.ts';
import type { SlsClient } from '../client.ts';
import { openClient } from '../open-client.ts';
import { isChosen, parseShardChoice, type ShardChoice } from '../shard-list.ts';
import { SlsError } from '../sls-error.ts';
import { wait } from '../wait.ts';
import { ancestorsOf, parentsOf } from './lineage.ts';
import type { Membership } from './membership.ts';
import { Repeats } from './repeats.ts';
import { ShardPuller } from './puller.ts';
import { checkChoice } from './check-choice.ts';
import { SourceGroup } from './source-group.ts';
import { startOf, type StartPolicy } from './start-position.ts';

export interface LogStoreScanSettings {
  readonly context: SourceContext;
  readonly logStore: string;
  /** Put before `shard N` in split ids; '' where the table reads one log store. */
  readonly prefix: string;
  readonly stopTimeSec: number | undefined;
  readonly decoder: (place: { readonly logStore: string; readonly shard: number }) => LogGroupDecoder;
  readonly arena: Lz4Arena | undefined;
  readonly expired: Counter;
}

const RECREATION_POLL_MS = 1000;

/** The shards of one log store that this process reads: which, from where, after which others, and what became of them. */
export class LogStoreScan {
  readonly #settings: LogStoreScanSettings;
  readonly #client: SlsClient;
  readonly #group: SourceGroup | undefined;
  readonly #repeats: Repeats | undefined;
  readonly #choice: ShardChoice | undefined;
  readonly #membership: Membership | undefined;
  #policy: StartPolicy | undefined;
  /** All shards of the log store as last listed. */
  #listed: ReadonlyMap<number, Shard> = new Map();
  /** Shards that have become splits. */
  readonly #known = new Map<number, Shard>();
  /** Shards that are being read. */
  readonly #reading = new Set<number>();
  readonly #stops = new Map<number, string>();
  #listedAt = -Infinity;
  #recreating: Promise<void> | undefined;
  /** Shards whose positions of before a re-creation mean nothing any more. */
  readonly #restarted = new Set<number>();

  constructor(settings: LogStoreScanSettings) {
    this.#settings = settings;
    const { context, logStore } = settings;
    const { options } = context.table;
    this.#client = openClient(context, logStore);
    const group = options.optionalText('consumerGroup');
    if (group !== undefined) this.#group = new SourceGroup(this.#client, group, context);
    if (options.text('dedupe') === 'packId') this.#repeats = new Repeats(context.metrics.counter('repeatedGroups'));
    const shards = options.optionalText('shards');
    this.#choice = shards === undefined ? undefined : parseShardChoice(shards);
    this.#membership = this.#group?.membership;
  }

  splitId(shard: number): string {
    return `${this.#settings.prefix}shard ${shard}`;
  }

  /** The shard of a split id, or undefined where it is none of this log store. */
  shardOf(splitId: string): number | undefined {
    const { prefix } = this.#settings;
    const match = splitId.startsWith(prefix) ? /^shard (\d+)$/.exec(splitId.slice(prefix.length)) : null;
    return match === null ? undefined : Number(match[1]);
  }

  /** Whether shards come and go by themselves: someone must look. */
  get balanced(): boolean {
    return this.#membership !== undefined;
  }

  async open(
    policy: StartPolicy,
    restored: ReadonlyMap<string, Position | undefined> | undefined,
  ): Promise<readonly Split[]> {
    const { context } = this.#settings;
    this.#policy = policy;
    const listed = await this.#list();
    const created = (await this.#group?.ensure()) === true;
    if (this.#membership !== undefined) {
      if (created) await this.#group?.seed(this.#listed.keys(), policy);
      await this.#membership.start();
      return [];
    }
    const checkpoints = (await this.#group?.checkpoints()) ?? new Map<number, string>();
    const shards = listed.filter(
      (shard) => isChosen(this.#choice, shard.id) || restored?.has(this.splitId(shard.id)) === true,
    );
    if (this.#choice?.kind === 'list') checkChoice(this.#choice, listed, this.#settings);
    if (!policy.useCheckpoints && shards.some((shard) => checkpoints.has(shard.id))) {
      context.warn(
        `table "${context.table.name}" passes over the progress of consumer group "${this.#group?.name ?? ''}" because startupMode is set`,
      );
    }
    return Promise.all(
      shards.map(async (shard) => {
        this.#known.set(shard.id, shard);
        this.#group?.begin(shard.id, checkpoints.get(shard.id));
        await this.#stopOf(shard.id);
        const id = this.splitId(shard.id);
        const stored = restored?.get(id);
        return this.#split(
          shard,
          restored?.has(id) === false ? undefined : (stored ?? (await this.#start(shard, policy, checkpoints))),
        );
      }),
    );
  }

  /** Lists the shards again. @returns those that are new to this read, and those to give back */
  async poll(discoveryMs: number): Promise<{ added: Split[]; removed: string[]; unknown?: boolean }> {
    const { context, logStore } = this.#settings;
    const moves = this.#membership?.moves();
    const due = performance.now() - this.#listedAt >= discoveryMs;
    const unknown = moves?.added.some((shard) => !this.#listed.has(shard)) === true;
    try {
      if (due || unknown) await this.#list();
      return moves === undefined ? { added: this.#discovered(), removed: [] } : await this.#moved(moves);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      if (error.retry === 'backoff') {
        context.warn(`${error.message}: shards of log store "${logStore}" are looked for again later`);
        return { added: [], removed: [], unknown: true };
      }
      if (error instanceof SlsError && /LogStoreNotExist/i.test(error.serviceCode)) {
        await this.#awaitRecreation(error);
        return { added: [], removed: [] };
      }
      throw error;
    }
  }

  async released(shards: readonly number[]): Promise<void> {
    for (const shard of shards) {
      this.#reading.delete(shard);
      this.#known.delete(shard);
    }
    this.#repeats?.forget(shards);
    await this.#membership?.released(shards);
  }

  async openShard(shard: number, from: Position | undefined): Promise<SplitReader> {
    const { context, logStore, decoder, arena } = this.#settings;
    const { options } = context.table;
    const start = from ?? (await getCursor(this.#client, shard, 'begin'));
    this.#reading.add(shard);
    const accept = options.text('compressType');
    return new ShardPuller({
      client: this.#client,
      shard,
      readOnly: () => this.#listed.get(shard)?.readOnly ?? false,
      start,
      stop: await this.#stopOf(shard),
      decoder: decoder({ logStore, shard }),
      arena,
      count: options.int('batchGetSize'),
      // zstd only where it can be expanded natively: the JavaScript one is slower than LZ4 on the wire.
      accept: accept === 'none' ? '' : accept === 'zstd' && !canCompressZstd() ? 'lz4' : accept,
      query: options.optionalText('query'),
      fetchIntervalMs: options.int('fetchIntervalMs'),
      maxRate: options.optionalInt('maxRatePerShard'),
      repeats: this.#repeats,
      signal: context.signal,
      recover: (error) => this.#recover(shard, error),
    });
  }

  /** Stores the next cursors of shards in the group. */
  async store(cursors: ReadonlyMap<number, string>): Promise<void> {
    await this.#group?.store(cursors);
  }

  async close(): Promise<void> {
    await this.#membership?.close();
    await this.#client.close();
  }

  async #list(): Promise<readonly Shard[]> {
    const listed = await listShards(this.#client);
    this.#listed = new Map(listed.map((shard) => [shard.id, shard]));
    this.#listedAt = performance.now();
    return listed;
  }

  #split(shard: Shard, start: Position | undefined): Split {
    const after = ancestorsOf(shard, this.#listed.values()).map((one) => this.splitId(one.id));
    return { id: this.splitId(shard.id), canIdle: true, after, ...(start === undefined ? {} : { start }) };
  }

  /** The shards that came into being since: those that `shards` chooses and those that follow a shard we read. */
  #discovered(): Split[] {
    const { context, logStore } = this.#settings;
    this.#noticeRecreation();
    const found: Shard[] = [];
    for (const shard of this.#listed.values()) {
      if (this.#known.has(shard.id)) continue;
      // Of a merge, whoever reads its lowest-numbered parent goes on with it: each process comes to the same result.
      const first = parentsOf(shard, this.#listed.values())[0];
      const follows = this.#choice?.kind === 'list' && first !== undefined && this.#known.has(first.id);
      if (!isChosen(this.#choice, shard.id) && !follows) continue;
      this.#known.set(shard.id, shard);
      this.#group?.begin(shard.id, undefined);
      found.push(shard);
    }
    if (found.length > 0) {
      const ids = found.map((shard) => shard.id).join(', ');
      context.warn(`log store "${logStore}" has new shards: ${ids}; each is read after the shards it comes from`);
    }
    return found.map((shard) => this.#split(shard, undefined));
  }

  async #moved(moves: {
    readonly added: readonly number[];
    readonly removed: readonly number[];
  }): Promise<{ added: Split[]; removed: string[] }> {
    const member = this.#membership;
    const policy = this.#policy;
    const added: Split[] = [];
    if (member === undefined || policy === undefined) return { added, removed: [] };
    // Read after the shard is ours: the member before has stored its last position by then.
    const checkpoints =
      (moves.added.length === 0 ? undefined : await this.#group?.checkpoints()) ?? new Map<number, string>();
    for (const id of moves.added) {
      const shard = this.#listed.get(id);
      if (shard === undefined) continue;
      // The service gives a shard away only when those before it are over.
      added.push({ ...this.#split(shard, await this.#start(shard, policy, checkpoints)), after: [] });
    }
    // Only now, when nothing can fail any more: what is in hand is asked for no second time.
    for (const id of moves.added) {
      const shard = this.#listed.get(id);
      if (shard === undefined) continue;
      member.take(id);
      this.#group?.begin(id, checkpoints.get(id));
      this.#known.set(id, shard);
    }
    return { added, removed: moves.removed.map((shard) => this.splitId(shard)) };
  }

  /** A stored checkpoint, else by the policy, but a shard that follows one with progress is read from its beginning. */
  async #start(shard: Shard, policy: StartPolicy, checkpoints: ReadonlyMap<number, string>): Promise<string> {
    const position = startOf(policy, checkpoints.get(shard.id));
    if (position.kind === 'cursor') return position.cursor;
    const follows =
      policy.useCheckpoints && ancestorsOf(shard, this.#listed.values()).some((one) => checkpoints.has(one.id));
    return getCursor(this.#client, shard.id, follows ? 'begin' : position.from);
  }

  /** The service answers a time in the future with the end as it is now, where the read then ends (as Flink's does). */
  async #stopOf(shard: number): Promise<string | undefined> {
    const { stopTimeSec } = this.#settings;
    if (stopTimeSec === undefined) return undefined;
    const stop = this.#stops.get(shard) ?? (await getCursor(this.#client, shard, stopTimeSec));
    this.#stops.set(shard, stop);
    return stop;
  }

  /** Where a shard goes on whose position does not exist any more; undefined: it is over. */
  async #recover(shard: number, error: SluiceError): Promise<string | undefined> {
    const { context, logStore, expired } = this.#settings;
    const code = error instanceof SlsError ? error.serviceCode : '';
    if (/LogStoreNotExist|ProjectNotExist/i.test(code)) await this.#awaitRecreation(error);
    await this.#list();
    if (this.#noticeRecreation(error) || this.#restarted.has(shard)) {
      this.#restarted.delete(shard);
      return this.#listed.has(shard) ? getCursor(this.#client, shard, 'begin') : undefined;
    }
    const now = this.#listed.get(shard);
    if (now === undefined && this.#known.get(shard)?.readOnly === true) {
      context.warn(`shard ${shard} of log store "${logStore}" is gone with the last of its logs`);
      return undefined;
    }
    if (error.code !== 'SLS_CURSOR' || context.table.options.text('cursorExpired') === 'fail') throw error;
    expired.add(1);
    context.warn(
      `the next logs of shard ${shard} of log store "${logStore}" were removed by retention: reading on from the oldest`,
    );
    return getCursor(this.#client, shard, 'begin');
  }

  /** Whether the shards listed last are not those we know but others of the same numbers. @throws by policy */
  #noticeRecreation(cause?: SluiceError): boolean {
    const { context, logStore } = this.#settings;
    const anew = [...this.#known.values()].some((shard) => {
      const now = this.#listed.get(shard.id);
      return (
        now !== undefined &&
        (now.createTimeSec !== shard.createTimeSec || now.begin !== shard.begin || now.end !== shard.end)
      );
    });
    if (!anew) return false;
    if (context.table.options.text('logStoreRecreated') === 'fail') {
      throw recreated(`log store "${logStore}" was deleted and created anew while it was read`, cause);
    }
    context.warn(`log store "${logStore}" was created anew: reading it from its beginning`);
    for (const id of [...this.#known.keys()]) {
      const now = this.#listed.get(id);
      if (now !== undefined && this.#reading.has(id)) this.#known.set(id, now);
      else this.#known.delete(id);
      this.#restarted.add(id);
    }
    return true;
  }

  /** The log store is gone: an error, or a wait until there is one of its name again. */
  async #awaitRecreation(error: SluiceError): Promise<void> {
    const { context, logStore } = this.#settings;
    if (context.table.options.text('logStoreRecreated') === 'fail') {
      throw recreated(`log store "${logStore}" was deleted while it was read`, error);
    }
    this.#recreating ??= (async () => {
      context.warn(`log store "${logStore}" was deleted: waiting until it exists again`);
      for (;;) {
        if (!(await wait(RECREATION_POLL_MS, context.signal))) throw error;
        try {
          await this.#list();
          for (const id of this.#known.keys()) this.#restarted.add(id);
          return;
        } catch (again) {
          if (!(again instanceof SluiceError) || (again.code !== 'SLS_NOT_FOUND' && again.retry !== 'backoff'))
            throw again;
        }
      }
    })().finally(() => (this.#recreating = undefined));
    await this.#recreating;
  }
}

function recreated(message: string, cause: SluiceError | undefined): ConnectorError {
  return new ConnectorError('SLS_RECREATED', message, {
    domain: 'external',
    cause,
    hint: "Its stored positions mean nothing now. Set logStoreRecreated = 'earliest' to go on with the new one from its beginning.",
  });
}
