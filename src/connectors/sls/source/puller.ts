import type { Batch } from '../../../columnar/batch.ts';
import type { ReadResult, SplitReader } from '../../../contracts/connector.ts';
import { SluiceError } from '../../../errors/sluice-error.ts';
import { decodeCursor } from '../../../wire/sls/cursor.ts';
import type { LogGroupDecoder } from '../../../wire/sls/decode-log-groups.ts';
import type { Lz4Arena } from '../../../wire/sls/lz4-arena.ts';
import { pullLogs, type Pulled } from '../api/pull-logs.ts';
import { getCursor } from '../api/get-cursor.ts';
import type { SlsClient } from '../client.ts';
import type { Repeats } from './repeats.ts';
import { wait } from '../wait.ts';

export interface PullerSettings {
  readonly client: SlsClient;
  readonly shard: number;
  /** Whether nothing is written to the shard any more, as far as is known now: at its end the read then ends. */
  readonly readOnly: () => boolean;
  readonly start: string;
  /** The read ends before this cursor. */
  readonly stop: string | undefined;
  readonly decoder: LogGroupDecoder;
  /** Set where results are released: what answers are expanded into. */
  readonly arena?: Lz4Arena | undefined;
  /** Log groups per pull, at most. */
  readonly count: number;
  readonly accept: string;
  readonly query: string | undefined;
  /** Least time between two pulls. */
  readonly fetchIntervalMs: number;
  /** Logs a second, at most. */
  readonly maxRate: number | undefined;
  /** Drops groups that were sent again, where that is wanted. */
  readonly repeats?: Repeats | undefined;
  readonly signal: AbortSignal;
  /**
   * Asked when the position does not exist any more.
   * @returns where to go on; undefined: the shard is over
   * @throws `error`, or a better one, where the read must fail
   */
  readonly recover: (error: SluiceError) => Promise<string | undefined>;
}

/** An answer, with what was known of the shard when it was asked for. */
interface Answered {
  readonly pulled: Pulled;
  readonly readOnly: boolean;
}

/** Waits at the end of a shard: short behind data, longer while nothing comes. Reads cost quota (100 a second). */
const PAUSE_AFTER_DATA_MS = 200;
const PAUSE_WHEN_EMPTY_MS = 500;
const BODY_RETRIES = 5;
/** First pause before a body is asked for once more, doubled each time; the second request goes at once. */
const BODY_PAUSE_MS = 50;
/**
 * Raw bytes that one answer should have: pulls of 4 MiB were as fast as pulls of 10 MB, and the job's peak memory a
 * quarter lower (4 shards, 490-byte logs).
 */
const TARGET_RAW_BYTES = 4 << 20;
/** Log groups of the first pull, when their size is not known: what a producer sends by default makes 4 MiB. */
const FIRST_GROUPS = 8;

/**
 * Reads one shard: pulls at the cursor, paces itself at the end. The scan reads ahead; a pull of its own on top of that
 * would be outside its budget of bytes. An answer is decoded whole or not at all; the position moves with the answer.
 */
export class ShardPuller implements SplitReader {
  readonly #settings: PullerSettings;
  /** Log groups to ask for: what makes `TARGET_RAW_BYTES`, at most the setting. */
  #count: number;
  #cursor: string;
  #pauseMs = 0;
  /** When the last pull was sent. */
  #pulledAt = 0;
  #ended = false;

  constructor(settings: PullerSettings) {
    this.#settings = settings;
    this.#count = Math.min(settings.count, FIRST_GROUPS);
    this.#cursor = settings.start;
  }

