import type { TableColumn } from '../../contracts/connector.ts';
import { bool, int, oneOf, type OptionSet, type OptionSpec, type OptionValues } from '../../contracts/options.ts';
import { fitsPrecision, pow10 } from '../../values/decimal.ts';
import { isApproximate, isBinary, isInteger, isNumeric, isString, type SqlType } from '../../types/sql-type.ts';

/** What `fields.NAME.…` says of one column, or of a part of one. */
export interface FieldSpec {
  /** Value of row 0, counting up; `end` is the last one. */
  readonly sequence: { readonly start: bigint; readonly end: bigint | undefined } | undefined;
  /** Of whole numbers and DECIMAL, the latter times 10^scale. */
  readonly min: bigint | undefined;
  readonly max: bigint | undefined;
  /** Of FLOAT and DOUBLE. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Bytes of a text, elements of an ARRAY, entries of a MAP. */
  readonly length: number | undefined;
  /** From 1 to `length`. */
  readonly varLen: boolean;
  /** Share of NULL, 0 to 1. */
  readonly nullRate: number;
  /** Times lie up to so much before the due time of their row, ms. */
  readonly maxPastMs: number;
}

/** Documentation of the options of fields; a declaration has those of its columns. */
export const fieldOptionHelp: OptionSet = {
  'fields.#.kind': oneOf(['random', 'sequence'], { help: 'how the values of column # are made', default: 'random' }),
  'fields.#.min': number('the least number', 'a number'),
  'fields.#.max': number('the greatest number', 'a number'),
  'fields.#.start': int({ help: 'of a sequence: the first number', default: 0 }),
  'fields.#.end': int({ help: 'of a sequence: the last number; the table ends there' }),
  'fields.#.length': int({ help: 'characters of a text, bytes, elements of an ARRAY, entries of a MAP', min: 0 }),
  'fields.#.var-len': bool({ help: 'from 1 to length', default: false }),
  'fields.#.null-rate': rate(),
  'fields.#.max-past': duration(),
};

/** The options of these columns. Parts of nested ones: `fields.a.element.min`, `fields.m.key.…`, `fields.r.f.…`. */
export function fieldOptions(columns: readonly TableColumn[]): OptionSet {
  return Object.fromEntries(columns.flatMap((one) => entries(`fields.${one.name}`, one.type, true)));
}

function entries(path: string, type: SqlType, counts: boolean): [string, OptionSpec][] {
  const own: [string, OptionSpec][] = [[`${path}.null-rate`, rate()]];
  const add = (name: string, spec: OptionSpec): unknown => own.push([`${path}.${name}`, spec]);
  const text = isString(type) || isBinary(type);
  const sequence = counts && (isNumeric(type) || text);
  add('kind', oneOf(sequence ? ['random', 'sequence'] : ['random'], { help: '', default: 'random' }));
  if (isNumeric(type)) {
    add('min', bound(type));
    add('max', bound(type));
  }
  if (sequence) {
    add('start', whole());
    add('end', whole());
  }
  if (text) add('length', int({ help: '', min: 0, max: 1_000_000 }));
  if (type.kind === 'array' || type.kind === 'map' || type.kind === 'multiset')
    add('length', int({ help: '', min: 0, max: 1000 }));
  if (own.some(([name]) => name === `${path}.length`)) add('var-len', bool({ help: '', default: false }));
  if (type.kind === 'timestamp' || type.kind === 'date') add('max-past', duration());
  return [
    ...own,
    ...partsOf(type).flatMap((part) => entries(`${path}.${part.name}`, part.type, counts && type.kind === 'row')),
  ];
}

/** The parts of a nested type under the names they have in options. */
export function partsOf(type: SqlType): readonly { readonly name: string; readonly type: SqlType }[] {
  switch (type.kind) {
    case 'row':
      return type.fields;
    case 'array':
    case 'multiset':
      return [{ name: 'element', type: type.element }];
    case 'map':
      return [
        { name: 'key', type: type.key },
        { name: 'value', type: type.value },
      ];
    default:
      return [];
  }
}

