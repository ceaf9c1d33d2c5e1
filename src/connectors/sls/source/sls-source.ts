import type {
  Position,
  Source,
  SourceContext,
  Split,
  SplitChanges,
  SplitDiscovery,
  SplitReader,
} from '../../../contracts/connector.ts';
import { RowErrors, type OnError } from '../../../contracts/row-errors.ts';
import { decodeUtf8 } from '../../../columnar/byte-slice.ts';
import { ConnectorError, SluiceError } from '../../../errors/sluice-error.ts';
import { typeName } from '../../../types/sql-type.ts';
import { LogGroupDecoder } from '../../../wire/sls/decode-log-groups.ts';
import { Lz4Arena } from '../../../wire/sls/lz4-arena.ts';
import type { RowTest } from '../../../wire/sls/row-filter.ts';
import { listLogStores } from '../api/list-log-stores.ts';
import { originOf } from '../header.ts';
import { matchLogStores, parseLogStores, type LogStoreNames } from '../log-store-names.ts';
import { openClient } from '../open-client.ts';
import { rowTestOf } from '../push-filter.ts';
import { readTime } from '../read-time.ts';
import { LogStoreScan } from './log-store-scan.ts';
import { isBalanced } from './source-group.ts';
import { Progress, type ProgressSettings } from './progress.ts';
import { startPolicy, type StartPolicy } from './start-position.ts';

/** How often a member of a consumer group looks at what its heartbeats brought, ms; costs no request. */
const LONGEST_MOVE_POLL_MS = 500;

/** Log stores as a source: one split a shard, cursors as positions, progress in a consumer group where one is named. */
export class SlsSource implements Source {
  readonly bounded: boolean;
  readonly #context: SourceContext;
  readonly #arena: Lz4Arena | undefined;
  readonly #zone: string;
  readonly #names: LogStoreNames;
  readonly #stopTimeSec: number | undefined;
  readonly #errors: RowErrors;
  readonly #filter: readonly RowTest[];
  readonly #policy: StartPolicy;
  readonly #progress: Progress | undefined;
  /** By name of the log store. */
  readonly #scans = new Map<string, LogStoreScan>();
  #listedAt = -Infinity;

  /** Present where progress has a place to go. */
  readonly commit?: NonNullable<Source['commit']>;

