import { randomBytes } from 'node:crypto';
import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../../columnar/batch.ts';
import { bytesEqual } from '../../../columnar/byte-slice.ts';
import type { Sink, SinkContext } from '../../../contracts/connector.ts';
import { ConnectorError } from '../../../errors/sluice-error.ts';
import type { Counter } from '../../../contracts/operator.ts';
import { canCompressZstd, compressionNamed } from '../../../wire/sls/compression.ts';
import { adjustedHashKey, hashKeyOf } from '../../../wire/sls/hash-key.ts';
import { getLogStore } from '../api/get-log-store.ts';
import type { SlsClient } from '../client.ts';
import { openClient } from '../open-client.ts';
import { MAX_LOG_BYTES, Batcher, type GroupKey, type OpenGroup } from './batcher.ts';
import { Producer } from './producer.ts';
import { RowEncoder } from './row-encoder.ts';

/** Hash keys are remembered for this many partition values. */
const HASH_MEMORY = 10_000;

/** A log store as an appending sink, at least once: rows become logs, logs LogGroups, and `flush` waits for them. */
export class SlsSink implements Sink {
  readonly #context: SinkContext;
  readonly #client: SlsClient;
  readonly #encoder: RowEncoder;
  readonly #batcher: Batcher;
  readonly #producer: Producer;
  readonly #flushIntervalMs: number;
  readonly #buckets: number;
  readonly #hashKeys = new Map<string, string>();
  readonly #adjust: boolean;
  readonly #skipLarge: boolean;
  readonly #skipped: Counter;
  readonly #dropped: Counter;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: SinkContext) {
    this.#context = context;
    const { options } = context.table;
    this.#client = openClient(context);
    this.#encoder = new RowEncoder(context.table, context.schema);
    this.#flushIntervalMs = options.int('flushIntervalMs');
    this.#buckets = options.int('buckets');
    this.#adjust = options.bool('adjustShardHash');
    this.#skipLarge = options.given('onError') && options.text('onError') === 'skip';
    this.#skipped = context.metrics.counter('skippedLogs');
    this.#dropped = context.metrics.counter('droppedRetractions');
    const named = compressionNamed(options.text('compressType'));
    const producer = new Producer(this.#client, {
      compression: named === 'zstd' && !canCompressZstd() ? 'lz4' : named,
      maxPendingBytes: options.int('maxBufferBytes'),
      onTooLarge: (bytes) => this.#tooLarge(bytes),
    });
    this.#producer = producer;
    this.#batcher = new Batcher({
      logs: options.int('batchSize'),
      bytes: options.int('batchBytes'),
      packPrefix: randomBytes(8).toString('hex').toUpperCase(),
      seal: (group) => producer.send(group),
    });
    context.metrics.gauge('pendingBytes', () => producer.pendingBytes);
  }

  async open(): Promise<void> {
    await getLogStore(this.#client);
  }

  write(batch: Batch): Promise<void> | undefined {
    const room = this.#producer.room();
    if (room !== undefined) return room.then(() => this.write(batch));
    this.#append(batch);
    if (!this.#batcher.empty) this.#startTimer();
    return this.#producer.room();
  }

  async flush(): Promise<void> {
    this.#stopTimer();
    this.#batcher.sealAll();
    await this.#producer.drained();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await this.#client.close();
  }

  #append(batch: Batch): void {
    const { selection, kinds } = batch;
    const nowSec = Math.floor(this.#context.now() / 1000);
    const keys = new GroupKeys(this.#encoder, (value) => this.#hashKey(value));
    const count = batch.size;
    let group: OpenGroup | undefined;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : selection[k]!;
      if (kinds !== null && (kinds[row] === KIND_UPDATE_BEFORE || kinds[row] === KIND_DELETE)) {
        this.#dropped.add(1);
        continue;
      }
      if (group === undefined || !keys.same(batch, row)) group = this.#batcher.group(keys.take(batch, row));
      const bytes = this.#encoder.write(batch, row, group.writer, nowSec);
      const outcome = this.#batcher.added(group, bytes);
      if (outcome === 'too-large') this.#tooLarge(bytes);
      else if (outcome !== 'open') group = undefined;
      if (outcome === 'again') k--;
    }
  }

  /** Equal values give one key; keys are cut to buckets so that values of a bucket share requests. */
  #hashKey(value: string): string {
    let key = this.#hashKeys.get(value);
    if (key === undefined) {
      if (this.#hashKeys.size >= HASH_MEMORY) this.#hashKeys.clear();
      key = this.#adjust ? adjustedHashKey(value, this.#buckets) : hashKeyOf(value);
      this.#hashKeys.set(value, key);
    }
    return key;
  }

  /** One log that no request can hold: by policy. @throws ConnectorError SLS_LOG_TOO_LARGE */
  #tooLarge(bytes: number): void {
    if (!this.#skipLarge) {
      throw new ConnectorError(
        'SLS_LOG_TOO_LARGE',
        bytes > MAX_LOG_BYTES
          ? `a log of ${bytes} bytes is above the limit of ${MAX_LOG_BYTES}`
          : `a log of ${bytes} bytes is larger than the log service takes`,
        {
          hint: "Leave out or shorten the long columns of the INSERT, or set onError = 'skip' to go on without such logs.",
        },
      );
    }
    if (this.#skipped.value === 0) {
      this.#context.warn(
        `table "${this.#context.table.name}" leaves out logs that are too large: the first has ${bytes} bytes`,
      );
    }
    this.#skipped.add(1);
  }

  #startTimer(): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // A failure of what this sends is kept by the producer and thrown by the next write or flush.
      this.#batcher.sealAll();
    }, this.#flushIntervalMs);
    this.#timer.unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Reads the attributes that choose a row's group; makes strings only where they change from row to row. */
class GroupKeys {
  readonly #encoder: RowEncoder;
  readonly #hashKey: (value: string) => string;
  readonly #columns: readonly number[];
  /** Bytes of the attributes of the last row; undefined = NULL. */
  readonly #last: (Uint8Array | undefined)[] = [];

  constructor(encoder: RowEncoder, hashKey: (value: string) => string) {
    this.#encoder = encoder;
    this.#hashKey = hashKey;
    const { topic, source, partition } = encoder.roles;
    this.#columns = [topic, source, partition];
  }

  /** Whether the row has the attributes of the last one taken. */
  same(batch: Batch, row: number): boolean {
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i]!;
      if (column < 0) continue;
      const text = this.#encoder.textAt(batch, column, row);
      const last = this.#last[i];
      if (text === undefined || last === undefined) {
        if (text !== last) return false;
      } else if (!bytesEqual(text.bytes, text.offset, text.length, last, 0, last.length)) return false;
    }
    return true;
  }

  take(batch: Batch, row: number): GroupKey {
    const [topic, source, partition] = this.#columns.map((column, i) => {
      const text = column < 0 ? undefined : this.#encoder.textAt(batch, column, row);
      this.#last[i] = text?.toBytes();
      return text?.toString();
    });
    const routed = this.#encoder.roles.partition >= 0;
    // NULL is a value too: its rows go to one shard.
    return { topic, source, hashKey: routed ? this.#hashKey(partition ?? '') : undefined };
  }
}
