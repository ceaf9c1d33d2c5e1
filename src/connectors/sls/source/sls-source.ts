import { setMaxListeners } from 'node:events';
import type { Position, Source, SourceContext, Split, SplitReader } from '../../../contracts/connector.ts';
import { RowErrors, type OnError } from '../../../contracts/row-errors.ts';
import { decodeUtf8 } from '../../../columnar/byte-slice.ts';
import { ConnectorError } from '../../../errors/sluice-error.ts';
import { typeName } from '../../../types/sql-type.ts';
import { canCompressZstd } from '../../../wire/sls/compression.ts';
import { LogGroupDecoder } from '../../../wire/sls/decode-log-groups.ts';
import type { RowTest } from '../../../wire/sls/row-filter.ts';
import { createConsumerGroup, getCheckpoints, listConsumerGroups, updateCheckpoint } from '../api/consumer-groups.ts';
import { getCursor } from '../api/get-cursor.ts';
import { listShards, type Shard } from '../api/list-shards.ts';
import type { SlsClient } from '../client.ts';
import { originOf } from '../header.ts';
import { openClient } from '../open-client.ts';
import { rowTestOf } from '../push-filter.ts';
import { readTime } from '../read-time.ts';
import { assignedShards, shardOf, splitIdOf } from './assignment.ts';
import { ShardPuller } from './puller.ts';
import { startOf, startPolicy } from './start-position.ts';

/** As in the Flink connector; matters only to consumers with heartbeats. */
const GROUP_TIMEOUT_SEC = 60;

/** A log store as a source: one split a shard, cursors as positions, progress in a consumer group where one is named. */
export class SlsSource implements Source {
  readonly bounded: boolean;
  readonly #context: SourceContext;
  readonly #client: SlsClient;
  readonly #zone: string;
  readonly #group: string | undefined;
  readonly #stopTimeSec: number | undefined;
  readonly #errors: RowErrors;
  readonly #filter: readonly RowTest[];
  #shards: ReadonlyMap<number, Shard> = new Map();
  /** Where each shard ends, taken for all of them at the start. */
  readonly #stops = new Map<number, string>();
  readonly #committed = new Map<number, string>();

  /** Present where progress has a place to go. */
  readonly commit?: NonNullable<Source['commit']>;

