import { fitsPrecision, numberToDecimal, pow10, rescaleChecked } from '../../values/decimal.ts';
import { parseDecimal } from '../../values/parse-number.ts';
import type { CastSite, Conversion } from './conversion.ts';
import { castFromText } from './from-text.ts';

/** DECIMAL(precision, scale): rounds half up; a value that does not fit is NULL. */
export function castToDecimal(site: CastSite, precision: number, scale: number): Conversion | undefined {
  const { from } = site;
  const factor = pow10(scale);
  const digits = precision - scale;
  switch (from.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
      if (digits >= 10) {
        return {
          kernel: (value: number) => BigInt(value) * factor,
          inline: (value) => `(BigInt(${value}) * ${factor}n)`,
        };
      }
      return {
        mayReturnNull: true,
        kernel: (value: number) => {
          const unscaled = BigInt(value) * factor;
          return fitsPrecision(unscaled, precision) ? unscaled : null;
        },
      };
    case 'bigint':
      if (digits >= 19) {
        return { kernel: (value: bigint) => value * factor, inline: (value) => `(${value} * ${factor}n)` };
      }
      return {
        mayReturnNull: true,
        kernel: (value: bigint) => {
          const unscaled = value * factor;
          return fitsPrecision(unscaled, precision) ? unscaled : null;
        },
      };
    case 'decimal': {
      const fromScale = from.scale;
      if (scale >= fromScale && digits >= from.precision - fromScale) {
        const up = pow10(scale - fromScale);
        return { kernel: (value: bigint) => value * up, inline: (value) => `(${value} * ${up}n)` };
      }
      return { mayReturnNull: true, kernel: (value: bigint) => rescaleChecked(value, fromScale, scale, precision) };
    }
    case 'float':
    case 'double':
      return { mayReturnNull: true, kernel: (value: number) => numberToDecimal(value, precision, scale) };
    case 'boolean':
      if (digits < 1) return { mayReturnNull: true, kernel: (value: boolean) => (value ? null : 0n) };
      return { kernel: (value: boolean) => (value ? factor : 0n) };
    case 'timestamp':
      if (site.flink) return undefined;
      return {
        mayReturnNull: true,
        kernel: (value: number) => rescaleChecked(BigInt(value), 3, scale, precision),
      };
    case 'char':
    case 'varchar':
      return castFromText(site, (bytes, offset, length) => parseDecimal(bytes, offset, length, precision, scale));
    default:
      return undefined;
  }
}
