import type { Command } from '../command.ts';
import { engineOptions, givenSettings } from '../engine-session.ts';
import { packageVersion } from '../package-root.ts';

export const repl: Command = {
  spec: {
    name: 'repl',
    summary: 'opens the shell',
    usage: 'sluice repl [OPTIONS]',
    options: [...engineOptions, { name: 'connect', value: 'URL' }],
    details: [
      'On a terminal: statements end with ";", \\? lists the commands of the shell, Ctrl-C stops what runs, Ctrl-D leaves.',
      'With its input in a pipe: statements run in order without prompt; the first mistake ends it with 2, a failure while\nrunning with 1.',
    ],
    examples: ['sluice repl', 'sluice repl < statements.sql'],
  },
  async run(args) {
    const { startRepl } = await import('../../../repl/main.ts');
    return startRepl({ version: packageVersion(), settings: await givenSettings(args), variables: args.pairs('var') });
  },
};
