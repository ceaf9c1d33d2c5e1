import { LONGEST_DELAY_MS } from '../../contracts/longest-delay.ts';

/** Waits, at most 24.8 days. @returns false when `signal` ended the wait early */
export function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      },
      Math.min(ms, LONGEST_DELAY_MS),
    );
    signal.addEventListener('abort', stop, { once: true });
  });
}
