import type { CallSite, ScalarBinding, ScalarFunction, ScalarImplementation } from '../../contracts/function.ts';
import { INT, DOUBLE, decimal, isInteger, isNumeric, type SqlType } from '../../types/sql-type.ts';
import {
  decimalToNumber,
  fitsPrecision,
  numberToDecimal,
  pow10,
  rescale,
  truncateScale,
} from '../../values/decimal.ts';
import { scalar } from '../define.ts';
import { plainBinding } from './plain-binding.ts';
import { resolveTemporalRounding, type Direction } from './temporal-rounding.ts';

type Kernel = ScalarImplementation['kernel'];
type Mode = 'round' | 'truncate';

function directed(direction: Direction, doc: string, gives: string): ScalarFunction {
  const name = direction.toUpperCase();
  return scalar({
    name,
    ...(direction === 'ceil' ? { aliases: ['CEILING'] } : {}),
    category: 'math',
    syntax: [`${name}(x)`, `${name}(t TO unit)`],
    doc,
    examples: [{ sql: `${name}(2.5)`, gives }],
    resolve(site) {
      const [type] = site.types;
      if (site.types.length === 2) return resolveTemporalRounding(direction, site);
      if (type === undefined || site.types.length !== 1) return undefined;
      return wholeNumber(direction, type);
    },
  });
}

function wholeNumber(direction: Direction, type: SqlType): ScalarBinding | undefined {
  const roundDirected = (x: number): number => Math[direction](x);
  if (type.kind === 'null') return plainBinding([DOUBLE], DOUBLE, roundDirected);
  if (!isNumeric(type)) return undefined;
  if (isInteger(type))
    return plainBinding(
      [type],
      type,
      (x: unknown) => x,
      (x) => x,
    );
  if (type.kind !== 'decimal') return plainBinding([type], type, roundDirected, (x) => `Math.${direction}(${x})`);
  const unit = pow10(type.scale);
  const whole = decimal(type.precision, 0);
  return plainBinding([type], whole, (x: bigint) => {
    const cut = x / unit;
    if (cut * unit === x) return cut;
    if (direction === 'floor') return x < 0n ? cut - 1n : cut;
    return x > 0n ? cut + 1n : cut;
  });
}

function toDigits(name: string, mode: Mode, doc: string, example: readonly [string, string]): ScalarFunction {
  return scalar({
    name,
    category: 'math',
    syntax: [`${name}(x [, digits])`],
    doc,
    examples: [{ sql: example[0], gives: example[1] }],
    resolve: (site) => resolveToDigits(mode, site),
  });
}

function resolveToDigits(mode: Mode, site: CallSite): ScalarBinding | undefined {
  const [given, digitsType] = site.types;
  if (given === undefined || site.types.length > 2) return undefined;
  const type = given.kind === 'null' ? DOUBLE : given;
  if (!isNumeric(type)) return undefined;
  if (digitsType !== undefined && !isNumeric(digitsType) && digitsType.kind !== 'null') return undefined;
  const args = digitsType === undefined ? [type] : [type, INT];
  if (isInteger(type)) return plainBinding(args, type, integerKernel(mode, type));
  if (type.kind === 'decimal') {
    const literal = digitsType === undefined ? 0 : site.literals[1];
    const constant = typeof literal === 'number' || typeof literal === 'bigint' ? Number(literal) : undefined;
    const returns = resultType(type, constant);
    return {
      ...plainBinding(args, returns, decimalKernel(mode, type, returns)),
      impl: { ...plainBinding(args, returns, decimalKernel(mode, type, returns)).impl, mayReturnNull: true },
    };
  }
  const fit = type.kind === 'float' ? Math.fround : (x: number): number => x;
  return plainBinding(args, type, (x: number, digits = 0) => fit(roundDouble(mode, x, digits)));
}

/** Blink-sql 2.2; with digits that are not constant the type stays. */
function resultType(type: SqlType & { kind: 'decimal' }, digits: number | undefined): SqlType & { kind: 'decimal' } {
  const { precision, scale } = type;
  if (digits === undefined || digits >= scale) return type;
  // Rounding up may need one more digit before the point; cutting never does, but Flink gives it the same type.
  if (digits < 0) return decimal(Math.max(1, Math.min(38, 1 + precision - scale)), 0);
  return decimal(Math.max(1, Math.min(38, 1 + precision - scale + digits)), digits);
}

function decimalKernel(mode: Mode, type: SqlType & { kind: 'decimal' }, result: SqlType & { kind: 'decimal' }): Kernel {
  const { scale } = type;
  return (x: bigint, digits = 0): bigint | null => {
    if (digits >= scale) return fit(rescale(x, scale, result.scale));
    // No DECIMAL has that many digits; powers of ten beyond would only cost time.
    if (digits < -40) return 0n;
    const kept = toScale(mode, x, scale, digits);
    // Digits that the result's scale has and the rounding dropped come back as zeros.
    return fit(digits >= result.scale ? rescale(kept, digits, result.scale) : kept * pow10(result.scale - digits));
  };
  function fit(value: bigint): bigint | null {
    return fitsPrecision(value, result.precision) ? value : null;
  }
}

function integerKernel(mode: Mode, type: SqlType): Kernel {
  const bits = type.kind === 'tinyint' ? 8 : type.kind === 'smallint' ? 16 : type.kind === 'int' ? 32 : 64;
  const round = (x: bigint, digits: number): bigint => {
    if (digits < -40) return 0n;
    const value = mode === 'round' ? rescale(x, 0, digits) : truncateScale(x, 0, digits);
    return BigInt.asIntN(bits, value * pow10(-digits));
  };
  if (type.kind === 'bigint') return (x: bigint, digits = 0) => (digits >= 0 ? x : round(x, digits));
  return (x: number, digits = 0) => (digits >= 0 ? x : Number(round(BigInt(x), digits)));
}

/** An unscaled value brought to a smaller scale, which may be negative. */
function toScale(mode: Mode, value: bigint, from: number, to: number): bigint {
  // Only the distance counts, and the helpers take no negative scale.
  const distance = from - to;
  return mode === 'round' ? rescale(value, distance, 0) : truncateScale(value, distance, 0);
}

/** Rounds the shortest decimal digits of a double (as Java's `BigDecimal.valueOf`), half away from zero. */
function roundDouble(mode: Mode, x: number, digits: number): number {
  if (!Number.isFinite(x) || digits > 320 || (digits >= 0 && Number.isInteger(x))) return x;
  if (digits === 0 && mode === 'truncate') return Math.trunc(x);
  // 17 significant digits say all of a double; 345 places hold the smallest.
  const places = Math.max(0, digits, 17 - Math.floor(Math.log10(Math.abs(x) || 1)));
  const exact = numberToDecimal(x, 700, Math.min(345, places));
  if (exact === null) return x;
  const scale = Math.min(345, places);
  if (digits < -330) return 0;
  const kept = toScale(mode, exact, scale, digits);
  return digits >= 0 ? decimalToNumber(kept, digits) : Number(kept * pow10(-digits));
}

export const roundingFunctions: readonly ScalarFunction[] = [
  directed('ceil', 'The smallest whole number not below x, or the next start of a unit of time.', '3'),
  directed('floor', 'The largest whole number not above x, or the last start of a unit of time.', '2'),
  toDigits('ROUND', 'round', 'x rounded half away from zero to a number of digits, negative for tens.', [
    'ROUND(-125.315, 2)',
    '-125.32',
  ]),
  toDigits('TRUNCATE', 'truncate', 'x cut to a number of digits, negative for tens.', ['TRUNCATE(42.345, 2)', '42.34']),
];
