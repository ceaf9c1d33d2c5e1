import type { CommandSpec } from './arguments.ts';
import { commandList } from './command-list.ts';

export function mainHelp(): string {
  const width = Math.max(...commandList.map((command) => command.name.length)) + 2;
  return `Sluice runs continuous SQL over log streams.

Usage: sluice COMMAND [OPTIONS]

Commands:
${commandList.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join('\n')}

  sluice                opens the shell on a terminal
  sluice help COMMAND   explains a command, as COMMAND --help does
  sluice --version      prints the version

First steps:
  sluice demo
  sluice query "SELECT 1 + 1 AS two"

Exit codes: 0 done, 1 failed while running, 2 wrong SQL or options, 130 stopped by force (second Ctrl-C).
`;
}

export function commandHelp(spec: CommandSpec): string {
  const rows: { readonly left: string; readonly right: string }[] = spec.options.flatMap((option) =>
    option.help === undefined
      ? []
      : {
          left: `--${option.name}${option.value === undefined ? '' : ` ${option.value}`}${option.repeat ? ' …' : ''}`,
          right: option.help,
        },
  );
  rows.push({ left: '--help', right: 'print this help' });
  const width = Math.max(...rows.map((row) => row.left.length)) + 2;
  const lines = [
    `Usage: ${spec.usage}`,
    '',
    `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.`,
    '',
    'Options:',
    ...rows.map((row) => `  ${row.left.padEnd(width)}${row.right}`),
  ];
  for (const paragraph of spec.details ?? []) lines.push('', paragraph);
  if (spec.examples !== undefined) lines.push('', 'Examples:', ...spec.examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}
