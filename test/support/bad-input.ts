import { expect } from 'vitest';
import { cliRoot, runCli, type CliOptions, type CliResult } from './run-cli.ts';

/** What varies between runs, by the name that stands for it. */
type Named = Readonly<Record<string, string>>;

type Changed = Readonly<Record<string, string | null>>;

/** WITH of a log store that is read to its end, one option a line; null leaves an option away. */
export function withSls(changed: Changed = {}): string {
  const options: Changed = {
    endPoint: 'http://127.0.0.1:9',
    project: 'web',
    logStore: 'access',
    accessId: 'sluice',
    accessKey: 'sluice',
    startTime: '2020-01-01 00:00:00',
    stopTime: '2020-01-02 00:00:00',
    ...changed,
  };
  const given = Object.entries(options).flatMap(([key, value]) => (value === null ? [] : [`${key} = '${value}'`]));
  return `WITH (\n  type = 'sls',\n  ${given.join(',\n  ')}\n)`;
}

export function accessTable(changed?: Changed): string {
  return `CREATE TABLE access (status INT, path VARCHAR)\n${withSls(changed)};\n`;
}

/** All of stderr, without what varies, and the exit code. */
export function told({ code, stderr }: CliResult, named: Named = {}): string {
  expect(stderr, 'a stack trace').not.toMatch(/^\s+at /m);
  let constant = stderr;
  for (const [name, text] of Object.entries({ ...named, ROOT: cliRoot.replace(/\/$/, '') })) {
    constant = constant.replaceAll(text, name);
  }
  constant = constant
    .replace('host name lookup failed', 'unknown host') // what a machine without name service says
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/request [0-9A-F]{24}/g, 'request ID')
    .replace(/signature \S+= /g, 'signature S ');
  return `${constant}exit ${code}`;
}

/** What the command line tells of its failure; nothing may be on stdout. */
export async function failure(words: readonly string[], options?: CliOptions, named?: Named): Promise<string> {
  const result = await runCli(words, options);
  expect(result.stdout).toBe('');
  return told(result, named);
}
