import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InputBuffer } from './input-buffer.ts';
import type { Input } from './input-buffer.ts';
import type { Shell } from './shell.ts';

const ONE_WISH_MS = 500;
/** Exit code of a stop that does not wait. */
const FORCED = 130;

/**
 * Statements from a pipe or file, in order, without prompt. The first mistake ends it. At the end of the input the jobs
 * that INSERTs started are waited for; `\q` stops them.
 */
export async function runPiped(shell: Shell, input: Readable): Promise<number> {
  const buffer = new InputBuffer();
  const lines = createInterface({ input, crlfDelay: Infinity });
  let askedAtMs: number | undefined;
  const interrupt = (): void => {
    if (askedAtMs !== undefined) {
      // Under npm or timeout one wish arrives twice.
      if (performance.now() - askedAtMs >= ONE_WISH_MS) process.exit(FORCED);
      return;
    }
    askedAtMs = performance.now();
    shell.quit();
    shell.interrupt();
    void shell.close();
    // Otherwise the next line, which may never come, would be waited for.
    lines.close();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // Nobody reads the answers any more.
  process.stdout.once('error', interrupt);
  try {
    for await (const line of lines) {
      if (!shell.closing) await runInputs(shell, buffer.add(line));
      if (shell.closing) return 0;
    }
    if (shell.closing) return 0;
    const rest = buffer.takeRest();
    if (rest !== '') await shell.runScript(rest, '<input>');
    await Promise.all([...shell.jobs.values()].map((job) => job.done));
    return 0;
  } catch (error) {
    if ([...shell.jobs.values()].every((job) => job.status !== 'failed')) shell.printError(error);
    return shell.exitCodeOf(error);
  } finally {
    lines.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.stdout.off('error', interrupt);
  }
}

export async function runInputs(shell: Shell, inputs: readonly Input[]): Promise<void> {
  for (const input of inputs) {
    if (input.kind === 'command') await shell.runCommand(input.line);
    else await shell.runScript(input.text, '<input>');
  }
}