  async ready(): Promise<void> {
    if (this.#pauseMs > 0 && (await wait(this.#pauseMs, this.#settings.signal))) this.#pauseMs = 0;
  }

  async read(): Promise<ReadResult> {
    if (this.#ended) return this.#nothing('end');
    await this.ready();
    if (this.#settings.signal.aborted) return this.#nothing('caught-up');
    try {
      return await this.#pullOrRecover();
    } catch (error) {
      if (this.#settings.signal.aborted) return this.#nothing('caught-up');
      throw error instanceof SluiceError ? error.withWhere(`shard ${this.#settings.shard}`) : error;
    }
  }

  close(): void {
    this.#ended = true;
  }

  async #pullOnce(): Promise<ReadResult> {
    if (this.#reachedStop()) {
      this.#ended = true;
      return this.#nothing('end');
    }
    const { pulled, readOnly, batches, release } = await this.#decode(await this.#pull());
    if (pulled.groupCount > 0) {
      const fitting = Math.round((TARGET_RAW_BYTES * pulled.groupCount) / Math.max(1, pulled.rawSize));
      this.#count = Math.min(this.#settings.count, Math.max(1, fitting));
    }
    const moved = pulled.nextCursor !== this.#cursor;
    this.#cursor = pulled.nextCursor;
    const atEnd = pulled.atEnd ?? pulled.groupCount === 0;
    const ended = this.#reachedStop() || (readOnly && pulled.groupCount === 0 && !moved && (await this.#isDrained()));
    const more = !atEnd || (this.#settings.stop !== undefined && moved);
    if (ended) this.#ended = true;
    const paceMs = this.#paceMs(batches);
    const pauseMs = ended || more ? 0 : pulled.groupCount > 0 ? PAUSE_AFTER_DATA_MS : PAUSE_WHEN_EMPTY_MS;
    this.#pauseMs = ended ? 0 : Math.max(pauseMs, paceMs);
    const { serverTimeMs, cursorTimeMs } = pulled;
    const lagMs =
      atEnd || serverTimeMs === undefined || cursorTimeMs === undefined ? 0 : Math.max(0, serverTimeMs - cursorTimeMs);
    return {
      batches,
      position: this.#cursor,
      status: ended ? 'end' : more ? 'more' : 'caught-up',
      rawBytes: pulled.rawSize,
      lagMs,
      ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
      ...(release === undefined ? {} : { release }),
    };
  }

  async #pullOrRecover(): Promise<ReadResult> {
    try {
      return await this.#pullOnce();
    } catch (error) {
      if (this.#settings.signal.aborted || !(error instanceof SluiceError)) throw error;
      if (error.code !== 'SLS_CURSOR' && error.code !== 'SLS_NOT_FOUND') throw error;
      return this.#goOn(await this.#settings.recover(error));
    }
  }

  #goOn(cursor: string | undefined): ReadResult {
    if (cursor === undefined) {
      this.#ended = true;
      return this.#nothing('end');
    }
    this.#cursor = cursor;
    return this.#nothing('more');
  }

  /** An empty answer alone does not say that a read-only shard has no more; its end cursor does. */
  async #isDrained(): Promise<boolean> {
    return (await getCursor(this.#settings.client, this.#settings.shard, 'end')) === this.#cursor;
  }

  /** What the rate limits demand before the next pull. */
  #paceMs(batches: readonly Batch[]): number {
    const { fetchIntervalMs, maxRate } = this.#settings;
    if (fetchIntervalMs === 0 && maxRate === undefined) return 0;
    const rows = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
    const wantedMs = Math.max(fetchIntervalMs, maxRate === undefined ? 0 : (rows * 1000) / maxRate);
    return Math.max(0, Math.ceil(wantedMs - (performance.now() - this.#pulledAt)));
  }

  async #pull(): Promise<Answered> {
    const { client, shard, accept, signal, stop, query } = this.#settings;
    // Before the request: what an answer lacks may have been written between it and the news that the shard is closed.
    const readOnly = this.#settings.readOnly();
    this.#pulledAt = performance.now();
    const request = { shard, cursor: this.#cursor, count: this.#count, accept, endCursor: stop, query, signal };
    return { pulled: await pullLogs(client, request), readOnly };
  }

  /** Decodes; where the body arrived damaged, asks again. Nothing of a damaged answer has been emitted. */
  async #decode(first: Answered): Promise<Answered & { batches: readonly Batch[]; release?: () => void }> {
    const { decoder, arena, repeats, shard, signal } = this.#settings;
    let { pulled, readOnly } = first;
    for (let attempt = 0; ; attempt++) {
      try {
        if (pulled.rawSize === 0) return { pulled, readOnly, batches: [] };
        if (repeats !== undefined) {
          const { body, keep } = repeats.filter(pulled.body(), shard);
          const batches = decoder.decode(body);
          keep();
          return { pulled, readOnly, batches };
        }
        if (arena === undefined) return { pulled, readOnly, batches: decoder.decode(pulled.body()) };
        const { bytes, scratch, release } = pulled.lend(arena);
        return { pulled, readOnly, batches: decoder.decode(bytes, scratch), release };
      } catch (error) {
        const damaged = error instanceof SluiceError && error.code.startsWith('SLS_BODY_');
        if (!damaged || attempt >= BODY_RETRIES) throw error;
      }
      // Shards that are pulled in turn would meet a fault of every n-th answer at the same one again and again.
      if (attempt > 0) await wait(BODY_PAUSE_MS * 2 ** (attempt - 1), signal);
      ({ pulled, readOnly } = await this.#pull());
    }
  }

  #reachedStop(): boolean {
    const { stop } = this.#settings;
    if (stop === undefined || stop === this.#cursor) return stop !== undefined;
    const [here, end] = [decodeCursor(this.#cursor), decodeCursor(stop)];
    return here !== undefined && end !== undefined && here >= end;
  }

  #nothing(status: ReadResult['status']): ReadResult {
    return { batches: [], position: this.#cursor, status, rawBytes: 0 };
  }
}
