import { exitCode } from './exit-code.ts';

/** Ctrl-C under npm, npx or timeout arrives twice: from the terminal and passed on. That is one wish. */
const oneWishMs = 500;

/**
 * The first SIGINT or SIGTERM asks for a clean stop, the second ends the process at once with 130.
 * @returns takes the handlers away again, unless a signal came
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let askedAtMs: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    if (askedAtMs !== undefined && performance.now() - askedAtMs < oneWishMs) return;
    if (askedAtMs !== undefined) {
      // A live table may have hidden the cursor.
      if (process.stdout.isTTY) process.stdout.write('\u001b[?25h');
      process.exit(exitCode.forced);
    }
    askedAtMs = performance.now();
    stop(signal);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    // Once asked, the process is on its way out: a late double of the signal must not kill it.
    if (askedAtMs !== undefined) return;
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}
