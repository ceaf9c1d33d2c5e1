import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../src/errors/sluice-error.ts';
import type { ShellCommand } from '../command.ts';

export const include: ShellCommand = {
  name: '\\i',
  usage: '\\i FILE',
  help: 'run the statements of a file',
  completes: 'files',
  async run(shell, argument) {
    if (argument === '') {
      shell.print('usage: \\i FILE');
      return;
    }
    let text: string;
    try {
      text = await readFile(argument, 'utf8');
    } catch (error) {
      throw new SluiceError('FILE_NOT_FOUND', `file "${argument}" cannot be read`, { cause: error });
    }
    await shell.runScript(text, argument);
  },
};
