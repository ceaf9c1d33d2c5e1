import type { CommandSpec, ParsedArguments } from './arguments.ts';

/** One file of `commands/` exports one of these. */
export interface Command {
  readonly spec: CommandSpec;
  /** @returns the exit code; failures are thrown. */
  run(args: ParsedArguments): Promise<number>;
}
