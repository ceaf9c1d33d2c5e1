import type { OperatorContext } from '../../contracts/operator.ts';

/**
 * Processing time in the place of a watermark: windows are over when the clock of the job reaches their end. Asks for
 * no timer later than one it waits for already.
 */
export class ProcessingTimer {
  readonly #context: OperatorContext;
  #wakeAt = Infinity;
  #latest = -Infinity;

  constructor(context: OperatorContext) {
    this.#context = context;
  }

  /** Whether a timer is on its way. */
  get waits(): boolean {
    return this.#wakeAt !== Infinity;
  }

  /** The time of a row that comes now; it never goes back. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#context.now());
    return this.#latest;
  }

  wakeAt(atMs: number): void {
    if (atMs >= this.#wakeAt || atMs === Infinity) return;
    this.#wakeAt = atMs;
    this.#context.setTimer(atMs);
  }

  /** A timer came. @returns the time up to which windows are over, as a watermark says it */
  woken(nowMs: number): number {
    if (nowMs >= this.#wakeAt) this.#wakeAt = Infinity;
    this.#latest = Math.max(this.#latest, nowMs);
    return this.#latest - 1;
  }
}
