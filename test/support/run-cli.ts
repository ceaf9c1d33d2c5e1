import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const cliRoot = fileURLToPath(new URL('../..', import.meta.url));
const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
export const cliIsBuilt = existsSync(fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends SIGINT when it aborts. */
  readonly stop?: AbortSignal;
  /** Called with everything printed so far; may send signals. */
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Leaves after the first output, as `| head -1` does. */
  readonly readOnce?: boolean;
  /** Called at once with what sends a signal. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `sluice` as users do, in the folder of the project, with pipes at all ends. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], { cwd: cliRoot, env: { ...process.env, ...options.env } });
    options.stop?.addEventListener('abort', () => child.kill('SIGINT'));
    options.onStart?.((signal) => child.kill(signal));
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onStdout?.(stdout, (signal) => child.kill(signal));
      if (options.readOnce === true) child.stdout.destroy();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined); // a child that ends early does not read
    child.stdin.end(options.input ?? '');
  });
}
