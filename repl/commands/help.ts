import type { ShellCommand } from '../command.ts';

export const help: ShellCommand = {
  name: '\\?',
  usage: '\\?',
  help: 'this list',
  run(shell) {
    const width = Math.max(...shell.commands.map((command) => command.usage.length)) + 2;
    const lines = shell.commands.map((command) => `  ${command.usage.padEnd(width)}${command.help}`);
    shell.print(
      [
        'A statement ends with ";" and may have several lines:',
        '  CREATE TABLE …; CREATE VIEW …; SELECT …; INSERT INTO … SELECT … (a job in the background);',
        "  SHOW TABLES; SHOW FUNCTIONS; SHOW CONNECTORS; DESCRIBE t; EXPLAIN SELECT …; SET 'key' = 'value';",
        "  ALTER TABLE t …; DROP TABLE t; EXECUTE STATEMENT SET BEGIN INSERT …; END; SHOW JOBS; STOP JOB 'name';",
        '  SHOW CONSUMER GROUPS FOR t; DESCRIBE CONSUMER GROUP g FOR t; ALTER CONSUMER GROUP g FOR t RESET TO BEGIN;',
        'Ctrl-C stops the running query, or empties the line; Ctrl-D leaves.',
        '',
        ...lines,
      ].join('\n'),
    );
  },
};
