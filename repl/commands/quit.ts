import type { ShellCommand } from '../command.ts';

export const quit: ShellCommand = {
  name: '\\q',
  usage: '\\q',
  help: 'leave; running jobs are stopped',
  run(shell) {
    shell.quit();
  },
};
