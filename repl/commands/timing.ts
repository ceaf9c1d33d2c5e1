import type { ShellCommand } from '../command.ts';

export const timing: ShellCommand = {
  name: '\\timing',
  usage: '\\timing',
  help: 'print how long each statement took, on and off',
  run(shell) {
    shell.timing = !shell.timing;
    shell.print(`timing is ${shell.timing ? 'on' : 'off'}`);
  },
};
