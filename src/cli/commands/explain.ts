import { explainFormats, explainStages } from '../../tooling.ts';
import type { Command } from '../command.ts';
import { dialectOption, dialectOptions, engineOptions, tableOption, withEngine } from '../engine-session.ts';
import { exitCode } from '../exit-code.ts';
import { readScript } from '../script-file.ts';

export const explain: Command = {
  spec: {
    name: 'explain',
    summary: 'shows the plan of a job file',
    usage: 'sluice explain FILE [OPTIONS]',
    positional: { name: 'a FILE', min: 1, max: 1 },
    options: [
      {
        name: 'stage',
        value: 'STAGE',
        choices: explainStages,
        help: `${explainStages.join(' | ')}; default: physical`,
      },
      {
        name: 'format',
        value: 'FORMAT',
        choices: explainFormats,
        help: `${explainFormats.join(' | ')}; default: text`,
      },
      dialectOption,
      tableOption,
      ...engineOptions,
    ],
    examples: [
      'sluice explain examples/access-per-minute.sql',
      'sluice explain job.sql --stage logical --format mermaid',
    ],
  },
  async run(args) {
    const script = await readScript(args.positionals[0]!);
    const stage = args.choice('stage', explainStages) ?? 'physical';
    const format = args.choice('format', explainFormats) ?? 'text';
    const dialect = dialectOptions(args);
    return withEngine(args, async ({ engine }) => {
      const text = await engine.explain(script.text, {
        name: script.name,
        stage,
        format,
        ...dialect,
      });
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
      return exitCode.ok;
    });
  },
};
