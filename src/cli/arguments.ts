import { suggest } from '../errors/suggest.ts';
import { usageError } from './usage-error.ts';

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  /** What the value is called in the help; absent: a switch without value. */
  readonly value?: string;
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  /** Absent: the option belongs to the contract but is refused for now. */
  readonly help?: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Paragraphs below the options. */
  readonly details?: readonly string[];
  readonly examples?: readonly string[];
  readonly positional?: PositionalSpec;
  readonly options: readonly OptionSpec[];
}

/** The command line of one command, checked against its declaration. */
export class ParsedArguments {
  readonly positionals: readonly string[];
  readonly help: boolean;
  private readonly given: ReadonlyMap<string, readonly string[]>;

  constructor(positionals: readonly string[], given: ReadonlyMap<string, readonly string[]>) {
    this.positionals = positionals;
    this.given = given;
    this.help = given.has('help');
  }

  has(name: string): boolean {
    return this.given.has(name);
  }

  value(name: string): string | undefined {
    return this.given.get(name)?.at(-1);
  }

  values(name: string): readonly string[] {
    return this.given.get(name) ?? [];
  }

  /** A value that is one of `choices`, as declared in the option's spec. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.value(name);
    return choices.find((one) => one === value);
  }

  /** `--set k=v` as a record; the last one wins. */
  pairs(name: string): Record<string, string> {
    const pairs: Record<string, string> = {};
    for (const text of this.values(name)) {
      const at = text.indexOf('=');
      // The value is not repeated: it may be a secret.
      if (at < 1) throw usageError(`option "--${name}" takes KEY=VALUE`, `Write --${name} KEY=VALUE.`);
      pairs[text.slice(0, at)] = text.slice(at + 1);
    }
    return pairs;
  }

  /** A whole number of at least `min`. */
  integer(name: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    const number = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= min && number <= max)) {
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw usageError(`option "--${name}" takes a whole number ${range}, not "${text}"`);
    }
    return number;
  }

  /** Milliseconds of `500ms`, `10s`, `5m`, `2h`, `7d`; a bare number means seconds. */
  durationMs(name: string): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?$/.exec(text);
    if (match === null) throw usageError(`option "--${name}" takes a duration such as 10s, not "${text}"`);
    const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 's'] ?? 1000;
    return Number(match[1]) * unitMs;
  }
}

const looksLikeOption = /^(--[A-Za-z]|-[A-Za-z]$)/;

/**
 * Options before, between or after the others; `--name value` and `--name=value`; `--` ends them. A text such as
 * `-- comment` is not an option, so SQL may begin with a comment, and `-` means standard input.
 * @throws SluiceError CLI_USAGE
 */
export function parseArguments(spec: CommandSpec, words: readonly string[]): ParsedArguments {
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      positionals.push(...words.slice(i + 1));
      break;
    }
    if (!looksLikeOption.test(word)) {
      positionals.push(word);
      continue;
    }
    if (word === '-h' || word === '--help') {
      given.set('help', []);
      continue;
    }
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const option = word.startsWith('--') ? spec.options.find((one) => one.name === name) : undefined;
    if (option === undefined) throw unknownOption(spec, equals < 0 ? word : word.slice(0, equals));
    if (option.help === undefined) {
      throw usageError(`option "--${name}" of "sluice ${spec.name}" is not available yet`);
    }
    const values = given.get(name) ?? [];
    given.set(name, values);
    if (option.value === undefined) {
      if (equals >= 0) throw usageError(`option "--${name}" takes no value`);
      continue;
    }
    const value = equals >= 0 ? word.slice(equals + 1) : words[++i];
    if (value === undefined || (equals < 0 && looksLikeOption.test(value))) {
      throw usageError(`option "--${name}" needs a value`, `Write --${name} ${option.value}.`);
    }
    if (values.length > 0 && option.repeat !== true) throw usageError(`option "--${name}" is given twice`);
    if (option.choices !== undefined && !option.choices.includes(value)) throw wrongChoice(option, value);
    values.push(value);
  }
  const parsed = new ParsedArguments(positionals, given);
  if (!parsed.help) checkPositionals(spec, positionals);
  return parsed;
}

function unknownOption(spec: CommandSpec, word: string): Error {
  const names = [...spec.options.map((option) => option.name), 'help'];
  const close = suggest(word.replace(/^-+/, ''), names);
  const hint = close === undefined ? `Run: sluice ${spec.name} --help` : `Did you mean "--${close}"?`;
  return usageError(`command "${spec.name}" has no option "${word}"`, hint);
}

function wrongChoice(option: OptionSpec, value: string): Error {
  const choices = option.choices ?? [];
  const close = suggest(value, choices);
  const mean = close === undefined ? '' : `Did you mean "${close}"?  `;
  return usageError(`option "--${option.name}" cannot be "${value}"`, `${mean}It is one of: ${choices.join(', ')}.`);
}

function checkPositionals(spec: CommandSpec, positionals: readonly string[]): void {
  const { name, min, max } = spec.positional ?? { name: '', min: 0, max: 0 };
  if (positionals.length < min) throw usageError(`command "${spec.name}" needs ${name}`, `Usage: ${spec.usage}`);
  if (positionals.length > max) {
    throw usageError(`command "${spec.name}" does not take "${positionals[max]!}"`, `Usage: ${spec.usage}`);
  }
}
