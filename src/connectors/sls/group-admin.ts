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
import { listCheckpoints, listConsumerGroups, updateCheckpoint } from './api/consumer-groups.ts';
import { getCursor } from './api/get-cursor.ts';
import { listShards } from './api/list-shards.ts';
import type { SlsClient } from './client.ts';
import { parseLogStores } from './log-store-names.ts';
import { openClient } from './open-client.ts';

/** The consumer groups of the log store behind a table, whichever of them the table itself names. */
export class LogStoreGroups implements GroupAdmin {
  readonly #client: SlsClient;

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
    await Promise.all(
      shards.map(({ id }, index) => updateCheckpoint(this.#client, group, { shard: id, cursor: cursors[index]! })),
    );
    return shards.length;
  }

  async close(): Promise<void> {
    await this.#client.close();
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
