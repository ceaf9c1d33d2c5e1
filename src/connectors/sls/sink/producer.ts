import type { Compression } from '../../../wire/sls/compression.ts';
import { pack, putPacked, unpack, type PackedGroup } from '../api/put-logs.ts';
import { splitLogGroup } from '../../../wire/sls/split-log-group.ts';
import type { SlsClient } from '../client.ts';
import { SlsError } from '../sls-error.ts';

/** A finished LogGroup and where it goes. */
export interface SealedGroup {
  /** Groups of one lane are sent one after the other. */
  readonly lane: string;
  readonly body: Uint8Array;
  readonly hashKey: string | undefined;
  /** Value of the tag `__pack_id__`, by which readers recognise a repeated request. */
  readonly packId: string;
}

/** A group on its way. */
interface SentGroup {
  readonly packed: PackedGroup;
  readonly hashKey: string | undefined;
  readonly packId: string;
}

export interface ProducerSettings {
  readonly compression: Compression | undefined;
  readonly maxPendingBytes: number;
  /** A single log that the service does not take. Throws where the sink must fail. */
  readonly onTooLarge: (bytes: number) => void;
}

/**
 * Sends groups: in order within a lane, lanes side by side, with bounded memory. The first failure is kept and thrown
 * by whoever writes or flushes next; after it nothing more is sent.
 */
export class Producer {
  readonly #client: SlsClient;
  readonly #compression: Compression | undefined;
  readonly #maxPendingBytes: number;
  /** The end of each lane's chain of requests. */
  readonly #lanes = new Map<string, Promise<void>>();
  #pendingBytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #roomWaiters: (() => void)[] = [];

  readonly #onTooLarge: (bytes: number) => void;

  constructor(client: SlsClient, settings: ProducerSettings) {
    this.#client = client;
    this.#onTooLarge = settings.onTooLarge;
    this.#compression = settings.compression;
    this.#maxPendingBytes = settings.maxPendingBytes;
  }

  /** Bytes not yet acknowledged. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Queues a group. Its body is not read any more when this returns: packed at once, it lies in the cache and is small. */
  send({ lane, body, hashKey, packId }: SealedGroup): void {
    if (this.#failure !== undefined) return;
    let packed: PackedGroup;
    try {
      packed = pack(this.#compression === undefined ? body.slice() : body, this.#compression);
    } catch (error) {
      this.#failure = { error };
      return;
    }
    this.#pendingBytes += packed.rawSize;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const sent = before.then(() => this.#put({ packed, hashKey, packId }));
    this.#lanes.set(lane, sent);
    void sent.then(() => {
      if (this.#lanes.get(lane) === sent) this.#lanes.delete(lane);
    });
  }

  /** Back-pressure: undefined while there is room. @throws the first failure */
  room(): Promise<void> | undefined {
    this.#throwFailure();
    if (this.#pendingBytes <= this.#maxPendingBytes) return undefined;
    return new Promise<void>((resolve) => this.#roomWaiters.push(resolve)).then(() => this.#throwFailure());
  }

  /** Resolves when everything queued is acknowledged. @throws the first failure */
  async drained(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes.values());
    this.#throwFailure();
  }

  async #put(group: SentGroup): Promise<void> {
    try {
      await this.#putWhole(group);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#pendingBytes -= group.packed.rawSize;
      if (this.#failure !== undefined || this.#pendingBytes <= this.#maxPendingBytes) {
        for (const resolve of this.#roomWaiters.splice(0)) resolve();
      }
    }
  }

  /** Sends a group; one that is larger than this service takes goes in halves, in order. */
  async #putWhole({ packed, hashKey, packId }: SentGroup): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await putPacked(this.#client, packed, hashKey);
    } catch (error) {
      if (!(error instanceof SlsError) || (error.status !== 413 && error.serviceCode !== 'PostBodyTooLarge'))
        throw error;
      const ids = [`${packId}.1`, `${packId}.2`] as const;
      const halves = splitLogGroup(unpack(packed), [[['__pack_id__', ids[0]]], [['__pack_id__', ids[1]]]]);
      if (halves === undefined) return this.#onTooLarge(packed.rawSize);
      for (const [i, half] of halves.entries()) {
        await this.#putWhole({ packed: pack(half, this.#compression), hashKey, packId: ids[i as 0 | 1] });
      }
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
