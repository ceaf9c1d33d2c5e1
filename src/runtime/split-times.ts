import type { ReadResult, Split } from '../contracts/connector.ts';
import { WatermarkMinimum } from './watermark.ts';

interface TimeSettings {
  readonly idleTimeoutMs: number;
  readonly idleAdvance: boolean;
  /** How long a split that is empty at its first answer holds event time back; absent: not at all. */
  readonly emptyGraceMs?: number;
}

/**
 * Event time over the splits of one source (design D8): the minimum over them, −∞ until each has answered. A split that
 * can idle leaves the minimum when its first answer says it is empty (in a job a moment later: where it was started
 * together with its producers, the first rows of this split must not be late for those of others) or when it has been
 * caught up for longer than the timeout, and is back with its next row. When all are idle the watermark moves by the server time elapsed since the
 * last data, never to the wall clock: logs of long ago may be loading.
 *
 * A split that waits for others (a shard made by split or merge) is not part of the minimum: those others hold it in its
 * stead, also after their own end, until it starts and goes on from the smallest of their watermarks. Where splits can
 * be discovered, none falls idle by time before a listing begun after its timeout shows that nothing follows it.
 */
export class SplitTimes {
  readonly #splits: Split[] = [];
  readonly #settings: TimeSettings;
  readonly #minimum: WatermarkMinimum;
  /** Since when a split has been caught up, by the time that nobody sets. */
  readonly #caughtUpSince: (number | undefined)[] = [];
  readonly #answered: boolean[] = [];
  /** Splits whose first answer said that they are empty, until their first row. */
  readonly #empty = new Set<number>();
  /** Inputs of the minimum by split; undefined while the split waits. */
  readonly #inputs: (number | undefined)[] = [];
  /** The splits that a waiting split waits for. */
  readonly #waiting = new Map<number, readonly number[]>();
  readonly #endedSplits = new Set<number>();
  #listedMs = Infinity;
  #dataServerMs: number | undefined;

  constructor(splits: readonly Split[], settings: TimeSettings) {
    this.#settings = settings;
    this.#minimum = new WatermarkMinimum(0);
    for (const split of splits) this.add(split, []);
  }

  get allIdle(): boolean {
    return this.#minimum.allIdle;
  }

  get someIdle(): boolean {
    return this.#inputs.some((input) => input !== undefined && this.#minimum.isIdle(input));
  }

  /**
   * A further split.
   * @param after splits it waits for; empty: it starts at once
   * @returns its index
   */
  add(split: Split, after: readonly number[]): number {
    const index = this.#splits.push(split) - 1;
    this.#caughtUpSince.push(undefined);
    this.#answered.push(false);
    if (after.length > 0) this.#waiting.set(index, after);
    this.#inputs.push(after.length > 0 ? undefined : this.#minimum.add());
    return index;
  }

  /** A waiting split begins: its event time goes on from that of the splits before it, which now let go. */
  start(index: number): void {
    const after = this.#waiting.get(index);
    if (after === undefined) return;
    const inputs = after.flatMap((one) => this.#inputs[one] ?? []);
    const active = inputs.filter((input) => !this.#minimum.isIdle(input));
    const input = this.#minimum.add();
    this.#inputs[index] = input;
    const from = (active.length > 0 ? active : inputs).map((one) => this.#minimum.watermarkOf(one));
    if (from.length > 0) this.#minimum.advance(input, Math.min(...from));
    this.#waiting.delete(index);
    for (const one of after) if (this.#endedSplits.has(one)) this.end(one);
  }

  /** A split is over; where others wait for it, it holds its place in the minimum for them. */
  end(index: number): void {
    this.#endedSplits.add(index);
    this.#caughtUpSince[index] = undefined;
    const input = this.#inputs[index];
    if (input !== undefined && !this.#isAwaited(index)) this.#minimum.end(input);
  }

  /** The event time a split has reached. */
  watermarkOf(index: number): number {
    const input = this.#inputs[index];
    return input === undefined ? -Infinity : this.#minimum.watermarkOf(input);
  }

  /** A listing of the splits begun at `atMs` (by the time that nobody sets) is known. */
  listed(atMs: number): void {
    this.#listedMs = atMs;
  }

  /** Whether a split would be idle if a new listing showed nothing behind it. */
  needsListing(nowMs: number): boolean {
    return this.#splits.some((_, index) => this.#isDue(index, nowMs) && !this.#isConfirmed(index));
  }

  advance(index: number, watermarkMs: number): void {
    const input = this.#inputs[index];
    if (input !== undefined) this.#minimum.advance(input, watermarkMs);
  }

  /** Rows of this split arrived in an answer of the server at `serverMs`, where that is known. */
  data(index: number, serverMs: number | undefined): void {
    this.#setIdle(index, false);
    this.#answered[index] = true;
    this.#empty.delete(index);
    this.#caughtUpSince[index] = undefined;
    if (serverMs !== undefined) this.#dataServerMs = Math.max(this.#dataServerMs ?? -Infinity, serverMs);
  }

  /** An answer of this split is through. */
  answered(index: number, status: ReadResult['status'], nowMs: number): void {
    const first = !this.#answered[index]!;
    this.#answered[index] = true;
    if (status === 'end') {
      this.end(index);
    } else if (status === 'more') {
      this.#caughtUpSince[index] = undefined;
    } else if (this.#splits[index]!.canIdle) {
      this.#caughtUpSince[index] ??= nowMs;
      if (first) this.#empty.add(index);
      this.#check(index, nowMs);
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
    if (this.#isStillEmpty(index, nowMs)) {
      this.#setIdle(index, true);
      return true;
    }
    if (!this.#isDue(index, nowMs) || !this.#isConfirmed(index)) return false;
    this.#setIdle(index, true);
    return true;
  }

  #isDue(index: number, nowMs: number): boolean {
    const since = this.#caughtUpSince[index];
    const input = this.#inputs[index];
    const { idleTimeoutMs } = this.#settings;
    if (since === undefined || idleTimeoutMs < 0 || input === undefined || this.#minimum.isIdle(input)) return false;
    return nowMs - since >= idleTimeoutMs && !this.#isAwaited(index);
  }

  /** Whether a split that never had a row was given time enough for one. */
  #isStillEmpty(index: number, nowMs: number): boolean {
    const since = this.#caughtUpSince[index];
    const input = this.#inputs[index];
    if (since === undefined || input === undefined || !this.#empty.has(index) || this.#minimum.isIdle(input))
      return false;
    const { idleTimeoutMs, emptyGraceMs = 0 } = this.#settings;
    const graceMs = idleTimeoutMs < 0 ? emptyGraceMs : Math.min(emptyGraceMs, idleTimeoutMs);
    return nowMs - since >= graceMs && !this.#isAwaited(index);
  }

  #isConfirmed(index: number): boolean {
    return this.#listedMs >= (this.#caughtUpSince[index] ?? Infinity) + this.#settings.idleTimeoutMs;
  }

  #isAwaited(index: number): boolean {
    for (const after of this.#waiting.values()) if (after.includes(index)) return true;
    return false;
  }

  #setIdle(index: number, idle: boolean): void {
    const input = this.#inputs[index];
    if (input !== undefined) this.#minimum.setIdle(input, idle);
  }
}
