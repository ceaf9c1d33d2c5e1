import type { ShellCommand } from '../command.ts';
import { tables } from './tables.ts';

export const describe: ShellCommand = {
  name: '\\d',
  usage: '\\d [NAME]',
  help: 'columns of a table or view; without a name as \\dt',
  completes: 'tables',
  run(shell, argument) {
    if (argument === '') return tables.run(shell, '');
    const name = argument.replace(/;$/, '').replace(/^`(.*)`$/, '$1');
    const rows = shell.engine.describe(name).map((column) => [column.name, column.type, column.attributes]);
    shell.printRows(['column', 'type', 'attributes'], rows);
    return undefined;
  },
};
