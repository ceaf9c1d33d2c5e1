import { ConnectorError } from '../errors/sluice-error.ts';
import { suggest } from '../errors/suggest.ts';
import type { Span } from '../errors/span.ts';

/** A declared WITH option. One declaration gives parse, default, help, secrecy and "did you mean". */
export interface OptionSpec<T = unknown> {
  readonly help: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly unit: string | undefined;
  readonly fallback: T | undefined;
  /** Throws an Error whose message completes `option "x" …`. */
  readonly parse: (text: string) => T;
  /** What a right value looks like, for help and hints. */
  readonly form: string;
  /** The values there are, where they are few. */
  readonly words?: readonly string[];
}

/** Option name in its documented spelling → declaration; names match without case. */
export type OptionSet = Readonly<Record<string, OptionSpec>>;

export interface GivenOption {
  readonly key: string;
  readonly value: string;
  readonly keySpan?: Span | undefined;
  readonly valueSpan?: Span | undefined;
}

/** Parsed options by documented spelling; absent ones without a default are undefined. */
export class OptionValues {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #given: ReadonlySet<string>;

  constructor(values: ReadonlyMap<string, unknown>, given: ReadonlySet<string>) {
    this.#values = values;
    this.#given = given;
  }

  text(name: string): string {
    return this.optionalText(name) ?? '';
  }

  optionalText(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : `${value as string | number | boolean}`;
  }

  int(name: string): number {
    return Number(this.#values.get(name) ?? Number.NaN);
  }

  optionalInt(name: string): number | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : Number(value);
  }

  bool(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** What was written in the declaration, in the documented spelling. */
  names(): readonly string[] {
    return [...this.#given];
  }

  /** Whether the option was written in the declaration, whatever its default. */
  given(name: string): boolean {
    return this.#given.has(name);
  }
}

interface SpecSettings<T> {
  readonly help: string;
  readonly required?: boolean;
  readonly default?: T;
}

function spec<T>(
  settings: SpecSettings<T>,
  form: string,
  parse: (text: string) => T,
  secretOption = false,
  unit?: string,
): OptionSpec<T> {
  return {
    help: settings.help,
    required: settings.required ?? false,
    secret: secretOption,
    unit,
    fallback: settings.default,
    parse,
    form,
  };
}

export function text(settings: SpecSettings<string>): OptionSpec<string> {
  return spec(settings, 'a text', (value) => value);
}

/** Printed as *** everywhere. */
export function secret(settings: SpecSettings<string>): OptionSpec<string> {
  return spec(settings, 'a text', (value) => value, true);
}

export function int(
  settings: SpecSettings<number> & { min?: number; max?: number; unit?: string },
): OptionSpec<number> {
  const min = settings.min ?? Number.MIN_SAFE_INTEGER;
  const max = settings.max ?? Number.MAX_SAFE_INTEGER;
  const range =
    settings.min === undefined
      ? 'a whole number'
      : settings.max === undefined
        ? `a whole number from ${min}`
        : `a whole number from ${min} to ${max}`;
  return spec(
    settings,
    range,
    (value) => {
      const number = Number(value.trim());
      if (value.trim() === '' || !Number.isSafeInteger(number) || number < min || number > max)
        throw new Error(`takes ${range}`);
      return number;
    },
    false,
    settings.unit,
  );
}

export function bool(settings: SpecSettings<boolean>): OptionSpec<boolean> {
  return spec(settings, "'true' or 'false'", (value) => {
    const lower = value.trim().toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw new Error("takes 'true' or 'false'");
    return lower === 'true';
  });
}

/** One of a few words, matched without case, kept in the declared spelling. */
export function oneOf(words: readonly string[], settings: SpecSettings<string>): OptionSpec<string> {
  const form = words.map((word) => `'${word}'`).join(', ');
  const parse = (value: string): string => {
    const found = words.find((word) => word.toLowerCase() === value.trim().toLowerCase());
    if (found === undefined) throw new Error(`takes one of ${form}`);
    return found;
  };
  return { ...spec(settings, form, parse), words };
}

/**
 * Checks and parses WITH options against a declaration.
 * @throws ConnectorError CONNECTOR_UNKNOWN_OPTION, CONNECTOR_OPTION_VALUE (never showing a secret value),
 *         CONNECTOR_MISSING_OPTION (at `tableSpan`)
 */
export function parseOptions(
  set: OptionSet,
  given: readonly GivenOption[],
  place: { readonly connector: string; readonly tableSpan?: Span | undefined },
): OptionValues {
  const names = new Map(Object.keys(set).map((name) => [name.toLowerCase(), name]));
  const values = new Map<string, unknown>();
  const seen = new Set<string>();
  for (const one of given) {
    const name = names.get(one.key.toLowerCase());
    const declared = name === undefined ? undefined : set[name];
    if (name === undefined || declared === undefined) {
      const close = suggest(one.key, [...names.values()]);
      throw new ConnectorError(
        'CONNECTOR_UNKNOWN_OPTION',
        `connector "${place.connector}" has no option "${one.key}"`,
        {
          span: one.keySpan,
          hint:
            close === undefined ? `Its options are: ${[...names.values()].join(', ')}.` : `Did you mean "${close}"?`,
        },
      );
    }
    if (seen.has(name)) {
      throw new ConnectorError('CONNECTOR_OPTION_VALUE', `option "${name}" is given twice`, { span: one.keySpan });
    }
    seen.add(name);
    try {
      values.set(name, declared.parse(one.value));
    } catch (error) {
      const shown = declared.secret ? '' : `, not '${one.value}'`;
      const close = suggest(one.value, declared.words ?? []);
      throw new ConnectorError(
        'CONNECTOR_OPTION_VALUE',
        `option "${name}" of connector "${place.connector}" ${error instanceof Error ? error.message : 'does not fit'}${shown}`,
        {
          span: one.valueSpan ?? one.keySpan,
          hint: close === undefined ? undefined : `Did you mean '${close}'?`,
        },
      );
    }
  }
  for (const [name, declared] of Object.entries(set)) {
    if (seen.has(name)) continue;
    if (declared.required) {
      const missing = Object.entries(set)
        .filter(([other, one]) => one.required && !seen.has(other))
        .map(([other]) => other);
      throw new ConnectorError('CONNECTOR_MISSING_OPTION', `connector "${place.connector}" needs option "${name}"`, {
        span: place.tableSpan,
        hint: `Add to WITH: ${missing.map((one) => `${one} = '…'`).join(', ')}.`,
      });
    }
    if (declared.fallback !== undefined) values.set(name, declared.fallback);
  }
  return new OptionValues(values, seen);
}
