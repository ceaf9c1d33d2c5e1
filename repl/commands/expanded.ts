import type { ShellCommand } from '../command.ts';

export const expanded: ShellCommand = {
  name: '\\x',
  usage: '\\x',
  help: 'a line a column instead of a line a row, on and off',
  run(shell) {
    shell.expanded = !shell.expanded;
    shell.print(`expanded rows are ${shell.expanded ? 'on' : 'off'}`);
  },
};
