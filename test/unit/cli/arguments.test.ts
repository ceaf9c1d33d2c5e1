import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';
import type { CommandSpec } from '../../../src/cli/arguments.ts';
import type { SluiceError } from '../../../src/errors/sluice-error.ts';

const spec: CommandSpec = {
  name: 'query',
  summary: 'runs a query',
  usage: 'sluice query SQL',
  positional: { name: 'SQL', min: 1, max: 1 },
  options: [
    { name: 'format', value: 'FORMAT', choices: ['table', 'jsonl'], help: 'how' },
    { name: 'set', value: 'KEY=VALUE', repeat: true, help: 'a setting' },
    { name: 'limit', value: 'N', help: 'rows' },
    { name: 'timeout', value: '10s', help: 'time' },
    { name: 'connect', help: 'a switch' },
    { name: 'restore', value: 'PATH' },
  ],
};

function mistake(...words: string[]): [string, string | undefined] {
  try {
    parseArguments(spec, words);
  } catch (error) {
    const { code, message, hint } = error as SluiceError;
    expect(code).toBe('CLI_USAGE');
    return [message, hint];
  }
  throw new Error('no error was thrown');
}

describe('parseArguments', () => {
  it('takes options before and after the others, with a blank or =', () => {
    const args = parseArguments(spec, ['--format', 'jsonl', 'SELECT 1', '--limit=5', '--connect']);
    expect(args.positionals).toEqual(['SELECT 1']);
    expect(args.value('format')).toBe('jsonl');
    expect(args.integer('limit', 1)).toBe(5);
    expect(args.has('connect')).toBe(true);
    expect(args.help).toBe(false);
  });

  it('takes SQL that begins with a comment or a minus as SQL', () => {
    expect(parseArguments(spec, ['-- first\nSELECT 1']).positionals).toEqual(['-- first\nSELECT 1']);
    expect(parseArguments(spec, ['-']).positionals).toEqual(['-']);
    expect(parseArguments(spec, ['--', '--format']).positionals).toEqual(['--format']);
  });

  it('collects repeated pairs, the last of a key wins, values keep their equals signs', () => {
    const args = parseArguments(spec, ['q', '--set', 'a=1', '--set', 'b=x=y', '--set=a=2']);
    expect(args.pairs('set')).toEqual({ a: '2', b: 'x=y' });
  });

  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['7d', 604_800_000],
    ['3', 3000],
  ])('reads the duration %s', (text, ms) => {
    expect(parseArguments(spec, ['q', '--timeout', text]).durationMs('timeout')).toBe(ms);
  });

  it('asks for help whatever else is missing', () => {
    expect(parseArguments(spec, ['--help']).help).toBe(true);
    expect(parseArguments(spec, ['a', 'b', 'c', '-h']).help).toBe(true);
  });

  it('names a misspelt option and the one that was meant', () => {
    expect(mistake('q', '--foramt=jsonl')).toEqual([
      'command "query" has no option "--foramt"',
      'Did you mean "--format"?',
    ]);
    expect(mistake('q', '--zzz')).toEqual(['command "query" has no option "--zzz"', 'Run: sluice query --help']);
  });

  it('refuses what comes later instead of ignoring it', () => {
    expect(mistake('q', '--restore', 'latest')[0]).toBe('option "--restore" of "sluice query" is not available yet');
  });

  it('checks values', () => {
    expect(mistake('q', '--format', 'jsnl')).toEqual([
      'option "--format" cannot be "jsnl"',
      'Did you mean "jsonl"?  It is one of: table, jsonl.',
    ]);
    expect(mistake('q', '--format')).toEqual(['option "--format" needs a value', 'Write --format FORMAT.']);
    expect(mistake('q', '--format', '--connect')[0]).toBe('option "--format" needs a value');
    expect(mistake('q', '--connect=yes')[0]).toBe('option "--connect" takes no value');
    expect(mistake('q', '--limit', '1', '--limit', '2')[0]).toBe('option "--limit" is given twice');
    const args = parseArguments(spec, ['q', '--limit', '-3', '--timeout', 'soon', '--set', 'secret']);
    expect(() => args.integer('limit', 1)).toThrow('option "--limit" takes a whole number of at least 1, not "-3"');
    expect(() => args.durationMs('timeout')).toThrow('option "--timeout" takes a duration such as 10s, not "soon"');
    expect(() => args.pairs('set')).toThrow(/^option "--set" takes KEY=VALUE$/);
  });

  it('checks the number of the others', () => {
    expect(mistake()).toEqual(['command "query" needs SQL', 'Usage: sluice query SQL']);
    expect(mistake('a', 'b')).toEqual(['command "query" does not take "b"', 'Usage: sluice query SQL']);
  });
});