  constructor(context: SourceContext) {
    this.#context = context;
    // One listener a shard.
    setMaxListeners(0, context.signal);
    const { options, name, timeZone } = context.table;
    this.#client = openClient(context);
    this.#zone = options.optionalText('timeZone') ?? timeZone;
    this.#group = options.optionalText('consumerGroup');
    if (this.#group !== undefined) this.commit = (positions) => this.#commit(positions);
    const stop = options.optionalText('stopTime');
    this.#stopTimeSec = stop === undefined ? undefined : readTime(stop, this.#zone);
    this.bounded = stop !== undefined;
    this.#errors = new RowErrors({
      policy: options.text('onError') as OnError,
      table: name,
      counter: context.metrics.counter('parseErrors'),
      debug: options.bool('columnErrorDebug'),
      warn: context.warn,
      now: context.now,
    });
    this.#filter = context.filter.flatMap((conjunct) => rowTestOf(conjunct) ?? []);
    if (this.#filter.length !== context.filter.length) {
      throw new ConnectorError(
        'CONNECTOR_ROLE',
        `a filter on table "${name}" was pushed that the connector cannot take`,
      );
    }
  }

  async open(): Promise<readonly Split[]> {
    const { options, name } = this.#context.table;
    const all = await listShards(this.#client);
    const shards = assignedShards(all, options.optionalText('shards'), options.text('logStore'));
    this.#shards = new Map(shards.map((shard) => [shard.id, shard]));
    const checkpoints = await this.#checkpoints();
    const policy = startPolicy(options, this.#zone, name);
    for (const note of policy.notes) this.#context.warn(note);
    if (!policy.useCheckpoints && shards.some((shard) => checkpoints.has(shard.id))) {
      this.#context.warn(
        `table "${name}" passes over the progress of consumer group "${this.#group ?? ''}" because startupMode is set`,
      );
    }
    if (this.#stopTimeSec !== undefined && this.#stopTimeSec * 1000 > this.#context.now()) {
      this.#context.warn(`stopTime of table "${name}" is in the future: reading to the end as it is now`);
    }
    return Promise.all(
      shards.map(async (shard) => {
        await this.#stopOf(shard.id);
        const position = startOf(policy, checkpoints.get(shard.id));
        const start =
          position.kind === 'cursor' ? position.cursor : await getCursor(this.#client, shard.id, position.from);
        return { id: splitIdOf(shard.id), start, canIdle: true };
      }),
    );
  }

  async openSplit(split: Split, from: Position | undefined): Promise<SplitReader> {
    const shard = shardOf(split.id);
    if (shard === undefined) {
      throw new ConnectorError('STATE_RESTORE', `"${split.id}" is no shard of a log store`);
    }
    const { options } = this.#context.table;
    return new ShardPuller({
      client: this.#client,
      shard,
      readOnly: this.#shards.get(shard)?.readOnly ?? false,
      start: from ?? split.start ?? (await getCursor(this.#client, shard, 'begin')),
      stop: await this.#stopOf(shard),
      decoder: this.#decoder(),
      count: options.int('batchGetSize'),
      accept: this.#accept(),
      signal: this.#context.signal,
    });
  }

  /** Stores the next cursor of every shard that moved since the last commit. */
  async #commit(positions: ReadonlyMap<string, Position>): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    await Promise.all(
      [...positions].map(async ([splitId, cursor]) => {
        const shard = shardOf(splitId);
        if (shard === undefined || this.#committed.get(shard) === cursor) return;
        await updateCheckpoint(this.#client, group, { shard, cursor });
        this.#committed.set(shard, cursor);
      }),
    );
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The service answers a time in the future with the end as it is now, where the read then ends (as Flink's does). */
  async #stopOf(shard: number): Promise<string | undefined> {
    if (this.#stopTimeSec === undefined) return undefined;
    const stop = this.#stops.get(shard) ?? (await getCursor(this.#client, shard, this.#stopTimeSec));
    this.#stops.set(shard, stop);
    return stop;
  }

  /** Makes sure of the group and reads its progress. */
  async #checkpoints(): Promise<ReadonlyMap<number, string>> {
    const group = this.#group;
    if (group === undefined) return new Map();
    const known = await listConsumerGroups(this.#client);
    if (!known.some((one) => one.name === group)) {
      await createConsumerGroup(this.#client, { name: group, timeoutSec: GROUP_TIMEOUT_SEC, order: false });
      return new Map();
    }
    return getCheckpoints(this.#client, group);
  }

  /** zstd only where it can be expanded natively: the JavaScript one is slower than LZ4 on the wire. */
  #accept(): string {
    const name = this.#context.table.options.text('compressType');
    if (name === 'none') return '';
    return name === 'zstd' && !canCompressZstd() ? 'lz4' : name;
  }

  #decoder(): LogGroupDecoder {
    const { table, wanted, schema, watermarkInputs, maxBatchRows } = this.#context;
    const errors = this.#errors;
    return new LogGroupDecoder({
      schema,
      origins: wanted.map((index) => originOf(table.columns[index]!)),
      timeZone: this.#zone,
      maxRows: maxBatchRows,
      filter: this.#filter,
      alwaysValid: watermarkInputs,
      onInvalid: ({ column, bytes, offset, length }) => {
        const { name, type } = schema.fields[column]!;
        errors.report(`column "${name}" (${typeName(type)})`, decodeUtf8(bytes, offset, Math.min(length, 500)));
        return errors.policy === 'skip' ? 'skip' : 'null';
      },
    });
  }
}
