import type { Readable } from 'node:stream';
import { Engine } from '../src/index.ts';
import { colorsFor, wantsColor } from '../src/terminal/colors.ts';
import type { TerminalStream } from '../src/terminal/screen.ts';
import { shellCommands } from './commands/registry.ts';
import { defaultHistoryFile } from './history.ts';
import { runInteractive } from './interactive.ts';
import { runPiped } from './piped.ts';
import { Shell } from './shell.ts';

export interface ReplOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly input?: Readable & { readonly isTTY?: boolean };
  readonly output?: TerminalStream;
  readonly errors?: TerminalStream;
  /** Default: both ends are terminals. */
  readonly interactive?: boolean;
  readonly historyFile?: string;
}

/** Runs the shell until its user leaves. @returns the exit code: 0; in a pipe 2 for a mistake, 1 for a failure */
export async function startRepl(options: ReplOptions = {}): Promise<number> {
  const { input = process.stdin, output = process.stdout, errors = process.stderr } = options;
  const interactive = options.interactive ?? (input.isTTY === true && output.isTTY === true);
  const color = wantsColor(output);
  const yellow = colorsFor(wantsColor(errors)).yellow;
  let shell: Shell | undefined;
  const engine = await Engine.open({
    settings: options.settings ?? {},
    variables: options.variables ?? {},
    onWarning: (message) => {
      const line = `${yellow('warning:')} ${message}`;
      if (shell === undefined) errors.write(`${line}\n`);
      else shell.notice(line);
    },
    onProgress: (progress) => shell?.progress(progress),
  });
  try {
    const common = { engine, color, commands: shellCommands, output };
    if (!interactive) {
      shell = new Shell({ ...common, errors, interactive });
      return await runPiped(shell, input);
    }
    const zone = options.settings?.['blink.job.timeZone'] ?? 'UTC';
    return await runInteractive({
      input,
      output,
      errors,
      historyFile: options.historyFile ?? defaultHistoryFile(),
      welcome: `Sluice ${options.version ?? ''} · time zone ${zone} · \\? for help`.replace('  ', ' '),
      createShell: (screen) => (shell = new Shell({ ...common, errors: screen, interactive })),
    });
  } finally {
    await shell?.close();
    await engine.close();
  }
}
