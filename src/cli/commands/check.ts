import type { Command } from '../command.ts';
import { dialectOption, dialectOptions, engineOptions, tableOption, withEngine } from '../engine-session.ts';
import { exitCode } from '../exit-code.ts';
import { readScript } from '../script-file.ts';

/** Each file is checked by itself, all of them even when one is wrong. */
export const check: Command = {
  spec: {
    name: 'check',
    summary: 'parses and plans job files without running them; opens no connection',
    usage: 'sluice check FILE… [OPTIONS]',
    positional: { name: 'a FILE', min: 1, max: Infinity },
    options: [
      dialectOption,
      tableOption,
      ...engineOptions,
      { name: 'connect', help: 'also ask every system that the tables name' },
    ],
    details: ['Each file is checked by itself. Ends with 0 when all are right, else with 2.'],
    examples: ['sluice check examples/*.sql'],
  },
  async run(args) {
    let code: number = exitCode.ok;
    for (const path of args.positionals) {
      const script = await readScript(path);
      const one = await withEngine(args, async ({ engine }) => {
        const notes = await engine.check(script.text, {
          name: script.name,
          connect: args.has('connect'),
          ...dialectOptions(args),
        });
        process.stdout.write(`${script.name}: ok\n${notes.map((note) => `  ${note}\n`).join('')}`);
        return exitCode.ok;
      });
      code = Math.max(code, one);
    }
    return code;
  },
};
