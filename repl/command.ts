import type { Shell } from './shell.ts';

/** A command of the shell: `\name argument`. One file of `commands/` exports one or a few. */
export interface ShellCommand {
  /** With the backslash: `\d`. */
  readonly name: string;
  /** `\d [NAME]` */
  readonly usage: string;
  readonly help: string;
  /** What tab completes behind it. */
  readonly completes?: 'tables' | 'files';
  run(shell: Shell, argument: string): Promise<void> | void;
}
