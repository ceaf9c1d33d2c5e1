import { decimalToNumber } from '../../values/decimal.ts';
import { parseDouble } from '../../values/parse-number.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

/** FLOAT and DOUBLE: a FLOAT is a number rounded to 32 bits; what is too large for it is ±Infinity. */
export function castToApproximate(site: CastSite, to: 'float' | 'double'): Conversion | undefined {
  const { from } = site;
  const float = to === 'float';
  switch (from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'float':
      return IDENTITY;
    case 'int':
    case 'double':
      if (!float) return IDENTITY;
      return { kernel: (value: number) => Math.fround(value), inline: (value) => `Math.fround(${value})` };
    case 'bigint':
      return float
        ? {
            kernel: (value: bigint) => Math.fround(Number(value)),
            inline: (value) => `Math.fround(Number(${value}))`,
          }
        : { kernel: (value: bigint) => Number(value), inline: (value) => `Number(${value})` };
    case 'decimal': {
      const { scale } = from;
      return float
        ? { kernel: (value: bigint) => Math.fround(decimalToNumber(value, scale)) }
        : { kernel: (value: bigint) => decimalToNumber(value, scale) };
    }
    case 'boolean':
      return { kernel: (value: boolean) => (value ? 1 : 0), inline: (value) => `(${value} ? 1 : 0)` };
    case 'timestamp':
      if (site.flink) return undefined;
      return float
        ? { kernel: (value: number) => Math.fround(value / 1000) }
        : { kernel: (value: number) => value / 1000, inline: (value) => `(${value} / 1000)` };
    case 'char':
    case 'varchar':
      if (!float) return castFromText(site, parseJavaDouble);
      return castFromText(site, (bytes, offset, length) => {
        const value = parseJavaDouble(bytes, offset, length);
        return value === null ? null : Math.fround(value);
      });
    default:
      return undefined;
  }
}

/** Java takes the letter of a literal behind the digits: `1.5d`, `2f`. */
function parseJavaDouble(bytes: Uint8Array, offset: number, length: number): number | null {
  const value = parseDouble(bytes, offset, length);
  if (value !== null || length < 2) return value;
  const last = bytes[offset + length - 1]! | 0x20;
  const before = bytes[offset + length - 2]!;
  const isSuffix = (last === 0x64 || last === 0x66) && (before === 0x2e || (before >= 0x30 && before <= 0x39));
  return isSuffix ? parseDouble(bytes, offset, length - 1) : null;
}
