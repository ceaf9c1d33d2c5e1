import type { Position } from '../../../contracts/connector.ts';
import { LONGEST_DELAY_MS } from '../../../contracts/longest-delay.ts';

/** `checkpointMode` of a table with a consumer group. */
export interface ProgressSettings {
  readonly mode: 'ON_CHECKPOINTS' | 'PERIODIC' | 'DISABLED';
  readonly intervalMs: number;
  /** Stores positions by split id. */
  readonly store: (positions: ReadonlyMap<string, Position>) => Promise<void>;
  readonly warn: (message: string) => void;
}

/** Hands the positions of completed barriers on: at once, or on a timer. What did not move is never stored again. */
export class Progress {
  readonly #settings: ProgressSettings;
  #waiting = new Map<string, Position>();
  readonly #stored = new Map<string, Position>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(settings: ProgressSettings) {
    this.#settings = settings;
    if (settings.mode !== 'PERIODIC') return;
    this.#timer = setInterval(
      () => {
        // The next one tries again, and the flush at the end fails the job.
        this.flush().catch((error: unknown) => settings.warn(error instanceof Error ? error.message : String(error)));
      },
      Math.min(settings.intervalMs, LONGEST_DELAY_MS),
    );
    this.#timer.unref();
  }

  /** Takes the positions of a completed barrier. */
  async commit(positions: ReadonlyMap<string, Position>): Promise<void> {
    for (const [split, position] of positions) this.#waiting.set(split, position);
    if (this.#settings.mode === 'ON_CHECKPOINTS') await this.flush();
  }

  /** Stores what was committed and moved since. */
  async flush(): Promise<void> {
    // One after the other: an older position must not arrive after a newer one.
    const flushing = this.#flushing.then(() => this.#flushOnce());
    this.#flushing = flushing.catch(() => undefined);
    await flushing;
  }

  async #flushOnce(): Promise<void> {
    const moved = new Map([...this.#waiting].filter(([split, position]) => this.#stored.get(split) !== position));
    this.#waiting = new Map();
    if (moved.size === 0) return;
    try {
      await this.#settings.store(moved);
    } catch (error) {
      for (const [split, position] of moved) {
        if (!this.#waiting.has(split)) this.#waiting.set(split, position);
      }
      throw error;
    }
    for (const [split, position] of moved) this.#stored.set(split, position);
  }

  /** The split went to another process, which moves it on from here. */
  forget(split: string): void {
    this.#waiting.delete(split);
    this.#stored.delete(split);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#settings.mode !== 'DISABLED') await this.flush();
  }
}
