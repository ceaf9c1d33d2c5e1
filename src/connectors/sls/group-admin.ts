import type {
  ConnectorContext,
  GroupAdmin,
  GroupPosition,
  GroupSplit,
  ReaderGroup,
} from '../../contracts/connector.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';
import { suggest } from '../../errors/suggest.ts';
import { decodeCursor } from '../../wire/sls/cursor.ts';
import { listCheckpoints, listConsumerGroups, updateCheckpoint, type Checkpoint } from './api/consumer-groups.ts';
import { getCursor } from './api/get-cursor.ts';
import { listShards } from './api/list-shards.ts';
import type { SlsClient } from './client.ts';
import { parseLogStores } from './log-store-names.ts';
import { openClient } from './open-client.ts';
import { SlsError } from './sls-error.ts';

/** A running job with something to read stores its progress at least so often. */
const RECENT_MS = 120_000;

/** The consumer groups of the log store behind a table, whichever of them the table itself names. */
export class LogStoreGroups implements GroupAdmin {
  readonly #client: SlsClient;
  readonly #context: ConnectorContext;

  constructor(context: ConnectorContext) {
    const logStore = context.table.options.text('logStore');
    if (parseLogStores(logStore)?.single !== true) {
      throw new ConnectorError(
        'CONNECTOR_OPTION_VALUE',
        `table "${context.table.name}" reads several log stores, each with consumer groups of its own`,
        { domain: 'user', hint: 'Declare a table of one log store and name that.' },
      );
    }
    this.#client = openClient(context);
    this.#context = context;
  }

  async list(): Promise<readonly ReaderGroup[]> {
    const groups = await listConsumerGroups(this.#client);
    const shards = await listShards(this.#client);
    const found: ReaderGroup[] = [];
    for (const { name, order, timeoutSec } of groups) {
      const checkpoints = await listCheckpoints(this.#client, name);
      const readers = checkpoints.flatMap(({ consumer }) => (consumer === undefined ? [] : [consumer]));
      found.push({
        name,
        ordered: order,
        timeoutMs: timeoutSec * 1000,
        splits: shards.length,
        splitsWithProgress: checkpoints.filter(({ cursor }) => cursor !== undefined).length,
        readers: [...new Set(readers)].sort(),
      });
    }
    return found;
  }

  async describe(group: string): Promise<readonly GroupSplit[]> {
    await this.#find(group);
    const checkpoints = new Map((await listCheckpoints(this.#client, group)).map((one) => [one.shard, one]));
    const shards = await listShards(this.#client);
    return Promise.all(
      shards.map(async ({ id, readOnly }): Promise<GroupSplit> => {
        const { cursor, consumer, updatedMs } = checkpoints.get(id) ?? {};
        const position = cursor === undefined ? undefined : decodeCursor(cursor);
        // Cursors of a shard count its log groups.
        const end = position === undefined ? undefined : decodeCursor(await getCursor(this.#client, id, 'end'));
        return {
          name: String(id),
          status: readOnly ? 'readonly' : 'readwrite',
          position: position?.toString() ?? cursor,
          reader: consumer,
          updatedMs,
          behind: position === undefined || end === undefined ? undefined : end - position,
        };
      }),
    );
  }

  async reset(group: string, position: GroupPosition): Promise<number> {
    await this.#find(group);
    const from = typeof position === 'string' ? position : Math.floor(position.fromMs / 1000);
    // All cursors first: a failure on the way should leave the group as it is.
    const shards = await listShards(this.#client);
    const cursors = await Promise.all(shards.map(({ id }) => getCursor(this.#client, id, from)));
    const before = await listCheckpoints(this.#client, group);
    const readers = new Map(before.map(({ shard, consumer }) => [shard, consumer]));
    const living = await Promise.all(
      shards.map(async ({ id }, index) => {
        const progress = { shard: id, cursor: cursors[index]! };
        const reader = readers.get(id);
        if (reader !== undefined && (await this.#storeAs(group, { ...progress, consumer: reader }))) return reader;
        await updateCheckpoint(this.#client, group, progress);
        return undefined;
      }),
    );
    this.#warnOfReaders(group, [...new Set(living.filter((one) => one !== undefined))], before);
    return shards.length;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Stores a position in the name of a member. @returns false where it lives no more or has another shard now */
  async #storeAs(
    group: string,
    progress: { readonly shard: number; readonly cursor: string; readonly consumer: string },
  ): Promise<boolean> {
    try {
      await updateCheckpoint(this.#client, group, progress);
      return true;
    } catch (error) {
      if (error instanceof SlsError && /^(Consumer|Shard)Not(Exist|Exsit|Match)$/.test(error.serviceCode)) return false;
      throw error;
    }
  }

  /** A job that runs goes on where it is; a client of another kind stores its own progress over the new position. */
  #warnOfReaders(group: string, living: readonly string[], before: readonly Checkpoint[]): void {
    const { warn, now } = this.#context;
    const advice =
      'the new position counts when it is started again; a client that is not Sluice stores its own progress over it: stop it and reset again';
    if (living.length > 0) {
      warn(`consumer group "${group}" is being read by ${[...living].sort().join(', ')}, and ${advice}`);
      return;
    }
    // Jobs with fixed shards send no heartbeats: only what they store can be seen.
    const stored = Math.max(...before.map(({ updatedMs }) => updatedMs ?? -Infinity));
    const agoMs = Math.max(0, now() - stored);
    if (agoMs > RECENT_MS) return;
    warn(
      `progress of consumer group "${group}" was stored ${Math.round(agoMs / 1000)} s ago; if a job still runs with it, ${advice}`,
    );
  }

  /** A request about a group that does not exist says no more than that. */
  async #find(group: string): Promise<void> {
    const names = (await listConsumerGroups(this.#client)).map(({ name }) => name);
    if (names.includes(group)) return;
    const close = suggest(group, names);
    const all = names.length === 0 ? 'The log store has none.' : `Consumer groups: ${names.join(', ')}.`;
    throw new ConnectorError(
      'SLS_NOT_FOUND',
      `consumer group "${group}" does not exist in log store "${this.#client.settings.logStore}"`,
      { domain: 'user', hint: close === undefined ? all : `Did you mean "${close}"?  ${all}` },
    );
  }
}
