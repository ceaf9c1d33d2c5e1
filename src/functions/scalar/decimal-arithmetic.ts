import type { Compatibility, ScalarImplementation } from '../../contracts/function.ts';
import { SluiceError } from '../../errors/sluice-error.ts';
import { divideDecimals, fitsPrecision, pow10, rescale } from '../../values/decimal.ts';
import { NARROW_DECIMAL_PRECISION, decimal, type SqlType } from '../../types/sql-type.ts';
import { inlineForm, type InlineText } from './plain-binding.ts';

type DecimalType = SqlType & { readonly kind: 'decimal' };
type DecimalOperator = '+' | '-' | '*' | '/' | '%' | 'DIV';

/** Result type of an operator on two DECIMALs (blink-sql 2.2; Flink gives up fraction digits before whole ones). */
export function decimalResult(op: DecimalOperator, a: DecimalType, b: DecimalType, of: Compatibility): DecimalType {
  const [p1, s1, p2, s2] = [a.precision, a.scale, b.precision, b.scale];
  const scale = Math.max(s1, s2);
  switch (op) {
    case '+':
    case '-':
      return capped(Math.max(p1 - s1, p2 - s2) + scale + 1, scale, of);
    case '*':
      // One digit more than a product can have: both systems reserve it.
      return capped(p1 + p2 + 1, s1 + s2, of);
    case '%':
      return capped(Math.min(p1 - s1, p2 - s2) + scale, scale, of);
    case 'DIV':
      return decimal(Math.max(1, Math.min(38, p1 - s1 + s2)), 0);
    case '/': {
      const s = Math.max(6, s1 + p2 + 1);
      const p = p1 - s1 + s2 + s;
      return p <= 38 ? decimal(p, s) : decimal(38, Math.min(38, Math.max(6, 38 - (p - s))));
    }
  }
}

function capped(precision: number, scale: number, compatibility: Compatibility): DecimalType {
  if (precision <= 38) return decimal(Math.max(1, precision), Math.min(scale, Math.max(1, precision)));
  if (compatibility === 'blink') return decimal(38, Math.min(38, scale));
  return decimal(38, Math.max(Math.min(scale, 38 - (precision - scale)), Math.min(scale, 6)));
}

export function divisionByZero(): SluiceError {
  return new SluiceError('VALUE_INVALID', 'division by zero', {
    hint: 'Guard the divisor, for example with NULLIF(divisor, 0).',
  });
}

/** The code of an operator on two DECIMALs; a result that does not fit its type is NULL. */
export function decimalOperation(
  op: DecimalOperator,
  a: DecimalType,
  b: DecimalType,
  result: DecimalType,
): ScalarImplementation {
  const fit = (value: bigint): bigint | null => (fitsPrecision(value, result.precision) ? value : null);
  const common = Math.max(a.scale, b.scale);
  const [fa, fb] = [pow10(common - a.scale), pow10(common - b.scale)];
  switch (op) {
    case '+':
    case '-': {
      const sign = op === '+' ? 1n : -1n;
      const kernel = (x: bigint, y: bigint): bigint | null =>
        fit(rescale(x * fa + sign * y * fb, common, result.scale));
      if (result.precision > NARROW_DECIMAL_PRECISION) return implementation(kernel, true);
      // A narrow result has a digit for the carry, so it cannot overflow.
      return implementation(kernel, false, (x, y) => `BigInt.asIntN(64, ${times(x, fa)} ${op} ${times(y, fb)})`);
    }
    case '*': {
      const scale = a.scale + b.scale;
      const kernel = (x: bigint, y: bigint): bigint | null => fit(rescale(x * y, scale, result.scale));
      if (result.precision > NARROW_DECIMAL_PRECISION) return implementation(kernel, true);
      return implementation(kernel, false, (x, y) => `BigInt.asIntN(64, ${x} * ${y})`);
    }
    case '%':
      return implementation((x: bigint, y: bigint) => {
        if (y === 0n) throw divisionByZero();
        return fit(rescale((x * fa) % (y * fb), common, result.scale));
      }, true);
    case '/':
      return implementation((x: bigint, y: bigint) => {
        if (y === 0n) throw divisionByZero();
        return divideDecimals(x, a.scale, y, b.scale, result);
      }, true);
    case 'DIV':
      return implementation((x: bigint, y: bigint) => {
        if (y === 0n) throw divisionByZero();
        return fit((x * fa) / (y * fb));
      }, true);
  }
}

function implementation(
  kernel: (a: bigint, b: bigint) => bigint | null,
  mayReturnNull: boolean,
  inline?: InlineText,
): ScalarImplementation {
  const base = { nulls: 'propagate', deterministic: true, kernel, mayReturnNull } as const;
  return inline === undefined ? base : { ...base, inline: inlineForm(inline) };
}

/** `name * factor` as source text; factors are powers of ten, never a value of the user. */
function times(name: string, factor: bigint): string {
  return factor === 1n ? name : `${name} * ${factor}n`;
}