export function fieldSpec(path: string, type: SqlType, options: OptionValues): FieldSpec {
  const big = (name: string): bigint | undefined => {
    const text = options.optionalText(`${path}.${name}`);
    return text === undefined ? undefined : scaled(text, type.kind === 'decimal' ? type.scale : 0);
  };
  const real = (name: string): number | undefined => {
    const text = options.optionalText(`${path}.${name}`);
    return text === undefined ? undefined : Number(text);
  };
  const counted = options.optionalText(`${path}.kind`) === 'sequence';
  const exact = isNumeric(type) && !isApproximate(type);
  const count = (name: string): bigint | undefined => {
    const text = options.optionalText(`${path}.${name}`);
    return text === undefined ? undefined : BigInt(text);
  };
  return {
    sequence: counted ? { start: count('start') ?? 0n, end: count('end') } : undefined,
    min: exact ? big('min') : undefined,
    max: exact ? big('max') : undefined,
    low: isApproximate(type) ? real('min') : undefined,
    high: isApproximate(type) ? real('max') : undefined,
    length: options.optionalInt(`${path}.length`),
    varLen: options.bool(`${path}.var-len`),
    nullRate: real('null-rate') ?? 0,
    maxPastMs: real('max-past') ?? 0,
  };
}

/** How many rows the shortest sequence with an end has; undefined where none has one. */
export function sequenceRows(options: OptionValues): number | undefined {
  let rows: number | undefined;
  for (const name of options.names()) {
    const path = /^(fields\..+)\.end$/.exec(name)?.[1];
    if (path === undefined || options.optionalText(`${path}.kind`) !== 'sequence') continue;
    const start = BigInt(options.optionalText(`${path}.start`) ?? '0');
    const count = BigInt(options.text(name)) - start + 1n;
    const found = count < 0n ? 0 : Number(count);
    rows = rows === undefined ? found : Math.min(rows, found);
  }
  return rows;
}

const integerBits: Partial<Record<SqlType['kind'], bigint>> = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n };

/** The least and the greatest value; DECIMAL times 10^scale. */
export function limits(type: SqlType): readonly [bigint, bigint] {
  if (type.kind === 'decimal') return [1n - pow10(type.precision), pow10(type.precision) - 1n];
  const top = 1n << (integerBits[type.kind] ?? 63n);
  return [-top, top - 1n];
}

function scaled(text: string, scale: number): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(text.trim()) ?? [];
  const digits = BigInt(`${whole === '' ? '0' : whole}${fraction.padEnd(scale, '0').slice(0, scale)}`);
  return sign === '-' ? -digits : digits;
}

function option<T>(help: string, form: string, parse: (text: string) => T, unit?: string): OptionSpec<T> {
  return { help, required: false, secret: false, unit, fallback: undefined, parse, form };
}

function number(help: string, form: string): OptionSpec {
  return option(help, form, (text) => text);
}

function whole(): OptionSpec {
  return option('', 'a whole number', (text) => {
    if (!/^[-+]?\d{1,18}$/.test(text.trim())) throw new Error('takes a whole number');
    return String(BigInt(text.trim().replace('+', '')));
  });
}

function bound(type: SqlType): OptionSpec {
  if (isApproximate(type)) {
    return option('', 'a number', (text) => {
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw new Error('takes a number');
      return text.trim();
    });
  }
  const [least, greatest] = limits(type);
  const form = isInteger(type) ? `a whole number from ${least} to ${greatest}` : 'a number that fits its column';
  return option('', form, (text) => {
    const isNumber = isInteger(type) ? /^[-+]?\d{1,20}$/ : /^[-+]?(\d+\.?\d*|\.\d+)$/;
    if (!isNumber.test(text.trim())) throw new Error(`takes ${form}`);
    const value = scaled(text, type.kind === 'decimal' ? type.scale : 0);
    const fits = type.kind === 'decimal' ? fitsPrecision(value, type.precision) : value >= least && value <= greatest;
    if (!fits) throw new Error(`takes ${form}`);
    return text.trim();
  });
}

function rate(): OptionSpec {
  return option('share of NULL', 'a number from 0 to 1', (text) => {
    const share = Number(text);
    if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new Error('takes a number from 0 to 1');
    return share;
  });
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(): OptionSpec {
  const help = 'times lie up to so long before the due time of their row';
  return option(help, "a duration such as '10 s'", (text) => {
    const [, digits, unit = ''] = /^(\d+)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
    const factor = unit === '' ? 1 : units[unit.toLowerCase()];
    if (digits === undefined || factor === undefined) throw new Error("takes a duration such as '10 s'");
    return Number(digits) * factor;
  });
}
