import { suggest } from '../errors/suggest.ts';
import { parseArguments } from './arguments.ts';
import { commandList } from './command-list.ts';
import { exitCode, exitCodeOf } from './exit-code.ts';
import { usageError } from './usage-error.ts';

async function main(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === undefined) {
    if (process.stdin.isTTY && process.stdout.isTTY) return runCommand('repl', []);
    process.stderr.write((await import('./help.ts')).mainHelp());
    return exitCode.usage;
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    process.stdout.write((await import('./help.ts')).mainHelp());
    return exitCode.ok;
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`sluice ${(await import('./package-root.ts')).packageVersion()}\n`);
    return exitCode.ok;
  }
  if (first === 'help') return runCommand(rest[0] ?? '', ['--help']);
  if (first.startsWith('-')) {
    // Options may come before: the first word that names a command is the command.
    const at = words.findIndex((word) => commandList.some((command) => command.name === word));
    if (at < 0) throw usageError(`no command is given beside "${first.replace(/=.*/s, '')}"`, 'Run: sluice --help');
    return runCommand(words[at]!, [...words.slice(0, at), ...words.slice(at + 1)]);
  }
  return runCommand(first, rest);
}

async function runCommand(name: string, words: readonly string[]): Promise<number> {
  const entry = commandList.find((command) => command.name === name);
  if (entry === undefined) {
    const close = suggest(name, [...commandList.map((command) => command.name), 'help']);
    const hint = close === undefined ? 'Run: sluice --help' : `Did you mean "${close}"?`;
    throw usageError(`command "${name}" does not exist`, hint);
  }
  const command = await entry.load();
  const args = parseArguments(command.spec, words);
  if (args.help) {
    process.stdout.write((await import('./help.ts')).commandHelp(command.spec));
    return exitCode.ok;
  }
  return command.run(args);
}

// A reader that left (`| head`) is an end, not a failure; a full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.once('exit', () => {
    if (process.exitCode !== exitCode.ok) return;
    process.stderr.write(`error[FILE_FAILED]: standard output cannot be written: ${error.message}\n`);
    process.exitCode = exitCode.failed;
  });
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const [{ errorText }, { wantsColor }] = await Promise.all([
    import('../terminal/error-text.ts'),
    import('../terminal/colors.ts'),
  ]);
  process.stderr.write(errorText(error, { color: wantsColor(process.stderr) }));
  process.exitCode = exitCodeOf(error);
}