  constructor(context: SourceContext) {
    this.#context = context;
    this.#arena = context.releases === true ? new Lz4Arena() : undefined;
    const { options, name, timeZone } = context.table;
    this.#zone = options.optionalText('timeZone') ?? timeZone;
    this.#names = parseLogStores(options.text('logStore')) ?? { parts: [], single: false, pattern: false };
    this.#policy = startPolicy(options, this.#zone, name);
    const mode = options.text('checkpointMode') as ProgressSettings['mode'];
    if (options.given('consumerGroup') && mode !== 'DISABLED') {
      const progress = new Progress({
        mode,
        intervalMs: options.int('commitIntervalMs'),
        store: (positions) => this.#store(positions),
        warn: context.warn,
      });
      this.#progress = progress;
      this.commit = (positions) => progress.commit(positions);
    }
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

  /** Shards that are split, merged or handed over; a bounded read has its ends fixed at its start and needs none of it. */
  get discovery(): SplitDiscovery | undefined {
    const { options } = this.#context.table;
    const discoveryMs = options.int('shardDiscoveryIntervalMs');
    const balanced = isBalanced(this.#context);
    if (this.bounded || (discoveryMs <= 0 && !balanced)) return undefined;
    const heartbeatMs = options.int('heartBeatIntervalMills');
    return {
      intervalMs: balanced ? Math.min(LONGEST_MOVE_POLL_MS, Math.max(10, heartbeatMs / 4)) : discoveryMs,
      poll: () => this.#poll(balanced ? Math.min(discoveryMs <= 0 ? Infinity : discoveryMs, heartbeatMs) : 0),
      released: (ids) => this.#released(ids),
    };
  }

  async open(restored?: ReadonlyMap<string, Position | undefined>): Promise<readonly Split[]> {
    const { warn, now, table } = this.#context;
    for (const note of this.#policy.notes) warn(note);
    if (this.#stopTimeSec !== undefined && this.#stopTimeSec * 1000 > now()) {
      warn(`stopTime of table "${table.name}" is in the future: reading to the end as it is now`);
    }
    const added = await this.#openScans(this.#policy, restored);
    if (this.#scans.size === 0) {
      warn(
        `no log store of project "${table.options.text('project')}" matches '${table.options.text('logStore')}' yet`,
      );
    }
    return added;
  }

  async openSplit(split: Split, from: Position | undefined): Promise<SplitReader> {
    const [scan, shard] = this.#placeOf(split.id);
    return scan.openShard(shard, from ?? split.start);
  }

  async close(): Promise<void> {
    try {
      await this.#progress?.close();
    } finally {
      await Promise.all([...this.#scans.values()].map((scan) => scan.close()));
    }
  }

  /** Opens the log stores that are not open yet. */
  async #openScans(
    policy: StartPolicy,
    restored: ReadonlyMap<string, Position | undefined> | undefined,
  ): Promise<readonly Split[]> {
    const names = await this.#logStores();
    this.#listedAt = performance.now();
    const { metrics } = this.#context;
    const expired = metrics.counter('expiredCursors');
    const scans = names.flatMap((logStore) => {
      if (this.#scans.has(logStore)) return [];
      const scan = new LogStoreScan({
        context: this.#context,
        logStore,
        prefix: this.#names.single ? '' : `${logStore}/`,
        stopTimeSec: this.#stopTimeSec,
        decoder: (place) => this.#decoder(place),
        arena: this.#arena,
        expired,
      });
      this.#scans.set(logStore, scan);
      return [scan];
    });
    return (await Promise.all(scans.map((scan) => scan.open(policy, restored)))).flat();
  }

  async #newLogStores(): Promise<readonly Split[]> {
    const before = new Set(this.#scans.keys());
    try {
      return await this.#openScans({ ...this.#policy, otherwise: 'begin' }, undefined);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.retry !== 'backoff') throw error;
      this.#context.warn(`${error.message}: log stores are looked for again later`);
      for (const [name, scan] of this.#scans) {
        if (before.has(name)) continue;
        this.#scans.delete(name);
        await scan.close();
      }
      return [];
    }
  }

  async #logStores(): Promise<readonly string[]> {
    if (!this.#names.pattern) return matchLogStores(this.#names, []);
    const client = openClient(this.#context);
    try {
      return matchLogStores(this.#names, await listLogStores(client));
    } finally {
      await client.close();
    }
  }

  async #poll(discoveryMs: number): Promise<SplitChanges> {
    const polled = await Promise.all([...this.#scans.values()].map((scan) => scan.poll(discoveryMs)));
    const added = polled.flatMap((one) => one.added);
    const removed = polled.flatMap((one) => one.removed);
    // A log store that is new to the pattern is read from its beginning.
    if (this.#names.pattern && performance.now() - this.#listedAt >= discoveryMs) {
      added.push(...(await this.#newLogStores()));
    }
    return { added, removed, unknown: polled.some((one) => one.unknown === true) };
  }

  async #released(ids: readonly string[]): Promise<void> {
    // PERIODIC commits on its own time; what goes to another process is stored before it goes.
    await this.#progress?.flush();
    const byScan = new Map<LogStoreScan, number[]>();
    for (const id of ids) {
      this.#progress?.forget(id);
      const [scan, shard] = this.#placeOf(id);
      byScan.set(scan, [...(byScan.get(scan) ?? []), shard]);
    }
    await Promise.all([...byScan].map(([scan, shards]) => scan.released(shards)));
  }

  async #store(positions: ReadonlyMap<string, Position>): Promise<void> {
    const byScan = new Map<LogStoreScan, Map<number, Position>>();
    for (const [id, cursor] of positions) {
      const [scan, shard] = this.#placeOf(id);
      byScan.set(scan, (byScan.get(scan) ?? new Map<number, Position>()).set(shard, cursor));
    }
    await Promise.all([...byScan].map(([scan, cursors]) => scan.store(cursors)));
  }

  #placeOf(splitId: string): readonly [scan: LogStoreScan, shard: number] {
    for (const scan of this.#scans.values()) {
      const shard = scan.shardOf(splitId);
      if (shard !== undefined) return [scan, shard];
    }
    throw new ConnectorError('STATE_RESTORE', `"${splitId}" is no shard of a log store`);
  }

  #decoder(place: { readonly logStore: string; readonly shard: number }): LogGroupDecoder {
    const { table, wanted, schema, watermarkInputs, maxBatchRows } = this.#context;
    const errors = this.#errors;
    return new LogGroupDecoder({
      schema,
      origins: wanted.map((index) => originOf(table.columns[index]!, place)),
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
