import type { ByteSlice } from '../../columnar/byte-slice.ts';
import type { Value } from '../../columnar/builder.ts';
import { isString, VARCHAR, type SqlType } from '../../types/sql-type.ts';
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

/** The subset of java.util.Formatter for %s %d %x %X %o %f %e %b %c %%; null for what it does not know. */
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
      if (text === null) {
        failed = true;
        return '';
      }
      return pad(text, flags, Number(width ?? 0));
    },
  );
  return failed ? null : out;
}

function specifierText(letter: string, value: Value, type: SqlType, digits: number | undefined): string | null {
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  switch (letter) {
    case 's':
    case 'S': {
      const text = plainText(type, value).slice(0, digits);
      return letter === 'S' ? text.toUpperCase() : text;
    }
    case 'b':
    case 'B':
      return String(typeof value === 'boolean' ? value : value !== null);
    case 'd':
      return value === null ? 'null' : isInteger && type.kind !== 'decimal' ? String(value) : null;
    case 'x':
    case 'X': {
      if (value === null) return 'null';
      if (!isInteger) return null;
      const bits = type.kind === 'bigint' ? 64 : 32;
      const text = BigInt.asUintN(bits, BigInt(value)).toString(16);
      return letter === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return isInteger ? BigInt.asUintN(type.kind === 'bigint' ? 64 : 32, BigInt(value)).toString(8) : null;
    case 'f':
    case 'e': {
      if (value === null) return 'null';
      const number = Number(type.kind === 'decimal' ? formatValue(type, value, UTC, 'blink') : value);
      if (typeof value === 'object' || typeof value === 'boolean') return null;
      if (letter === 'f') return number.toFixed(Math.min(digits ?? 6, 100));
      return number.toExponential(Math.min(digits ?? 6, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
    }
    case 'c':
      return isString(type) || value === null ? plainText(type, value) : String.fromCodePoint(Number(value) & 0x1fffff);
    default:
      return null;
  }
}

function pad(text: string, flags: string, width: number): string {
  const most = Math.min(width, 10_000);
  let body = text;
  if (flags.includes('+') && /^\d/.test(body)) body = `+${body}`;
  if (flags.includes('-')) return body.padEnd(most);
  if (!flags.includes('0')) return body.padStart(most);
  const sign = /^[+-]/.test(body) ? body.charAt(0) : '';
  return sign + body.slice(sign.length).padStart(most - sign.length, '0');
}

export const printf = scalar({
  name: 'PRINTF',
  category: 'string',
  syntax: ['PRINTF(format, value, …)'],
  doc: 'The values put into a format as java.util.Formatter does (%s %d %x %o %f %e %b %c); NULL for a format that does not fit the values.',
  examples: [{ sql: `PRINTF('%08d is %s', 1024, 'it')`, gives: '00001024 is it' }],
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
