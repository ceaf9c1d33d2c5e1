import { pow10 } from '../../values/decimal.ts';
import { integerPartLength, isOnlyFraction, parseInt64 } from '../../values/parse-number.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

/** BIGINT: doubles truncate and saturate, decimals keep their low 64 bits, timestamps are seconds (Blink only). */
export function castToBigint(site: CastSite): Conversion | undefined {
  const { from } = site;
  switch (from.kind) {
    case 'bigint':
      return IDENTITY;
    case 'tinyint':
    case 'smallint':
    case 'int':
      return { kernel: (value: number) => BigInt(value), inline: (value) => `BigInt(${value})` };
    case 'decimal': {
      const divisor = pow10(from.scale);
      return { kernel: (value: bigint) => BigInt.asIntN(64, value / divisor) };
    }
    case 'float':
    case 'double':
      return { kernel: saturateToBigint };
    case 'boolean':
      return { kernel: (value: boolean) => (value ? 1n : 0n), inline: (value) => `(${value} ? 1n : 0n)` };
    case 'timestamp':
      if (site.flink) return undefined;
      return { kernel: (value: number) => BigInt(Math.trunc(value / 1000)) };
    case 'interval-month':
    case 'interval-day':
      return { kernel: (value: number) => BigInt(value) };
    case 'char':
    case 'varchar':
      return castFromText(site, (bytes, offset, length) => {
        const part = integerPartLength(bytes, offset, length);
        if (isOnlyFraction(bytes, offset, length, part)) return 0n;
        return part < 0 ? null : parseInt64(bytes, offset, part);
      });
    default:
      return undefined;
  }
}

/** Java's `(long) d`: truncates, saturates, NaN is 0. */
export function saturateToBigint(value: number): bigint {
  if (value >= 9223372036854775807) return 9223372036854775807n;
  if (value <= -9223372036854775808) return -9223372036854775808n;
  return value === value ? BigInt(Math.trunc(value)) : 0n;
}
