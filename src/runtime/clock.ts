import { LONGEST_DELAY_MS } from '../contracts/longest-delay.ts';

/** Time as the runtime sees it; tests inject their own. */
export interface Clock {
  /** Epoch milliseconds. Somebody may set it, forwards and back. */
  now(): number;
  /** Milliseconds since some moment, which nobody sets: for how long something has lasted. */
  elapsed(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (delayMs, run) => {
    const until = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = until - performance.now();
      timer =
        leftMs > LONGEST_DELAY_MS
          ? setTimeout(wait, LONGEST_DELAY_MS)
          : setTimeout(run, Math.max(0, Math.ceil(leftMs)));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
