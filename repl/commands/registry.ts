import type { ShellCommand } from '../command.ts';
import { describe } from './describe.ts';
import { expanded } from './expanded.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { include } from './include.ts';
import { jobs } from './jobs.ts';
import { quit } from './quit.ts';
import { stop } from './stop.ts';
import { tables } from './tables.ts';
import { timing } from './timing.ts';

/** THE list of the shell's commands, in the order of `\?`. */
export const shellCommands: readonly ShellCommand[] = [
  help,
  tables,
  describe,
  explain,
  include,
  jobs,
  stop,
  expanded,
  timing,
  quit,
];
