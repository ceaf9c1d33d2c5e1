import type { Clock } from './clock.ts';

/** Waits for the next look at something, or until somebody needs it or all is stopped. */
export class Pause {
  readonly #clock: Clock;
  readonly #stopSignal: AbortSignal;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, stopSignal: AbortSignal) {
    this.#clock = clock;
    this.#stopSignal = stopSignal;
  }

  wait(ms: number): Promise<void> {
    const stopSignal = this.#stopSignal;
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        stopSignal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#wake = wake;
      if (stopSignal.aborted) wake();
      else stopSignal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Ends the wait that is under way, if there is one. */
  wake(): void {
    this.#wake?.();
  }
}
