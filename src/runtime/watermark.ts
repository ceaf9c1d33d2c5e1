import type { Batch } from '../columnar/batch.ts';
import type { Counter } from '../contracts/operator.ts';
import { InternalError } from '../errors/sluice-error.ts';
import type { WatermarkSpec } from '../planner/physical/plan.ts';

/** A part of a batch and the watermark that stands behind it. */
export interface Timed {
  readonly batch: Batch;
  readonly watermarkMs: number;
}

/**
 * The watermark of one split: the running maximum of its rowtime minus the delay, row by row over all physical rows
 * (design D4). A batch is cut (views) before a row whose pane has closed under a running watermark that was not sent
 * yet, so that results do not depend on the size of batches. Rows without rowtime are dropped and counted, unless
 * something besides windows reads them too.
 */
export class WatermarkAssigner {
  readonly #spec: WatermarkSpec;
  readonly #dropped: Counter;
  #maxMs = -Infinity;
  /** Rows below it lie in panes that the running watermark closed. */
  #closedMs = -Infinity;
  /** The same for the watermark that stands behind the last part handed out. */
  #closedSentMs = -Infinity;

  constructor(spec: WatermarkSpec, dropped: Counter, restoredMs = -Infinity) {
    this.#spec = spec;
    this.#dropped = dropped;
    this.#maxMs = restoredMs + spec.delayMs;
    this.#closedMs = this.#closedBefore(restoredMs);
    this.#closedSentMs = this.#closedMs;
  }

  get watermarkMs(): number {
    return this.#maxMs - this.#spec.delayMs;
  }

  assign(given: Batch): Timed[] {
    const column = given.columns[this.#spec.column];
    if (column === undefined) return [];
    if (column.layout !== 'f64') throw new InternalError('the rowtime is not TIMESTAMP');
    const { values, nulls } = column;
    const batch = nulls === null || this.#spec.keepsNulls === true ? given : this.#withoutNulls(given, nulls);
    const { selection, rowCount } = batch;
    const { delayMs, paneMs, touches } = this.#spec;
    // A row at the very end of a closed session would prolong it.
    const reach = touches === true ? 1 : 0;
    const everyMove = this.#spec.everyMove === true;
    let sentMaxMs = this.#maxMs;
    const parts: Timed[] = [];
    let start = 0;
    let present = 0;
    // Until the maximum reaches this, no further pane closes.
    let nextClose = this.#closedMs + paneMs - 1 + delayMs;
    for (let row = 0; row < rowCount; row++) {
      let inBatch = true;
      if (selection !== null) {
        inBatch = selection[present] === row;
        if (inBatch) present++;
      }
      if (everyMove && inBatch && this.#maxMs > sentMaxMs && row > start) {
        parts.push({ batch: batch.slice(start, row), watermarkMs: this.#maxMs - delayMs });
        start = row;
        this.#closedSentMs = this.#closedMs;
        sentMaxMs = this.#maxMs;
      }
      if (nulls !== null && nulls[row] === 1) continue;
      const ms = values[row]!;
      if (reach === 1 && ms === this.#closedMs && inBatch && this.#closedMs > this.#closedSentMs && row > start) {
        parts.push({ batch: batch.slice(start, row), watermarkMs: this.#maxMs - delayMs });
        start = row;
        this.#closedSentMs = this.#closedMs;
      }
      if (ms > this.#maxMs) {
        this.#maxMs = ms;
        if (ms >= nextClose || nextClose === -Infinity) {
          this.#closedMs = this.#closedBefore(ms - delayMs);
          nextClose = this.#closedMs + paneMs - 1 + delayMs;
          continue;
        }
      }
      if (inBatch && ms < this.#closedMs && this.#closedMs > this.#closedSentMs && row > start) {
        // The row's own time cannot be the maximum here, so the running watermark is the one before it. Its own pane
        // may have closed long ago: with HOP a later window over that pane may have closed just now.
        parts.push({ batch: batch.slice(start, row), watermarkMs: this.#maxMs - delayMs });
        start = row;
        this.#closedSentMs = this.#closedMs;
      }
    }
    parts.push({ batch: batch.slice(start, rowCount), watermarkMs: this.#maxMs - delayMs });
    this.#closedSentMs = this.#closedMs;
    return parts;
  }

  /** Panes with an end − 1 at or below the watermark are those that end up to here. */
  #closedBefore(watermarkMs: number): number {
    if (watermarkMs === -Infinity) return -Infinity;
    const { paneMs, paneOffsetMs } = this.#spec;
    return Math.floor((watermarkMs + 1 - paneOffsetMs) / paneMs) * paneMs + paneOffsetMs;
  }

  #withoutNulls(batch: Batch, nulls: Uint8Array): Batch {
    const kept = new Int32Array(batch.size);
    let count = 0;
    if (batch.selection === null) {
      for (let row = 0; row < batch.rowCount; row++) if (nulls[row] === 0) kept[count++] = row;
    } else {
      for (const row of batch.selection) if (nulls[row] === 0) kept[count++] = row;
    }
    if (count === batch.size) return batch;
    this.#dropped.add(batch.size - count);
    return batch.select(kept.subarray(0, count));
  }
}

interface Input {
  watermarkMs: number;
  idle: boolean;
  ended: boolean;
}

/** The minimum over several inputs or splits; idle and ended ones leave it. */
export class WatermarkMinimum {
  readonly #inputs: Input[];

  constructor(count: number) {
    this.#inputs = Array.from({ length: count }, () => ({ watermarkMs: -Infinity, idle: false, ended: false }));
  }

  /** A further input. @returns its index */
  add(): number {
    return this.#inputs.push({ watermarkMs: -Infinity, idle: false, ended: false }) - 1;
  }

  watermarkOf(input: number): number {
    return this.#inputs[input]!.watermarkMs;
  }

  /** A new watermark; it never moves back. */
  advance(input: number, watermarkMs: number): void {
    const one = this.#inputs[input]!;
    if (watermarkMs > one.watermarkMs) one.watermarkMs = watermarkMs;
  }

  setIdle(input: number, idle: boolean): void {
    this.#inputs[input]!.idle = idle;
  }

  isIdle(input: number): boolean {
    return this.#inputs[input]!.idle;
  }

  end(input: number): void {
    const one = this.#inputs[input]!;
    one.ended = true;
    one.idle = false;
    one.watermarkMs = Infinity;
  }

  /** Every input that has not ended is idle, and there is one. */
  get allIdle(): boolean {
    return this.#inputs.some((one) => one.idle) && this.#inputs.every((one) => one.idle || one.ended);
  }

  /** May fall when an idle input comes back: the caller keeps what it sent. With only idle inputs: their maximum. */
  get value(): number {
    let minimum = Infinity;
    let active = false;
    let idleMaximum = -Infinity;
    let idle = false;
    for (const one of this.#inputs) {
      if (one.ended) continue;
      if (one.idle) {
        idle = true;
        if (one.watermarkMs > idleMaximum) idleMaximum = one.watermarkMs;
      } else {
        active = true;
        if (one.watermarkMs < minimum) minimum = one.watermarkMs;
      }
    }
    return active || !idle ? minimum : idleMaximum;
  }
}
