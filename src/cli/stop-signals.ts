import { exitCode } from './exit-code.ts';

/**
 * The first SIGINT or SIGTERM asks for a clean stop, the second ends the process at once with 130.
 * @returns takes the handlers away again
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let asked = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (asked) {
      // A live table may have hidden the cursor.
      if (process.stdout.isTTY) process.stdout.write('\u001b[?25h');
      process.exit(exitCode.forced);
    }
    asked = true;
    stop(signal);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}
