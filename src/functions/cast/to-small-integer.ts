import { pow10 } from '../../values/decimal.ts';
import { integerPartLength, isOnlyFraction, parseInteger } from '../../values/parse-number.ts';
import { IDENTITY, type CastSite, type Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

type SmallInteger = 'tinyint' | 'smallint' | 'int';

const BITS: Readonly<Record<SmallInteger, number>> = { tinyint: 8, smallint: 16, int: 32 };

/** TINYINT, SMALLINT, INT: integers keep their low bits, doubles truncate and saturate at INT first (as Java's `(short) d`). */
export function castToSmallInteger(site: CastSite, to: SmallInteger): Conversion | undefined {
  const { from } = site;
  const bits = BITS[to];
  const shift = 32 - bits;
  switch (from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
      if (BITS[from.kind] <= bits) return IDENTITY;
      return {
        kernel: (value: number) => (value << shift) >> shift,
        inline: (value) => `((${value} << ${shift}) >> ${shift})`,
      };
    case 'bigint':
      return {
        kernel: (value: bigint) => Number(BigInt.asIntN(bits, value)),
        inline: (value) => `Number(BigInt.asIntN(${bits}, ${value}))`,
      };
    case 'decimal': {
      const divisor = pow10(from.scale);
      return { kernel: (value: bigint) => Number(BigInt.asIntN(bits, value / divisor)) };
    }
    case 'float':
    case 'double':
      return { kernel: (value: number) => (saturateToInt(value) << shift) >> shift };
    case 'boolean':
      return { kernel: (value: boolean) => (value ? 1 : 0), inline: (value) => `(${value} ? 1 : 0)` };
    case 'timestamp':
      if (site.flink) return undefined;
      return { kernel: (value: number) => Number(BigInt.asIntN(bits, BigInt(Math.trunc(value / 1000)))) };
    case 'interval-month':
      return { kernel: (value: number) => (value << shift) >> shift };
    case 'char':
    case 'varchar': {
      const least = -(2 ** (bits - 1));
      const most = 2 ** (bits - 1) - 1;
      return castFromText(site, (bytes, offset, length) => {
        const part = integerPartLength(bytes, offset, length);
        if (part < 0) return null;
        if (isOnlyFraction(bytes, offset, length, part)) return 0;
        const value = parseInteger(bytes, offset, part);
        return value >= least && value <= most ? value : null;
      });
    }
    default:
      return undefined;
  }
}

/** Java's `(int) d`: truncates, saturates, NaN is 0. */
export function saturateToInt(value: number): number {
  if (value >= 2147483647) return 2147483647;
  if (value <= -2147483648) return -2147483648;
  return value | 0;
}
