import type { ReadResult, SplitReader } from '../../../contracts/connector.ts';
import { SluiceError } from '../../../errors/sluice-error.ts';
import { decodeCursor } from '../../../wire/sls/cursor.ts';
import type { LogGroupDecoder } from '../../../wire/sls/decode-log-groups.ts';
import { pullLogs, type Pulled } from '../api/pull-logs.ts';
import type { SlsClient } from '../client.ts';
import { wait } from '../wait.ts';

export interface PullerSettings {
  readonly client: SlsClient;
  readonly shard: number;
  /** Nothing is written to the shard any more: at its end the read ends. */
  readonly readOnly: boolean;
  readonly start: string;
  /** The read ends before this cursor. */
  readonly stop: string | undefined;
  readonly decoder: LogGroupDecoder;
  /** Log groups per pull. */
  readonly count: number;
  readonly accept: string;
  readonly signal: AbortSignal;
}

/** Waits at the end of a shard: short behind data, longer while nothing comes. Reads cost quota (100 a second). */
const PAUSE_AFTER_DATA_MS = 200;
const PAUSE_WHEN_EMPTY_MS = 500;
const BODY_RETRIES = 3;

/**
 * Reads one shard: pulls at the cursor, asks for the next answer while this one is processed, paces itself at the end.
 * An answer is decoded whole or not at all; the position moves with the answer.
 */
export class ShardPuller implements SplitReader {
  readonly #settings: PullerSettings;
  #cursor: string;
  /** The pull of `#cursor` that is under way. */
  #ahead: Promise<Pulled> | undefined;
  #pauseMs = 0;
  #ended = false;

  constructor(settings: PullerSettings) {
    this.#settings = settings;
    this.#cursor = settings.start;
  }

  async read(): Promise<ReadResult> {
    if (this.#ended) return this.#nothing('end');
    if (this.#pauseMs > 0 && !(await wait(this.#pauseMs, this.#settings.signal))) return this.#nothing('caught-up');
    try {
      return await this.#pullOnce();
    } catch (error) {
      if (this.#settings.signal.aborted) return this.#nothing('caught-up');
      throw error instanceof SluiceError ? error.withWhere(`shard ${this.#settings.shard}`) : error;
    }
  }

  close(): void {
    this.#ended = true;
    this.#ahead = undefined;
  }

  async #pullOnce(): Promise<ReadResult> {
    if (this.#reachedStop()) {
      this.#ended = true;
      return this.#nothing('end');
    }
    const pulled = await this.#next();
    const batches = pulled.rawSize === 0 ? [] : await this.#decode(pulled);
    const moved = pulled.nextCursor !== this.#cursor;
    this.#cursor = pulled.nextCursor;
    const atEnd = pulled.atEnd ?? pulled.groupCount === 0;
    const ended = this.#reachedStop() || (this.#settings.readOnly && pulled.groupCount === 0 && !moved);
    const more = !atEnd || (this.#settings.stop !== undefined && moved);
    if (ended) this.#ended = true;
    else if (more) this.#prefetch();
    this.#pauseMs = ended || more ? 0 : pulled.groupCount > 0 ? PAUSE_AFTER_DATA_MS : PAUSE_WHEN_EMPTY_MS;
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
    };
  }

  /** The prefetched answer, or a new pull. */
  #next(): Promise<Pulled> {
    const ahead = this.#ahead ?? this.#pull();
    this.#ahead = undefined;
    return ahead;
  }

  #prefetch(): void {
    this.#ahead = this.#pull();
    // Awaited by the next read; without this a failure before it would count as unhandled.
    this.#ahead.catch(() => undefined);
  }

  #pull(): Promise<Pulled> {
    return this.#pullUpTo(this.#settings.stop);
  }

  #pullUpTo(endCursor: string | undefined): Promise<Pulled> {
    const { client, shard, count, accept, signal } = this.#settings;
    return pullLogs(client, { shard, cursor: this.#cursor, count, accept, endCursor, signal });
  }

  /** Decodes; a body that arrived damaged is pulled again. Nothing of it has been emitted. */
  async #decode(first: Pulled) {
    let pulled = first;
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#settings.decoder.decode(pulled.body());
      } catch (error) {
        const damaged = error instanceof SluiceError && error.code.startsWith('SLS_BODY_');
        if (!damaged || attempt >= BODY_RETRIES) throw error;
      }
      // Only the same range may stand in for the damaged answer; the shard may have grown meanwhile.
      pulled = await this.#pullUpTo(first.nextCursor);
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
