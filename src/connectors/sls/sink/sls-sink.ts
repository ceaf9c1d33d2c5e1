import { randomBytes } from 'node:crypto';
import { KIND_DELETE, KIND_UPDATE_BEFORE, type Batch } from '../../../columnar/batch.ts';
import type { Sink, SinkContext } from '../../../contracts/connector.ts';
import { ConnectorError } from '../../../errors/sluice-error.ts';
import type { Counter } from '../../../contracts/operator.ts';
import { canCompressZstd, compressionNamed } from '../../../wire/sls/compression.ts';
import { adjustedHashKey, hashKeyOf } from '../../../wire/sls/hash-key.ts';
import { getLogStore } from '../api/get-log-store.ts';
import type { SlsClient } from '../client.ts';
import { openClient } from '../open-client.ts';
import { MAX_LOG_BYTES, Batcher, type OpenGroup } from './batcher.ts';
import { LaneFinder, type Lane } from './lane-finder.ts';
import { Producer } from './producer.ts';
import { RowEncoder } from './row-encoder.ts';

/** A log store as an appending sink, at least once: rows become logs, logs LogGroups, and `flush` waits for them. */
export class SlsSink implements Sink {
  /** `write` has made bytes of a batch when it settles. */
  readonly copies = true;
  readonly #context: SinkContext;
  readonly #client: SlsClient;
  readonly #encoder: RowEncoder;
  readonly #batcher: Batcher;
  readonly #producer: Producer;
  readonly #flushIntervalMs: number;
  readonly #lanes: LaneFinder;
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
    // Keys are cut to buckets so that values of a bucket share requests.
    const buckets = options.int('buckets');
    this.#lanes = new LaneFinder(
      options.bool('adjustShardHash') ? (value) => adjustedHashKey(value, buckets) : hashKeyOf,
    );
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
    const encoder = this.#encoder;
    encoder.load(batch);
    const { topic, source, partition } = encoder.roles;
    const oneLane = topic < 0 && source < 0 && partition < 0;
    this.#lanes.load({
      topic: encoder.texts(topic),
      source: encoder.texts(source),
      partition: encoder.texts(partition),
    });
    const count = batch.size;
    let group: OpenGroup | undefined;
    for (let k = 0; k < count; k++) {
      const row = selection === null ? k : selection[k]!;
      if (kinds !== null && (kinds[row] === KIND_UPDATE_BEFORE || kinds[row] === KIND_DELETE)) {
        this.#dropped.add(1);
        continue;
      }
      const lane: Lane = group !== undefined && oneLane ? group.lane : this.#lanes.of(row);
      if (group?.lane !== lane) group = this.#batcher.group(lane);
      const bytes = encoder.write(row, group.writer, nowSec);
      const outcome = this.#batcher.added(group, bytes);
      if (outcome === 'too-large') this.#tooLarge(bytes);
      else if (outcome !== 'open') group = undefined;
      if (outcome === 'again') k--;
    }
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
