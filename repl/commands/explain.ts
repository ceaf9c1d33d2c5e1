import { explainStages } from '../../src/tooling.ts';
import type { ShellCommand } from '../command.ts';

export const explain: ShellCommand = {
  name: '\\explain',
  usage: '\\explain [STAGE] SQL',
  help: `the plan of a statement; stages: ${explainStages.join(', ')}`,
  async run(shell, argument) {
    const word = /^\S+/.exec(argument)?.[0]?.toLowerCase() ?? '';
    const stage = explainStages.find((one) => one === word);
    const sql = stage === undefined ? argument : argument.slice(word.length).trim();
    if (sql === '') {
      shell.print('usage: \\explain [STAGE] SQL');
      return;
    }
    shell.print(await shell.engine.explain(sql, { name: '<explain>', stage: stage ?? 'physical' }));
  },
};
