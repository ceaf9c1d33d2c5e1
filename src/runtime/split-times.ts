import type { ReadResult, Split } from '../contracts/connector.ts';
import { WatermarkMinimum } from './watermark.ts';

/**
 * Event time over the splits of one source (design D8): the minimum over them, −∞ until each has answered. A split that
 * can idle leaves the minimum when its first answer says it is empty or when it has been caught up for longer than the
 * timeout, and is back with its next row. When all are idle the watermark moves by the server time elapsed since the
 * last data, never to the wall clock: logs of long ago may be loading.
 */
export class SplitTimes {
  readonly #splits: readonly Split[];
  readonly #settings: { readonly idleTimeoutMs: number; readonly idleAdvance: boolean };
  readonly #minimum: WatermarkMinimum;
  /** Since when a split has been caught up, by the clock of the job. */
  readonly #caughtUpSince: (number | undefined)[];
  readonly #answered: boolean[];
  #dataServerMs: number | undefined;

  constructor(splits: readonly Split[], settings: { readonly idleTimeoutMs: number; readonly idleAdvance: boolean }) {
    this.#splits = splits;
    this.#settings = settings;
    this.#minimum = new WatermarkMinimum(splits.length);
    this.#caughtUpSince = splits.map(() => undefined);
    this.#answered = splits.map(() => false);
  }

  get allIdle(): boolean {
    return this.#minimum.allIdle;
  }

  advance(index: number, watermarkMs: number): void {
    this.#minimum.advance(index, watermarkMs);
  }

  /** Rows of this split arrived in an answer of the server at `serverMs`. */
  data(index: number, serverMs: number): void {
    this.#minimum.setIdle(index, false);
    this.#answered[index] = true;
    this.#caughtUpSince[index] = undefined;
    this.#dataServerMs = Math.max(this.#dataServerMs ?? -Infinity, serverMs);
  }

  /** An answer of this split is through. */
  answered(index: number, status: ReadResult['status'], nowMs: number): void {
    const first = !this.#answered[index]!;
    this.#answered[index] = true;
    if (status === 'end') {
      this.#minimum.end(index);
    } else if (status === 'more') {
      this.#caughtUpSince[index] = undefined;
    } else if (this.#splits[index]!.canIdle) {
      this.#caughtUpSince[index] ??= nowMs;
      if (first) this.#minimum.setIdle(index, true);
      else this.#check(index, nowMs);
    }
  }

  /** True when a split fell idle by time. */
  tick(nowMs: number): boolean {
    let fell = false;
    this.#splits.forEach((_, index) => {
      if (this.#check(index, nowMs)) fell = true;
    });
    return fell;
  }

  /** @param serverMs the server's time at an answer; undefined: time does not move on by itself now */
  value(serverMs: number | undefined): number {
    const value = this.#minimum.value;
    if (serverMs === undefined || this.#dataServerMs === undefined) return value;
    if (!this.#settings.idleAdvance || !this.#minimum.allIdle) return value;
    return value + Math.max(0, serverMs - this.#dataServerMs);
  }

  #check(index: number, nowMs: number): boolean {
    const since = this.#caughtUpSince[index];
    const { idleTimeoutMs } = this.#settings;
    if (since === undefined || idleTimeoutMs < 0 || this.#minimum.isIdle(index)) return false;
    if (nowMs - since < idleTimeoutMs) return false;
    this.#minimum.setIdle(index, true);
    return true;
  }
}
