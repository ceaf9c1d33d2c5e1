import type { EngineApi, Progress, ScriptOptions } from '../index.ts';
import { colorsFor, wantsColor } from '../terminal/colors.ts';
import { errorText } from '../terminal/error-text.ts';
import { ScriptTexts } from '../terminal/script-texts.ts';
import type { OptionSpec, ParsedArguments } from './arguments.ts';
import { exitCode, exitCodeOf } from './exit-code.ts';
import { readProperties } from './properties-file.ts';
import { usageError } from './usage-error.ts';

/** Options of every command that opens an engine. */
export const engineOptions: readonly OptionSpec[] = [
  { name: 'set', value: 'KEY=VALUE', repeat: true, help: 'a setting, as SET gives it in the text' },
  { name: 'set-file', value: 'FILE', help: 'settings as lines key=value, as the job parameters of Blink; --set wins' },
  {
    name: 'var',
    value: 'NAME=VALUE',
    repeat: true,
    help: 'the value of ${NAME} in string literals; wins over the environment',
  },
];

export const dialectOption: OptionSpec = {
  name: 'dialect',
  value: 'NAME',
  help: 'the SQL system queries are written for: mysql, postgresql, trino, hive, sls; default: blink',
};

/** For the dialect sls, whose queries name no table. */
export const tableOption: OptionSpec = {
  name: 'table',
  value: 'NAME',
  help: 'the table a query of dialect sls reads; default: the only one that lies in SLS',
};

/** What the two options say, for the engine. */
export function dialectOptions(args: ParsedArguments): Pick<ScriptOptions, 'dialect' | 'table'> {
  const dialect = args.value('dialect');
  const table = args.value('table');
  return { ...(dialect === undefined ? {} : { dialect }), ...(table === undefined ? {} : { table }) };
}

/** Parallelism 1 is what runs; more is refused, not ignored. */
export const parallelismOption: OptionSpec = { name: 'parallelism', value: 'N', help: 'only 1 for now' };

export interface EngineSession {
  readonly engine: EngineApi;
  /** Where warnings go while something is painted; default: a line on stderr. */
  onWarning: ((line: string) => void) | undefined;
  onProgress: ((progress: Progress) => void) | undefined;
  /** For scripts of which only parts are handed to the engine. */
  readonly texts: ScriptTexts;
}

/** Settings of --set-file and --set. */
export async function givenSettings(args: ParsedArguments): Promise<Record<string, string>> {
  const file = args.value('set-file');
  return { ...(file === undefined ? {} : await readProperties(file)), ...args.pairs('set') };
}

/**
 * Opens an engine with the common options, does the work, closes it in any case. Failures are printed with their caret
 * here, because only the engine knows the texts.
 */
export async function withEngine(
  args: ParsedArguments,
  work: (session: EngineSession) => Promise<number>,
): Promise<number> {
  if ((args.integer('parallelism', 1) ?? 1) > 1) {
    throw usageError('option "--parallelism" above 1 is not available yet');
  }
  const color = wantsColor(process.stderr);
  const hooks: Pick<EngineSession, 'onWarning' | 'onProgress'> = { onWarning: undefined, onProgress: undefined };
  const texts = new ScriptTexts();
  const settings = await givenSettings(args);
  const { Engine } = await import('../index.ts');
  const engine = await Engine.open({
    settings,
    variables: args.pairs('var'),
    onWarning: (message) => {
      const line = `${colorsFor(color).yellow('warning:')} ${message}`;
      if (hooks.onWarning === undefined) process.stderr.write(`${line}\n`);
      else hooks.onWarning(line);
    },
    onProgress: (progress) => hooks.onProgress?.(progress),
  });
  try {
    return await work(Object.assign(hooks, { engine, texts }));
  } catch (error) {
    process.stderr.write(errorText(texts.restore(error), { color, engine }));
    const code = exitCodeOf(error);
    return code === exitCode.ok ? exitCode.failed : code;
  } finally {
    await engine.close();
  }
}
