import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { isInteger, isNumeric, isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
import { formatValue } from '../../values/format-value.ts';
import { UTC } from '../../values/zone.ts';
import { scalar } from '../define.ts';

const SPECIFIER = /%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** What `%s` shows: Java's toString of the engine's internal value (a TIME is its milliseconds). */
function plainText(type: SqlType, value: Value): string {
  if (value === null) return 'null';
  if (type.kind === 'timestamp') {
    const text = (formatValue(type, value, UTC, 'flink') ?? '')
      .replace(' ', 'T')
      .replace(/\.?0*$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
    return text.replace(/:00$/, '');
  }
  if (type.kind === 'time' || type.kind === 'date') return String(value);
  return formatValue(type, value, UTC, 'blink') ?? 'null';
}

/** The subset of java.util.Formatter for %s %d %x %o %f %e %g %b %c %h %% and their flags; null for what it does not know. */
function format(pattern: string, values: readonly Value[], types: readonly SqlType[]): string | null {
  let next = 0;
  let failed = false;
  const out = pattern.replace(
    SPECIFIER,
    (_, place: string, flags: string, width: string, digits: string, letter: string) => {
      if (letter === '%') return '%';
      if (letter === 'n') return '\n';
      const index = place === undefined ? next++ : Number(place) - 1;
      const value = values[index];
      const type = types[index];
      if (value === undefined || type === undefined) {
        failed = true;
        return '';
      }
      const text = specifierText(letter, value, type, digits === undefined ? undefined : Number(digits));
      if (text === null || (flags.includes('#') && !'xXo'.includes(letter))) {
        failed = true;
        return '';
      }
      return pad(
        isNumeric(type) && /[deEfgG]/.test(letter) ? withFlags(text, flags) : prefixed(text, flags, letter),
        flags,
        Number(width ?? 0),
      );
    },
  );
  return failed ? null : out;
}

function specifierText(letter: string, value: Value, type: SqlType, digits: number | undefined): string | null {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  switch (letter) {
    case 's':
    case 'S': {
      const text = plainText(type, value).slice(0, digits);
      return letter === 'S' ? text.toUpperCase() : text;
    }
    case 'b':
    case 'B': {
      const text = String(typeof value === 'boolean' ? value : value !== null).slice(0, digits);
      return letter === 'B' ? text.toUpperCase() : text;
    }
    case 'd':
      return value === null ? 'null' : isWhole && type.kind !== 'decimal' ? String(value) : null;
    case 'x':
    case 'X': {
      if (value === null) return 'null';
      if (!isWhole) return null;
      const bits = type.kind === 'bigint' ? 64 : 32;
      const text = BigInt.asUintN(bits, BigInt(value)).toString(16);
      return letter === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return isWhole ? BigInt.asUintN(type.kind === 'bigint' ? 64 : 32, BigInt(value)).toString(8) : null;
    case 'h':
    case 'H': {
      if (value === null) return 'null';
      const hash = isString(type) || isWhole ? javaHash(type, value) : undefined;
      const text = hash === undefined ? null : (hash >>> 0).toString(16);
      return letter === 'H' ? (text?.toUpperCase() ?? null) : text;
    }
    case 'f':
    case 'e':
    case 'E':
    case 'g':
    case 'G': {
      if (value === null) return 'null';
      if (!isNumeric(type) || isInteger(type)) return null;
      const number = Number(type.kind === 'decimal' ? formatValue(type, value, UTC, 'blink') : value);
      if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
      if (letter === 'f') return number.toFixed(Math.min(digits ?? 6, 100));
      const text = letter.toLowerCase() === 'g' ? general(number, digits) : scientific(number, digits ?? 6);
      return letter === letter.toUpperCase() ? text.toUpperCase() : text;
    }
    case 'c':
      return isString(type) || value === null ? plainText(type, value) : String.fromCodePoint(Number(value) & 0x1fffff);
    default:
      return null;
  }
}

function scientific(number: number, digits: number): string {
  return number.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `%g`: digits in all, scientific below 1E-4 and from ten to the digits on. */
function general(number: number, digits = 6): string {
  const most = Math.max(1, Math.min(digits, 100));
  const rounded = Math.abs(Number(number.toPrecision(most)));
  if (rounded !== 0 && (rounded < 1e-4 || rounded >= 10 ** most)) return scientific(number, most - 1);
  const whole = rounded === 0 ? 1 : Math.floor(Math.log10(rounded)) + 1;
  return number.toFixed(Math.min(100, Math.max(0, most - whole)));
}

/** Java's hashCode of a text or integer. */
function javaHash(type: SqlType, value: Value): number {
  if (!isString(type)) {
    const number = BigInt(value as number | bigint);
    return type.kind === 'bigint' ? Number(BigInt.asIntN(32, number ^ (number >> 32n))) : Number(number);
  }
  let hash = 0;
  const text = plainText(type, value);
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Grouping, parentheses and signs of a decimal number. */
function withFlags(text: string, flags: string): string {
  const isNegative = text.startsWith('-');
  let body = isNegative ? text.slice(1) : text;
  if (!/^\d/.test(body)) return text;
  if (flags.includes(',')) body = body.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
  if (isNegative) return flags.includes('(') ? `(${body})` : `-${body}`;
  return flags.includes('+') ? `+${body}` : flags.includes(' ') ? ` ${body}` : body;
}

/** `0x` and `0` of the flag `#`. */
function prefixed(text: string, flags: string, letter: string): string {
  if (!flags.includes('#')) return text;
  return letter === 'o' ? `0${text}` : `0${letter}${text}`;
}

function pad(text: string, flags: string, width: number): string {
  const most = Math.min(width, 10_000);
  if (flags.includes('-')) return text.padEnd(most);
  if (!flags.includes('0')) return text.padStart(most);
  const sign = /^[-+ (]?(?:0[xX])?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(most - sign.length, '0');
}

export const printf = scalar({
  name: 'PRINTF',
  category: 'string',
  syntax: ['PRINTF(format, value, …)'],
  doc: 'The values put into a format as java.util.Formatter does (%s %d %x %o %f %e %g %b %c %h with their flags); NULL for a format that does not fit the values.',
  examples: [
    { sql: `PRINTF('%08d is %s', 1024, 'it')`, gives: '00001024 is it' },
    { sql: `PRINTF('%,d|%+d|%(d|%x', 1234567, 5, -5, -1)`, gives: '1,234,567|+5|(5)|ffffffff' },
    { sql: `PRINTF('%.2e|%g|%h', 12345.678, 0.00012345, 'hi')`, gives: '1.23e+04|0.000123450|d01' },
  ],
  resolve({ types }) {
    const [pattern, ...values] = types;
    if (pattern === undefined || (!isString(pattern) && pattern.kind !== 'null')) return undefined;
    return {
      args: [VARCHAR, ...values],
      returns: VARCHAR,
      impl: {
        nulls: 'custom',
        mayReturnNull: true,
        deterministic: true,
        // slow: a formatter for people.
        kernel: (out: ByteSlice, text: ByteSlice | null, ...args: Value[]) => {
          const formatted = text === null ? null : format(text.toString(), args, values);
          if (formatted === null) return false;
          out.setString(formatted);
          return true;
        },
      },
    };
  },
});
