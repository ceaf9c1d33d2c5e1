import type { Clock } from '../../../src/runtime/clock.ts';

/** Time that moves only when told. */
export class FakeClock implements Clock {
  /** As timers count. */
  #now: number;
  /** By how much the wall clock was set. */
  #setMs = 0;
  readonly #timers = new Set<{ atMs: number; run: () => void }>();

  constructor(startMs = 0) {
    this.#now = startMs;
  }

  /** Timers not yet due. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now + this.#setMs;
  }

  elapsed(): number {
    return this.#now;
  }

  /** Sets the wall clock forwards or back; timers know nothing of it. */
  set(byMs: number): void {
    this.#setMs += byMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#now + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves time on and runs what falls due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter((one) => one.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.atMs;
      next.run();
    }
    this.#now = until;
  }
}
