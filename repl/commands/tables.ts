import type { ShellCommand } from '../command.ts';

export const tables: ShellCommand = {
  name: '\\dt',
  usage: '\\dt',
  help: 'tables and views',
  run(shell) {
    const rows = shell.engine.tables().map((table) => [table.name, table.kind, table.connector ?? null]);
    if (rows.length === 0) {
      shell.print('no table is declared yet');
      return;
    }
    shell.printRows(['name', 'kind', 'connector'], rows);
  },
};
